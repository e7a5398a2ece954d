import FlotillaCache
import FlotillaCachePostgres
import PostgresClient
import Threading

/// What the daemons wrote down about the cache, as verbs and pages show it.
struct CacheHistory: Sendable {
    let pool: PostgresPool
    let store: CacheStatisticsStore

    /// Counts of a time, and how long that was.
    struct Counts: Sendable, Equatable {
        struct Entry: Sendable, Equatable {
            /// Of the type, or of the tenant as it stands in keys.
            var name: String
            var tally: CacheTally
        }
        /// The most read first.
        var entries: [Entry]
        /// From the beginning of the first minute that was counted until now.
        var span: Duration
    }

    /// How fast reads that hit were, over all processes: means of what they wrote down, by how much they did.
    struct Speed: Sendable, Equatable {
        /// Nil without any hits.
        var memoryMedian: Duration?
        var memory99: Duration?
        var sharedMedian: Duration?
        var shared99: Duration?
        /// The slowest process's in its slowest period.
        var sharedWorst: Duration?
    }

    /// How a tier is.
    struct Tier: Sendable, Equatable {
        var report: CacheHealthReport
        /// Keys thrown away under memory pressure in the time that was asked for; nil when that is not known.
        var evicted: Int?
    }

    /// What happened since `start` (microseconds since 1970), added up by type or by tenant. Minutes are counted whole.
    func counts(
        since start: Int64, now: Int64, by grouping: CacheStatisticsRow.Grouping, type: String? = nil, tenant: CacheTenant? = nil,
        limit: Int = 500
    ) async throws -> Counts {
        let minute: Int64 = 60_000_000
        let start = start / minute * minute
        let rows = try await self.store.totals(
            since: PostgresTimestamp(microseconds: start), by: grouping, type: type, tenant: tenant, limit: limit)
        return Counts(
            entries: rows.map { .init(name: $0.type ?? $0.tenant ?? "", tally: $0.tally) },
            span: .microseconds(max(1, now - start)))
    }

    /// By type; the empty name is all types together.
    func speeds(since start: Int64, of type: String? = nil) async throws -> [String: Speed] {
        // Weighed by how many operations a row is about. Sums of the weights count only rows that know the figure.
        func mean(_ column: String) -> String {
            "sum(\(column) * weight) / nullif(sum(weight) FILTER (WHERE \(column) IS NOT NULL), 0)"
        }
        let means = ["memory_p50_us", "memory_p99_us", "shared_p50_us", "shared_p99_us"].map(mean).joined(separator: ", ")
        let rows = try await self.pool.query(
            """
            SELECT coalesce(type, ''), \(unescaped: means), max(shared_p99_us)
            FROM (
                SELECT *, greatest(operations_per_second * period_ms, 0.001) AS weight FROM cache_performance_metrics
                WHERE at >= \(PostgresTimestamp(microseconds: start))
            ) AS row
            WHERE \(type)::text IS NULL OR type = \(type) GROUP BY 1
            """)
        var speeds: [String: Speed] = [:]
        for row in rows {
            func time(_ column: Int) throws -> Duration? {
                try row[column, as: Double?.self].map { .nanoseconds(Int64(min($0, 1e12) * 1_000)) }
            }
            speeds[try row[0, as: String.self]] = Speed(
                memoryMedian: try time(1), memory99: try time(2), sharedMedian: try time(3), shared99: try time(4), sharedWorst: try time(5)
            )
        }
        return speeds
    }

    /// The tiers as they were last, with what they threw away since `start`.
    func tiers(evictedSince start: Int64) async throws -> [Tier] {
        var tiers: [Tier] = []
        for report in try await self.store.latestHealth() {
            let before = try await self.store.health(of: report.tier, since: PostgresTimestamp(microseconds: start)).last {
                $0.health != nil
            }
            let evicted = report.health.flatMap { now in before?.health.map { now.evictedKeys - $0.evictedKeys } }
            // A server that began anew counts from nothing.
            tiers.append(Tier(report: report, evicted: evicted.map { max(0, $0) }))
        }
        return tiers
    }
}
