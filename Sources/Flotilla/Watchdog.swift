internal import Glibc
internal import Threading

/// Calls a closure again and again from a thread of its own, which nothing else can starve.
final class Watchdog: Sendable {
    private struct State {
        var isWanted = false
        var isStopped = false
    }

    private let state = Condition(State())

    /// Starts the thread.
    ///
    /// - Parameter body: says after which time it wants to be called again; nil for not before ``wake()``.
    func start(after delay: Duration, _ body: @escaping @Sendable () -> Duration?) {
        DedicatedThread.start(name: "watchdog") { [state] in
            var delay: Duration? = delay
            while true {
                if let delay { sleepThisThread(delay) }
                let isStopped = state.wait { state -> Bool? in
                    guard delay != nil || state.isWanted || state.isStopped else { return nil }
                    // Before it looks: what comes while it looks is looked at again.
                    state.isWanted = false
                    return state.isStopped
                }
                if isStopped { return }
                delay = body()
            }
        }
    }

    /// Ends a rest without a limit: there is something to watch again.
    func wake() {
        self.state.signal { $0.isWanted = true }
    }

    func stop() {
        self.state.signal { $0.isStopped = true }
    }
}

/// Blocks the calling thread. Never on a thread of the cooperative pool.
func sleepThisThread(_ duration: Duration) {
    let nanoseconds = max(0, duration.inNanoseconds)
    let end = MonotonicTime.now + .nanoseconds(nanoseconds)
    // A signal may end the sleep early.
    while case let left = (end - .now).inNanoseconds, left > 0 {
        var request = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
        nanosleep(&request, nil)
    }
}
