/// For how long the tables of the cache keep what.
public struct CacheRetention: Sendable, Hashable {
    /// Statistics by the minute; older ones become sums of hours.
    public var minutes: Duration = .seconds(2 * 86_400)
    /// Statistics at all.
    public var statistics: Duration = .seconds(90 * 86_400)
    /// Whole days are dropped when all of them is older.
    public var performance: Duration = .seconds(30 * 86_400)
    public var health: Duration = .seconds(30 * 86_400)
    /// Sampled events; whole days.
    public var events: Duration = .seconds(7 * 86_400)
    /// Events of changes, after they were applied.
    public var appliedInvalidations: Duration = .seconds(86_400)

    public init() {}
}
