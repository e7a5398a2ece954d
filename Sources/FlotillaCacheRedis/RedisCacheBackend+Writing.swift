public import FlotillaCache
internal import RedisClient

extension RedisCacheBackend {
    public func write(_ writes: [BackendWrite]) async throws(CacheError) -> [Bool] {
        let batches = WriteBatch.split(writes, in: self)
        let replies = try await self.pipeline(batches.map(\.command), within: self.options.writeTimeout)
        var stored: [Bool] = []
        stored.reserveCapacity(writes.count)
        for (batch, reply) in zip(batches, replies) {
            guard let parts = reply.array, parts.count == 2, let flags = parts[0].array, flags.count == batch.count,
                let victims = parts[1].array, victims.count == batch.accounts.count
            else { throw Self.unexpected }
            stored += flags.map { $0.int == 1 }
            for (account, gone) in zip(batch.accounts, victims) { await self.evict(gone, from: account) }
        }
        return stored
    }

    public func delete(_ items: [BackendKey]) async throws(CacheError) -> Int {
        if items.isEmpty { return 0 }
        // Bounded, so that nobody else waits for long.
        let commands = stride(from: 0, to: items.count, by: 200).map { start in
            self.deletion(of: items[start..<min(start + 200, items.count)])
        }
        return try await self.pipeline(commands, within: self.options.writeTimeout).reduce(0) { $0 + Int($1.int ?? 0) }
    }

    private func deletion(of items: ArraySlice<BackendKey>) -> RedisCommand {
        var places: [AccountPlace: Int] = [:]
        var accounts: [AccountPlace] = []
        var message: [UInt8] = []
        var arguments: [RedisArgument] = []
        for item in items {
            let candidates = AccountPlace.candidates(for: item.item, in: self.keySpace)
            for account in candidates where places[account] == nil {
                accounts.append(account)
                places[account] = accounts.count
            }
            message += self.messages.encode(.item(item.item))
            arguments.append(.text(candidates.first?.member(of: item.item) ?? ""))
            arguments.append(.bytes(candidates.flatMap { packed(places[$0] ?? 0) }))
        }
        var command = RedisCommand(
            CacheScript.delete,
            keys: [self.keySpace.accounts] + accounts.flatMap(\.keys) + items.flatMap { [$0.item, self.keySpace.lease($0.item)] })
        for argument in [.text(self.keySpace.channel), .bytes(message), .number(Int64(accounts.count))] + arguments {
            command.append(argument)
        }
        return command
    }

    public func bump(_ generations: [String], softly: Bool) async throws(CacheError) {
        if generations.isEmpty { return }
        let commands = stride(from: 0, to: generations.count, by: 500).map { start in
            let some = generations[start..<min(start + 500, generations.count)]
            var command = RedisCommand(CacheScript.bump, keys: Array(some), capacity: some.count * 100)
            command.append(self.keySpace.channel)
            command.append(some.flatMap { self.messages.encode(.generation($0)) })
            command.append(softly ? 1 : 0)
            for _ in some { command.append(UInt64.randomBytes) }
            return command
        }
        _ = try await self.pipeline(commands, within: self.options.writeTimeout)
    }

    /// A counter lies under the key itself: reading it finds no value, deleting it ends it, and counting in a value is refused.
    public func increment(_ key: String, by amount: Int64, timeToLive: Duration) async throws(CacheError) -> Int64 {
        let reply = try await self.run(
            CacheScript.increment, keys: [key], [.number(amount), .number(Self.milliseconds(timeToLive))])
        guard let count = reply.int else { throw Self.unexpected }
        return count
    }
}

/// A place in a list, counted from 1, in 2 bytes.
func packed(_ place: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: place >> 8), UInt8(truncatingIfNeeded: place)] }
