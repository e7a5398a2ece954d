internal import FlotillaCache
internal import RedisClient

/// Some writes in one call of `write.lua`: bounded in keys and bytes, so that nobody else waits for long.
struct WriteBatch {
    let count: Int
    let accounts: [AccountPlace]
    let command: RedisCommand

    private static let mostWrites = 64
    /// Lua can unpack some thousands.
    private static let mostGenerations = 1_000
    private static let mostBytes = 4 << 20

    static func split(_ writes: [BackendWrite], in backend: RedisCacheBackend) -> [WriteBatch] {
        var batches: [WriteBatch] = []
        var start = 0
        while start < writes.count {
            var end = start
            var generations = 0
            var bytes = 0
            while end < writes.count, end - start < self.mostWrites {
                generations += writes[end].key.generations.count
                bytes += writes[end].bytes.count
                if end > start, generations > self.mostGenerations || bytes > self.mostBytes { break }
                end += 1
            }
            batches.append(WriteBatch(writes[start..<end], in: backend))
            start = end
        }
        return batches
    }

    private init(_ writes: ArraySlice<BackendWrite>, in backend: RedisCacheBackend) {
        let generations = Numbering(writes.lazy.flatMap(\.key.generations))
        let accounts = Numbering(writes.lazy.compactMap { $0.quota.map { AccountPlace(name: $0.account) } })
        self.count = writes.count
        self.accounts = accounts.all

        var keys = [backend.keySpace.accounts] + generations.all + accounts.all.flatMap(\.keys)
        for write in writes { keys += [write.key.item, backend.keySpace.lease(write.key.item)] }
        var command = RedisCommand(
            CacheScript.write, keys: keys, capacity: writes.reduce(256) { $0 + $1.bytes.count + 2 * $1.key.item.utf8.count + 128 })
        command.append(backend.keySpace.channel)
        command.append(generations.all.count)
        command.append(accounts.all.count)
        command.append(writes.count)
        for _ in generations.all { command.append(UInt64.randomBytes) }
        // The last word on an account's quota counts, as its last write is the one that looks.
        var quotas = Array(repeating: 0, count: accounts.all.count)
        for write in writes {
            if let quota = write.quota { quotas[accounts[AccountPlace(name: quota.account)] - 1] = max(0, quota.bytes) }
        }
        for quota in quotas { command.append(quota) }
        for write in writes {
            let account = write.quota.map { AccountPlace(name: $0.account) }
            command.append(write.bytes)
            command.append(RedisCacheBackend.milliseconds(write.timeToLive))
            command.append(write.version.bigEndianBytes)
            command.append(write.key.generations.flatMap { packed(generations[$0]) })
            command.append(account.map { accounts[$0] } ?? 0)
            command.append(account?.member(of: write.key.item) ?? "")
            command.append(backend.messages.encode(.item(write.key.item)))
        }
        self.command = command
    }
}

/// Distinct things in the order in which they first come, numbered from 1.
private struct Numbering<Element: Hashable> {
    private(set) var all: [Element] = []
    private var numbers: [Element: Int] = [:]

    init(_ elements: some Sequence<Element>) {
        for element in elements where self.numbers[element] == nil {
            self.all.append(element)
            self.numbers[element] = self.all.count
        }
    }

    /// 0 for what is not there.
    subscript(_ element: Element) -> Int { self.numbers[element] ?? 0 }
}
