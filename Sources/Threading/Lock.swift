import Glibc

/// A value that one thread at a time may touch, guarded by a `pthread_mutex_t`.
///
/// `Synchronization.Mutex` is a priority-inheriting futex on Linux: with more threads than cores it was measured 150 times
/// slower than this under contention, and ThreadSanitizer does not see it.
public final class Lock<State>: @unchecked Sendable {
    // Unchecked because the mutex orders every access to `state`. Both live at stable addresses, as pthread demands.
    private let state: UnsafeMutablePointer<State>
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// - Parameter initialState: the guarded value.
    public init(_ initialState: consuming sending State) {
        self.state = .allocate(capacity: 1)
        self.state.initialize(to: initialState)
        self.mutex = .allocate(capacity: 1)
        self.mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(self.mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(self.mutex)
        self.mutex.deallocate()
        self.state.deinitialize(count: 1)
        self.state.deallocate()
    }

    /// Runs `body` with the value while no other thread can. Not re-entrant: never call `withLock` from `body`.
    public func withLock<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        return try body(&self.state.pointee)
    }
}
