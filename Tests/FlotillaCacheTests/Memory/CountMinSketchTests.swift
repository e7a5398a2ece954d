import FlotillaCache
import Testing

@Suite struct CountMinSketchTests {
    @Test func `an estimate is never too low, and seldom too high`() {
        var generator = SeededGenerator(seed: 1)
        let hashes = (0..<1_000).map { _ in generator.next() }
        var sketch = CountMinSketch(entries: 1_024)
        for (index, hash) in hashes.enumerated() { for _ in 0..<index % 10 { sketch.record(hash) } }
        var tooHigh = 0
        for (index, hash) in hashes.enumerated() {
            #expect(sketch.estimate(hash) >= index % 10)
            if sketch.estimate(hash) > index % 10 { tooHigh += 1 }
        }
        #expect(tooHigh < 100)
    }

    @Test func `counters stop at 15 and disturb no others`() {
        var sketch = CountMinSketch(entries: 1_024)
        for _ in 0..<100 { sketch.record(0x0123_4567_89AB_CDEF) }
        #expect(sketch.estimate(0x0123_4567_89AB_CDEF) == CountMinSketch.maximum)
        var generator = SeededGenerator(seed: 2)
        #expect((0..<1_000).count { _ in sketch.estimate(generator.next()) > 0 } < 5)
    }

    @Test func `everything counts half after a period`() {
        var generator = SeededGenerator(seed: 3)
        var sketch = CountMinSketch(entries: 256)
        let hash = generator.next()
        for _ in 0..<12 { sketch.record(hash) }
        for _ in 0..<2_548 { sketch.record(hash &+ 1) }
        #expect(sketch.estimate(hash) == 6)
    }

    @Test func `it keeps what it knows when it grows`() {
        var generator = SeededGenerator(seed: 4)
        let hashes = (0..<200).map { _ in generator.next() }
        var sketch = CountMinSketch(entries: 256)
        for (index, hash) in hashes.enumerated() { for _ in 0..<index % 8 { sketch.record(hash) } }
        let before = hashes.map { sketch.estimate($0) }
        sketch.grow(to: 5_000)
        #expect(sketch.entries == 8_192)
        #expect(hashes.map { sketch.estimate($0) } == before)
        sketch.grow(to: 10)
        #expect(sketch.entries == 8_192)
    }
}
