internal import Threading

/// Lets one waiter sleep until somebody rings, the time is over, or its task is cancelled.
final class WakeBell: Sendable {
    private struct State {
        /// Rung while nobody waited: the next wait is over at once.
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
        /// Of the current wait. A timer that comes late must not end the next one.
        var turn: UInt64 = 0
        /// The current wait was over before its waiter had lain down.
        var isOver = false
    }

    private let state = Lock(State())

    /// Wakes the waiter, or the next one if nobody waits now.
    func ring() {
        let waiter = self.state.withLock { state in
            let waiter = state.waiter
            if waiter == nil { state.isRung = true }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// One waiter at a time.
    func wait(atMost pause: Duration) async {
        let turn = self.state.withLock { state in
            state.turn += 1
            state.isOver = false
            return state.turn
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Cut short by cancellation, and when the waiter was woken.
                try? await Task.sleep(for: pause)
                self.end(turn)
            }
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    if state.isRung || state.isOver {
                        state.isRung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
            group.cancelAll()
        }
    }

    private func end(_ turn: UInt64) {
        let waiter: CheckedContinuation<Void, Never>? = self.state.withLock { state in
            guard state.turn == turn else { return nil }
            let waiter = state.waiter
            state.isOver = true
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }
}
