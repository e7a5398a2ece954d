internal import Threading

/// Why a run is stopped from outside.
enum StopReason: Sendable {
    case deadline
    case leaseLost
    case jobCancelled
    case shutdown
}

/// One place in which handlers run, one after the other, in one long-lived task.
///
/// Cancelling a run cancels the slot's task, which then ends, and another slot takes its place: no task is made per job.
final class Slot: Sendable {
    struct Stop {
        let run: AdmittedRun
        let reason: StopReason
        let elapsed: Duration
    }

    private struct State {
        var task: Task<Void, Never>?
        var run: AdmittedRun?
        var startedAt = MonotonicTime(nanoseconds: 0)
        var deadline = MonotonicTime(nanoseconds: .max)
        var stopReason: StopReason?
        var abandonAt = MonotonicTime(nanoseconds: .max)
        var isAbandoned = false
    }

    private let state = Lock(State())

    func attach(_ task: Task<Void, Never>) {
        let isStopped = self.state.withLock { state in
            state.task = task
            return state.stopReason != nil
        }
        if isStopped { task.cancel() }
    }

    func begin(_ run: AdmittedRun, deadline: Duration) {
        let now = MonotonicTime.now
        self.state.withLock { state in
            state.run = run
            state.startedAt = now
            state.deadline = now + deadline
        }
    }

    /// The run is over. Nil when the slot was taken away meanwhile: somebody else has settled the run.
    func end() -> (stopReason: StopReason?, duration: Duration)? {
        let now = MonotonicTime.now
        return self.state.withLock { state in
            if state.isAbandoned { return nil }
            state.run = nil
            return (state.stopReason, now - state.startedAt)
        }
    }

    /// Cancels the current run, if there is one that `condition` picks and that is not being stopped already.
    func stop(_ reason: StopReason, grace: Duration, where condition: (AdmittedRun) -> Bool = { _ in true }) {
        let task: Task<Void, Never>? = self.state.withLock { state in
            guard let run = state.run, state.stopReason == nil, condition(run) else { return nil }
            state.stopReason = reason
            state.abandonAt = MonotonicTime.now + grace
            return state.task
        }
        task?.cancel()
    }

    /// What the watchdog must do about this slot now: stops a run past its deadline, and returns the run of a slot that did not heed its
    /// stop in time; that slot is dead to the worker from then on.
    func inspect(at now: MonotonicTime, grace: Duration) -> Stop? {
        let isLate = self.state.withLock { $0.run != nil && $0.stopReason == nil && now > $0.deadline }
        if isLate { self.stop(.deadline, grace: grace) }
        return self.state.withLock { state in
            guard let run = state.run, let reason = state.stopReason, now > state.abandonAt, !state.isAbandoned else { return nil }
            state.isAbandoned = true
            return Stop(run: run, reason: reason, elapsed: now - state.startedAt)
        }
    }

    /// The current run and how long it has been running.
    var current: (run: AdmittedRun, elapsed: Duration)? {
        self.state.withLock { state in state.run.map { ($0, MonotonicTime.now - state.startedAt) } }
    }
}
