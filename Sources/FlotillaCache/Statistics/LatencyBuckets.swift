/// A histogram of durations: each bucket is 2^(1/4) times as wide as the one before, from 1 µs to about 67 s.
///
///     bucket    0        1               2               3     …  104
///     up to     1 µs     2^(1/4) µs      2^(2/4) µs            …  2^26 µs, and all that is longer
///
/// So a quantile is at most 19 % too high and never too low. Histograms of many processes add up to that of all.
public struct LatencyBuckets: Sendable, Hashable {
    public static let count = 105

    /// Empty until something is recorded: there is one of these for every type and tenant.
    private var storage: [UInt64] = []
    public private(set) var total: UInt64 = 0

    public init() {}

    /// One that was stored.
    ///
    /// - Returns: nil unless there are ``count`` of them.
    public init?(counts: [UInt64]) {
        guard counts.count == Self.count else { return nil }
        self.total = counts.reduce(0, &+)
        self.storage = self.total == 0 ? [] : counts
    }

    /// How many durations fell into each bucket.
    public var counts: [UInt64] { self.storage.isEmpty ? [UInt64](repeating: 0, count: Self.count) : self.storage }

    /// - Parameter nanoseconds: less than 0 counts as 0.
    public mutating func record(nanoseconds: Int64) {
        if self.storage.isEmpty { self.storage = [UInt64](repeating: 0, count: Self.count) }
        self.storage[Self.bucket(ofNanoseconds: nanoseconds)] &+= 1
        self.total &+= 1
    }

    /// The end of the bucket that holds the quantile.
    ///
    /// - Parameter quantile: from 0 to 1; 0.5 is the median.
    /// - Returns: nil when nothing was recorded.
    public func quantile(_ quantile: Double) -> Duration? {
        guard self.total > 0 else { return nil }
        let rank = max(1, UInt64((Double(self.total) * min(max(quantile, 0), 1)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, count) in self.storage.enumerated() {
            seen &+= count
            if seen >= rank { return Self.end(ofBucket: bucket) }
        }
        return Self.end(ofBucket: Self.count - 1)
    }

    public mutating func merge(_ other: LatencyBuckets) {
        guard other.total > 0 else { return }
        guard self.total > 0 else { return self = other }
        for bucket in 0..<Self.count { self.storage[bucket] &+= other.storage[bucket] }
        self.total &+= other.total
    }

    public static func += (left: inout Self, right: Self) { left.merge(right) }

    /// The longest duration that counts to a bucket.
    ///
    /// - Parameter bucket: from 0 to ``count`` - 1.
    public static func end(ofBucket bucket: Int) -> Duration { .nanoseconds(self.ends[bucket]) }

    /// Nanoseconds.
    private static let ends: [Int64] = (0..<count).map { bucket in
        Int64(1_000 * [1, Self.quarter1, Self.quarter2, Self.quarter3][bucket % 4] * Double(1 << (bucket / 4)))
    }

    // 2^(1/4), 2^(2/4), 2^(3/4).
    private static let quarter1 = 1.189_207_115_002_721
    private static let quarter2 = 1.414_213_562_373_095_1
    private static let quarter3 = 1.681_792_830_507_429

    static func bucket(ofNanoseconds nanoseconds: Int64) -> Int {
        guard nanoseconds > 1_000 else { return 0 }
        // The octave is in the number's exponent: no logarithm is taken.
        let microseconds = Double(nanoseconds) / 1_000
        let part = microseconds.significand
        let quarter = (part > Self.quarter1 ? 1 : 0) + (part > Self.quarter2 ? 1 : 0) + (part > Self.quarter3 ? 1 : 0)
        let bucket = min(Int(microseconds.exponent) * 4 + quarter, Self.count - 2)
        // What was found is the bucket whose end lies before, give or take a rounding.
        return nanoseconds > self.ends[bucket] ? bucket + 1 : bucket
    }
}
