internal import Threading

/// How long to wait before a retry: `base · 2^(n-1)`, at most `cap`, of which the upper half is random ("equal jitter"), so that what failed
/// together does not come back together.
public struct Backoff: Sendable, Hashable {
    /// The mean wait before the first retry.
    public var base: Duration
    /// No wait is longer.
    public var cap: Duration

    public init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// The wait before retry `retry`, without its random part. Saturates; never traps.
    ///
    /// - Parameter retry: 1 for the first; anything below counts as 1.
    public func ceiling(retry: Int) -> Duration {
        let base = max(0, self.base.inNanoseconds)
        let cap = max(0, self.cap.inNanoseconds)
        let doublings = min(max(retry, 1) - 1, 62)
        let (product, overflow) = base.multipliedReportingOverflow(by: Int64(1) << Int64(doublings))
        return .nanoseconds(overflow ? cap : min(product, cap))
    }

    /// The wait before retry `retry`: between half of ``ceiling(retry:)`` and all of it.
    public func delay(retry: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let ceiling = self.ceiling(retry: retry).inNanoseconds
        return .nanoseconds(Int64.random(in: (ceiling / 2)...max(ceiling, ceiling / 2), using: &generator))
    }
}

/// What a failed message does next.
public struct RetryPolicy: Sendable, Hashable {
    /// Retries after the first run: 3 means at most four runs.
    public var maximumRetries: Int
    public var backoff: Backoff

    public init(maximumRetries: Int = 3, backoff: Backoff = Backoff(base: .seconds(60), cap: .seconds(3600))) {
        self.maximumRetries = maximumRetries
        self.backoff = backoff
    }

    /// What becomes of a message whose run failed.
    public enum Route: Sendable, Hashable {
        case retry(after: Duration)
        case dead(DeadLetter.Reason)
        /// Given back with no attempt counted; the worker pauses.
        case giveBack
    }

    /// Decides. A pure function: the same inputs and generator give the same route.
    ///
    /// - Parameter failures: how many failures were counted before this one.
    public func route(_ failure: Failure, failures: Int, using generator: inout some RandomNumberGenerator) -> Route {
        switch failure.failureClass {
        case .permanent: return .dead(.permanent)
        case .infrastructure: return .giveBack
        case .transient(let retryAfter):
            guard failures < self.maximumRetries else { return .dead(.attemptsSpent) }
            let delay = self.backoff.delay(retry: failures + 1, using: &generator)
            // A server that names a time is obeyed, but not past the cap: a hostile one must not park a message for years.
            return .retry(after: retryAfter.map { max(delay, min($0, self.backoff.cap)) } ?? delay)
        }
    }
}
