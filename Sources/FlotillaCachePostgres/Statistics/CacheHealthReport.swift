public import FlotillaCache
public import PostgresClient

/// How a tier was at a moment: a row of `cache_health_status`.
public struct CacheHealthReport: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case healthy
        /// It answers, but slowly, nearly full, without a limit, or with a policy that it should not have.
        case degraded
        case down
    }

    /// Which: `cache`, `durable`, or another; lower-case letters, digits, `_` and `-`, at most 40.
    public var tier: String
    public var at: PostgresTimestamp
    public var status: Status
    /// Why it is not healthy; cut to 1,000 characters.
    public var detail: String?
    /// What it said of itself; nil only of one that is down.
    public var health: BackendHealth?
    /// How long the question took.
    public var latency: Duration?

    public init(
        tier: String, at: PostgresTimestamp = .now, status: Status, detail: String? = nil, health: BackendHealth?, latency: Duration? = nil
    ) {
        self.tier = tier
        self.at = at
        self.status = status
        self.detail = detail
        self.health = health
        self.latency = latency
    }
}
