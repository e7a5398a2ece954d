import FlotillaCache
import PostgresClient

/// Reads what the daemons wrote down about the cache. Every question is bounded by a time and answered from an index.
struct CacheHistory: Sendable {
    let pool: PostgresPool
    /// For one question.
    var timeout: Duration = .seconds(30)

    /// By what counts are added up.
    enum Grouping: Sendable { case type, tenant }

    /// Counts of a time, and how long that was.
    struct Counts: Sendable {
        /// By type or tenant; the most read first.
        var tallies: [(name: String, tally: CacheTally)]
        /// From the beginning of the first minute or hour that was counted until now.
        var span: Duration
    }

    /// How fast reads that hit were, over all processes.
    struct Speed: Sendable, Equatable {
        /// Nil without any hits. Means of what processes wrote down, by how much they did.
        var memoryMedian: Duration?
        var memory99: Duration?
        var sharedMedian: Duration?
        var shared99: Duration?
        /// The slowest process's in its slowest period.
        var sharedWorst: Duration?
        /// Reads and writes a second of all processes, on average.
        var operationsPerSecond: Double
    }

    /// How a tier is.
    struct Health: Sendable, Equatable {
        var tier: String
        /// Microseconds since 1970.
        var at: Int64
        /// `healthy`, `degraded` or `down`.
        var status: String
        var detail: String?
        /// Keys thrown away under memory pressure since the beginning of the time that was asked for; nil when that is not known.
        var evicted: Int?
    }

    /// What happened since `start` (microseconds since 1970), added up.
    ///
    /// - Parameters:
    ///   - type: only values of this type.
    ///   - tenant: only values of this tenant, as it stands in keys.
    func counts(since start: Int64, by grouping: Grouping, type: String? = nil, tenant: String? = nil, limit: Int = 500) async throws
        -> Counts
    {
        let start = PostgresTimestamp(microseconds: start)
        let sums = PostgresQuery(unescaped: Self.columns.map { "sum(\($0))::bigint" }.joined(separator: ", "))
        let name = PostgresQuery(unescaped: grouping == .type ? "type" : "tenant")
        // Days old minutes are hours; one that began before the start is counted whole.
        let rows = try await self.pool.query(
            """
            SELECT \(fragment: name), (extract(epoch FROM now() - min(bucket)) * 1000)::bigint, \(fragment: sums)
            FROM cache_statistics
            WHERE (span = 'minute' AND bucket >= date_trunc('minute', \(start)::timestamptz)
                OR span = 'hour' AND bucket >= date_trunc('hour', \(start)::timestamptz))
                AND (\(type)::text IS NULL OR type = \(type)) AND (\(tenant)::text IS NULL OR tenant = \(tenant))
            GROUP BY 1 ORDER BY sum(memory_hits + shared_hits + stale_hits + misses) DESC, 1 LIMIT \(limit)
            """, timeout: self.timeout)
        let asked = try await self.pool.query("SELECT (extract(epoch FROM now() - \(start)::timestamptz) * 1000)::bigint").one()
        var counts = Counts(tallies: [], span: .milliseconds(try asked[0, as: Int64.self]))
        for row in rows {
            // Minutes are counted whole.
            counts.span = max(counts.span, .milliseconds(try row[1, as: Int64.self]))
            counts.tallies.append((try row[0, as: String.self], try Self.tally(row, from: 2)))
        }
        return counts
    }

    /// By type; the empty name is all types together.
    func speed(since start: Int64, of type: String? = nil) async throws -> [String: Speed] {
        let start = PostgresTimestamp(microseconds: start)
        // Weighed by how many operations a row is about. Sums of the weights count only rows that know the figure.
        func mean(_ column: String) -> String {
            "sum(\(column) * weight) / nullif(sum(weight) FILTER (WHERE \(column) IS NOT NULL), 0)"
        }
        let means = ["memory_p50_us", "memory_p99_us", "shared_p50_us", "shared_p99_us"].map(mean).joined(separator: ", ")
        let rows = try await self.pool.query(
            """
            SELECT coalesce(type, ''), \(unescaped: means), max(shared_p99_us),
                sum(operations_per_second * period_ms)
                    / greatest((extract(epoch FROM max(at) - min(at)) * 1000)::double precision + min(period_ms), 1)
            FROM (
                SELECT *, greatest(operations_per_second * period_ms, 0.001) AS weight FROM cache_performance_metrics WHERE at >= \(start)
            ) AS row
            WHERE \(type)::text IS NULL OR type = \(type) GROUP BY 1
            """, timeout: self.timeout)
        var speeds: [String: Speed] = [:]
        for row in rows {
            func time(_ column: Int) throws -> Duration? {
                try row[column, as: Double?.self].map { .nanoseconds(Int64(min($0, 1e12) * 1_000)) }
            }
            speeds[try row[0, as: String.self]] = Speed(
                memoryMedian: try time(1), memory99: try time(2), sharedMedian: try time(3), shared99: try time(4),
                sharedWorst: try time(5),
                operationsPerSecond: try row[6, as: Double?.self] ?? 0)
        }
        return speeds
    }

    /// The tiers as they were last, with what they threw away since `start`.
    func health(evictedSince start: Int64) async throws -> [Health] {
        let rows = try await self.pool.query(
            """
            SELECT DISTINCT ON (now.tier) now.tier, now.at, now.status, now.detail, now.evicted_keys - before.evicted_keys
            FROM cache_health_status AS now LEFT JOIN LATERAL (
                SELECT evicted_keys FROM cache_health_status AS old
                WHERE old.tier = now.tier AND old.at >= \(PostgresTimestamp(microseconds: start)) AND old.evicted_keys IS NOT NULL
                ORDER BY old.at LIMIT 1
            ) AS before ON true
            WHERE now.at > now() - interval '1 day' ORDER BY now.tier, now.at DESC
            """, timeout: self.timeout)
        return try rows.map { row in
            Health(
                tier: try row[0, as: String.self], at: try row[1, as: PostgresTimestamp.self].microseconds,
                status: try row[2, as: String.self], detail: try row[3, as: String?.self],
                // A server that began anew counts from nothing.
                evicted: try row[4, as: Int?.self].map { max(0, $0) })
        }
    }

    // MARK: Columns

    private static let columns = CacheTally.counters.map(\.name) + (0..<10).map { "age_\($0)" }

    private static func tally(_ row: PostgresRow, from first: Int) throws(PostgresError) -> CacheTally {
        var tally = CacheTally()
        let counters = CacheTally.counters
        for (index, counter) in counters.enumerated() {
            tally[keyPath: counter.path] = UInt64(clamping: try row[first + index, as: Int64.self])
        }
        for tenth in 0..<10 { tally.ageTenths[tenth] = UInt64(clamping: try row[first + counters.count + tenth, as: Int64.self]) }
        return tally
    }
}
