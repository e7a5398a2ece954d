internal import Threading

/// The clock of a broker that lives in memory.
public protocol BrokerTime: Sendable {
    /// Since an arbitrary start.
    var elapsed: Duration { get }
    /// Runs `body` once, on any thread, when `delay` has passed.
    /// - Returns: what makes sure that it does not run, when called in time.
    @discardableResult
    func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void
}

/// Time as it passes.
public struct RealTime: BrokerTime {
    public init() {}

    public var elapsed: Duration { .nanoseconds(MonotonicTime.now.nanoseconds) }

    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        // Without a parent because the caller's scope may end before the timer does.
        let task = Task {
            guard (try? await Task.sleep(for: delay)) != nil else { return }  // Cancelled: nothing to run.
            body()
        }
        return { task.cancel() }
    }
}

/// A clock whose time passes when a test says so.
public final class TestClock: Clock, BrokerTime {
    public struct Instant: InstantProtocol {
        /// Since the clock was made.
        public var offset: Duration
        public func advanced(by duration: Duration) -> Instant { Instant(offset: self.offset + duration) }
        public func duration(to other: Instant) -> Duration { other.offset - self.offset }
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Duration.zero
        var timers: [(id: Int, due: Duration, body: @Sendable () -> Void)] = []
        var nextID = 0
    }

    private let state = Lock(State())

    public init() {}

    public var now: Instant { Instant(offset: self.elapsed) }
    public var minimumResolution: Duration { .nanoseconds(1) }
    public var elapsed: Duration { self.state.withLock { $0.now } }
    /// How many timers and sleeping tasks wait.
    public var sleepers: Int { self.state.withLock { $0.timers.count } }

    /// Lets time pass: whatever becomes due on the way runs, in order, each at its own time.
    public func advance(by duration: Duration) {
        let end = self.state.withLock { $0.now + duration }
        while true {
            let due = self.state.withLock { state -> (@Sendable () -> Void)? in
                guard let index = state.timers.indices.min(by: { state.timers[$0].due < state.timers[$1].due }),
                    state.timers[index].due <= end
                else {
                    state.now = max(state.now, end)
                    return nil
                }
                state.now = max(state.now, state.timers[index].due)
                return state.timers.remove(at: index).body
            }
            guard let due else { return }
            due()
        }
    }

    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let id = self.state.withLock { state in
            state.nextID += 1
            state.timers.append((state.nextID, state.now + max(delay, .zero), body))
            return state.nextID
        }
        return { self.state.withLock { $0.timers.removeAll { $0.id == id } } }
    }

    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        var cancel: (@Sendable () -> Void)?
        await untilCancelled { wake in cancel = self.schedule(after: deadline.offset - self.elapsed, wake) }
        cancel?()
        try Task.checkCancellation()
    }
}
