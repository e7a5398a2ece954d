extension CacheTally {
    /// Adds what another process, tenant or time counted.
    public static func += (left: inout Self, right: Self) {
        left.memoryHits &+= right.memoryHits
        left.sharedHits &+= right.sharedHits
        left.staleHits &+= right.staleHits
        left.absenceHits &+= right.absenceHits
        left.misses &+= right.misses
        left.errors &+= right.errors
        left.coalesced &+= right.coalesced
        left.loads &+= right.loads
        left.failedLoads &+= right.failedLoads
        left.loadNanoseconds &+= right.loadNanoseconds
        left.savedNanoseconds &+= right.savedNanoseconds
        left.writes &+= right.writes
        left.voided &+= right.voided
        left.refused &+= right.refused
        left.deletes &+= right.deletes
        left.unreadable &+= right.unreadable
        left.mismatches &+= right.mismatches
        left.plainBytesWritten &+= right.plainBytesWritten
        left.storedBytesWritten &+= right.storedBytesWritten
        left.storedBytesRead &+= right.storedBytesRead
        left.sharedLatency += right.sharedLatency
        left.memoryLatency += right.memoryLatency
        for (tenth, count) in right.ageTenths.enumerated() where left.ageTenths.indices.contains(tenth) { left.ageTenths[tenth] &+= count }
    }
}
