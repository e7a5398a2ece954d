import Glibc

/// A value that one thread at a time may touch, guarded by a `pthread_mutex_t`.
///
/// `Synchronization.Mutex` is a priority-inheriting futex on Linux: with more threads than cores it was measured 150 times
/// slower than this under contention, and ThreadSanitizer does not see it.
public final class Lock<State>: @unchecked Sendable {
    // Unchecked because the mutex orders every access to `state`. Both live at stable addresses, as pthread demands.
    private let state: UnsafeMutablePointer<State>
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// - Parameters:
    ///   - initialState: the guarded value.
    ///   - spins: a thread that finds it taken tries again for a moment before it sleeps: for locks that are taken often and held for a microsecond
    ///     or two, where sleeping and waking would cost fifty.
    public init(_ initialState: consuming sending State, spins: Bool = false) {
        self.state = .allocate(capacity: 1)
        self.state.initialize(to: initialState)
        self.mutex = .allocate(capacity: 1)
        self.mutex.initialize(to: pthread_mutex_t())
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        if spins { pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ADAPTIVE_NP)) }
        pthread_mutex_init(self.mutex, &attributes)
        pthread_mutexattr_destroy(&attributes)
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
