/// What happened to values of one type and tenant, counted.
public struct CacheTally: Sendable, Hashable {
    /// Reads that found a fresh value in the process.
    public var memoryHits: UInt64 = 0
    /// Reads that found a fresh value in the shared tier.
    public var sharedHits: UInt64 = 0
    /// Reads that were served a value past its time while a new one was made.
    public var staleHits: UInt64 = 0
    /// Reads that found the knowledge that there is no value; counted in the hits above as well.
    public var absenceHits: UInt64 = 0
    public var misses: UInt64 = 0
    /// Reads and writes that failed, timed out, or met an open breaker. No miss is counted for them.
    public var errors: UInt64 = 0
    /// Reads that waited for a load of somebody else's, in this process or another.
    public var coalesced: UInt64 = 0
    public var loads: UInt64 = 0
    public var failedLoads: UInt64 = 0
    /// Time spent in loads.
    public var loadNanoseconds: UInt64 = 0
    /// Time that hits would have cost, by what their values took to make.
    public var savedNanoseconds: UInt64 = 0
    public var writes: UInt64 = 0
    /// Fills that were refused because the value ended while it was made.
    public var voided: UInt64 = 0
    /// Values not taken: too large, or not to be written in the clear.
    public var refused: UInt64 = 0
    public var deletes: UInt64 = 0
    /// Values that were there and could not be used: damaged, inflated beyond the limit, made for another key.
    public var unreadable: UInt64 = 0
    /// In shadow mode, hits whose value was not what the loader made.
    public var mismatches: UInt64 = 0
    /// As they were given and as they were stored.
    public var plainBytesWritten: UInt64 = 0
    public var storedBytesWritten: UInt64 = 0
    public var storedBytesRead: UInt64 = 0
    /// Times of reads that hit the shared tier, by ``LatencyBuckets``.
    public var sharedLatency = LatencyBuckets()
    /// The same in the process.
    public var memoryLatency = LatencyBuckets()
    /// Ages of values at their hits, in parts of their time to live: ten of them. Says whether the time is well chosen.
    public var ageTenths = [UInt64](repeating: 0, count: 10)

    public init() {}

    public var hits: UInt64 { self.memoryHits &+ self.sharedHits &+ self.staleHits }
    /// Nil before the first read.
    public var hitRatio: Double? {
        let reads = self.hits &+ self.misses
        return reads == 0 ? nil : Double(self.hits) / Double(reads)
    }
}

/// Whose and which values a tally is about.
public struct CacheTallyKey: Sendable, Hashable {
    public var type: String
    /// As it stands in keys.
    public var tenant: String
    public init(type: String, tenant: String) {
        self.type = type
        self.tenant = tenant
    }
}
