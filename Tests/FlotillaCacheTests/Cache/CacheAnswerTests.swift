import CacheTesting
import FlotillaCache
import JSONText
import Testing
import Threading

@Suite struct CacheAnswerTests {
    let fixture = CacheFixture()
    let acme = CacheTenant("acme")

    @Test func `a value, its absence and a miss are three answers`() async throws {
        let cache = self.fixture.cache()
        let key = CacheKey(.graph, tenant: self.acme, "job-1")
        #expect(try await cache.get(key, as: String.self) == .miss)
        try await cache.setAbsent(key)
        #expect(try await cache.get(key, as: String.self) == .absent)
        try await cache.set(key, "nodes")
        #expect(try await cache.get(key, as: String.self) == .value("nodes", isStale: false))
        #expect(try await cache.exists(key))
        #expect(try await cache.delete(key))
        #expect(try await cache.get(key, as: String.self) == .miss)
        #expect(try await !cache.exists(key))
        #expect(try await !cache.delete(key))
    }

    @Test func `an error is thrown and is no miss`() async throws {
        let cache = self.fixture.cache()
        self.fixture.backend.isDown = true
        await #expect(throws: CacheError.self) { try await cache.get(CacheKey(.graph, tenant: self.acme, "x"), as: String.self) }
        let tally = try #require(cache.recorder.totals()["graph"])
        #expect(tally.errors == 1)
        #expect(tally.misses == 0)
    }

    @Test func `empty, zero and false are values`() async throws {
        let cache = self.fixture.cache()
        func key(_ name: String) -> CacheKey { CacheKey(.apiResponse, tenant: self.acme, name) }
        try await cache.set(key("text"), "")
        try await cache.set(key("bytes"), [UInt8]())
        try await cache.set(key("zero"), 0)
        try await cache.set(key("false"), false)
        try await cache.set(key("number"), -0.0)
        try await cache.set(key("json"), JSONValue.array([]))
        #expect(try await cache.get(key("text")).value == "")
        #expect(try await cache.get(key("bytes")).value == [UInt8]())
        #expect(try await cache.get(key("zero")).value == 0)
        #expect(try await cache.get(key("false")).value == false)
        #expect(try await cache.get(key("number"), as: Double.self).value?.sign == .minus)
        #expect(try await cache.get(key("json"), as: JSONValue.self).value == .array([]))
    }

    @Test func `a value of another shape is a miss`() async throws {
        let cache = self.fixture.cache()
        let key = CacheKey(.apiResponse, tenant: self.acme, "a")
        try await cache.set(key, "12")
        #expect(try await cache.get(key, as: Int.self) == .miss)
        #expect(cache.recorder.totals()["api_response"]?.unreadable == 1)
    }

    @Test func `asking for what does not exist a thousand times asks the source once`() async throws {
        let cache = self.fixture.cache()
        let source = Source()
        for _ in 0..<1_000 {
            let value = try await cache.getOrLoad(CacheKey(.user, tenant: self.acme, "nobody"), as: String.self) {
                _ = source.read()
                return nil
            }
            #expect(value == nil)
        }
        #expect(source.reads == 1)
    }

    @Test func `errors of a load reach the caller and are never cached`() async throws {
        struct Broken: Error, Equatable { let number: Int }
        let cache = self.fixture.cache()
        let source = Source()
        for attempt in 1...3 {
            await #expect(throws: Broken(number: attempt)) {
                try await cache.getOrLoad(CacheKey(.documentSummary, tenant: self.acme, "d"), as: String.self) {
                    _ = source.read()
                    throw Broken(number: source.reads)
                }
            }
        }
        #expect(try await cache.getOrLoad(CacheKey(.documentSummary, tenant: self.acme, "d")) { "now it is there" } == "now it is there")
        #expect(cache.recorder.totals()["doc_summary"]?.failedLoads == 3)
    }

    @Test func `counters count, end, and fail aloud`() async throws {
        let cache = self.fixture.cache()
        let key = CacheKey(.apiResponse, tenant: self.acme, "requests")
        #expect(try await cache.increment(key) == 1)
        #expect(try await cache.increment(key, by: 41) == 42)
        #expect(try await cache.get(key, as: Int.self) == .miss)
        self.fixture.backend.isDown = true
        await #expect(throws: CacheError.self) { try await cache.increment(key) }
    }

    @Test func `many values are read and written in one call each`() async throws {
        let cache = self.fixture.cache()
        let keys = (0..<100).map { CacheKey(.chunks, tenant: CacheTenant("t\($0 % 3)"), "part", String($0)) }
        let before = self.fixture.backend.calls
        #expect(try await cache.set(keys.enumerated().map { (key: $0.element, value: $0.offset) }).allSatisfy { $0 })
        #expect(try await cache.get(keys, as: Int.self).map(\.value) == (0..<100).map { $0 })
        #expect(self.fixture.backend.calls == before + 2)
        #expect(try await cache.delete(keys) == 100)
        #expect(self.fixture.backend.calls == before + 3)
    }

    @Test func `an older version does not replace a newer one`() async throws {
        let cache = self.fixture.cache()
        let key = CacheKey(.jobStatus, tenant: self.acme, "job-1")
        #expect(try await cache.set(key, "running", version: 2))
        #expect(try await !cache.set(key, "queued", version: 1))
        #expect(try await cache.get(key).value == "running")
        #expect(try await cache.set(key, "done", version: 3))
        #expect(try await cache.get(key).value == "done")
    }

    @Test func `the kill switch and a type that is off cost the load and touch nothing`() async throws {
        let cache = self.fixture.cache { $0.isEnabled = false }
        let source = Source()
        let key = CacheKey(.graph, tenant: self.acme, "g")
        for _ in 0..<3 { _ = try await cache.getOrLoad(key) { source.read() } }
        #expect(source.reads == 3)
        #expect(self.fixture.backend.calls == 0)
        cache.reconfigure { $0.isEnabled = true }
        for _ in 0..<3 { _ = try await cache.getOrLoad(key) { source.read() } }
        #expect(source.reads == 4)
        cache.reconfigure { $0.disabledTypes = ["graph"] }
        for _ in 0..<3 { _ = try await cache.getOrLoad(key) { source.read() } }
        #expect(source.reads == 7)
        #expect(try await cache.get(key, as: Int.self) == .miss)
    }

    @Test func `values that must be encrypted are not cached without a key`() async throws {
        var options = CacheOptions()
        options.jitter = 0
        let cache = Cache(options: options, shared: self.fixture.backend)
        let key = CacheKey(.billing, tenant: self.acme, "march")
        await #expect(throws: CacheError.self) { try await cache.set(key, 12) }
        let source = Source()
        for _ in 0..<2 { _ = try await cache.getOrLoad(key) { source.read() } }
        #expect(source.reads == 2)
        #expect(cache.recorder.totals()["billing"]?.refused == 3)
    }

    @Test func `in shadow mode the loaded value is given and differences are counted`() async throws {
        let cache = self.fixture.cache { $0.shadowTypes = ["graph"] }
        let source = Source()
        let key = CacheKey(.graph, tenant: self.acme, "g")
        _ = try await cache.getOrLoad(key) { source.read() }
        _ = try await cache.getOrLoad(key) { source.read() }
        #expect(cache.recorder.totals()["graph"]?.mismatches == 0)
        source.value = 7
        #expect(try await cache.getOrLoad(key) { source.read() } == 7)
        #expect(cache.recorder.totals()["graph"]?.mismatches == 1)
    }

    @Test func `a remembered function runs once for each input`() async throws {
        let cache = self.fixture.cache()
        let source = Source()
        let square = cache.cached(key: { (input: Int) in CacheKey(.reference, tenant: .everyone, String(input)) }) { input -> Int? in
            _ = source.read()
            return input * input
        }
        for input in [3, 4, 3, 4, 3] { #expect(try await square(input) == input * input) }
        #expect(source.reads == 2)
    }

    @Test func `writing through caches what was written, and forgets when the writing failed`() async throws {
        struct Refused: Error {}
        let cache = self.fixture.cache()
        let key = CacheKey(.user, tenant: self.acme, "42")
        #expect(try await cache.writeThrough(key) { "new name" } == "new name")
        #expect(try await cache.get(key).value == "new name")
        await #expect(throws: Refused.self) { try await cache.writeThrough(key) { () -> String in throw Refused() } }
        #expect(try await cache.get(key, as: String.self) == .miss)
    }
}

/// A number as another program writes it under the same name.
private struct Foreign: CacheValue {
    static var cacheSchema: String { Int.cacheSchema }
    func cacheBytes() -> [UInt8] { Array("seven".utf8) }
    init() {}
    init(cacheBytes: [UInt8]) {}
}

extension CacheAnswerTests {
    @Test func `a value that another program wrote otherwise under the same schema is made anew`() async throws {
        let cache = self.fixture.cache()
        let key = CacheKey(.graph, tenant: self.acme, "g")
        try await cache.set(key, Foreign())
        let source = Source()
        for _ in 0..<3 { #expect(try await cache.getOrLoad(key) { source.read() } == 0) }
        #expect(source.reads == 1)
    }

    @Test func `a cache that begins switched off holds values in the process when it is switched on`() async throws {
        let cache = self.fixture.cache { $0.isEnabled = false }
        let key = CacheKey(.dashboard, tenant: self.acme, "d")
        try await self.fixture.listening([cache]) {
            cache.reconfigure { $0.isEnabled = true }
            try await cache.set(key, 1)
            #expect(try await cache.get(key).value == 1)
            #expect(cache.memoryUsage.entries == 1)
            cache.reconfigure { $0.jitter = 0 }
            #expect(cache.memoryUsage.entries == 0)
        }
    }
}
