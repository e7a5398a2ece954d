import FlotillaCache
import Testing

@Suite struct AccessSketchTests {
    private static let minute: Int64 = 60_000_000_000

    @Test func `it finds what is asked for most, out of far more keys than it keeps`() {
        var sketch = AccessSketch<Int>(capacity: 500, halfLife: .seconds(3_600))
        let reads = ZipfTrace(keys: 50_000, skew: 1).reads(100_000)
        for (index, key) in reads.enumerated() { sketch.record(key, at: Int64(index) * 1_000_000) }
        #expect(sketch.count == 500)
        let top = sketch.top(50, at: 100 * 1_000_000_000)
        #expect(Set(top.map(\.key)).intersection(0..<50).count >= 45)
        #expect(top.first?.key == 0)
        #expect(zip(top, top.dropFirst()).allSatisfy { $0.score >= $1.score })
        // Scores are not above the truth: old reads weigh less than one.
        var counts: [Int: Int] = [:]
        for key in reads { counts[key, default: 0] += 1 }
        #expect(top.allSatisfy { $0.score <= Double(counts[$0.key] ?? 0) + 0.001 })
        #expect((top.first?.score ?? 0) > Double(counts[0] ?? 0) * 0.9)
    }

    @Test func `one access in eight with the weight of eight finds the same favourites`() {
        var generator = SeededGenerator(seed: 8)
        var sketch = AccessSketch<Int>(capacity: 500, halfLife: .seconds(3_600))
        for (index, key) in ZipfTrace(keys: 50_000, skew: 1).reads(200_000).enumerated() where generator.next() % 8 == 0 {
            sketch.record(key, weight: 8, at: Int64(index) * 1_000_000)
        }
        #expect(Set(sketch.top(50, at: 200 * 1_000_000_000).map(\.key)).intersection(0..<60).count >= 45)
    }

    @Test func `favourites of yesterday make room for those of today`() {
        var sketch = AccessSketch<Int>(capacity: 500, halfLife: .seconds(600))
        let trace = ZipfTrace(keys: 20_000, skew: 1)
        var time: Int64 = 0
        for phase in 0..<4 {
            // An hour of each, six half-lives.
            for read in trace.reads(20_000, seed: UInt64(phase)) {
                time += Self.minute * 60 / 20_000
                sketch.record((read + phase * 5_000) % 20_000, at: time)
            }
            let favourites = Set((0..<20).map { ($0 + phase * 5_000) % 20_000 })
            let found = Set(sketch.top(20, at: time).map(\.key))
            #expect(found.intersection(favourites).count >= 17, "phase \(phase)")
        }
    }

    @Test func `a score halves in its half-life`() {
        var sketch = AccessSketch<String>(capacity: 10, halfLife: .seconds(60))
        sketch.record("a", weight: 8, at: 0)
        #expect(abs(sketch.top(1, at: 0)[0].score - 8) < 1e-9)
        #expect(abs(sketch.top(1, at: Self.minute)[0].score - 4) < 1e-9)
        #expect(abs(sketch.top(1, at: 3 * Self.minute)[0].score - 1) < 1e-9)
        // New and little, now more than old and much.
        sketch.record("b", weight: 2, at: 3 * Self.minute)
        #expect(sketch.top(2, at: 3 * Self.minute).map(\.key) == ["b", "a"])
    }

    @Test func `years of accesses do not overflow it`() {
        var sketch = AccessSketch<Int>(capacity: 4, halfLife: .seconds(1))
        for second in stride(from: Int64(0), to: 100_000, by: 7) { sketch.record(Int(second % 3), at: second * 1_000_000_000) }
        sketch.record(99, at: .max / 2)
        sketch.record(98, at: .min / 2)
        let top = sketch.top(10, at: .max / 2)
        #expect(top.first?.key == 99)
        #expect(top.allSatisfy { $0.score.isFinite && $0.score >= 0 })
        sketch.record(97, weight: .infinity, at: .max / 2)
        sketch.record(96, weight: -1, at: .max / 2)
        #expect(sketch.top(1, at: .max / 2)[0].key == 99)
    }

    @Test func `a sketch that is not full is exact`() {
        var sketch = AccessSketch<Int>(capacity: 100, halfLife: .seconds(3_600))
        for key in 0..<100 { for _ in 0...key { sketch.record(key, at: 0) } }
        #expect(sketch.top(200, at: 0).map(\.key) == (0..<100).reversed())
        #expect(sketch.top(200, at: 0).map(\.score) == (1...100).reversed().map(Double.init))
        #expect(sketch.top(0, at: 0).isEmpty && sketch.top(-1, at: 0).isEmpty)
    }

    @Test func `sketches of two processes add up`() {
        let trace = ZipfTrace(keys: 20_000, skew: 1)
        var left = AccessSketch<Int>(capacity: 300, halfLife: .seconds(600))
        var right = AccessSketch<Int>(capacity: 300, halfLife: .seconds(600))
        var both = AccessSketch<Int>(capacity: 300, halfLife: .seconds(600))
        for (index, read) in trace.reads(40_000).enumerated() {
            let time = Int64(index) * 10_000_000
            if index.isMultiple(of: 2) { left.record(read, at: time) } else { right.record(read, at: time) }
            both.record(read, at: time)
        }
        let end: Int64 = 40_000 * 10_000_000
        var merged = left
        merged.merge(right)
        #expect(merged.count == 300)
        let expected = both.top(20, at: end)
        let found = merged.top(20, at: end)
        #expect(Set(found.map(\.key)).intersection(expected.map(\.key)).count >= 17)
        #expect(abs(found[0].score / expected[0].score - 1) < 0.05)
        // It goes on as before.
        for _ in 0..<100_000 { merged.record(7_777, at: end) }
        #expect(merged.top(1, at: end)[0].key == 7_777)
    }

    @Test func `the order of merging does not matter, and nothing adds nothing`() {
        var left = AccessSketch<Int>(capacity: 10, halfLife: .seconds(60))
        var right = left
        for key in 0..<10 { left.record(key, weight: Double(key + 1), at: 0) }
        for key in 5..<12 { right.record(key, weight: 20, at: Self.minute) }
        var (one, other) = (left, right)
        one.merge(right)
        other.merge(left)
        let (first, second) = (one.top(7, at: Self.minute), other.top(7, at: Self.minute))
        #expect(Set(first.map(\.key)) == Set(5..<12) && Set(second.map(\.key)) == Set(5..<12))
        #expect(zip(first, second).allSatisfy { abs($0.score - $1.score) < 1e-9 })
        #expect(first[0].key == 9 && abs(first[0].score - 25) < 1e-9)
        let before = one.top(10, at: Self.minute).map(\.score)
        one.merge(AccessSketch(capacity: 10, halfLife: .seconds(60)))
        #expect(one.top(10, at: Self.minute).map(\.score) == before)
    }
}
