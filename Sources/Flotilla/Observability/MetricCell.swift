import Synchronization
import Threading

/// The storage of one counter, gauge or histogram.
final class MetricCell: Sendable {
    struct Snapshot: Sendable {
        var sum = 0.0
        /// One for each bucket and one for what exceeds them all.
        var counts: [UInt64]
    }

    /// A counter's or gauge's value as the bits of a Double.
    private let bits = Atomic<UInt64>(0)
    private let distribution: Lock<Snapshot>?

    init(buckets: Int) {
        self.distribution = buckets == 0 ? nil : Lock(Snapshot(counts: Array(repeating: 0, count: buckets + 1)))
    }

    var value: Double { Double(bitPattern: self.bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { self.bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = self.bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, current) = self.bits.compareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = current
        }
    }

    func observe(_ value: Double, in bucket: Int, times: UInt64) {
        self.distribution?.withLock { snapshot in
            snapshot.sum += value * Double(times)
            snapshot.counts[bucket] &+= times
        }
    }

    func snapshot() -> Snapshot { self.distribution?.withLock { $0 } ?? Snapshot(counts: []) }
}

/// A number that only grows.
public struct Counter: Sendable {
    let cell: MetricCell

    /// Adds; a negative amount is ignored.
    public func increment(by amount: Int = 1) { if amount > 0 { self.cell.add(Double(amount)) } }

    /// Adds a fraction, such as seconds; a negative or undefined amount is ignored.
    public func increment(by amount: Double) { if amount > 0 { self.cell.add(amount) } }

    /// The count now.
    public var value: Double { self.cell.value }
}

/// A number that goes up and down.
public struct Gauge: Sendable {
    let cell: MetricCell

    public func set(_ value: Double) { self.cell.set(value) }
    public func set(_ value: Int) { self.cell.set(Double(value)) }
    public func add(_ amount: Int) { self.cell.add(Double(amount)) }

    /// The value now.
    public var value: Double { self.cell.value }
}

/// A distribution of observations over buckets.
public struct Histogram: Sendable {
    let cell: MetricCell
    let bounds: [Double]

    /// Counts an observation, in the unit of the family's name. What is not a number is ignored.
    public func observe(_ value: Double, times: Int = 1) {
        guard !value.isNaN, times > 0 else { return }
        self.cell.observe(value, in: self.bounds.firstIndex { value <= $0 } ?? self.bounds.count, times: UInt64(times))
    }

    /// Counts a duration in seconds.
    public func observe(_ duration: Duration) { self.observe(duration.inSeconds) }

    /// How many observations there were.
    public var count: UInt64 { self.cell.snapshot().counts.reduce(0, &+) }
}
