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
            sums[key.type, default: Sum()].add(tally)
            total.add(tally)
        }
        for (type, count) in evictions where count > 0 {
            sums[type, default: Sum()].evictions += count
            total.evictions += count
        }
        let rows = sums.filter { !$1.isEmpty }.sorted { $0.key < $1.key }.map { $1.row(process: process, type: $0, at: time, over: period) }
        return rows.isEmpty ? [] : rows + [total.row(process: process, type: nil, at: time, over: period)]
    }

    /// What several tenants' tallies add up to.
    private struct Sum {
        var memory = LatencyCounts()
        var shared = LatencyCounts()
        var operations: UInt64 = 0
        var bytesRead: UInt64 = 0
        var bytesWritten: UInt64 = 0
        var errors: UInt64 = 0
        var evictions: Int64 = 0

        var isEmpty: Bool { self.operations == 0 && self.errors == 0 && self.evictions == 0 }

        mutating func add(_ tally: CacheTally) {
            self.memory.add(tally.memoryLatency.counts)
            self.shared.add(tally.sharedLatency.counts)
            self.operations &+= tally.hits &+ tally.misses &+ tally.writes &+ tally.deletes
            self.bytesRead &+= tally.storedBytesRead
            self.bytesWritten &+= tally.storedBytesWritten
            self.errors &+= tally.errors
        }

        func row(process: String, type: String?, at time: PostgresTimestamp, over period: Duration) -> CachePerformance {
            let period = max(period, .milliseconds(1))
            return CachePerformance(
                process: process, type: type, at: time, period: period, memoryMedian: self.memory.microseconds(at: 0.5),
                memory99th: self.memory.microseconds(at: 0.99), sharedMedian: self.shared.microseconds(at: 0.5),
                shared99th: self.shared.microseconds(at: 0.99), operationsPerSecond: Double(self.operations) / period.inSeconds,
                bytesRead: Int64(clamping: self.bytesRead), bytesWritten: Int64(clamping: self.bytesWritten), evictions: self.evictions,
                errors: Int64(clamping: self.errors))
        }
    }
}
