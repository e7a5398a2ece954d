import FlotillaDaemon
import PostgresClient

/// Whether a pooler stands before PostgreSQL, and whether the settings know of it.
///
/// Two connections are asked which process of the server serves them. One process for both, or two for one, is what only a pooler does that
/// lends its connections for a transaction.
enum PoolerCheck {
    private struct Sighting {
        /// A server session served more than one of our connections, or more than one served the same.
        var isShared = false
        /// Who answers is not who was announced when we connected.
        var isHidden = false
        /// What the server believes the limit of a statement to be.
        var statementTimeout = ""
    }

    static func run(_ pool: PostgresPool, setting: DatabasePoolerChoice) async throws -> HealthFinding {
        let id = "postgres.pooler"
        guard pool.configuration.maximumConnections > 1 else {
            return .skipped(id, "needs two connections, and DATABASE_CONNECTIONS is 1")
        }
        let seen = try await self.look(pool)
        switch setting {
        case .transaction:
            if seen.isShared { return .ok(id, "lends its connections for a transaction, as DATABASE_POOLER says") }
            if seen.isHidden { return .ok(id, "a pooler answers; none of its connections changed hands while we looked") }
            return .warning(
                id, "no pooler is to be seen, and DATABASE_POOLER is transaction", fix: "unset it: nothing is prepared for nothing")
        case .none, .session:
            if seen.isShared {
                return .failed(
                    id, "a pooler lends its connections for a transaction, and DATABASE_POOLER is \(setting.rawValue)",
                    fix: "set DATABASE_POOLER=transaction: what is prepared on one connection is not there on the next")
            }
            if seen.statementTimeout == "0", pool.configuration.statementTimeout != nil {
                return .warning(
                    id, "the settings sent when connecting were ignored: statements have no time limit",
                    fix: "set DATABASE_POOLER to session or transaction, as the pooler's pool_mode says")
            }
            return .ok(id, seen.isHidden ? "a pooler that lends its connections for a session" : "none")
        }
    }

    private static func look(_ pool: PostgresPool) async throws -> Sighting {
        try await pool.withConnection { first in
            try await pool.withConnection { second in
                var sighting = Sighting()
                var byFirst: Set<Int> = []
                var bySecond: Set<Int> = []
                for _ in 0..<4 {
                    // One of them asks twice a round: a pooler that hands its connections out in turn would else give each the same again.
                    byFirst.insert(try await self.process(of: first))
                    byFirst.insert(try await self.process(of: first))
                    bySecond.insert(try await self.process(of: second))
                }
                sighting.isShared = byFirst.count > 1 || bySecond.count > 1 || !byFirst.isDisjoint(with: bySecond)
                sighting.isHidden = try !byFirst.contains(Int(first.backendPID()))
                sighting.statementTimeout = try await first.query(
                    PostgresQuery(unescaped: "SELECT current_setting('statement_timeout')").uncached()
                ).one()[0, as: String.self]
                return sighting
            }
        }
    }

    private static func process(of connection: PostgresConnection) async throws -> Int {
        // Not prepared: with the wrong setting that would fail before anything was seen.
        try await connection.query(PostgresQuery(unescaped: "SELECT pg_backend_pid()").uncached()).one()[0, as: Int.self]
    }
}
