internal import Threading

/// Reads from the in-process tier under its lock, by two threads that do nothing else.
enum Latency {
    private static let reads = 1_000_000

    static func run() async {
        print("| threads | held | hit ratio | reads a second | p50 | p99 | p99.9 | longest |")
        print("|---|---|---|---|---|---|---|---|")
        for threads in [1, 2] { await self.row(threads) }
    }

    private static func row(_ threads: Int) async {
        // 64 MiB of values between 100 bytes and 25 KiB under keys as they are.
        let keys = (0..<100_000).map { "flotilla:production:tenant_user\($0 % 97):doc_summary:document-\($0)" }
        let cache = Lock(WindowTinyLFU<String, [UInt8]>(capacity: 64 << 20))
        func size(_ key: Int) -> Int { 100 << (key &* 7_919 % 9) }
        let trace = ZipfTrace(skew: 1)
        for key in trace.reads(300_000, seed: 99) {
            cache.withLock {
                if $0.value(for: keys[key]) == nil {
                    $0.insert([UInt8](repeating: 0, count: size(key)), for: keys[key], weight: size(key) + 200)
                }
            }
        }
        let start = MonotonicTime.now
        let results = await withTaskGroup(of: (times: [Int64], hits: Int).self) { group in
            for thread in 0..<threads {
                let reads = trace.reads(self.reads, seed: UInt64(thread))
                group.addTask {
                    var times: [Int64] = []
                    times.reserveCapacity(reads.count)
                    var hits = 0
                    for key in reads {
                        let before = MonotonicTime.now
                        let value = cache.withLock { $0.value(for: keys[key]) }
                        times.append((MonotonicTime.now - before).inNanoseconds)
                        if value != nil {
                            hits += 1
                        } else {
                            let made = [UInt8](repeating: 0, count: size(key))
                            cache.withLock { _ = $0.insert(made, for: keys[key], weight: made.count + 200) }
                        }
                    }
                    return (times, hits)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let seconds = (MonotonicTime.now - start).inSeconds
        let times = results.flatMap(\.times).sorted()
        let at = { (part: Double) in "\(times[min(times.count - 1, Int(Double(times.count) * part))]) ns" }
        let hits = Double(results.reduce(0) { $0 + $1.hits }) / Double(times.count)
        let held = cache.withLock { "\($0.count) in \($0.weight >> 20) MiB" }
        print(
            "| \(threads) | \(held) | \((hits * 1_000).rounded() / 10) % | \(Int(Double(times.count) / seconds)) | \(at(0.5)) | \(at(0.99)) "
                + "| \(at(0.999)) | \((times.last ?? 0) / 1_000) µs |")
    }
}
