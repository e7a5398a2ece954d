import FlotillaCache
import FlotillaCachePostgres
import FlotillaPostgres
import Glibc
import PostgresClient
import Reactor
import ServerHarness
import Threading

/// A database of a test's own with the cache's tables.
struct PostgresScene: Sendable {
    let pool: PostgresPool

    private static let loop = EventLoop(name: "cache-postgres-tests")
    private static let server = Lock<(server: PrivatePostgres, databases: Int)?>(nil)

    private static let pooler = Lock<PrivatePgbouncer?>(nil)

    /// With `FLOTILLA_TEST_POOLER` in the environment every test goes through pgbouncer.
    private static let isAlwaysPooled = getenv("FLOTILLA_TEST_POOLER") != nil

    /// - Parameter pooled: through a pgbouncer that lends its few connections for a transaction each.
    static func with(connections: Int = 8, pooled: Bool = false, _ body: (PostgresScene) async throws -> Void) async throws {
        let (server, name) = try self.server.withLock { state in
            var next = try state ?? (PrivatePostgres(.init(fsync: false)), 0)
            next.databases += 1
            state = next
            _ = try next.server.createDatabase("cache\(next.databases)")
            return (next.server, "cache\(next.databases)")
        }
        var configuration = try PostgresConfiguration(url: server.url(database: name))
        if pooled || self.isAlwaysPooled {
            let pooler = try self.pooler.withLock { pooler in
                let running = try pooler ?? PrivatePgbouncer(server, .init(poolSize: 3))
                pooler = running
                return running
            }
            configuration = try PostgresConfiguration(url: pooler.url(database: name))
            configuration.pooler = .transaction
        }
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
