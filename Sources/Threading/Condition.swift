import Glibc

/// A lock that threads can wait on until the value it guards is as they want it.
public final class Condition<State>: @unchecked Sendable {
    // Unchecked because the mutex orders every access to `state`.
    private let state: UnsafeMutablePointer<State>
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    /// - Parameter initialState: the guarded value.
    public init(_ initialState: consuming sending State) {
        self.state = .allocate(capacity: 1)
        self.state.initialize(to: initialState)
        self.mutex = .allocate(capacity: 1)
        self.mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(self.mutex, nil)
        self.condition = .allocate(capacity: 1)
        self.condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(self.condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(self.condition)
        self.condition.deallocate()
        pthread_mutex_destroy(self.mutex)
        self.mutex.deallocate()
        self.state.deinitialize(count: 1)
        self.state.deallocate()
    }

    /// Changes the value and wakes one waiting thread.
    public func signal<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(self.mutex)
        defer {
            // In this order: a thread that is woken while the lock is held only goes back to sleep for it.
            pthread_mutex_unlock(self.mutex)
            pthread_cond_signal(self.condition)
        }
        return try body(&self.state.pointee)
    }

    /// Changes the value and wakes every waiting thread.
    public func broadcast<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(self.mutex)
        defer {
            pthread_mutex_unlock(self.mutex)
            pthread_cond_broadcast(self.condition)
        }
        return try body(&self.state.pointee)
    }

    /// Blocks this thread until `take` returns a value; it is asked again after every signal.
    ///
    /// Blocks for ever if nobody signals: never call it on a thread of the cooperative pool.
    public func wait<Result>(until take: (inout State) -> Result?) -> Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        while true {
            if let result = take(&self.state.pointee) { return result }
            pthread_cond_wait(self.condition, self.mutex)
        }
    }
}
