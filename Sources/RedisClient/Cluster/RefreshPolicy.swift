internal import Threading

/// When the cluster is asked who serves what: soon after a doubt, and however many doubts there are, seldom.
struct RefreshPolicy {
    enum Event {
        /// Somebody was sent elsewhere, or a node went away.
        case doubt
        /// The time that `wait` asked for is over.
        case timer
        /// The answer to `ask`.
        case answered
        /// Nobody answered.
        case failed
    }

    enum Action: Equatable {
        case ask
        /// Send `timer` after this long.
        case wait(Duration)
        case nothing
    }

    /// From the beginning of one query to the beginning of the next, at least.
    static let interval = Duration.milliseconds(100)
    static let longestPause = Duration.seconds(2)

    private enum Phase { case idle, asking, waiting }
    private var phase = Phase.idle
    private var isDoubted = false
    private var failures = 0
    private var askedAt: MonotonicTime?

    mutating func handle(_ event: Event, at now: MonotonicTime) -> Action {
        switch (event, self.phase) {
        case (.doubt, .idle): return self.next(at: now)
        case (.doubt, .asking):
            // What is being answered may be what is doubted.
            self.isDoubted = true
            return .nothing
        case (.doubt, .waiting), (.timer, .idle), (.timer, .asking), (.answered, .idle), (.answered, .waiting), (.failed, .idle),
            (.failed, .waiting):
            return .nothing
        case (.timer, .waiting):
            self.phase = .idle
            return self.next(at: now)
        case (.answered, .asking):
            self.failures = 0
            self.phase = .idle
            return self.isDoubted ? self.next(at: now) : .nothing
        case (.failed, .asking):
            self.failures += 1
            self.phase = .idle
            return self.next(at: now)
        }
    }

    private mutating func next(at now: MonotonicTime) -> Action {
        let pause = min(Self.longestPause, Self.interval * (1 << min(self.failures, 5)))
        if let askedAt, now - askedAt < pause {
            self.phase = .waiting
            return .wait(pause - (now - askedAt))
        }
        self.phase = .asking
        self.isDoubted = false
        self.askedAt = now
        return .ask
    }
}
