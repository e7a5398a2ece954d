import CacheTesting
import FlotillaCache
import Testing
import Threading

@Suite struct CacheInvalidationTests {
    let fixture = CacheFixture()

    @Test func `a tag ends its values, of its tenant alone`() async throws {
        let cache = self.fixture.cache()
        let (acme, other) = (CacheTenant("acme"), CacheTenant("other"))
        let keys = [acme, other].flatMap { tenant in
            ["7", "8"].map { CacheKey(.jobStatus, tenant: tenant, $0, tags: [.job($0)]) }
        }
        for key in keys { try await cache.set(key, "running") }
        try await cache.end([.job("7")], of: acme)
        #expect(try await cache.get(keys, as: String.self).map(\.isMiss) == [true, false, false, false])
    }

    @Test(arguments: [true, false]) func `clearing a tenant or a type leaves the others and what is durable`(isApart: Bool) async throws {
        let cache = self.fixture.cache(durable: isApart ? InMemoryCacheBackend() : nil)
        let tenants = ["a", "b"].map { CacheTenant($0) }
        let types: [CacheType] = [.graph, .user, .session]
        let keys = tenants.flatMap { tenant in types.map { CacheKey($0, tenant: tenant, "x") } }
        for key in keys { try await cache.set(key, 1) }
        try await cache.clear(tenants[0])
        #expect(try await cache.get(keys, as: Int.self).map(\.isMiss) == [true, true, false, false, false, false])
        try await cache.end(.graph)
        #expect(try await cache.get(keys, as: Int.self).map(\.isMiss) == [true, true, false, true, false, false])
        try await cache.clear()
        #expect(try await cache.get(keys, as: Int.self).map(\.isMiss) == [true, true, false, true, true, false])
        try await cache.end(.session, of: tenants[1])
        #expect(try await cache.get(keys, as: Int.self).map(\.isMiss) == [true, true, false, true, true, true])
    }

    @Test func `a generation that was evicted ends its values`() async throws {
        let cache = self.fixture.cache()
        let key = CacheKey(.graph, tenant: CacheTenant("acme"), "g", tags: [.graph("7")])
        try await cache.set(key, 1)
        self.fixture.backend.evict(CacheKeySpace().generation(.graph("7"), of: CacheTenant("acme")))
        #expect(try await cache.get(key, as: Int.self) == .miss)
    }

    @Test func `what one process ends is gone from the memory of another`() async throws {
        let (one, two) = (self.fixture.cache(), self.fixture.cache())
        let key = CacheKey(.dashboard, tenant: CacheTenant("acme"), "front", tags: [.corpus])
        try await self.fixture.listening([one, two]) {
            try await one.set(key, 1)
            #expect(try await two.get(key).value == 1)
            let calls = self.fixture.backend.calls
            #expect(try await two.get(key).value == 1)
            #expect(self.fixture.backend.calls == calls)
            try await one.set(key, 2)
            #expect(try await two.get(key).value == 2)
            try await one.end([.corpus], of: CacheTenant("acme"))
            #expect(try await two.get(key, as: Int.self) == .miss)
            try await one.set(key, 3)
            #expect(try await two.get(key).value == 3)
            try await one.delete(key)
            #expect(try await two.get(key, as: Int.self) == .miss)
        }
    }

    @Test func `when the channel breaks nothing is served from memory`() async throws {
        let cache = self.fixture.cache()
        let key = CacheKey(.dashboard, tenant: CacheTenant("acme"), "front")
        try await self.fixture.listening([cache]) {
            try await cache.set(key, 1)
            #expect(try await cache.get(key).value == 1)
            #expect(cache.memoryUsage.entries == 1)
            self.fixture.backend.breakChannel()
            #expect(cache.memoryUsage.entries == 0)
            for _ in 0..<3 { #expect(try await cache.get(key).value == 1) }
            #expect(cache.memoryUsage.entries == 0)
            self.fixture.backend.mendChannel()
            #expect(try await cache.get(key).value == 1)
            #expect(cache.memoryUsage.entries == 1)
        }
    }

    /// Readers, writers, deleters and enders over two processes: what a read returns is never older than the newest end that was complete when
    /// the read began, and in the end nothing stale is left.
    @Test(arguments: [1, 2]) func `interleaved loads, stores and ends leave nothing stale`(seed: Int) async throws {
        let caches = [self.fixture.cache(), self.fixture.cache()]
        let tenant = CacheTenant("acme")
        let count = 8
        let sources = (0..<count).map { _ in Source() }
        /// What was surely ended: the value that every later read must show at least.
        let floors = (0..<count).map { _ in Lock(0) }
        let keys = (0..<count).map { CacheKey($0 % 2 == 0 ? .graph : .dashboard, tenant: tenant, "k\($0)", tags: [.job(String($0))]) }
        let steps = 6_500
        try await self.fixture.listening(caches) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        var random = SeededGenerator(seed: UInt64(seed * 1_000 + worker))
                        for _ in 0..<steps {
                            let index = Int.random(in: 0..<count, using: &random)
                            let cache = caches[Int.random(in: 0...1, using: &random)]
                            switch Int.random(in: 0..<10, using: &random) {
                            case 0:
                                // Only one writer a key, so that values grow.
                                guard index % 8 == worker else { continue }
                                let value = sources[index].value + 1
                                sources[index].value = value
                                switch Int.random(in: 0..<3, using: &random) {
                                case 0: try await cache.end([.job(String(index))], of: tenant)
                                case 1: try await cache.delete(keys[index])
                                default: try await cache.set(keys[index], value)
                                }
                                floors[index].withLock { $0 = max($0, value) }
                            default:
                                let floor = floors[index].withLock { $0 }
                                let value = try await cache.getOrLoad(keys[index], as: Int.self) {
                                    let value = sources[index].read()
                                    await Task.yield()
                                    return value
                                }
                                #expect(value.map { $0 >= floor } == true, "read \(value ?? -1) after \(floor)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            for index in 0..<count {
                for cache in caches {
                    let lookup = try await cache.get(keys[index], as: Int.self)
                    if let value = lookup.value { #expect(value == sources[index].value) }
                }
            }
        }
    }
}
