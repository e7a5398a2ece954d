/// How a cache works. Everything may be changed while it runs, but for the key space and the memory's size.
public struct CacheOptions: Sendable {
    /// The kill switch: false reads and writes nothing, and every load runs.
    public var isEnabled = true
    public var keySpace = CacheKeySpace()
    /// Policies that differ from the table's, by the type's name.
    public var policies: [String: CachePolicy] = [:]
    /// Types that are neither read nor written.
    public var disabledTypes: Set<String> = []
    /// Types whose hits are loaded all the same and compared: what the caller gets is what was loaded.
    public var shadowTypes: Set<String> = []
    /// Bytes that the in-process tier may hold; 0 turns it off.
    public var memoryBytes = 32 << 20
    /// Loads that run at once.
    public var loaders = 25
    /// Loads that wait for their turn; more are refused with ``CacheError/Code/overloaded``.
    public var waitingLoads = 1_000
    /// How long whoever makes a value has for it before others may begin, too.
    public var leaseTime: Duration = .seconds(30)
    /// How long a caller waits for somebody else's load before it makes the value itself.
    public var patience: Duration = .seconds(10)
    /// XFetch's beta: larger refreshes earlier; 0 never does.
    public var earlyRefreshBeta = 1.0
    /// By how much times to live vary, so that what was stored together does not end together.
    public var jitter = 0.1
    /// What a tenant may hold of each class; absent: no limit.
    public var quotas: [CachePolicy.QuotaClass: Int] = [:]
    /// How many of a hundred happenings are kept for the event log.
    public var eventPercent = 0
    /// Whether anything is counted.
    public var countsStatistics = true

    public init() {}

    /// The policy in force for a type.
    public func policy(of type: CacheType) -> CachePolicy { self.policies[type.name] ?? type.policy }
}
