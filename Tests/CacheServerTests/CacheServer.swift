import CacheTesting
import FlotillaCache
import FlotillaCacheRedis
import Glibc
import Reactor
import RedisClient
import ServerHarness
import Threading

/// A Redis server with clients, one for several tests or one for each.
struct CacheServer: Sendable {
    let redis: PrivateRedis
    let loop: EventLoop
    let client: RedisClient

    /// For tests that disturb nobody: each has a key space of its own.
    static let shared = Result { try CacheServer() }

    init(_ options: PrivateRedis.Options = .init(), _ configure: (inout RedisConfiguration) -> Void = { _ in }) throws {
        self.redis = try PrivateRedis(options)
        self.loop = EventLoop(name: "cache-tests")
        var configuration = try RedisConfiguration(url: self.redis.url)
        configure(&configuration)
        self.client = RedisClient(configuration: configuration, eventLoop: self.loop)
    }

    func backend(_ keySpace: CacheKeySpace = CacheKeySpace(), _ options: RedisCacheBackend.Options = .patient) -> RedisCacheBackend {
        RedisCacheBackend(client: self.client, eventLoop: self.loop, keySpace: keySpace, options: options)
    }

    /// One whose connection for ends has a name, by which a test can cut it.
    func backend(_ keySpace: CacheKeySpace, watchingAs name: String) -> RedisCacheBackend {
        var configuration = self.client.configuration
        configuration.clientName = name
        return RedisCacheBackend(
            client: self.client, subscription: configuration, eventLoop: self.loop, keySpace: keySpace, options: .patient)
    }

    func killWatcher(named name: String) async throws {
        let list = try await self.ask(["CLIENT", "LIST", "TYPE", "pubsub"]).string ?? ""
        let line = list.split(separator: "\n").first { $0.contains(" name=\(name) ") }
        let id = line?.split(separator: " ").first?.dropFirst("id=".count) ?? "0"
        guard try await self.ask(["CLIENT", "KILL", "ID", .text(String(id))]).int == 1 else { throw HarnessError("\(name) does not watch") }
    }

    /// The server's answer to a question of the test's own.
    func ask(_ command: RedisCommand) async throws -> RedisValue { try await self.client.send(command, timeout: .seconds(60)) }

    func close() async {
        await self.client.close()
        self.loop.stop()
    }
}

extension RedisCacheBackend.Options {
    /// For tests of what is done and not of how fast, on machines that do much else.
    static let patient = RedisCacheBackend.Options(
        readTimeout: .seconds(30), writeTimeout: .seconds(30), upkeepTimeout: .seconds(30))
}

private let keySpaceCount = Lock(0)

/// One that no other test uses.
func freshKeySpace() -> CacheKeySpace {
    CacheKeySpace(
        environment: keySpaceCount.withLock { count in
            count += 1
            return "test-\(count)"
        })
}

/// Runs `body` with a server of its own.
func withCacheServer(
    _ options: PrivateRedis.Options = .init(), _ configure: (inout RedisConfiguration) -> Void = { _ in },
    _ body: (CacheServer) async throws -> Void
) async throws {
    let server = try CacheServer(options, configure)
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(server)) } catch { outcome = .failure(error) }
    await server.close()
    try outcome.get()
}

/// The value's place as the cache makes it.
func place(_ keySpace: CacheKeySpace, _ specific: String, tenant: String = "acme", tags: [CacheTag] = []) -> BackendKey {
    let key = CacheKey(.documentSummary, tenant: CacheTenant(tenant), specific, tags: tags)
    return BackendKey(item: keySpace.item(key), generations: keySpace.generations(of: key))
}

/// Whether the tests may take minutes: `CACHE_TESTS=long`.
let isLong = getenv("CACHE_TESTS").map { String(cString: $0) } == "long"
