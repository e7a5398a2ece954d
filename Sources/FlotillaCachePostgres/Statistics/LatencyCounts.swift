internal import FlotillaCache
internal import Glibc

/// Several histograms of the shape of `LatencyBuckets`, added up.
struct LatencyCounts: Sendable, Hashable {
    private(set) var counts = [UInt64](repeating: 0, count: LatencyBuckets.count)

    mutating func add(_ counts: [UInt64]) {
        for (index, count) in counts.prefix(self.counts.count).enumerated() { self.counts[index] &+= UInt64(count) }
    }

    /// The upper end of the bucket that the quantile lies in, in microseconds: at most 19 % more than the quantile. Nil of no counts.
    func microseconds(at quantile: Double) -> Double? {
        let total = self.counts.reduce(0, &+)
        guard total > 0 else { return nil }
        let rank = max(1, UInt64((Double(total) * min(max(quantile, 0), 1)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, count) in self.counts.enumerated() {
            seen &+= count
            if seen >= rank { return exp2(Double(index + 1) / 4) }
        }
        return nil
    }
}
