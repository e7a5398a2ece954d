internal import CSystem
internal import Glibc
internal import Threading

/// One thread that waits in `epoll_wait` and runs what becomes due: descriptors, timers, closures, and the jobs of actors and tasks that live
/// on it.
///
/// A turn of the loop: closures and jobs until there are none, then every `onFlush` body once (the place to write what the turn has gathered,
/// one system call a connection), then timers and descriptors. Nothing on it may block.
///
/// As the executor preference of a task whose steps are short, it saves that task a change of threads at every reply: what waits for a reply
/// goes on where the reply was read, and what it sends is written in the same turn.
public final class EventLoop: SerialExecutor, TaskExecutor {
    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct Inbox {
        var work: [Work] = []
        var isSignalled = false
    }

    /// What only the loop's thread touches.
    private final class Turn {
        var local: [Work] = []
        var flushers: [@Sendable () -> Void] = []
        var handlers: [Int32: (generation: UInt32, handler: any EventHandler)] = [:]
        var nextGeneration: UInt32 = 1
        var timers = TimerHeap()
        var isStopped = false
    }

    private let poller: Int32
    private let waker: Int32
    private let inbox = Lock(Inbox())
    // Loop-thread-only by contract; `precondition(isOnLoop)` guards every entry.
    nonisolated(unsafe) private let turn = Turn()
    nonisolated(unsafe) private var thread = pthread_t()

    /// Starts the loop's thread.
    ///
    /// - Parameter name: the thread's name, at most 15 bytes of it are kept.
    public init(name: String) {
        self.poller = epoll_create1(Int32(EPOLL_CLOEXEC))
        self.waker = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(self.poller >= 0 && self.waker >= 0, "no descriptors left for an event loop (errno \(errno))")
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = UInt64(UInt32(bitPattern: self.waker))
        epoll_ctl(self.poller, EPOLL_CTL_ADD, self.waker, &event)
        let started = Condition(false)
        // The thread keeps the loop alive until stop().
        DedicatedThread.start(name: name) {
            self.thread = pthread_self()
            started.broadcast { $0 = true }
            self.run()
        }
        started.wait { $0 ? () : nil }
    }

    deinit {
        Glibc.close(self.poller)
        Glibc.close(self.waker)
    }

    /// Whether the caller runs on the loop's thread.
    public var isOnLoop: Bool { pthread_equal(pthread_self(), self.thread) != 0 }

    /// Ends the thread after the current turn. Handlers are released; closures given later never run.
    public func stop() {
        self.execute { self.turn.isStopped = true }
    }

    // MARK: Work

    public func enqueue(_ job: consuming ExecutorJob) {
        self.put(.job(UnownedJob(job)))
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    public func checkIsolated() {
        precondition(self.isOnLoop, "this code must run on the event loop's thread")
    }

    /// Runs `body` on the loop's thread, after what was given before it. From any thread; wakes the loop at most once a turn.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        self.put(.closure(body))
    }

    /// Runs `body` once before the loop next waits. Only on the loop.
    public func onFlush(_ body: @escaping @Sendable () -> Void) {
        self.checkIsolated()
        self.turn.flushers.append(body)
    }

    private func put(_ work: Work) {
        if self.isOnLoop {
            self.turn.local.append(work)
            return
        }
        let mustWake = self.inbox.withLock { inbox in
            inbox.work.append(work)
            defer { inbox.isSignalled = true }
            return !inbox.isSignalled
        }
        if mustWake { eventfd_write(self.waker, 1) }
    }

    // MARK: Descriptors

    /// Watches a descriptor. Only on the loop; the caller closes the descriptor after `unregister`.
    public func register(_ descriptor: Int32, interest: Interest, handler: any EventHandler) {
        self.checkIsolated()
        let generation = self.turn.nextGeneration
        self.turn.nextGeneration &+= 1
        self.turn.handlers[descriptor] = (generation, handler)
        self.control(EPOLL_CTL_ADD, descriptor, generation, interest)
    }

    /// Changes what a watched descriptor is watched for. Only on the loop.
    public func update(_ descriptor: Int32, interest: Interest) {
        self.checkIsolated()
        guard let entry = self.turn.handlers[descriptor] else { return }
        self.control(EPOLL_CTL_MOD, descriptor, entry.generation, interest)
    }

    /// Stops watching; no call to the handler follows, even for events already fetched. Only on the loop.
    public func unregister(_ descriptor: Int32) {
        self.checkIsolated()
        guard self.turn.handlers.removeValue(forKey: descriptor) != nil else { return }
        epoll_ctl(self.poller, EPOLL_CTL_DEL, descriptor, nil)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ generation: UInt32, _ interest: Interest) {
        var event = epoll_event()
        if interest.contains(.read) { event.events |= EPOLLIN.rawValue }
        if interest.contains(.write) { event.events |= EPOLLOUT.rawValue }
        // The generation tells a stale event of a closed descriptor from one of its successor with the same number.
        event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        let status = epoll_ctl(self.poller, operation, descriptor, &event)
        precondition(status == 0, "epoll_ctl refused descriptor \(descriptor) (errno \(errno))")
    }

    // MARK: Timers

    /// Runs `body` on the loop's thread after `delay`. From any thread.
    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> TimerToken {
        let token = TimerToken()
        let due = MonotonicTime.now + delay
        if self.isOnLoop {
            self.turn.timers.insert(due: due, token: token, body: body)
        } else {
            self.execute { self.turn.timers.insert(due: due, token: token, body: body) }
        }
        return token
    }

    /// Makes sure that a timer's body does not run from now on, if it has not begun. From any thread.
    public func cancel(_ token: TimerToken) {
        token.cancel()
    }

    /// Suspends the task for `duration`, or until it is cancelled.
    ///
    /// A timer of the loop costs an idle process a tenth of what `Task.sleep` does, which wakes threads of the cooperative pool.
    public func sleep(for duration: Duration) async {
        var timer: TimerToken?
        await untilCancelled { wake in timer = self.schedule(after: duration, wake) }
        if let timer { self.cancel(timer) }
    }

    // MARK: The loop

    private func run() {
        let capacity = 64
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        defer { events.deallocate() }
        while !self.turn.isStopped {
            self.drain()
            let count = epoll_wait(self.poller, events, Int32(capacity), self.timeoutMilliseconds())
            for index in 0..<max(0, Int(count)) { self.dispatch(events[index]) }
            for body in self.turn.timers.takeDue(at: .now) { body() }
        }
        self.turn.handlers.removeAll()
        self.turn.flushers.removeAll()
        self.turn.timers = TimerHeap()
    }

    /// Closures, jobs and flushers, until none is left: a flusher may give new work, and waiting with work left would strand it.
    private func drain() {
        while true {
            let arrived = self.inbox.withLock { inbox in
                inbox.isSignalled = false
                var work: [Work] = []
                swap(&work, &inbox.work)
                return work
            }
            var work = self.turn.local
            self.turn.local = []
            work.append(contentsOf: arrived)
            for item in work { self.perform(item) }
            if self.turn.local.isEmpty, arrived.isEmpty {
                if self.turn.flushers.isEmpty { return }
                let flushers = self.turn.flushers
                self.turn.flushers = []
                for flush in flushers { flush() }
            }
        }
    }

    private func perform(_ work: Work) {
        switch work {
        case .closure(let body): body()
        case .job(let job):
            job.runSynchronously(isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }

    private func timeoutMilliseconds() -> Int32 {
        guard let due = self.turn.timers.nextDue() else { return -1 }
        let left = (due - .now).inNanoseconds
        // Rounded up, else the loop would spin through the last millisecond.
        return left <= 0 ? 0 : Int32(clamping: (left + 999_999) / 1_000_000)
    }

    private func dispatch(_ event: epoll_event) {
        let descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: event.data.u64))
        if descriptor == self.waker {
            var value: UInt64 = 0
            eventfd_read(self.waker, &value)
            return
        }
        let generation = UInt32(truncatingIfNeeded: event.data.u64 >> 32)
        guard let entry = self.turn.handlers[descriptor], entry.generation == generation else { return }
        var interest: Interest = []
        if event.events & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { interest.insert(.read) }
        if event.events & (EPOLLOUT.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { interest.insert(.write) }
        entry.handler.ready(interest)
    }
}
