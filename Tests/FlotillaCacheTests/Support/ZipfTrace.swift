#if canImport(Glibc)
    internal import Glibc
#endif

/// Reads of things of which few are asked for often: the thing of rank r with a probability of 1 / r^skew.
struct ZipfTrace {
    let skew: Double
    let keys: Int
    private let cumulative: [Double]

    init(keys: Int = 100_000, skew: Double) {
        self.keys = keys
        self.skew = skew
        var sum = 0.0
        var cumulative: [Double] = []
        cumulative.reserveCapacity(keys)
        for rank in 1...keys {
            sum += pow(Double(rank), -skew)
            cumulative.append(sum)
        }
        self.cumulative = cumulative
    }

    /// - Returns: ranks from 0.
    func reads(_ count: Int, seed: UInt64 = 1) -> [Int] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in self.read(using: &generator) }
    }

    func read(using generator: inout SeededGenerator) -> Int {
        let point = Double(generator.next() >> 11) / Double(1 << 53) * self.cumulative[self.keys - 1]
        var (low, high) = (0, self.keys - 1)
        while low < high {
            let middle = (low + high) / 2
            if self.cumulative[middle] <= point { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The same with `scan` keys that are read once and never again, after every `interval` reads.
    func reads(_ count: Int, seed: UInt64 = 1, scanning scan: Int, every interval: Int) -> [Int] {
        var reads: [Int] = []
        var unique = self.keys
        for (index, read) in self.reads(count, seed: seed).enumerated() {
            reads.append(read)
            guard (index + 1).isMultiple(of: interval) else { continue }
            reads += unique..<unique + scan
            unique += scan
        }
        return reads
    }

    /// The best that a cache could do that never changes what it holds: the most frequent keys of the trace itself.
    static func staticOptimum(_ reads: [Int], capacity: Int) -> Double {
        var counts: [Int: Int] = [:]
        for read in reads { counts[read, default: 0] += 1 }
        return Double(counts.values.sorted(by: >).prefix(capacity).reduce(0, +)) / Double(reads.count)
    }
}
