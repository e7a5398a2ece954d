public import PostgresClient
internal import Threading

/// What maintenance did.
public struct CacheMaintenanceReport: Sendable, Hashable {
    /// By name.
    public var partitionsMade: [String] = []
    public var partitionsDropped: [String] = []
    /// Hours whose minutes were summed up.
    public var hoursRolledUp = 0
    /// Rows of all tables that were too old.
    public var rowsDeleted = 0

    public init() {}
}

extension CacheStatisticsStore {
    /// Makes partitions ahead, drops old ones, sums old minutes up to hours, and deletes what is too old. For a duty that runs every hour or so.
    ///
    /// All steps are transactions of their own, none of them long; whatever was done before a failure stays. Any number of processes may call
    /// it: one works at a time.
    /// - Returns: nil while another process is at it.
    /// - Throws: `PostgresError`; also when a table stayed locked for two seconds: readers and writers never wait longer for maintenance.
    public func maintain(at now: PostgresTimestamp = .now) async throws -> CacheMaintenanceReport? {
        var report = CacheMaintenanceReport()
        for (table, age) in [
            ("cache_performance_metrics", self.retention.performance), ("cache_event_log", self.retention.events),
        ] {
            guard try await self.arrangePartitions(of: table, keeping: age, at: now, into: &report) else { return nil }
        }
        while let hour = try await self.nextHour(before: now - self.retention.minutes) {
            try await self.rollUp(hour)
            report.hoursRolledUp += 1
        }
        report.rowsDeleted += try await self.deleteOld("cache_statistics", "bucket", before: now - self.retention.statistics)
        report.rowsDeleted += try await self.deleteOld("cache_health_status", "at", before: now - self.retention.health)
        report.rowsDeleted += try await CacheEvents.purge(appliedBefore: now - self.retention.appliedInvalidations, on: self.pool)
        return report
    }

    // MARK: Partitions

    /// Days ahead that have partitions: so long may maintenance fail before rows go to the default one.
    private static let daysAhead = 3
    private static let dayLength = Duration.seconds(86_400)

    private func arrangePartitions(
        of table: String, keeping age: Duration, at now: PostgresTimestamp, into report: inout CacheMaintenanceReport
    ) async throws -> Bool {
        let (made, dropped, deleted, isMine) = try await self.pool.withTransaction { transaction in
            var made: [String] = []
            var dropped: [String] = []
            var deleted = 0
            let locks = try await transaction.pipeline([
                "SELECT set_config('lock_timeout', '2s', true)",
                "SELECT pg_try_advisory_xact_lock(hashtextextended('flotilla.cache_maintenance', 0))",
            ])
            guard try locks[1].one()[0, as: Bool.self] else { return (made, dropped, deleted, false) }
            let oldest = (now - age).floored(to: Self.dayLength)
            for partition in try await self.partitions(of: table, from: now, oldest: oldest, in: transaction) {
                switch partition.need {
                case .make:
                    try await self.make(partition, of: table, in: transaction)
                    made.append(partition.name)
                case .drop:
                    try await transaction.query(PostgresQuery("DROP TABLE \(identifier: partition.name)").uncached())
                    dropped.append(partition.name)
                }
            }
            deleted = try await transaction.query("DELETE FROM \(identifier: "\(table)_default") WHERE at < \(oldest)").affected
            return (made, dropped, deleted, true)
        }
        report.partitionsMade += made
        report.partitionsDropped += dropped
        report.rowsDeleted += deleted
        return isMine
    }

    private struct Partition: Sendable {
        enum Need { case make, drop }
        var name: String
        var day: PostgresTimestamp
        var need: Need
    }

    /// Partitions that are missing, and those whose day is over for long enough. Names end in the day, as in `_20261121`.
    private func partitions(
        of table: String, from now: PostgresTimestamp, oldest: PostgresTimestamp, in transaction: PostgresConnection
    ) async throws(PostgresError) -> [Partition] {
        let today = now.floored(to: Self.dayLength)
        let days = (0...Self.daysAhead).map { today + Self.dayLength * $0 }
        let rows = try await transaction.query(
            """
            WITH known AS (
                SELECT child.relname AS name, to_date(right(child.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC' AS day
                FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
                WHERE inhparent = \(table)::text::regclass AND child.relname ~ '_[0-9]{8}$'
            ), wanted AS (
                SELECT \(table)::text || '_' || to_char(day AT TIME ZONE 'UTC', 'YYYYMMDD') AS name, day FROM unnest(\(days)) AS day
            )
            SELECT name, day, true FROM wanted WHERE name NOT IN (SELECT name FROM known)
            UNION ALL
            SELECT name, day, false FROM known WHERE day < \(oldest)
            ORDER BY 2
            """)
        var result: [Partition] = []
        for row in rows {
            result.append(
                Partition(
                    name: try row[0, as: String.self], day: try row[1, as: PostgresTimestamp.self],
                    need: try row[2, as: Bool.self] ? .make : .drop))
        }
        return result
    }

    private func make(_ partition: Partition, of table: String, in transaction: PostgresConnection) async throws(PostgresError) {
        let rest = "\(table)_default"
        let bounds: PostgresQuery = "at >= \(partition.day) AND at < \(partition.day + Self.dayLength)"
        // Rows of the day that came too early are moved; nobody writes meanwhile, or the default partition could not give the day away.
        let first = partition.day.microseconds / 1_000_000
        let last = first + Self.dayLength.components.seconds
        try await transaction.pipeline([
            PostgresQuery("LOCK TABLE \(identifier: table) IN SHARE ROW EXCLUSIVE MODE").uncached(),
            PostgresQuery("CREATE TABLE \(identifier: partition.name) (LIKE \(identifier: table) INCLUDING ALL)").uncached(),
            PostgresQuery(
                """
                WITH early AS (DELETE FROM \(identifier: rest) WHERE \(fragment: bounds) RETURNING *)
                INSERT INTO \(identifier: partition.name) SELECT * FROM early
                """
            ).uncached(),
            PostgresQuery(
                """
                ALTER TABLE \(identifier: table) ATTACH PARTITION \(identifier: partition.name)
                FOR VALUES FROM (to_timestamp(\(unescaped: "\(first)"))) TO (to_timestamp(\(unescaped: "\(last)")))
                """
            ).uncached(),
        ])
    }

    // MARK: Statistics

    /// The oldest hour that still has minutes and is over.
    private func nextHour(before cutoff: PostgresTimestamp) async throws(PostgresError) -> PostgresTimestamp? {
        try await self.pool.query(
            """
            SELECT min(bucket) FROM cache_statistics WHERE span = 'minute' AND bucket < \(cutoff.floored(to: .seconds(3_600)))
            """
        ).one()[0, as: PostgresTimestamp?.self]?.floored(to: .seconds(3_600))
    }

    /// Sums the minutes of an hour up, with one statement: nothing is counted twice or not at all, and minutes that come later are added.
    private func rollUp(_ hour: PostgresTimestamp) async throws(PostgresError) {
        try await self.pool.query(
            """
            WITH gone AS (
                DELETE FROM cache_statistics
                WHERE span = 'minute' AND bucket >= \(hour) AND bucket < \(hour + .seconds(3_600)) RETURNING *
            )
            INSERT INTO cache_statistics (span, bucket, type, tenant, \(unescaped: StatisticsColumns.names))
            SELECT 'hour', \(hour), type, tenant, \(unescaped: StatisticsColumns.sums) FROM gone GROUP BY type, tenant ORDER BY type, tenant
            ON CONFLICT (span, bucket, type, tenant) DO UPDATE SET \(unescaped: StatisticsColumns.additions)
            """, timeout: .seconds(60))
    }

    private func deleteOld(_ table: String, _ column: String, before cutoff: PostgresTimestamp) async throws(PostgresError) -> Int {
        var total = 0
        while true {
            let span: PostgresQuery = table == "cache_statistics" ? "span IN ('minute', 'hour') AND " : ""
            let count = try await self.pool.query(
                """
                DELETE FROM \(identifier: table) WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM \(identifier: table) WHERE \(fragment: span)\(identifier: column) < \(cutoff) LIMIT 10000))
                """
            ).affected
            total += count
            if count < 10_000 { return total }
        }
    }
}
