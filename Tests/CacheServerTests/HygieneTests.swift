import CacheTesting
import FlotillaCache
import FlotillaCacheRedis
import RedisClient
import ServerHarness
import Testing
import Threading

@Suite struct HygieneTests {
    @Test func `clearing under load leaves what is not the cache's as it was`() async throws {
        try await withCacheServer { server in
            let keySpace = freshKeySpace()
            let backend = server.backend(keySpace)
            let foreign: [RedisCommand] = [
                ["RPUSH", "document_processing", "a", "b"], ["ZADD", "document_retry", 1, "a", 2, "b"],
                ["HSET", "dlq:metadata:1", "a", "b"], ["SADD", "set", "a"],
                ["SET", "flotilla:staging:tenant_acme:doc_summary:k1", "other"],
                ["SET", "session:1", "secret"], ["XADD", "stream", "1-1", "a", "b"],
            ]
            let keys = [
                "document_processing", "document_retry", "dlq:metadata:1", "set", "flotilla:staging:tenant_acme:doc_summary:k1",
                "session:1",
                "stream",
            ]
            for command in foreign { _ = try await server.ask(command) }
            func dump() async throws -> [RedisValue] { try await server.client.pipeline(keys.map { ["DUMP", .text($0)] }) }
            let before = try await dump()
            let tenant = CacheTenant("acme")
            let items = (0..<400).map { place(keySpace, "k\($0)", tags: [.job("\($0 % 5)")]) }
            let quota = (account: keySpace.account(of: tenant, .application), bytes: 60_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<4 {
                    group.addTask {
                        for round in 0..<40 {
                            let some = (0..<10).map { items[(part * 100 + round * 7 + $0) % 400] }
                            _ = try await backend.write(
                                some.map { BackendWrite(key: $0, bytes: Array("x".utf8), timeToLive: .seconds(60), quota: quota) })
                            _ = try await backend.read(some)
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<20 {
                        try await backend.bump([keySpace.generation(of: tenant), keySpace.generation(of: .documentSummary)])
                        _ = try await backend.delete(Array(items[..<50]))
                        var cursor: UInt64 = 0
                        repeat { cursor = try await backend.recount(quota.account, after: cursor, limit: 100).next } while cursor != 0
                    }
                }
                try await group.waitForAll()
            }
            try await backend.bump([keySpace.generation(of: tenant)])
            #expect(try await backend.read(items).allSatisfy { $0?.isCurrent != true })
            #expect(try await dump() == before)
        }
    }

    @Test func `everything ends by itself but accounts`() async throws {
        try await withCacheServer { server in
            let keySpace = freshKeySpace()
            let backend = server.backend(keySpace)
            let quota = (account: keySpace.account(of: CacheTenant("acme"), .application), bytes: 30_000)
            let keys = (0..<60).map { place(keySpace, "k\($0)", tags: [.job("\($0)")]) }
            _ = try await backend.write(keys.map { BackendWrite(key: $0, bytes: [1], timeToLive: .seconds(9_999_999), quota: quota) })
            let lease = try await backend.lease(place(keySpace, "leased", tags: [.job("x")]), token: 1, for: .seconds(60))
            #expect(lease.isGranted)
            try await backend.bump([keySpace.generation(.job("y"), of: CacheTenant("acme"))])
            _ = try await backend.increment("\(keySpace.root)tenant_acme:doc_summary:n", by: 1, timeToLive: .seconds(60))
            _ = try await backend.recount(quota.account, after: 0, limit: 5)
            let all = try await server.ask(["KEYS", "*"]).array?.compactMap(\.string) ?? []
            #expect(all.count > 60)
            let accounts = [keySpace.accounts, quota.account, "\(quota.account):sizes"]
            var wrong: [String] = []
            for key in all {
                let left = try await server.ask(["TTL", .text(key)]).int ?? 0
                let isGeneration = key.contains("~tag:") || key.contains("~type:") || key.hasSuffix("~all")
                let isRight: Bool
                if accounts.contains(key) {
                    isRight = left == -1
                } else if isGeneration {
                    // It outlives every value.
                    isRight = left > 36 * 86_400 && left <= 3_456_000
                } else {
                    isRight = left > 0 && left <= 35 * 86_400
                }
                if !isRight { wrong.append("\(key) lives for \(left) s") }
            }
            #expect(wrong == [])
        }
    }

    @Test func `generations are prolonged when they are used, once a day`() async throws {
        try await withCacheServer { server in
            let keySpace = freshKeySpace()
            let backend = server.backend(keySpace)
            let key = place(keySpace, "k")
            let write = BackendWrite(key: key, bytes: [1], timeToLive: .seconds(600))
            _ = try await backend.write([write])
            func left() async throws -> Int64 { try await server.ask(["TTL", .text(key.generations[1])]).int ?? 0 }
            for way in 0..<3 {
                _ = try await server.ask(["EXPIRE", .text(key.generations[1]), 864_000])
                switch way {
                case 0: _ = try await backend.write([write])
                case 1: _ = try await backend.lease(key, token: 1, for: .seconds(60))
                default:
                    let lease = try await backend.lease(key, token: 1, for: .seconds(60))
                    _ = try await backend.fill(write, lease: 1, generations: lease.generations)
                }
                #expect(try await left() > 39 * 86_400)
            }
            _ = try await server.ask(["EXPIRE", .text(key.generations[1]), 3_452_400])
            _ = try await backend.write([write])
            #expect(try await left() <= 3_452_400)
            #expect(try await backend.read([key])[0]?.isCurrent == true)
        }
    }

    /// A million values with `CACHE_TESTS=long`.
    @Test func `memory and keys return to where they were after many short lives`() async throws {
        try await withCacheServer(.init(configuration: ["hz 100"])) { server in
            let keySpace = freshKeySpace()
            let backend = server.backend(keySpace)
            func cycle(_ values: Int, _ name: String) async throws {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for actor in 0..<4 {
                        group.addTask {
                            for round in 0..<values / 4 / 50 {
                                let tenant = "tenant\(round % 10)"
                                let quota = (account: keySpace.account(of: CacheTenant(tenant), .pipeline), bytes: 1 << 30)
                                let keys = (0..<50).map {
                                    place(keySpace, "\(name)-\(actor)-\(round)-\($0)", tenant: tenant, tags: [.job("\($0)")])
                                }
                                _ = try await backend.write(
                                    keys.map { BackendWrite(key: $0, bytes: pattern, timeToLive: .milliseconds(50), quota: quota) })
                                _ = try await backend.lease(keys[0], token: 1, for: .milliseconds(50))
                                try await backend.bump([keys[0].generations[3]])
                                _ = try await backend.read(Array(keys[..<5]))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                // All have ended within two seconds, by the account's clock too.
                for tenant in 0..<10 {
                    let account = keySpace.account(of: CacheTenant("tenant\(tenant)"), .pipeline)
                    let deadline = MonotonicTime.now + .seconds(10)
                    while try await backend.usage(of: account).entries > 0 { try #require(MonotonicTime.now < deadline) }
                    #expect(try await backend.usage(of: account) == CacheUsage(bytes: 0, entries: 0))
                }
                #expect(try await backend.accounts(after: 0, limit: 100).accounts == [])
            }
            func settled() async throws -> (keys: Int, bytes: Int) {
                let generations = 1 + 10 * 2 + 10 * 50
                let deadline = MonotonicTime.now + .seconds(10)
                while try await backend.health().keys > generations, MonotonicTime.now < deadline {}
                let health = try await backend.health()
                return (health.keys, health.usedBytes)
            }
            try await cycle(4_000, "first")
            let before = try await settled()
            let values = isLong ? 1_000_000 : 20_000
            try await cycle(values, "second")
            let after = try await settled()
            print("hygiene: \(values) values, \(before) before, \(after) after")
            #expect(after.keys == before.keys)
            #expect(after.bytes < before.bytes + 1 << 20)
        }
    }
}

private let pattern: [UInt8] = Array(repeating: 7, count: 300)
