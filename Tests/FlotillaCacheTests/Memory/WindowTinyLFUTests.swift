import FlotillaCache
import Testing

@Suite struct WindowTinyLFUTests {
    @Test func `what was put in comes out, until it is removed`() {
        var cache = WindowTinyLFU<String, Int>(capacity: 100)
        #expect(cache.value(for: "a") == nil)
        #expect(cache.insert(1, for: "a", weight: 1) == true)
        #expect(cache.insert(2, for: "b", weight: 1) == true)
        #expect(cache.value(for: "a") == 1)
        #expect(cache.peek("b") == 2)
        #expect(cache.insert(3, for: "a", weight: 5) == true)
        #expect(cache.value(for: "a") == 3)
        #expect(cache.count == 2 && cache.weight == 6)
        #expect(cache.remove("a") == 3)
        #expect(cache.remove("a") == nil)
        #expect(cache.value(for: "a") == nil)
        #expect(cache.count == 1 && cache.weight == 1)
        cache.removeAll()
        #expect(cache.count == 0 && cache.weight == 0)
        #expect(cache.value(for: "b") == nil)
        #expect(cache.insert(4, for: "b", weight: 1) == true)
        #expect(cache.value(for: "b") == 4)
    }

    @Test func `an entry that is too heavy is refused, and takes its older self with it`() {
        var cache = WindowTinyLFU<Int, Int>(capacity: 1_000)
        for key in 0..<100 { cache.insert(key, for: key, weight: 5) }
        #expect(cache.insert(0, for: 1_000, weight: 1_001) == false)
        #expect(cache.count == 100)
        #expect(cache.insert(7, for: 7, weight: 2_000) == false)
        #expect(cache.peek(7) == nil && cache.count == 99 && cache.weight == 495)
        #expect(cache.heaviest == 990)
    }

    @Test(arguments: 1...12) func `the smallest caches hold what they can`(capacity: Int) {
        var cache = WindowTinyLFU<Int, Int>(capacity: capacity)
        for round in 0..<1_000 {
            let key = round % 20
            if cache.value(for: key) == nil { cache.insert(round, for: key, weight: 1 + round % 3) }
            #expect(cache.weight <= capacity)
        }
        cache.insert(1, for: 1, weight: 1)
        #expect(cache.peek(1) == 1)
        #expect(cache.count >= 1)
    }

    @Test func `those that are removed by what they are go, and only those`() {
        var cache = WindowTinyLFU<Int, Int>(capacity: 1_000)
        for key in 0..<500 { cache.insert(key, for: key, weight: 1) }
        #expect(cache.removeAll { key, value in key.isMultiple(of: 3) && value == key } == 167)
        #expect(cache.count == 333 && cache.weight == 333)
        #expect((0..<500).allSatisfy { (cache.peek($0) == nil) == $0.isMultiple(of: 3) })
    }

    /// Everything that can happen to it, 200,000 times, beside a dictionary that forgets nothing.
    @Test func `it never holds more than it may, and never gives back what was not put in`() {
        var generator = SeededGenerator(seed: 11)
        var cache = WindowTinyLFU<Int, Int>(capacity: 10_000)
        var truth: [Int: (value: Int, weight: Int)] = [:]
        for step in 0..<200_000 {
            let key =
                Int.random(in: 0..<2_000, using: &generator) * Int.random(in: 0...1, using: &generator)
                + Int.random(in: 0..<60, using: &generator)
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<50:
                if let value = cache.value(for: key), value != truth[key]?.value { Issue.record("a value that was not put in") }
            case 50..<95:
                // From 1 to more than the whole, small ones most.
                let weight = 1 + Int(generator.next() % 20_000) >> Int.random(in: 0...14, using: &generator)
                let isHeld = cache.insert(step, for: key, weight: weight)
                if isHeld != (cache.peek(key) == step) { Issue.record("it says \(isHeld)") }
                truth[key] = (step, weight)
            case 95..<99:
                let removed = cache.remove(key)
                #expect(removed == nil || removed == truth[key]?.value)
                truth[key] = nil
            default:
                if step.isMultiple(of: 50) { cache.removeAll() } else { cache.removeAll { key, _ in key % 17 == step % 17 } }
            }
            if cache.weight > cache.capacity { Issue.record("it holds \(cache.weight)") }
            guard step.isMultiple(of: 5_000) else { continue }
            let held = truth.filter { cache.peek($0.key) != nil }
            #expect(held.count == cache.count)
            #expect(held.allSatisfy { cache.peek($0.key) == $0.value.value })
            #expect(held.values.reduce(0) { $0 + $1.weight } == cache.weight)
        }
        #expect(cache.statistics.evicted > 1_000 && cache.statistics.rejected > 1_000 && cache.statistics.admitted > 1_000)
    }

    @Test func `with sizes from 100 bytes to 1 MiB it hits more often than LRU would`() {
        let trace = ZipfTrace(keys: 20_000, skew: 0.9)
        let capacity = 16 << 20
        // Sizes have nothing to do with ranks.
        func size(_ key: Int) -> Int {
            var generator = SeededGenerator(seed: UInt64(key))
            return 100 << Int.random(in: 0...13, using: &generator)
        }
        var cache = WindowTinyLFU<Int, Int>(capacity: capacity)
        var uses: [Int] = []
        var oldest = 0
        var held: [Int: Int] = [:]
        var (hits, lruHits, lruWeight) = (0, 0, 0)
        for (time, key) in trace.reads(100_000).enumerated() {
            if cache.value(for: key) != nil { hits += 1 } else { cache.insert(key, for: key, weight: size(key)) }
            // LRU by bytes, as simple as it gets: a queue of uses, in which only the last of each key counts.
            if held[key] != nil { lruHits += 1 } else { lruWeight += size(key) }
            held[key] = time
            uses.append(key)
            while lruWeight > capacity {
                if held[uses[oldest]] == oldest {
                    lruWeight -= size(uses[oldest])
                    held[uses[oldest]] = nil
                }
                oldest += 1
            }
        }
        #expect(cache.weight <= capacity)
        #expect(Double(hits) > Double(lruHits) * 1.2, "W-TinyLFU \(hits), LRU \(lruHits)")
    }
}
