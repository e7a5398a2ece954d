import FlotillaCache
import Testing

@Suite struct LatencyBucketsTests {
    @Test func `each bucket ends where the next begins`() {
        for bucket in 0..<LatencyBuckets.count {
            let end = (LatencyBuckets.end(ofBucket: bucket) / .nanoseconds(1)).rounded()
            for (nanoseconds, expected) in [(Int64(end), bucket), (Int64(end) + 1, min(bucket + 1, LatencyBuckets.count - 1))] {
                var buckets = LatencyBuckets()
                buckets.record(nanoseconds: nanoseconds)
                #expect(buckets.counts[expected] == 1, "\(nanoseconds) ns")
            }
        }
        #expect(LatencyBuckets.end(ofBucket: 0) == .microseconds(1))
        #expect(LatencyBuckets.end(ofBucket: 104) == .microseconds(1 << 26))
    }

    @Test func `a quantile is never too low, and at most 19 % too high`() throws {
        var generator = SeededGenerator(seed: 1)
        var buckets = LatencyBuckets()
        // From 1 µs to 10 s, evenly by orders of magnitude.
        var times = (0..<10_000).map { _ in
            Int64(1_000 + (generator.next() % 9_000)) * [1, 10, 100, 1_000, 10_000, 100_000][Int(generator.next() % 6)]
        }
        for time in times { buckets.record(nanoseconds: time) }
        times.sort()
        for quantile in [0.01, 0.25, 0.5, 0.9, 0.99, 0.999] {
            let exact = Double(times[Int((quantile * 10_000).rounded(.up)) - 1])
            let found = try #require(buckets.quantile(quantile)) / .nanoseconds(1)
            #expect(found >= exact - 1 && found <= exact * 1.19)
        }
    }

    @Test func `nothing recorded has no quantile, and odd numbers do no harm`() {
        var buckets = LatencyBuckets()
        #expect(buckets.quantile(0.5) == nil)
        for nanoseconds in [Int64.min, -1, 0, 1, .max] { buckets.record(nanoseconds: nanoseconds) }
        #expect(buckets.total == 5 && buckets.counts[0] == 4 && buckets.counts[104] == 1)
        #expect(buckets.quantile(-1) == .microseconds(1) && buckets.quantile(7) == .microseconds(1 << 26))
    }

    @Test func `histograms add up to that of all`() {
        var generator = SeededGenerator(seed: 2)
        var parts = [LatencyBuckets](repeating: LatencyBuckets(), count: 5)
        var all = LatencyBuckets()
        for index in 0..<4_000 {
            let nanoseconds = Int64(generator.next() >> 30)
            // The last stays empty.
            parts[index % 4].record(nanoseconds: nanoseconds)
            all.record(nanoseconds: nanoseconds)
        }
        var sum = LatencyBuckets()
        for part in parts { sum += part }
        #expect(sum == all)
        #expect(LatencyBuckets(counts: all.counts) == all)
        #expect(LatencyBuckets(counts: LatencyBuckets().counts) == LatencyBuckets())
        #expect(LatencyBuckets(counts: [1, 2]) == nil)
    }
}
