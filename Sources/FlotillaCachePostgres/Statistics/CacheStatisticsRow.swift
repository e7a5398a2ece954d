public import FlotillaCache
public import PostgresClient

/// What was counted, summed up by what was asked for.
public struct CacheStatisticsRow: Sendable, Hashable {
    /// What rows are about, besides the whole.
    public struct Grouping: OptionSet, Sendable, Hashable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let type = Grouping(rawValue: 1)
        public static let tenant = Grouping(rawValue: 2)
        public static let hour = Grouping(rawValue: 4)
    }

    /// Each nil unless grouped by it.
    public var type: String?
    /// As it stands in keys.
    public var tenant: String?
    /// Its beginning.
    public var hour: PostgresTimestamp?
    /// Without latencies, which are in ``CachePerformance``.
    public var tally: CacheTally

    public init(type: String? = nil, tenant: String? = nil, hour: PostgresTimestamp? = nil, tally: CacheTally) {
        self.type = type
        self.tenant = tenant
        self.hour = hour
        self.tally = tally
    }
}
