/// Hit ratios on traces that are the same every time, beside LRU and the static optimum.
enum HitRatio {
    static func run() {
        print("| trace | entries | LRU | W-TinyLFU | static optimum | CPU ns a read |")
        print("|---|---|---|---|---|---|")
        for (skew, share) in [(1.0, 1), (0.8, 1), (1.0, 10), (0.8, 10)] {
            self.row("Zipf \(skew)", ZipfTrace(skew: skew).reads(600_000), capacity: share * 1_000)
        }
        self.row("Zipf 1.0 and scans", ZipfTrace(skew: 1).reads(600_000, scanning: 30_000, every: 100_000), capacity: 1_000)
        self.row("a loop over 1,200", (0..<600_000).map { $0 % 1_200 }, capacity: 1_000)
        var shifting: [Int] = []
        for (phase, seed) in (1...6).enumerated() {
            shifting += ZipfTrace(skew: 1).reads(100_000, seed: UInt64(seed)).map { ($0 + phase * 7_919) % 100_000 }
        }
        self.row("Zipf 1.0, other favourites each 100k", shifting, capacity: 1_000)
    }

    private static func row(_ name: String, _ reads: [Int], capacity: Int) {
        var lru = PlainLRU(capacity: capacity)
        let lruHits = reads.reduce(0) { $0 + (lru.read($1) ? 1 : 0) }
        var cache = WindowTinyLFU<Int, Int>(capacity: capacity)
        var hits = 0

        let time = CPUTime.measure {
            for key in reads {
                if cache.value(for: key) != nil { hits += 1 } else { cache.insert(key, for: key, weight: 1) }
            }
        }
        let percent = { (part: Double) in "\((part * 1_000).rounded() / 10)" }
        let count = Double(reads.count)
        let nanoseconds = Int(time / .nanoseconds(1)) / reads.count
        print(
            "| \(name) | \(capacity) | \(percent(Double(lruHits) / count)) | \(percent(Double(hits) / count)) "
                + "| \(percent(ZipfTrace.staticOptimum(reads, capacity: capacity))) | \(nanoseconds) |")
    }
}
