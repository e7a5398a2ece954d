internal import FlotillaCache
public import PostgresClient
internal import Threading

extension CacheStatisticsStore {
    /// Records how a tier is.
    ///
    /// - Throws: ``CacheStoreError`` with `.invalid` for a tier that is not down and said nothing of itself; `PostgresError`.
    public func recordHealth(_ report: CacheHealthReport) async throws {
        guard report.health != nil || report.status == .down else {
            throw CacheStoreError(.invalid, "the tier \(report.tier) is said to be \(report.status.rawValue) without any figures")
        }
        let health = report.health
        try await self.pool.query(
            """
            INSERT INTO cache_health_status (
                tier, at, status, detail, version, used_bytes, limit_bytes, eviction_policy, evicted_keys, expired_keys, clients, keys, latency_us)
            VALUES (
                \(report.tier), \(report.at), \(report.status.rawValue), \(StatisticsText.cut(report.detail, to: 1_000)), \(health?.version),
                \(health?.usedBytes), \(health?.limitBytes), \(health?.evictionPolicy), \(health?.evictedKeys), \(health?.expiredKeys),
                \(health.map { Int32(clamping: $0.clients) }), \(health?.keys), \(report.latency.map { $0.inNanoseconds / 1_000 }))
            """)
    }

    /// How each tier was when it was last asked, by name.
    public func latestHealth() async throws(PostgresError) -> [CacheHealthReport] {
        // One step of an index for each tier, however long the history is.
        try Self.reports(
            from: try await self.pool.query(
                """
                WITH RECURSIVE tier AS (
                    (SELECT tier AS name FROM cache_health_status ORDER BY tier LIMIT 1)
                    UNION ALL
                    SELECT (SELECT next.tier FROM cache_health_status AS next WHERE next.tier > tier.name ORDER BY next.tier LIMIT 1)
                    FROM tier WHERE tier.name IS NOT NULL
                )
                SELECT latest.* FROM tier CROSS JOIN LATERAL (
                    SELECT * FROM cache_health_status WHERE tier = tier.name ORDER BY at DESC LIMIT 1) AS latest
                ORDER BY latest.tier
                """))
    }

    /// How a tier was, newest first.
    public func health(of tier: String, since: PostgresTimestamp, limit: Int = 1_000) async throws(PostgresError) -> [CacheHealthReport] {
        try Self.reports(
            from: try await self.pool.query(
                "SELECT * FROM cache_health_status WHERE tier = \(tier) AND at >= \(since) ORDER BY at DESC LIMIT \(limit)"))
    }

    private static func reports(from rows: PostgresRows) throws(PostgresError) -> [CacheHealthReport] {
        var reports: [CacheHealthReport] = []
        for row in rows {
            var health: BackendHealth?
            if let version = try row["version", as: String?.self] {
                health = BackendHealth(
                    version: version, usedBytes: try row["used_bytes", as: Int.self], limitBytes: try row["limit_bytes", as: Int.self],
                    evictionPolicy: try row["eviction_policy", as: String.self], evictedKeys: try row["evicted_keys", as: Int.self],
                    expiredKeys: try row["expired_keys", as: Int.self], clients: try row["clients", as: Int.self],
                    keys: try row["keys", as: Int.self])
            }
            reports.append(
                CacheHealthReport(
                    tier: try row["tier", as: String.self], at: try row["at", as: PostgresTimestamp.self],
                    // The table has no others.
                    status: CacheHealthReport.Status(rawValue: try row["status", as: String.self]) ?? .down,
                    detail: try row["detail", as: String?.self], health: health,
                    latency: try row["latency_us", as: Int64?.self].map { .microseconds($0) }))
        }
        return reports
    }
}

/// Text for columns with a limit.
enum StatisticsText {
    /// At most so many characters as PostgreSQL counts them, with U+FFFD for each NUL.
    static func cut(_ text: String?, to limit: Int) -> String? {
        guard let text else { return nil }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) { scalars.append(scalar == "\0" ? "\u{FFFD}" : scalar) }
        return String(scalars)
    }
}
