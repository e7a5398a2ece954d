public import FlotillaCache
public import PostgresClient

/// Which values are asked for most, gathered from all processes in `cache_access`.
public struct CacheAccessStore: Sendable {
    private let pool: PostgresPool

    public init(pool: PostgresPool) { self.pool = pool }

    /// Adds what a process saw since the last time. Older scores are halved for each hour since they were written.
    public func add(_ accesses: [(access: CacheAccess, score: Double)]) async throws(PostgresError) {
        let some = accesses.filter { $0.score > 0 && $0.access.specific.utf8.count <= 500 }
        guard !some.isEmpty else { return }
        try await self.pool.query(
            """
            INSERT INTO cache_access AS known (type, tenant, specific, score)
            SELECT * FROM unnest(\(some.map(\.access.type)), \(some.map(\.access.tenant)), \(some.map(\.access.specific)),
                \(some.map(\.score))) AS seen (type, tenant, specific, score)
            ORDER BY 1, 2, 3
            ON CONFLICT (type, tenant, specific) DO UPDATE SET
                score = EXCLUDED.score
                    + known.score * power(0.5, least(1000, extract(epoch FROM now() - known.updated_at) / 3600)), updated_at = now()
            """)
    }

    /// The values of a type with the highest scores, in turn among tenants: each tenant's first, then each one's second, and so on.
    ///
    /// - Parameter tenant: as it stands in keys; nil for all.
    public func top(_ limit: Int, type: String, tenant: String?) async throws(PostgresError) -> [CacheAccess] {
        let rows = try await self.pool.query(
            """
            SELECT tenant, specific FROM (
                SELECT tenant, specific, score, row_number() OVER (PARTITION BY tenant ORDER BY score DESC, specific) AS place
                FROM (
                    SELECT tenant, specific, score * power(0.5, least(1000, extract(epoch FROM now() - updated_at) / 3600)) AS score
                    FROM cache_access WHERE type = \(type) AND (\(tenant)::text IS NULL OR tenant = \(tenant)::text)
                ) AS decayed
            ) AS placed
            ORDER BY place, score DESC LIMIT \(Int64(limit))
            """)
        var top: [CacheAccess] = []
        for row in rows { top.append(CacheAccess(type: type, tenant: try row[0, as: String.self], specific: try row[1, as: String.self])) }
        return top
    }

    /// Forgets what nobody asked for in a day. Returns how many.
    @discardableResult
    public func purge() async throws(PostgresError) -> Int {
        try await self.pool.query("DELETE FROM cache_access WHERE updated_at < now() - interval '1 day'").affected
    }
}
