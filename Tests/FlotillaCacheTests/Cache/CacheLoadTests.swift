import CacheTesting
import FlotillaCache
import Testing
import Threading

@Suite struct CacheLoadTests {
    let fixture = CacheFixture()
    let key = CacheKey(.dashboard, tenant: CacheTenant("acme"), "front", tags: [.job("7")])

    @Test func `two thousand misses in two processes cause one load`() async throws {
        let caches = [self.fixture.cache(), self.fixture.cache()]
        let source = Source()
        source.value = 9
        let key = self.key
        try await self.fixture.listening(caches) {
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for index in 0..<2_000 {
                    group.addTask {
                        try await caches[index % 2].getOrLoad(key) {
                            try await Task.sleep(for: .milliseconds(100))
                            return source.read()
                        }
                    }
                }
                for try await value in group { #expect(value == 9) }
            }
        }
        #expect(source.reads == 1)
    }

    @Test func `a stale value is served while one load makes a new one`() async throws {
        let cache = self.fixture.cache { options in
            var policy = CacheType.graph.policy
            policy.timeToLive = .milliseconds(30)
            policy.staleFor = .seconds(60)
            options.policies["graph"] = policy
        }
        let source = Source()
        let key = CacheKey(.graph, tenant: CacheTenant("acme"), "g")
        #expect(try await cache.getOrLoad(key) { source.read() } == 0)
        source.value = 1
        try await Task.sleep(for: .milliseconds(60))
        let gate = Lock(false)
        // The load cannot end before all of these have been served.
        for _ in 0..<20 {
            let value = try await cache.getOrLoad(key) {
                while !gate.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
                return source.read()
            }
            #expect(value == 0)
        }
        gate.withLock { $0 = true }
        #expect(try await eventually { cache.loadsUnderWay == 0 })
        #expect(try await cache.get(key, as: Int.self).value == 1)
        #expect(source.reads == 2)
    }

    @Test func `softly ended values are served once more, ended ones never`() async throws {
        let cache = self.fixture.cache()
        let source = Source()
        _ = try await cache.getOrLoad(self.key) { source.read() }
        source.value = 1
        try await cache.end([.job("7")], of: CacheTenant("acme"), softly: true)
        #expect(try await cache.get(self.key, as: Int.self) == .value(0, isStale: true))
        #expect(try await cache.getOrLoad(self.key) { source.read() } == 0)
        #expect(try await eventually { try await cache.get(self.key, as: Int.self) == .value(1, isStale: false) })
        try await cache.end([.job("7")], of: CacheTenant("acme"))
        #expect(try await cache.get(self.key, as: Int.self) == .miss)
    }

    @Test(arguments: [(CachePolicy.Invalidation.eager, true, false), (.lazy, false, false), (.hybrid, false, true)])
    func `what a soft end does is the type's decision`(invalidation: CachePolicy.Invalidation, isMiss: Bool, isStale: Bool) async throws {
        let cache = self.fixture.cache { options in
            var policy = CacheType.graph.policy
            policy.invalidation = invalidation
            options.policies["graph"] = policy
        }
        let key = CacheKey(.graph, tenant: CacheTenant("acme"), "g", tags: [.graph("7")])
        try await cache.set(key, 1)
        try await cache.end([.graph("7")], of: CacheTenant("acme"), softly: true)
        #expect(try await cache.get(key, as: Int.self) == (isMiss ? .miss : .value(1, isStale: isStale)))
        try await cache.end([.graph("7")], of: CacheTenant("acme"))
        #expect(try await cache.get(key, as: Int.self) == .miss)
    }

    @Test func `a policy without a stale time never serves what ended softly`() async throws {
        let cache = self.fixture.cache()
        let key = CacheKey(.user, tenant: CacheTenant("acme"), "42", tags: [.user("42")])
        try await cache.set(key, "analyst")
        try await cache.end([.user("42")], of: CacheTenant("acme"), softly: true)
        #expect(try await cache.get(key, as: String.self) == .miss)
    }

    @Test func `a dead tier costs the loads, coalesced, and no error`() async throws {
        let cache = self.fixture.cache()
        self.fixture.backend.isDown = true
        let source = Source()
        let key = self.key
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await cache.getOrLoad(key) {
                        try await Task.sleep(for: .milliseconds(50))
                        return source.read()
                    }
                }
            }
            for try await value in group { #expect(value == 0) }
        }
        #expect(source.reads < 20)
        #expect(!cache.isReachable)
        // The breaker is open: nothing is asked until its time has come.
        let calls = self.fixture.backend.calls
        for _ in 0..<50 { _ = try await cache.getOrLoad(key) { source.read() } }
        #expect(self.fixture.backend.calls <= calls + 2)
        self.fixture.backend.isDown = false
        #expect(
            try await eventually {
                _ = try await cache.getOrLoad(key) { source.read() }
                return cache.isReachable
            })
    }

    @Test func `loads of different keys run at most so many at once, and too many waiting are refused`() async throws {
        let cache = self.fixture.cache { options in
            options.loaders = 3
            options.waitingLoads = 10
        }
        let running = Lock<(now: Int, most: Int)>((0, 0))
        let refused = Lock(0)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<40 {
                group.addTask {
                    do {
                        _ = try await cache.getOrLoad(CacheKey(.graph, tenant: CacheTenant("acme"), "g\(index)")) {
                            running.withLock { state in
                                state.now += 1
                                state.most = max(state.most, state.now)
                            }
                            try await Task.sleep(for: .milliseconds(30))
                            running.withLock { $0.now -= 1 }
                            return index
                        }
                    } catch let error as CacheError where error.code == .overloaded {
                        refused.withLock { $0 += 1 }
                    } catch {
                        Issue.record(error)
                    }
                }
            }
        }
        #expect(running.withLock { $0.most } == 3)
        #expect(refused.withLock { $0 } == 27)
    }

    @Test func `a caller that is cancelled leaves, and the load goes on for the others`() async throws {
        let cache = self.fixture.cache()
        let key = self.key
        let begun = Lock(false)
        let go = Lock(false)
        let load: @Sendable () async throws -> Int? = {
            begun.withLock { $0 = true }
            while !go.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
            return 5
        }
        let first = Task { try await cache.getOrLoad(key, load: load) }
        #expect(try await eventually { begun.withLock { $0 } })
        let second = Task { try await cache.getOrLoad(key, load: load) }
        #expect(try await eventually { cache.recorder.totals()["dashboard"]?.misses == 2 })
        try await Task.sleep(for: .milliseconds(20))
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        go.withLock { $0 = true }
        #expect(try await second.value == 5)
    }

    @Test func `the last caller's cancellation cancels the load`() async throws {
        let cache = self.fixture.cache()
        let key = self.key
        let begun = Lock(false)
        let wasCancelled = Lock(false)
        let only = Task {
            try await cache.getOrLoad(key) { () async throws -> Int? in
                begun.withLock { $0 = true }
                do {
                    try await Task.sleep(for: .seconds(60))
                } catch {
                    wasCancelled.withLock { $0 = true }
                    throw error
                }
                return 1
            }
        }
        #expect(try await eventually { begun.withLock { $0 } })
        only.cancel()
        await #expect(throws: CancellationError.self) { try await only.value }
        #expect(try await eventually { wasCancelled.withLock { $0 } })
        // The lease was given back: the next one need not wait for its time.
        #expect(try await cache.getOrLoad(key) { 2 } == 2)
    }
}
