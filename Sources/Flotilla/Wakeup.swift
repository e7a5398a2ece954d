internal import Threading

/// A flag that one task waits for. Raising it while nobody waits is remembered, once.
final class Wakeup: Sendable {
    private enum State {
        case idle
        case raised
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Lock(State.idle)

    /// Lets the waiting task go on, or the next one that waits.
    func raise() {
        let waiter: CheckedContinuation<Void, Never>? = self.state.withLock { state in
            if case .waiting(let continuation) = state {
                state = .idle
                return continuation
            }
            state = .raised
            return nil
        }
        waiter?.resume()
    }

    /// Waits until ``raise()`` was called since the last wait. One task at a time.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isRaised = self.state.withLock { state in
                if case .raised = state {
                    state = .idle
                    return true
                }
                state = .waiting(continuation)
                return false
            }
            if isRaised { continuation.resume() }
        }
    }
}
