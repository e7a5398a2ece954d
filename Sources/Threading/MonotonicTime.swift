import Glibc

/// Nanoseconds of the monotonic clock: for durations and deadlines inside one process, never for anything another host reads.
public struct MonotonicTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since an arbitrary start.
    public let nanoseconds: Int64

    /// - Parameter nanoseconds: since the same arbitrary start; `Int64.max` is a time that never comes.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The time now.
    public static var now: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The time `duration` later; saturates.
    public static func + (time: Self, duration: Duration) -> Self {
        let (sum, overflow) = time.nanoseconds.addingReportingOverflow(duration.inNanoseconds)
        return Self(nanoseconds: overflow ? .max : sum)
    }

    /// How long after `other` this is; negative if before.
    public static func - (time: Self, other: Self) -> Duration { .nanoseconds(time.nanoseconds &- other.nanoseconds) }
}

extension Duration {
    /// Whole nanoseconds, saturated to ±292 years.
    public var inNanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }

    /// Whole milliseconds, rounded down.
    public var inMilliseconds: Int64 { self.inNanoseconds / 1_000_000 }

    /// Seconds as a floating-point number.
    public var inSeconds: Double { Double(self.inNanoseconds) / 1e9 }
}

/// The wall clock, for times that people and other programs read.
public enum WallClock {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public static var microseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1_000
    }
}
