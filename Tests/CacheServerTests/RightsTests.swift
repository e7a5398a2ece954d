import CacheTesting
import FlotillaCache
import FlotillaCacheRedis
import RedisClient
import ServerHarness
import Testing

/// The user of the backend's documentation: what it may do suffices, and it may do nothing else.
@Suite struct RightsTests {
    static let rights = """
        cache on >secret resetkeys ~flotilla:limited:* resetchannels &flotilla:limited:~ends -@all +evalsha +eval +script|load +ping +info \
        +mget +get +set +del +unlink +exists +expire +pexpire +ttl +pttl +incrby +strlen +getrange +memory|usage +scan +time \
        +zadd +zrem +zscore +zcard +zincrby +zrange +zrangebyscore +zrevrange +zinterstore +zscan +hget +hset +hincrby +publish +subscribe
        """

    @Test func `every promise is kept with these rights alone`() async throws {
        try await withCacheServer(.init(users: [Self.rights])) { server in
            let keySpace = CacheKeySpace(environment: "limited")
            let limited = try self.limited(server)
            for promise in CacheBackendContract.all {
                _ = try await server.ask(["FLUSHALL"])
                let backend = RedisCacheBackend(client: limited, eventLoop: server.loop, keySpace: keySpace, options: .patient)
                let subject = CacheBackendContract.Subject(
                    backend: backend, peer: backend, keySpace: keySpace, passTime: { try await Task.sleep(for: $0) },
                    evict: { _ = try await server.ask(["DEL", .text($0)]) },
                    breakChannel: { _ = try await server.ask(["CLIENT", "KILL", "TYPE", "pubsub"]) })
                do {
                    // Keys outside the key space are what the rights are there to refuse.
                    if promise.description == "tells of keys of any text" { continue }
                    try await promise.check(subject)
                } catch {
                    Issue.record("\(promise): \(error)")
                }
            }
            await limited.close()
        }
    }

    @Test func `others' keys, other channels and what endangers the server are refused`() async throws {
        try await withCacheServer(.init(users: [Self.rights])) { server in
            let limited = try self.limited(server)
            _ = try await server.ask(["LPUSH", "document_queue", "job"])
            let forbidden: [RedisCommand] = [
                ["GET", "document_queue"], ["DEL", "document_queue"], ["LPOP", "document_queue"], ["FLUSHALL"], ["FLUSHDB"], ["KEYS", "*"],
                ["CONFIG", "GET", "*"], ["SHUTDOWN"], ["PUBLISH", "other", "x"], ["SCRIPT", "FLUSH"], ["MONITOR"], ["ACL", "WHOAMI"],
                ["EVAL", "return redis.call('DEL', KEYS[1])", 1, "document_queue"], ["EVAL", "return redis.call('FLUSHALL')", 0],
            ]
            for command in forbidden { await #expect(throws: RedisError.self) { try await limited.send(command) } }
            let backend = RedisCacheBackend(
                client: limited, eventLoop: server.loop, keySpace: CacheKeySpace(environment: "limited"), options: .patient)
            let error = await #expect(throws: CacheError.self) {
                try await backend.delete([BackendKey(item: "document_queue", generations: [])])
            }
            #expect(error?.code == .refused)
            #expect(try await server.ask(["LLEN", "document_queue"]).int == 1)
            await limited.close()
        }
    }

    private func limited(_ server: CacheServer) throws -> RedisClient {
        var configuration = server.client.configuration
        configuration.username = "cache"
        configuration.password = "secret"
        return RedisClient(configuration: configuration, eventLoop: server.loop)
    }
}
