import CacheTesting
import FlotillaCache
import FlotillaCacheRedis
import Foundation
import RedisClient
import ServerHarness
import Testing

/// The Redis users that `deploy/redis` proposes: all that the cache does, and nothing that empties a server or reads somebody else's keys.
@Suite struct DeployedUsersTests {
    struct Place: Sendable, CustomStringConvertible {
        var file: String
        var user: String
        /// Of the keys that the user may touch.
        var keySpace: CacheKeySpace
        var description: String { "\(self.user) of \(self.file)" }
    }

    static let places = [
        Place(file: "cache-users.acl.example", user: "cache", keySpace: CacheKeySpace()),
        // The queues' Redis holds sessions, and everything where it is the only one.
        Place(file: "users.acl.example", user: "flotilla", keySpace: CacheKeySpace(environment: "staging")),
    ]

    /// A server whose client is the user.
    private func withServer(_ place: Place, _ body: (CacheServer) async throws -> Void) async throws {
        var options = PrivateRedis.Options()
        options.users = [try Self.rule(place)]
        options.configuration = ["maxmemory 64mb", "maxmemory-policy volatile-lfu"]
        try await withCacheServer(
            options,
            { configuration in
                configuration.username = place.user
                configuration.password = "secret"
            }, body)
    }

    /// The user's line, as ACL SETUSER takes it, with a password in place of the hash.
    static func rule(_ place: Place) throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../deploy/redis/\(place.file)")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("user \(place.user) on ") })
        return String(line.dropFirst("user ".count)).replacing("#SHA256_OF_THE_PASSWORD", with: ">secret")
    }

    @Test(arguments: places) func `may do all that a cache does`(_ place: Place) async throws {
        try await withServer(place) { server in
            let backend = server.backend(place.keySpace)
            let cache = Cache(options: Self.options(place.keySpace), shared: backend)
            let listener = Task { await cache.run() }
            defer { listener.cancel() }
            let key = CacheKey(.documentSummary, tenant: CacheTenant("acme"), "7", tags: [.document("7")])
            #expect(try await cache.getOrLoad(key) { "made" } == "made")
            #expect(try await cache.get(key) == .value("made", isStale: false))
            try await cache.set(key, "written")
            #expect(try await cache.increment(key, by: 2) == 2)
            #expect(try await cache.exists(key))
            try await cache.end([.document("7")], of: CacheTenant("acme"))
            #expect(try await cache.get(key, as: String.self) == .miss)
            try await cache.set(key, "again")
            #expect(try await cache.delete(key))
            try await cache.set(key, "counted")
            let account = place.keySpace.account(of: CacheTenant("acme"), .application)
            #expect(try await backend.usage(of: account).entries == 1)
            #expect(try await backend.accounts(after: 0, limit: 10).accounts == [account])
            #expect(try await backend.recount(account, after: 0, limit: 10).examined == 1)
            #expect(try await backend.scan(prefix: place.keySpace.root, after: 0, limit: 1_000).found.count == 1)
            #expect(try await backend.health().evictionPolicy == "volatile-lfu")
            // What `flotilla cache top --by use` asks.
            #expect(try await server.client.send(["OBJECT", "FREQ", .text(place.keySpace.item(key))]).int != nil)
            try await cache.clear()
            #expect(try await cache.get(key, as: String.self) == .miss)
            while !cache.holdsMemory { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test(arguments: places) func `over its quota a tenant's oldest go`(_ place: Place) async throws {
        try await withServer(place) { server in
            var options = Self.options(place.keySpace)
            options.quotas = [.application: 4_096]
            let cache = Cache(options: options, shared: server.backend(place.keySpace))
            for number in 0..<30 {
                try await cache.set(CacheKey(.documentSummary, tenant: CacheTenant("acme"), String(number)), "a summary")
            }
            let usage = try await server.backend(place.keySpace).usage(of: place.keySpace.account(of: CacheTenant("acme"), .application))
            #expect(usage.bytes <= 4_096 && usage.entries > 0)
        }
    }

    @Test(arguments: places) func `may not empty the server, see its settings' secrets or stop it`(_ place: Place) async throws {
        try await withServer(place) { server in
            let refused: [RedisCommand] = [
                ["FLUSHALL"], ["FLUSHDB"], ["KEYS", "*"], ["CONFIG", "SET", "maxmemory", "1"], ["SHUTDOWN"], ["MONITOR"], ["ACL", "LIST"],
                ["SCRIPT", "FLUSH"], ["REPLICAOF", "NO", "ONE"], ["GET", "somebody-else"],
                ["PUBLISH", "somebody-else", "x"],
            ]
            for command in refused {
                let error = await #expect(throws: RedisError.self) { try await server.client.send(command, timeout: .seconds(5)) }
                #expect(error?.code == .server(.noPermission), "\(command)")
            }
        }
    }

    @Test func `the cache's user sees nothing of queues`() async throws {
        try await withServer(Self.places[0]) { server in
            for command: RedisCommand in [["LPUSH", "document_queue", "x"], ["EXISTS", "document_queue"], ["GET", "flotilla:staging:x"]] {
                let error = await #expect(throws: RedisError.self) { try await server.client.send(command, timeout: .seconds(5)) }
                #expect(error?.code == .server(.noPermission), "\(command)")
            }
        }
    }

    private static func options(_ keySpace: CacheKeySpace) -> CacheOptions {
        var options = CacheOptions()
        options.keySpace = keySpace
        options.quotas = [.application: 1 << 20, .pipeline: 1 << 20]
        return options
    }
}
