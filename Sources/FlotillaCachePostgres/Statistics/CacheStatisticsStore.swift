public import FlotillaCache
public import PostgresClient

/// The cache's statistics in PostgreSQL: what processes counted, measured and sampled, and the reports made from that.
///
/// Processes count in memory and write sums some times a minute: PostgreSQL never sees a single read.
/// Members throw `PostgresError`, unless they say more.
public struct CacheStatisticsStore: Sendable {
    let pool: PostgresPool
    let types: [CacheType]
    let retention: CacheRetention

    /// - Parameter types: all cache types, for what reports say of their times.
    public init(pool: PostgresPool, types: [CacheType] = CacheType.all, retention: CacheRetention = .init()) {
        self.pool = pool
        self.types = types
        self.retention = retention
    }

    /// Adds what was counted since the last flush to the minute that it ends in, with one statement.
    ///
    /// - Parameters:
    ///   - tallies: counts since the last flush, not since the start. Their latencies are not kept here: see ``CachePerformance``.
    ///   - time: when the counting ended.
    /// - Throws: `PostgresError`. With `mayHaveCommitted` the counts may be there: to count too little, give them up; to count twice, repeat.
    public func flush(_ tallies: [CacheTallyKey: CacheTally], at time: PostgresTimestamp = .now) async throws(PostgresError) {
        // All processes write rows in the same order, so that they wait for each other in turn and never in a circle.
        let ordered = tallies.sorted { ($0.key.type, $0.key.tenant) < ($1.key.type, $1.key.tenant) }
            .filter { _, tally in StatisticsColumns.all.contains { tally[keyPath: $0.path] > 0 } }
        guard !ordered.isEmpty else { return }
        try await self.pool.query(
            """
            INSERT INTO cache_statistics (span, bucket, type, tenant, \(unescaped: StatisticsColumns.names))
            SELECT 'minute', \(time.floored(to: .seconds(60))), item.*
            FROM unnest(
                \(ordered.map(\.key.type)), \(ordered.map(\.key.tenant)), \(fragment: StatisticsColumns.arrays(of: ordered.map(\.value)))
            ) AS item
            ON CONFLICT (span, bucket, type, tenant) DO UPDATE SET \(unescaped: StatisticsColumns.additions)
            """)
    }
}
