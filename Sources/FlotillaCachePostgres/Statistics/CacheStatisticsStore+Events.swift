public import FlotillaCache
public import PostgresClient
internal import Threading

extension CacheStatisticsStore {
    /// Records sampled events; which are, the caller decides.
    public func recordEvents(_ events: [CacheEventRecord]) async throws(PostgresError) {
        guard !events.isEmpty else { return }
        try await self.pool.query(
            """
            INSERT INTO cache_event_log (at, type, tenant, event, key_hash, duration_us, detail)
            SELECT * FROM unnest(
                \(events.map(\.at)), \(events.map(\.type)), \(events.map(\.tenant)), \(events.map(\.event)), \(events.map(\.keyHash)),
                \(events.map { $0.duration.map { max(0, $0.inNanoseconds / 1_000) } }),
                \(events.map { StatisticsText.cut($0.detail, to: 500) }))
            """)
    }

    /// What was sampled since a time, newest first.
    public func events(since: PostgresTimestamp, limit: Int = 1_000) async throws(PostgresError) -> [CacheEventRecord] {
        try await self.events(where: "at >= \(since)", limit: limit)
    }

    /// What was sampled of one value, newest first.
    public func events(of key: CacheKey, limit: Int = 1_000) async throws(PostgresError) -> [CacheEventRecord] {
        try await self.events(where: "key_hash = \(CacheEventRecord.hash(of: key))", limit: limit)
    }

    private func events(where condition: PostgresQuery, limit: Int) async throws(PostgresError) -> [CacheEventRecord] {
        let rows = try await self.pool.query(
            """
            SELECT at, type, tenant, event, key_hash, duration_us, detail FROM cache_event_log
            WHERE \(fragment: condition) ORDER BY at DESC LIMIT \(limit)
            """)
        var events: [CacheEventRecord] = []
        for row in rows {
            events.append(
                CacheEventRecord(
                    at: try row[0, as: PostgresTimestamp.self], type: try row[1, as: String.self], tenant: try row[2, as: String.self],
                    event: try row[3, as: String.self], keyHash: try row[4, as: String?.self],
                    duration: try row[5, as: Int64?.self].map { .microseconds($0) }, detail: try row[6, as: String?.self]))
        }
        return events
    }
}
