import CacheTesting
import FlotillaCache
import FlotillaCacheRedis
import RedisClient
import ServerHarness
import Testing

@Suite struct RedisCacheBackendTests {
    @Test(arguments: CacheBackendContract.all) func `keeps its promise`(_ promise: CacheBackendContract.Promise) async throws {
        let server = try CacheServer.shared.get()
        let keySpace = freshKeySpace()
        let subject = CacheBackendContract.Subject(
            backend: server.backend(keySpace, watchingAs: keySpace.environment), peer: server.backend(keySpace), keySpace: keySpace,
            passTime: { try await Task.sleep(for: $0) },
            evict: { _ = try await server.ask(["DEL", .text($0)]) },
            breakChannel: { try await server.killWatcher(named: keySpace.environment) })
        try await promise.check(subject)
    }
}
