public import FlotillaCache

/// A type whose reads miss much more often than they did.
public struct CacheMissSpike: Sendable, Hashable {
    public var type: String
    /// Shares of the reads that missed, lately and in the time before.
    public var missRatio: Double
    public var usualMissRatio: Double
    /// Reads lately.
    public var reads: UInt64
    /// By how many standard deviations the shares differ.
    public var deviations: Double

    /// Compares two times by the test for two proportions.
    ///
    /// A spike is a rise by ten points or more, of four standard deviations or more, in at least 100 reads on either side. What rises slowly is
    /// none, and neither is a type that always misses.
    public static func between(_ usual: CacheTally, and recent: CacheTally, type: String) -> CacheMissSpike? {
        let usualReads = Double(usual.hits &+ usual.misses)
        let reads = Double(recent.hits &+ recent.misses)
        guard usualReads >= 100, reads >= 100 else { return nil }
        let before = Double(usual.misses) / usualReads
        let now = Double(recent.misses) / reads
        guard now - before >= 0.1 else { return nil }
        let pooled = Double(usual.misses &+ recent.misses) / (usualReads + reads)
        let deviation = (pooled * (1 - pooled) * (1 / usualReads + 1 / reads)).squareRoot()
        // All reads missed on both sides gives no deviation, and no rise either.
        guard deviation > 0, (now - before) / deviation >= 4 else { return nil }
        return CacheMissSpike(
            type: type, missRatio: now, usualMissRatio: before, reads: recent.hits &+ recent.misses, deviations: (now - before) / deviation)
    }

    public init(type: String, missRatio: Double, usualMissRatio: Double, reads: UInt64, deviations: Double) {
        self.type = type
        self.missRatio = missRatio
        self.usualMissRatio = usualMissRatio
        self.reads = reads
        self.deviations = deviations
    }
}
