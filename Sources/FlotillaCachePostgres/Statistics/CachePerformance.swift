public import FlotillaCache
public import PostgresClient
internal import Threading

/// How fast the cache was in one process: a row of `cache_performance_metrics`.
public struct CachePerformance: Sendable, Hashable {
    /// Host and process.
    public var process: String
    /// Nil: all types together.
    public var type: String?
    /// The end of the period.
    public var at: PostgresTimestamp
    /// At least a millisecond.
    public var period: Duration
    /// Microseconds that half, or 99 of 100, of the reads that hit in the process took at most; nil without any.
    public var memoryMedian: Double?
    public var memory99th: Double?
    /// The same of reads that hit in the shared tier.
    public var sharedMedian: Double?
    public var shared99th: Double?
    /// Reads, writes and deletes.
    public var operationsPerSecond: Double
    /// As they were stored.
    public var bytesRead: Int64
    public var bytesWritten: Int64
    /// From the process's own tier.
    public var evictions: Int64
    public var errors: Int64

    public init(
        process: String, type: String?, at: PostgresTimestamp, period: Duration, memoryMedian: Double? = nil, memory99th: Double? = nil,
        sharedMedian: Double? = nil, shared99th: Double? = nil, operationsPerSecond: Double = 0, bytesRead: Int64 = 0,
        bytesWritten: Int64 = 0,
        evictions: Int64 = 0, errors: Int64 = 0
    ) {
        self.process = process
        self.type = type
        self.at = at
        self.period = period
        self.memoryMedian = memoryMedian
        self.memory99th = memory99th
        self.sharedMedian = sharedMedian
        self.shared99th = shared99th
        self.operationsPerSecond = operationsPerSecond
        self.bytesRead = bytesRead
        self.bytesWritten = bytesWritten
        self.evictions = evictions
        self.errors = errors
    }

    /// A row for each type that did anything, by name, and then one for all together.
    ///
    /// - Parameters:
    ///   - tallies: what was counted in the period.
    ///   - evictions: by type, in the period.
    public static func rows(
        of tallies: [CacheTallyKey: CacheTally], evictions: [String: Int64] = [:], process: String, at time: PostgresTimestamp,
        over period: Duration
    ) -> [CachePerformance] {
        var sums: [String: Sum] = [:]
        var total = Sum()
        for (key, tally) in tallies {
            sums[key.type, default: Sum()].tally += tally
            total.tally += tally
        }
        for (type, count) in evictions where count > 0 {
            sums[type, default: Sum()].evictions += count
            total.evictions += count
        }
        let rows = sums.filter { !$1.isEmpty }.sorted { $0.key < $1.key }.map { $1.row(process: process, type: $0, at: time, over: period) }
        return rows.isEmpty ? [] : rows + [total.row(process: process, type: nil, at: time, over: period)]
    }

    /// What all tenants of a type add up to.
    private struct Sum {
        var tally = CacheTally()
        var evictions: Int64 = 0

        var operations: UInt64 { self.tally.hits &+ self.tally.misses &+ self.tally.writes &+ self.tally.deletes }
        var isEmpty: Bool { self.operations == 0 && self.tally.errors == 0 && self.evictions == 0 }

        func row(process: String, type: String?, at time: PostgresTimestamp, over period: Duration) -> CachePerformance {
            let period = max(period, .milliseconds(1))
            func microseconds(_ buckets: LatencyBuckets, at quantile: Double) -> Double? {
                buckets.quantile(quantile).map { $0.inSeconds * 1e6 }
            }
            return CachePerformance(
                process: process, type: type, at: time, period: period, memoryMedian: microseconds(self.tally.memoryLatency, at: 0.5),
                memory99th: microseconds(self.tally.memoryLatency, at: 0.99), sharedMedian: microseconds(self.tally.sharedLatency, at: 0.5),
                shared99th: microseconds(self.tally.sharedLatency, at: 0.99),
                operationsPerSecond: Double(self.operations) / period.inSeconds, bytesRead: Int64(clamping: self.tally.storedBytesRead),
                bytesWritten: Int64(clamping: self.tally.storedBytesWritten), evictions: self.evictions,
                errors: Int64(clamping: self.tally.errors))
        }
    }
}
