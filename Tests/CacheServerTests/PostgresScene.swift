import FlotillaCache
import FlotillaCachePostgres
import FlotillaPostgres
import PostgresClient
import Reactor
import ServerHarness
import Threading

/// A database of a test's own with the cache's tables.
struct PostgresScene: Sendable {
    let pool: PostgresPool

    private static let loop = EventLoop(name: "cache-postgres-tests")
    private static let server = Lock<(server: PrivatePostgres, databases: Int)?>(nil)

    static func with(connections: Int = 8, _ body: (PostgresScene) async throws -> Void) async throws {
        let url = try self.server.withLock { state in
            var next = try state ?? (PrivatePostgres(.init(fsync: false)), 0)
            next.databases += 1
            state = next
            return try next.server.createDatabase("cache\(next.databases)")
        }
        var configuration = try PostgresConfiguration(url: url)
        configuration.maximumConnections = connections
        configuration.acquireTimeout = .seconds(30)
        let pool = PostgresPool(configuration: configuration, eventLoop: self.loop)
        do {
            // As programs do: behind the runtime's own tables.
            try await Migrator(pool: pool, migrations: JobSchema.migrations + CacheSchema.migrations).migrate()
            try await body(PostgresScene(pool: pool))
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    func count(_ query: PostgresQuery) async throws -> Int { try await self.pool.query(query).one()[0, as: Int.self] }

    /// How the server does a statement, as text.
    func plan(_ query: PostgresQuery) async throws -> String {
        try await self.pool.query("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) \(fragment: query)")
            .map { try $0[0, as: String.self] }.joined(separator: "\n")
    }
}

/// What a relay told the cache to end, call by call.
final class EndingLog: Sendable {
    private let calls = Lock<[[CacheEnding]]>([])
    private let failure = Lock<(any Error)?>(nil)

    /// The closure for a relay. It notes what it is told before it fails.
    var apply: InvalidationRelay.Apply {
        { endings in
            self.calls.withLock { $0.append(endings) }
            if let failure = self.failure.withLock({ $0 }) { throw failure }
        }
    }

    func fail(with error: (any Error)?) { self.failure.withLock { $0 = error } }

    var all: [[CacheEnding]] { self.calls.withLock { $0 } }
    /// `tenant tag kind:id` or `tenant type name`, with `~` before soft ones.
    var flat: [String] { self.all.flatMap { $0 }.map(\.text) }

    func take() -> [String] {
        self.calls.withLock { calls in
            defer { calls = [] }
            return calls.flatMap { $0 }.map(\.text)
        }
    }
}

extension CacheEnding {
    var text: String {
        let what =
            switch self.target {
            case .tag(let tag): "tag \(tag)"
            case .type(let name): "type \(name)"
            }
        return "\(self.softly ? "~" : "")\(self.tenant) \(what)"
    }
}
