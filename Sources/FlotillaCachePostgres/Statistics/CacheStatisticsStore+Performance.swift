public import PostgresClient
internal import Threading

extension CacheStatisticsStore {
    /// Records how fast processes were; once a minute is enough.
    public func record(_ rows: [CachePerformance]) async throws(PostgresError) {
        guard !rows.isEmpty else { return }
        try await self.pool.query(
            """
            INSERT INTO cache_performance_metrics (
                process, type, at, period_ms, memory_p50_us, memory_p99_us, shared_p50_us, shared_p99_us, operations_per_second, bytes_read,
                bytes_written, evictions, errors)
            SELECT * FROM unnest(
                \(rows.map(\.process)), \(rows.map(\.type)), \(rows.map(\.at)),
                \(rows.map { Int32(clamping: max(1, $0.period.inMilliseconds)) }), \(rows.map(\.memoryMedian)), \(rows.map(\.memory99th)),
                \(rows.map(\.sharedMedian)), \(rows.map(\.shared99th)), \(rows.map { max(0, $0.operationsPerSecond) }),
                \(rows.map(\.bytesRead)), \(rows.map(\.bytesWritten)), \(rows.map(\.evictions)), \(rows.map(\.errors)))
            """)
    }

    /// What processes recorded since a time, oldest first.
    ///
    /// - Parameter type: one type; nil gives the rows about all types together.
    public func performance(of type: String? = nil, since: PostgresTimestamp, limit: Int = 10_000) async throws(PostgresError)
        -> [CachePerformance]
    {
        let condition: PostgresQuery = type.map { "type = \($0)" } ?? "type IS NULL"
        let rows = try await self.pool.query(
            """
            SELECT process, type, at, period_ms, memory_p50_us, memory_p99_us, shared_p50_us, shared_p99_us, operations_per_second, bytes_read,
                bytes_written, evictions, errors
            FROM cache_performance_metrics WHERE \(fragment: condition) AND at >= \(since) ORDER BY at, process LIMIT \(limit)
            """)
        var result: [CachePerformance] = []
        for row in rows {
            result.append(
                CachePerformance(
                    process: try row[0, as: String.self], type: try row[1, as: String?.self], at: try row[2, as: PostgresTimestamp.self],
                    period: .milliseconds(try row[3, as: Int.self]), memoryMedian: try row[4, as: Double?.self],
                    memory99th: try row[5, as: Double?.self], sharedMedian: try row[6, as: Double?.self],
                    shared99th: try row[7, as: Double?.self], operationsPerSecond: try row[8, as: Double.self],
                    bytesRead: try row[9, as: Int64.self], bytesWritten: try row[10, as: Int64.self],
                    evictions: try row[11, as: Int64.self], errors: try row[12, as: Int64.self]))
        }
        return result
    }
}
