import FlotillaCache
import Testing

@Suite struct CacheRecorderTests {
    @Test func `what is recorded is drained once and stays in the totals`() {
        let recorder = CacheRecorder()
        recorder.record(type: "user", tenant: "a") { $0.misses += 1 }
        recorder.record(type: "user", tenant: "b") { $0.sharedHits += 2 }
        recorder.record(type: "graph", tenant: "a") { $0.writes += 3 }
        #expect(recorder.totals()["user"]?.hits == 2)
        let drained = recorder.drain()
        #expect(drained.count == 3)
        #expect(drained[CacheTallyKey(type: "user", tenant: "a")]?.misses == 1)
        #expect(recorder.drain().isEmpty)
        recorder.record(type: "user", tenant: "a") { $0.misses += 1 }
        let totals = recorder.totals()
        #expect(totals["user"]?.misses == 2 && totals["user"]?.sharedHits == 2 && totals["graph"]?.writes == 3)
    }

    @Test func `off, it counts nothing and keeps what it has`() {
        let recorder = CacheRecorder(isEnabled: false)
        recorder.record(type: "user", tenant: "a") { _ in Issue.record("called while off") }
        #expect(!recorder.isEnabled && recorder.drain().isEmpty)
        recorder.setEnabled(true)
        recorder.record(type: "user", tenant: "a") { $0.misses += 1 }
        recorder.setEnabled(false)
        #expect(recorder.totals()["user"]?.misses == 1)
    }

    @Test func `a flood of tenants is counted and does not take the memory`() {
        let recorder = CacheRecorder()
        for tenant in 0..<5_000 {
            recorder.record(type: tenant.isMultiple(of: 2) ? "user" : "graph", tenant: "t\(tenant)") { $0.misses += 1 }
        }
        let drained = recorder.drain()
        #expect(drained.count <= CacheRecorder.maximumKeys + 2)
        #expect(drained.values.reduce(0) { $0 + $1.misses } == 5_000)
        #expect((drained[CacheTallyKey(type: "user", tenant: CacheRecorder.otherTenants)]?.misses ?? 0) >= 1_900)
        #expect(recorder.totals()["graph"]?.misses == 2_500)
        // After a drain there is room again.
        recorder.record(type: "user", tenant: "t4999") { $0.misses += 1 }
        #expect(recorder.drain().keys.map(\.tenant) == ["t4999"])
    }

    @Test func `nothing is lost between threads and drains, and totals never go back`() async {
        let recorder = CacheRecorder()
        let drained = await withTaskGroup(of: UInt64.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<5_000 {
                        recorder.record(type: "user", tenant: "t\((index + task) % 7)") { tally in
                            tally.sharedHits += 1
                            tally.sharedLatency.record(nanoseconds: Int64(index) * 1_000)
                        }
                    }
                    return 0
                }
            }
            group.addTask {
                var sum: UInt64 = 0
                var before: UInt64 = 0
                for _ in 0..<200 {
                    sum += recorder.drain().values.reduce(0) { $0 + $1.sharedHits }
                    let now = recorder.totals()["user"]?.sharedHits ?? 0
                    #expect(now >= before)
                    before = now
                    await Task.yield()
                }
                return sum
            }
            return await group.reduce(0, +)
        }
        let rest = recorder.drain().values.reduce(0) { $0 + $1.sharedHits }
        #expect(drained + rest == 40_000)
        #expect(recorder.totals()["user"]?.sharedLatency.total == 40_000)
    }
}
