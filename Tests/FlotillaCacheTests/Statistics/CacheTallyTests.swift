import FlotillaCache
import Testing

@Suite struct CacheTallyTests {
    /// Looks at the fields by reflection, so that a field that is added and not summed is found.
    @Test func `every field is summed`() {
        var tally = CacheTally()
        let fields: [WritableKeyPath<CacheTally, UInt64>] = [
            \.memoryHits, \.sharedHits, \.staleHits, \.absenceHits, \.misses, \.errors, \.coalesced, \.loads, \.failedLoads,
            \.loadNanoseconds, \.savedNanoseconds, \.writes, \.voided, \.refused, \.deletes, \.unreadable, \.mismatches,
            \.plainBytesWritten, \.storedBytesWritten, \.storedBytesRead,
        ]
        for (index, field) in fields.enumerated() { tally[keyPath: field] = UInt64(index + 1) }
        tally.ageTenths = (1...10).map { $0 }
        tally.sharedLatency.record(nanoseconds: 5_000)
        tally.memoryLatency.record(nanoseconds: 500)
        let before = tally
        tally += before
        for (once, twice) in zip(Mirror(reflecting: before).children, Mirror(reflecting: tally).children) {
            let label = once.label ?? ""
            switch (once.value, twice.value) {
            case (let once as UInt64, let twice as UInt64): #expect(once > 0 && twice == 2 * once, "\(label)")
            case (let once as [UInt64], let twice as [UInt64]): #expect(twice == once.map { 2 * $0 }, "\(label)")
            case (let once as LatencyBuckets, let twice as LatencyBuckets): #expect(once.total == 1 && twice.total == 2, "\(label)")
            default: Issue.record("a field of another kind: \(label)")
            }
        }
        #expect(Mirror(reflecting: tally).children.count == fields.count + 3)
    }

    @Test func `the hit ratio is of reads that had an answer`() {
        var tally = CacheTally()
        #expect(tally.hitRatio == nil)
        tally.errors = 5
        #expect(tally.hitRatio == nil)
        (tally.memoryHits, tally.sharedHits, tally.staleHits, tally.misses) = (1, 1, 1, 1)
        #expect(tally.hitRatio == 0.75)
    }
}
