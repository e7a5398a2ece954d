public import PostgresClient
internal import Threading

/// Brings a database to the schema that this program was built for: numbered steps, forward only, each in one transaction.
///
/// Each thousand of numbers is a series of its own, for one module: steps are ordered within their series, and a later step of one may come
/// after steps of the next were applied. A step may rely on all that have lower numbers.
///
/// Any number of processes may start at once: each step takes an advisory lock for its transaction, so that one process runs it and the others
/// find it done. Nothing is kept in the session, which a pooler may give to somebody else after each transaction.
/// What was applied is in `flotilla_migration(version, name, checksum, applied_at)`.
public struct Migrator: Sendable {
    /// One step and what the database knows of it.
    public struct Status: Sendable {
        public let migration: Migration
        /// Nil while it is pending.
        public let appliedAt: PostgresTimestamp?
    }

    private struct Applied: Sendable {
        let version: Int
        let name: String
        let checksum: String
        let at: PostgresTimestamp
    }

    private let pool: PostgresPool
    private let migrations: [Migration]
    private let table: String
    private let lockWait: Duration
    private let stepTimeout: Duration

    /// - Parameters:
    ///   - migrations: all steps, in any order; versions must differ.
    ///   - table: where applied steps are noted; another name for a second, independent schema in the same database.
    ///   - lockWait: how long another process may hold the lock.
    ///   - stepTimeout: how long one step may take; it replaces the pool's statement timeout.
    public init(
        pool: PostgresPool, migrations: [Migration], table: String = "flotilla_migration", lockWait: Duration = .seconds(300),
        stepTimeout: Duration = .seconds(3_600)
    ) {
        self.pool = pool
        self.migrations = migrations.sorted { $0.version < $1.version }
        self.table = table
        self.lockWait = lockWait
        self.stepTimeout = stepTimeout
    }

    /// Every step of this program with the time it was applied, in order.
    ///
    /// - Throws: ``MigrationError`` when database and program do not belong together, `PostgresError` when the database cannot be asked.
    public func status() async throws -> [Status] {
        try await self.pool.withConnection { connection in
            let applied = try await self.applied(on: connection)
            _ = try self.pending(applied)
            let times = Dictionary(applied.map { ($0.version, $0.at) }) { first, _ in first }
            return self.migrations.map { Status(migration: $0, appliedAt: times[$0.version]) }
        }
    }

    /// The steps that ``migrate()`` would run now, in order. Changes nothing; throws as ``status()``.
    public func plan() async throws -> [Migration] {
        try await self.pool.withConnection { connection in try self.pending(try await self.applied(on: connection)) }
    }

    /// Makes sure that the schema is exactly this program's. Changes nothing.
    ///
    /// - Throws: as ``status()``, and `.schemaOlder` when steps are pending.
    public func verify() async throws {
        guard let first = try await self.plan().first, let last = self.migrations.last else { return }
        throw MigrationError(
            .schemaOlder,
            "the database lacks \(first.label) \(first.name), and this program needs all up to \(last.label): run the migration")
    }

    /// Runs the pending steps and returns them in order; empty when there was nothing to do. Steps that succeeded before a failure stay.
    ///
    /// - Throws: as ``status()``; `.busy` when the lock was not free in time; `PostgresError` when a step fails, which is then rolled back.
    @discardableResult
    public func migrate() async throws -> [Migration] {
        // Most starts find nothing to do and need no lock.
        if try await self.plan().isEmpty { return [] }
        try await self.locked { transaction in
            try await transaction.query(
                """
                CREATE TABLE IF NOT EXISTS \(identifier: self.table) (
                    version bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
                """)
        }
        var done: [Migration] = []
        while let migration = try await self.applyNext() { done.append(migration) }
        return done
    }

    // MARK: Inside

    private var lockKey: Int64 { Int64(bitPattern: self.table.utf8.reduce(0x666c_6f74_696c_6c61) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }) }

    /// Runs `body` in a transaction that holds the lock.
    ///
    /// Asks for it again and again: waiting inside the server would run into its statement and lock timeouts.
    @discardableResult
    private func locked<Value: Sendable>(_ body: (PostgresConnection) async throws -> Value) async throws -> Value {
        let end = MonotonicTime.now + self.lockWait
        while true {
            let value: Value? = try await self.pool.withTransaction { transaction in
                // The server's own limits are for daily work.
                let answers = try await transaction.pipeline([
                    "SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0",
                    "SELECT pg_try_advisory_xact_lock(\(self.lockKey))",
                ])
                return try answers[2].one()[0, as: Bool.self] ? try await body(transaction) : nil
            }
            if let value { return value }
            guard MonotonicTime.now < end else {
                throw MigrationError(.busy, "another process holds the migration lock since more than \(self.lockWait)")
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...60)))
        }
    }

    /// Runs the first pending step and returns it; nil when there is none. What is pending is asked under the lock: another process may have
    /// been faster.
    private func applyNext() async throws -> Migration? {
        try await self.locked { transaction in
            guard let migration = try self.pending(try await self.applied(on: transaction)).first else { return nil }
            let before = try await transaction.query("SELECT pg_current_xact_id()::text")
            try await transaction.script(migration.sql, timeout: self.stepTimeout)
            let after = try await transaction.query("SELECT pg_current_xact_id()::text")
            guard try before.one()[0, as: String.self] == after.one()[0, as: String.self] else {
                throw MigrationError(
                    .invalid, "\(migration.label) \(migration.name) ends its own transaction: remove COMMIT and ROLLBACK from it")
            }
            try await transaction.query(
                """
                INSERT INTO \(identifier: self.table) (version, name, checksum)
                VALUES (\(migration.version), \(migration.name), \(migration.checksum))
                """)
            return migration
        }
    }

    private func applied(on connection: PostgresConnection) async throws -> [Applied] {
        let exists = try await connection.query("SELECT to_regclass(\(quoted(self.table))) IS NOT NULL AS yes").one()
        guard try exists["yes", as: Bool.self] else { return [] }
        let rows = try await connection.query(
            "SELECT version, name, checksum, applied_at FROM \(identifier: self.table) ORDER BY version")
        return try rows.map { row in
            Applied(
                version: try row["version", as: Int.self], name: try row["name", as: String.self],
                checksum: try row["checksum", as: String.self], at: try row["applied_at", as: PostgresTimestamp.self])
        }
    }

    /// Compares the database's list with ours, and returns what is missing there.
    private func pending(_ applied: [Applied]) throws(MigrationError) -> [Migration] {
        for (left, right) in zip(self.migrations, self.migrations.dropFirst()) where left.version == right.version {
            throw MigrationError(.invalid, "two migrations are called \(left.label): \(left.name) and \(right.name)")
        }
        let known = Dictionary(self.migrations.map { ($0.version, $0) }) { first, _ in first }
        for (series, highest) in self.highest(applied.map { ($0.version, $0.name) }) {
            let newest = self.highest(self.migrations.map { ($0.version, $0.name) })[series]?.version ?? 0
            guard highest.version > newest else { continue }
            throw MigrationError(
                .schemaNewer,
                "the database is at version \(highest.version) (\(highest.name)), this program knows versions up to \(newest)")
        }
        for row in applied {
            guard let migration = known[row.version] else {
                throw MigrationError(.unknown, "the database has version \(row.version) (\(row.name)), which this program never had")
            }
            guard migration.checksum == row.checksum else {
                throw MigrationError(
                    .changed,
                    """
                    \(migration.label) \(migration.name) was changed after it was applied: checksum \(row.checksum) in the \
                    database, \(migration.checksum) here
                    """
                )
            }
        }
        let done = Set(applied.map(\.version))
        let pending = self.migrations.filter { !done.contains($0.version) }
        let highest = self.highest(applied.map { ($0.version, $0.name) })
        for migration in pending {
            guard let last = highest[migration.version / Self.seriesLength], migration.version < last.version else { continue }
            throw MigrationError(.outOfOrder, "\(migration.label) \(migration.name) was never applied, but version \(last.version) was")
        }
        return pending
    }

    /// Numbers from 1000 n on belong to one module.
    private static let seriesLength = 1_000

    /// The highest version of each series.
    private func highest(_ versions: [(version: Int, name: String)]) -> [Int: (version: Int, name: String)] {
        Dictionary(versions.map { ($0.version / Self.seriesLength, $0) }) { $0.version > $1.version ? $0 : $1 }
    }
}

/// `to_regclass` reads a name as SQL does.
private func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
