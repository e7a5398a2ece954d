public import FlotillaCache
public import PostgresClient

extension CacheStatisticsStore {
    /// What was counted in a time, summed up.
    ///
    /// - Parameters:
    ///   - since: the beginning; minutes, and hours where minutes were rolled up, count whole or not at all.
    ///   - until: the end, not included.
    ///   - grouping: of nothing gives one row.
    ///   - type: only this one's.
    ///   - tenant: only this one's.
    /// - Returns: rows in the order of hours, then of reads, most first; at most `limit`.
    public func totals(
        since: PostgresTimestamp, until: PostgresTimestamp = .init(microseconds: .max), by grouping: CacheStatisticsRow.Grouping,
        type: String? = nil, tenant: CacheTenant? = nil, limit: Int = 10_000
    ) async throws(PostgresError) -> [CacheStatisticsRow] {
        var groups: [String] = []
        if grouping.contains(.hour) { groups.append("hour") }
        if grouping.contains(.type) { groups.append("type") }
        if grouping.contains(.tenant) { groups.append("tenant") }
        let ofType: PostgresQuery = type.map { "AND type = \($0)" } ?? ""
        let ofTenant: PostgresQuery = tenant.map { "AND tenant = \($0.description)" } ?? ""
        let rows = try await self.pool.query(
            """
            SELECT
                \(unescaped: grouping.contains(.type) ? "type" : "NULL"), \(unescaped: grouping.contains(.tenant) ? "tenant" : "NULL"),
                \(unescaped: grouping.contains(.hour) ? "hour" : "NULL"), \(unescaped: StatisticsColumns.sums)
            FROM (
                SELECT *, date_trunc('hour', bucket, 'UTC') AS hour FROM cache_statistics
                WHERE span IN ('minute', 'hour') AND bucket >= \(since) AND bucket < \(until) \(fragment: ofType) \(fragment: ofTenant)
            ) AS counted
            \(unescaped: groups.isEmpty ? "HAVING count(*) > 0" : "GROUP BY \(groups.joined(separator: ", "))")
            ORDER BY \(unescaped: grouping.contains(.hour) ? "hour, " : "") sum(memory_hits + shared_hits + stale_hits + misses) DESC
            LIMIT \(limit)
            """)
        var result: [CacheStatisticsRow] = []
        for row in rows {
            result.append(
                CacheStatisticsRow(
                    type: try row[0, as: String?.self], tenant: try row[1, as: String?.self], hour: try row[2, as: PostgresTimestamp?.self],
                    tally: try StatisticsColumns.tally(row, from: 3)))
        }
        return result
    }

    /// What the cache did on a day.
    ///
    /// - Parameter day: any moment of it; days are those of UTC.
    public func dailyReport(of day: PostgresTimestamp = .now) async throws(PostgresError) -> CacheDailyReport {
        let length = Duration.seconds(86_400)
        let start = day.floored(to: length)
        let types = try await self.totals(since: start, until: start + length, by: .type)
        let before = try await self.totals(since: start - length, until: start, by: .type)
        let tenants = try await self.totals(since: start, until: start + length, by: .tenant, limit: 10)
        let total = try await self.totals(since: start, until: start + length, by: [])
        let totalBefore = try await self.totals(since: start - length, until: start, by: [])
        return CacheDailyReport(
            day: start, total: total.first?.tally ?? CacheTally(), totalBefore: totalBefore.first?.tally,
            types: types.map { row in .init(type: row.type ?? "", tally: row.tally, before: before.first { $0.type == row.type }?.tally) },
            busiestTenants: tenants)
    }
}
