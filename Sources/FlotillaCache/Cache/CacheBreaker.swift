internal import Threading

/// Stops asking a tier that does not answer, and asks again now and then.
///
/// A value type that is told the time: the state machine can be tested without waiting.
public struct CacheBreaker: Sendable {
    public enum State: Sendable, Hashable {
        /// Everything goes through; this many calls in a row have failed.
        case closed(failures: Int)
        /// Nothing goes through until then.
        case open(until: MonotonicTimestamp)
        /// One call is under way that decides; a second is let through only if that one has not come back by then.
        case halfOpen(until: MonotonicTimestamp)
    }

    /// Nanoseconds of a monotonic clock.
    public typealias MonotonicTimestamp = Int64

    public private(set) var state = State.closed(failures: 0)
    private var pauses = 0
    private let threshold: Int
    private let pause: Int64
    private let longest: Int64

    /// - Parameters:
    ///   - threshold: failures in a row that open it.
    ///   - pause: how long it stays open; doubled each time up to `longest`.
    public init(threshold: Int = 5, pause: Duration = .milliseconds(500), longest: Duration = .seconds(5)) {
        self.threshold = max(1, threshold)
        self.pause = pause.inNanoseconds
        self.longest = longest.inNanoseconds
    }

    public var isClosed: Bool {
        if case .closed = self.state { return true }
        return false
    }

    /// Whether a call may be made now. A call that was let through must be followed by ``succeeded()`` or ``failed(at:)``.
    public mutating func admits(at now: MonotonicTimestamp) -> Bool {
        switch self.state {
        case .closed: return true
        case .open(let until), .halfOpen(let until):
            guard now >= until else { return false }
            self.state = .halfOpen(until: now + self.pause)
            return true
        }
    }

    public mutating func succeeded() {
        self.state = .closed(failures: 0)
        self.pauses = 0
    }

    public mutating func failed(at now: MonotonicTimestamp) {
        switch self.state {
        case .closed(let failures) where failures + 1 < self.threshold: self.state = .closed(failures: failures + 1)
        // Calls that were under way when it opened say nothing new.
        case .open: break
        default:
            let pause = min(self.longest, self.pause << min(self.pauses, 10))
            self.pauses += 1
            self.state = .open(until: now + pause)
        }
    }
}
