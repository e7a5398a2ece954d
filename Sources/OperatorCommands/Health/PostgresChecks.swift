import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import PostgresClient

/// Whether the database will do, has our schema and has room.
enum PostgresChecks {
    struct Result {
        var findings: [HealthFinding] = []
        /// PostgreSQL's clock, microseconds since 1970.
        var time: Int64?
        var isUpToDate = false
    }

    static func run(_ context: CommandContext) async -> Result {
        var result = Result()
        do {
            let pool = try context.database()
            let row = try await pool.query(
                """
                SELECT current_setting('server_version'), current_setting('server_version_num')::integer, clock_timestamp(),
                    current_setting('max_connections')::integer, (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
                    current_setting('synchronous_commit'), pg_is_in_recovery(), current_setting('server_encoding'),
                    pg_database_size(current_database())
                """
            ).one()
            result.time = try row[2, as: PostgresTimestamp.self].microseconds
            let version = try row[0, as: String.self]
            result.findings.append(
                try row[1, as: Int.self] >= 130_000
                    ? .ok("postgres.reachable", "\(version), \(HumanTime.bytes(try row[8, as: Int.self]))")
                    : .failed("postgres.reachable", version, fix: "PostgreSQL 13 or later is needed"))
            if try row[6, as: Bool.self] {
                result.findings.append(
                    .failed(
                        "postgres.role", "a standby, which takes no writes",
                        fix: "point DATABASE_URL at the primary, or name all servers in it"))
            }
            let encoding = try row[7, as: String.self]
            if encoding != "UTF8" {
                result.findings.append(.failed("postgres.encoding", encoding, fix: "create the database with ENCODING 'UTF8'"))
            }
            let commit = try row[5, as: String.self]
            result.findings.append(
                commit == "off"
                    ? .warning(
                        "postgres.durability", "synchronous_commit is off",
                        fix: "a crash forgets finished work, which then runs again: set it on")
                    : .ok("postgres.durability", "synchronous_commit is \(commit)"))
            if let failover = try await self.failover(pool, commit: commit) { result.findings.append(failover) }
            result.findings.append(try await PoolerCheck.run(pool, setting: context.settings()[\.databasePooler]))
            result.findings.append(
                try self.connections(
                    used: row[4, as: Int.self], limit: row[3, as: Int.self], ours: context.settings()[\.databaseConnections]))
            result.findings.append(await self.schema(context, isUpToDate: &result.isUpToDate))
            result.findings.append(try await self.idleInTransaction(pool))
        } catch {
            let isPooled = (error as? PostgresError)?.suggestsPooler ?? false
            let error = CommandError(error)
            result.findings.append(
                .failed(
                    isPooled ? "postgres.pooler" : "postgres.reachable", error.message,
                    fix: isPooled
                        ? "set DATABASE_POOLER to session or transaction, as the pooler's pool_mode says"
                        : error.exit == .unauthorised
                            ? "check user, password and pg_hba.conf (DATABASE_URL, PGUSER, PGPASSFILE)"
                            : "start PostgreSQL, or correct DATABASE_URL (flotilla config show --origin)"))
        }
        return result
    }

    /// What a failover would lose; nil where nobody stands by.
    private static func failover(_ pool: PostgresPool, commit: String) async throws -> HealthFinding? {
        let row = try await pool.query(
            "SELECT current_setting('synchronous_standby_names'), (SELECT count(*) FROM pg_stat_replication)"
        ).one()
        let names = try row[0, as: String.self]
        let standbys = try row[1, as: Int.self]
        guard standbys > 0 || !names.isEmpty || pool.configuration.serverCount > 1 else { return nil }
        let evidence = "\(standbys) standby\(standbys == 1 ? "" : "s") connected; "
        if names.isEmpty || ["off", "local"].contains(commit) {
            return .warning(
                "postgres.failover", evidence + "commits wait for none of them",
                fix: "what was finished within their lag is forgotten with the primary: set synchronous_standby_names, or run "
                    + "flotilla reconcile --repair after each failover")
        }
        guard standbys > 0 else {
            return .failed(
                "postgres.failover", evidence + "commits wait for \(names)", fix: "bring a standby back: until then nothing is committed")
        }
        return .ok("postgres.failover", evidence + "commits wait for \(names)")
    }

    private static func connections(used: Int, limit: Int, ours: Int) -> HealthFinding {
        let evidence = "\(used) of \(limit) used; each of our processes opens at most \(ours)"
        return limit - used > ours
            ? .ok("postgres.connections", evidence)
            : .warning(
                "postgres.connections", evidence, fix: "raise max_connections, lower DATABASE_CONNECTIONS, or put a pooler in between")
    }

    private static func schema(_ context: CommandContext, isUpToDate: inout Bool) async -> HealthFinding {
        do {
            let pending = try await FleetSchema.migrator(context).plan()
            guard let first = pending.first else {
                isUpToDate = true
                return .ok("postgres.schema", "up to date: \(FleetSchema.migrations.last?.label ?? "no steps")")
            }
            return .failed(
                "postgres.schema", "\(pending.count) steps are pending, from \(first.label) \(first.name)", fix: "flotilla migrate")
        } catch {
            return .failed(
                "postgres.schema", CommandError(error).message, fix: "program and database do not belong together: flotilla migrate status")
        }
    }

    private static func idleInTransaction(_ pool: PostgresPool) async throws -> HealthFinding {
        let row = try await pool.query(
            """
            SELECT count(*), coalesce(max(extract(epoch FROM now() - state_change)), 0)::bigint FROM pg_stat_activity
            WHERE state LIKE 'idle in transaction%' AND now() - state_change > interval '60 seconds'
                -- Who has neither has no row locks and keeps no dead rows, as a process that holds nothing but an advisory lock.
                AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL)
            """
        ).one()
        let count = try row[0, as: Int.self]
        let configured = pool.configuration.idleInTransactionTimeout.map { HumanTime.span($0) } ?? "none"
        guard count > 0 else { return .ok("postgres.idle_in_transaction", "none for longer than a minute; our own limit is \(configured)") }
        return .warning(
            "postgres.idle_in_transaction", "\(count) sessions, the oldest for \(try row[1, as: Int.self]) s",
            fix: "they keep dead rows and locks: find them in pg_stat_activity, and set idle_in_transaction_session_timeout for their role")
    }
}
