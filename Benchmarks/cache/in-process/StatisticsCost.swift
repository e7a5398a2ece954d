internal import Threading

/// What counting costs a read.
enum StatisticsCost {
    private static let records = 2_000_000

    static func run() async {
        print("| recording a hit with its time | threads | CPU ns a record |")
        print("|---|---|---|")
        let one = ["user123"]
        let many = (0..<200).map { "tenant-\($0)-of-some-length" }
        await self.row("one tenant", CacheRecorder(), one, threads: 1)
        await self.row("one tenant", CacheRecorder(), one, threads: 2)
        await self.row("200 tenants in turn", CacheRecorder(), many, threads: 1)
        await self.row("200 tenants in turn", CacheRecorder(), many, threads: 2)
        await self.row("turned off", CacheRecorder(isEnabled: false), one, threads: 1)
        var sketch = AccessSketch<String>(capacity: 500, halfLife: .seconds(3_600))
        let keys = (0..<100_000).map { "doc_summary:document-\($0)" }
        let reads = ZipfTrace(skew: 1).reads(self.records)
        let time = CPUTime.measure {
            for (index, key) in reads.enumerated() { sketch.record(keys[key], at: Int64(index) * 10_000) }
        }
        print("| an access in the sketch of 500 | 1 | \(Int(time / .nanoseconds(1)) / self.records) |")
        let recorder = CacheRecorder()
        for tenant in many {
            for type in CacheType.all { recorder.record(type: type.name, tenant: tenant) { $0.sharedLatency.record(nanoseconds: 1) } }
        }
        let totals = CPUTime.measure { _ = recorder.totals() }
        let drain = CPUTime.measure { _ = recorder.drain() }
        print("| totals of \(many.count * CacheType.all.count) pairs | 1 | \(Int(totals / .nanoseconds(1))) |")
        print("| a drain of them | 1 | \(Int(drain / .nanoseconds(1))) |")
    }

    private static func row(_ name: String, _ recorder: CacheRecorder, _ tenants: [String], threads: Int) async {
        let start = CPUTime.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<threads {
                group.addTask {
                    for index in 0..<self.records {
                        recorder.record(type: "doc_summary", tenant: tenants[index % tenants.count]) { tally in
                            tally.sharedHits += 1
                            tally.storedBytesRead += 100
                            tally.sharedLatency.record(nanoseconds: Int64(index & 0xFFFFF))
                        }
                    }
                }
            }
        }
        let nanoseconds = (CPUTime.now - start).inNanoseconds
        print("| \(name) | \(threads) | \(Int(nanoseconds) / (self.records * threads)) |")
    }
}
