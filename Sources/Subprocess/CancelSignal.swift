import CSystem
import Glibc
import Threading

/// Lets any thread ask a blocking run to stop: a flag, and an event descriptor that the run polls.
final class CancelSignal: Sendable {
    private struct State {
        var cancelled = false
        var descriptor: Int32 = -1
    }
    private let state = Lock(State())

    var isCancelled: Bool { self.state.withLock { $0.cancelled } }

    /// The descriptor to poll for reading, or -1 if none could be made (then cancellation waits for the next turn of the poll loop).
    func open() -> Int32 {
        self.state.withLock { state in
            state.descriptor = eventfd(state.cancelled ? 1 : 0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
            return state.descriptor
        }
    }

    /// Under the lock, so that a late `cancel` never writes to a descriptor that has become somebody else's.
    func close() {
        self.state.withLock { state in
            if state.descriptor >= 0 { _ = Glibc.close(state.descriptor) }
            state.descriptor = -1
        }
    }

    func cancel() {
        self.state.withLock { state in
            state.cancelled = true
            guard state.descriptor >= 0 else { return }
            var one: UInt64 = 1
            _ = write(state.descriptor, &one, 8)
        }
    }
}
