import CacheTesting
import FlotillaCache
import Threading

/// Caches over one backend in memory, as processes over one Redis.
struct CacheFixture {
    let backend: InMemoryCacheBackend
    let clock: Lock<Int64>

    init() {
        let clock = Lock(WallClock.microseconds / 1_000)
        self.clock = clock
        self.backend = InMemoryCacheBackend(now: { WallClock.microseconds / 1_000 })
    }

    func cache(durable: (any CacheBackend)? = nil, _ change: (inout CacheOptions) -> Void = { _ in }) -> Cache {
        var options = CacheOptions()
        options.jitter = 0
        options.earlyRefreshBeta = 0
        change(&options)
        return Cache(options: options, codec: Self.codec, shared: self.backend, durable: durable)
    }

    /// Runs `body` while the cache listens to what ends elsewhere.
    func listening(_ caches: [Cache], _ body: () async throws -> Void) async throws {
        let tasks = caches.map { cache in Task { await cache.run() } }
        while !caches.allSatisfy(\.holdsMemory) { await Task.yield() }
        defer { for task in tasks { task.cancel() } }
        try await body()
    }

    static let codec: EntryCodec = {
        let key = try! CacheCipher.Key(id: "test", secret: (0..<32).map { UInt8($0 &* 7 &+ 3) })
        return EntryCodec(cipher: try! CacheCipher([key]))
    }()
}

/// Waits for a fact that another task will make true, for at most ten seconds.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<2_000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}

/// A database that changes and counts its reads.
final class Source: Sendable {
    private let state = Lock<(value: Int, reads: Int)>((0, 0))
    var value: Int {
        get { self.state.withLock { $0.value } }
        set { self.state.withLock { $0.value = newValue } }
    }
    var reads: Int { self.state.withLock { $0.reads } }
    func read() -> Int {
        self.state.withLock { state in
            state.reads += 1
            return state.value
        }
    }
}
