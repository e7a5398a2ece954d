public import FlotillaCache
public import PostgresClient

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
