public import FlotillaCache
public import PostgresClient
internal import Threading

/// What the cache did on a day, beside the day before.
public struct CacheDailyReport: Sendable, Hashable {
    public struct Line: Sendable, Hashable {
        public var type: String
        public var tally: CacheTally
        /// Nil when there was nothing.
        public var before: CacheTally?

        public init(type: String, tally: CacheTally, before: CacheTally?) {
            self.type = type
            self.tally = tally
            self.before = before
        }
    }

    /// Its beginning in UTC.
    public var day: PostgresTimestamp
    public var total: CacheTally
    /// Nil when there was nothing.
    public var totalBefore: CacheTally?
    /// By reads, most first.
    public var types: [Line]
    /// The ten with most reads.
    public var busiestTenants: [CacheStatisticsRow]

    public init(
        day: PostgresTimestamp, total: CacheTally, totalBefore: CacheTally?, types: [Line], busiestTenants: [CacheStatisticsRow]
    ) {
        self.day = day
        self.total = total
        self.totalBefore = totalBefore
        self.types = types
        self.busiestTenants = busiestTenants
    }
}

/// Figures that reports show.
extension CacheTally {
    /// Hits a value that was stored; nil before the first.
    public var hitsPerWrite: Double? { self.writes == 0 ? nil : Double(self.hits) / Double(self.writes) }

    /// At least this share of the values was never read: where there are fewer hits than values, the rest had none. Nil before the first.
    public var leastUnreadShare: Double? { self.hitsPerWrite.map { max(0, 1 - $0) } }

    /// What a load took; nil before the first.
    public var meanLoad: Duration? {
        self.loads == 0 ? nil : .nanoseconds(Int64(clamping: self.loadNanoseconds / self.loads))
    }

    /// Stored bytes for each byte given: less is better; nil before the first.
    public var storedShare: Double? {
        self.plainBytesWritten == 0 ? nil : Double(self.storedBytesWritten) / Double(self.plainBytesWritten)
    }
}
