import CacheTesting
import FlotillaCache
import FlotillaCacheRedis
import RedisClient
import ServerHarness
import Testing
import Threading

@Suite struct AccountTests {
    /// A million operations with `CACHE_TESTS=long`.
    @Test func `an account drifts by less than a twentieth under mixed operations and expiries`() async throws {
        try await withCacheServer { server in
            let keySpace = freshKeySpace()
            let quota = (account: keySpace.account(of: CacheTenant("acme"), .application), bytes: 1 << 40)
            let operations = isLong ? 1_000_000 : 16_000
            let actors = 8
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<actors {
                    let backend = server.backend(keySpace)
                    group.addTask {
                        var left = operations / actors
                        while left > 0 {
                            let keys = (0..<20).map { _ in place(keySpace, "k\(Int.random(in: 0..<operations / 8))") }
                            left -= keys.count
                            switch Int.random(in: 0..<10) {
                            case 0: _ = try await backend.delete(keys)
                            case 1:
                                let lease = try await backend.lease(keys[0], token: 1, for: .seconds(5))
                                let write = BackendWrite(key: keys[0], bytes: [1, 2, 3], timeToLive: .seconds(600), quota: quota)
                                _ = try await backend.fill(write, lease: 1, generations: lease.generations)
                                left += keys.count - 1
                            default:
                                _ = try await backend.write(
                                    keys.map { key in
                                        BackendWrite(
                                            key: key, bytes: Array(repeating: 7, count: Int.random(in: 0...2_000)),
                                            timeToLive: Int.random(in: 0..<3) == 0 ? .milliseconds(.random(in: 1...900)) : .seconds(600),
                                            quota: quota)
                                    })
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let backend = server.backend(keySpace)
            // What has just ended is counted for up to two seconds more; what is wrong after that stays wrong until a recount.
            let deadline = MonotonicTime.now + .seconds(20)
            var truth = try await self.found(server, keySpace)
            while truth.shortLived > 0, MonotonicTime.now < deadline { truth = try await self.found(server, keySpace) }
            var usage = try await backend.usage(of: quota.account)
            while usage.entries > truth.entries, MonotonicTime.now < deadline { usage = try await backend.usage(of: quota.account) }
            let drift = Double(usage.bytes - truth.charged) / Double(truth.charged)
            print("account: \(operations) operations, \(usage), really \(truth), drift \(drift)")
            #expect(truth.entries > operations / 20)
            #expect(abs(drift) < 0.05)

            // A recount finds the rest, and then there is none.
            var step = BackendRecount(next: 0, examined: 0, removed: 0, drift: 0)
            repeat { step = try await backend.recount(quota.account, after: step.next, limit: 500) } while step.next != 0
            #expect(step.drift == usage.bytes - truth.charged)
            #expect(try await backend.usage(of: quota.account) == CacheUsage(bytes: truth.charged, entries: truth.entries))
        }
    }

    /// What is there by its own testimony: the values' lengths.
    private func found(_ server: CacheServer, _ keySpace: CacheKeySpace) async throws -> (charged: Int, entries: Int, shortLived: Int) {
        var sum = (charged: 0, entries: 0, shortLived: 0)
        let prefix = keySpace.items(of: CacheTenant("acme"), type: .documentSummary)
        var cursor = "0"
        var seen: Set<String> = []
        repeat {
            let reply = try await server.ask(["SCAN", .text(cursor), "MATCH", .text("\(prefix)*"), "COUNT", 1_000])
            cursor = reply.array?[0].string ?? "0"
            let keys = (reply.array?[1].array ?? []).compactMap(\.string).filter { !$0.hasSuffix(":~lease") && seen.insert($0).inserted }
            let facts = try await server.client.pipeline(
                keys.flatMap { [["STRLEN", .text($0)], ["PTTL", .text($0)]] as [RedisCommand] }, timeout: .seconds(60))
            for (index, key) in keys.enumerated() where facts[2 * index].int ?? 0 > 0 {
                sum.charged += charge(length: Int(facts[2 * index].int ?? 0), key: key)
                sum.entries += 1
                if facts[2 * index + 1].int ?? 0 < 10_000 { sum.shortLived += 1 }
            }
        } while cursor != "0"
        return sum
    }

    @Test func `a recount under load ends with the right sum`() async throws {
        try await withCacheServer { server in
            let keySpace = freshKeySpace()
            let backend = server.backend(keySpace)
            let quota = (account: keySpace.account(of: CacheTenant("acme"), .application), bytes: 1 << 40)
            let keys = (0..<3_000).map { place(keySpace, "k\($0)") }
            func write(_ keys: some Sequence<BackendKey>) async throws {
                _ = try await backend.write(
                    keys.map {
                        BackendWrite(
                            key: $0, bytes: Array(repeating: 7, count: .random(in: 0...500)), timeToLive: .seconds(600), quota: quota)
                    })
            }
            try await write(keys)
            // Wrong by what nobody knows of, and by values that somebody else removed.
            _ = try await server.ask(["ZINCRBY", .text(keySpace.accounts), 123_456, .text(quota.account)])
            for key in keys[..<500] { _ = try await server.ask(["DEL", .text(key.item)]) }
            let isOver = Lock(false)
            let drift = try await withThrowingTaskGroup(of: Int.self) { group in
                for part in 0..<3 {
                    group.addTask {
                        while !isOver.withLock({ $0 }) {
                            let some = (0..<10).map { _ in keys[500 + part * 800 + Int.random(in: 0..<800)] }
                            if part == 2 { _ = try await backend.delete(some) } else { try await write(some) }
                        }
                        return 0
                    }
                }
                group.addTask {
                    defer { isOver.withLock { $0 = true } }
                    var next: UInt64 = 0
                    var drift = 0
                    repeat {
                        let step = try await backend.recount(quota.account, after: next, limit: 50)
                        next = step.next
                        drift = step.drift
                    } while next != 0
                    return drift
                }
                return try await group.reduce(0) { $0 + $1 }
            }
            #expect(drift > 123_456 + 500 * 464)
            let usage = try await backend.usage(of: quota.account)
            let truth = try await self.found(server, keySpace)
            #expect(usage == CacheUsage(bytes: truth.charged, entries: truth.entries))
        }
    }

    /// The constant that an entry is charged for what Redis keeps beside it.
    @Test(arguments: [100, 1_000, 10_000]) func `what is charged is what Redis uses`(size: Int) async throws {
        try await withCacheServer { server in
            func used() async throws -> Int { try await server.backend().health().usedBytes }
            let keySpace = freshKeySpace()
            let backend = server.backend(keySpace)
            let quota = (account: keySpace.account(of: CacheTenant("0b8e52b2-50ea-4a4f-8a57-6a1d7e9f2c11"), .pipeline), bytes: 1 << 40)
            let count = 8_192
            func fill(_ name: String, quota: (account: String, bytes: Int)?) async throws -> Int {
                // Clients and the first keys have their memory already.
                try await write(0..<64, name, quota)
                let before = try await used()
                try await write(64..<count, name, quota)
                return (try await used() - before) / (count - 64)
            }
            func write(_ range: Range<Int>, _ name: String, _ quota: (account: String, bytes: Int)?) async throws {
                for start in stride(from: range.lowerBound, to: range.upperBound, by: 64) {
                    _ = try await backend.write(
                        (start..<start + 64).map { number in
                            BackendWrite(
                                key: place(
                                    keySpace, "\(name)-5d1f3c0e-7a1b-4c57-9d15-\(number)", tenant: "0b8e52b2-50ea-4a4f-8a57-6a1d7e9f2c11"),
                                bytes: Array(repeating: 1, count: size), timeToLive: .seconds(600), quota: quota)
                        })
                }
            }
            let counted = try await fill("counted", quota: quota)
            let uncounted = try await fill("free", quota: nil)
            let usage = try await backend.usage(of: quota.account)
            let charged = usage.bytes / usage.entries
            print("memory: a value of \(size) bytes takes \(uncounted), counted \(counted), is charged \(charged)")
            #expect(Double(abs(charged - counted)) < 0.2 * Double(counted))
            #expect(counted - uncounted < 450)
        }
    }

    @Test func `one tenant's flood evicts nothing of another's`() async throws {
        try await withCacheServer { server in
            let keySpace = freshKeySpace()
            let backend = server.backend(keySpace)
            func quota(_ tenant: String) -> (account: String, bytes: Int) {
                (keySpace.account(of: CacheTenant(tenant), .application), 100_000)
            }
            func write(_ numbers: Range<Int>, _ tenant: String) async throws {
                _ = try await backend.write(
                    numbers.map {
                        BackendWrite(
                            key: place(keySpace, "k\($0)", tenant: tenant), bytes: Array(repeating: 1, count: 500),
                            timeToLive: .seconds(600),
                            quota: quota(tenant))
                    })
            }
            try await write(0..<80, "quiet")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<8 {
                    group.addTask {
                        for start in stride(from: part * 1_000, to: part * 1_000 + 300, by: 10) {
                            try await write(start..<start + 10, "loud")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let quiet = try await backend.read((0..<80).map { place(keySpace, "k\($0)", tenant: "quiet") })
            #expect(quiet.allSatisfy { $0?.isCurrent == true })
            let loud = try await backend.usage(of: quota("loud").account)
            #expect(loud.bytes <= 100_000 && loud.bytes > 80_000)
            var present = 0
            for part in 0..<8 {
                let keys = (0..<300).map { place(keySpace, "k\(part * 1_000 + $0)", tenant: "loud") }
                present += try await backend.read(keys).count { $0 != nil }
            }
            #expect(present == loud.entries)
        }
    }
}

/// As `fragment_account.lua` charges it.
private func charge(length: Int, key: String) -> Int { (length + key.utf8.count + 464 + 31) / 32 * 32 }
