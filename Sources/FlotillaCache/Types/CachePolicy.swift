/// What is decided about all values of a cache type.
public struct CachePolicy: Sendable, Hashable {
    /// Whose a value is.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// One tenant's; nobody else ever reads it.
        case tenant
        /// Everybody's: reference data, configuration.
        case global
    }

    /// Where values are kept.
    public enum Tiers: Sendable, Hashable {
        /// In the shared tier (Redis).
        case shared
        /// There, and for at most so long in the process as well.
        case processAndShared(Duration)
        /// In the process alone.
        case process
        /// In the durable instance, which never evicts: clearing the cache, quotas and memory pressure do not touch them.
        case durable
    }

    /// What a soft end does to a value: one that announces the hard end which follows after a rule's delay. A hard end is the same for all.
    public enum Invalidation: String, Sendable, Hashable, CaseIterable {
        /// It ends at once.
        case eager
        /// Nothing, so that a burst of changes costs one recomputation.
        case lazy
        /// It counts as stale: it may be served while a new one is made.
        case hybrid
    }

    /// Whether values are encrypted at rest.
    public enum Encryption: String, Sendable, Hashable, CaseIterable {
        case never
        /// Where keys are configured.
        case whenKeyed
        /// Without keys the type is not cached at all.
        case required
    }

    /// Which share of a tenant's quota a value counts to.
    public enum QuotaClass: String, Sendable, Hashable, CaseIterable {
        case application
        case pipeline
        /// Not counted, never evicted for a quota.
        case exempt
    }

    /// How long a value is fresh.
    public var timeToLive: Duration
    /// For how long after that it may be served while a new one is made; zero never serves it.
    public var staleFor: Duration
    /// How long the knowledge lasts that there is no such value; zero does not keep it.
    public var absenceTimeToLive: Duration
    public var scope: Scope
    public var tiers: Tiers
    public var invalidation: Invalidation
    /// Whether rules may delay the end of its values. False for what decides who may do what, and for money.
    public var permitsDelay: Bool
    public var compresses: Bool
    public var encryption: Encryption
    public var quota: QuotaClass
    /// Who answers for the figures above.
    public var owner: String

    public init(
        timeToLive: Duration, staleFor: Duration = .zero, absenceTimeToLive: Duration = .seconds(10), scope: Scope = .tenant,
        tiers: Tiers = .shared, invalidation: Invalidation = .eager, permitsDelay: Bool = true, compresses: Bool = true,
        encryption: Encryption = .whenKeyed, quota: QuotaClass = .application, owner: String
    ) {
        self.timeToLive = timeToLive
        self.staleFor = staleFor
        self.absenceTimeToLive = absenceTimeToLive
        self.scope = scope
        self.tiers = tiers
        self.invalidation = invalidation
        self.permitsDelay = permitsDelay
        self.compresses = compresses
        self.encryption = encryption
        self.quota = quota
        self.owner = owner
    }
}
