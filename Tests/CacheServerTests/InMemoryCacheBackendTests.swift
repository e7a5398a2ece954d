import CacheTesting
import FlotillaCache
import Testing
import Threading

@Suite struct InMemoryCacheBackendTests {
    @Test(arguments: CacheBackendContract.all) func `keeps its promise`(_ promise: CacheBackendContract.Promise) async throws {
        let now = Lock<Int64>(0)
        let backend = InMemoryCacheBackend { now.withLock { $0 } }
        let subject = CacheBackendContract.Subject(
            backend: backend, peer: backend, keySpace: CacheKeySpace(environment: "test"),
            passTime: { time in now.withLock { $0 += time.inMilliseconds } },
            evict: { backend.evict($0) },
            breakChannel: {
                backend.breakChannel()
                backend.mendChannel()
            })
        try await promise.check(subject)
    }

    @Test func `while down every call fails, and afterwards all is as it was`() async throws {
        let backend = InMemoryCacheBackend()
        let key = BackendKey(item: "k", generations: ["g"])
        _ = try await backend.write([BackendWrite(key: key, bytes: [1], timeToLive: .seconds(60))])
        backend.isDown = true
        for _ in 0..<2 {
            let error = await #expect(throws: CacheError.self) { try await backend.read([key]) }
            #expect(error?.code == .unavailable)
        }
        backend.isDown = false
        #expect(try await backend.read([key])[0]?.bytes == [1])
        #expect(backend.calls == 4)
    }

    @Test func `a call before a frozen tier waits, ends with its task, or runs when the tier goes on`() async throws {
        let backend = InMemoryCacheBackend()
        let key = BackendKey(item: "k", generations: [])
        backend.freeze()
        let given = Task { try await backend.write([BackendWrite(key: key, bytes: [1], timeToLive: .seconds(60))]) }
        let givenUp = Task { try await backend.read([key]) }
        while backend.calls < 2 { await Task.yield() }
        givenUp.cancel()
        let outcome = await givenUp.result
        #expect(throws: CacheError.self) { try outcome.get() }
        backend.thaw()
        #expect(try await given.value == [true])
        #expect(try await backend.read([key])[0]?.bytes == [1])
    }
}
