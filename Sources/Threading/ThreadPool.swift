/// A fixed number of long-lived threads that run tasks whose code may block.
///
/// Use it as a task's executor preference, or hand it closures with ``run(_:)``. The threads live as long as the pool, which matters to
/// children started from them: `PR_SET_PDEATHSIG` fires when the spawning thread ends.
public final class ThreadPool: TaskExecutor {
    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct Queue {
        /// What has been taken is nil: a closure may hold megabytes, and goes when it has run.
        var work: [Work?] = []
        var head = 0
        var isStopped = false

        mutating func next() -> Work?? {
            while self.head < self.work.count {
                let item = self.work[self.head].take()
                self.head += 1
                if self.head == self.work.count {
                    self.work.removeAll(keepingCapacity: self.head <= 1024)
                    self.head = 0
                } else if self.head > 1024, self.head * 2 > self.work.count {
                    self.work.removeFirst(self.head)
                    self.head = 0
                }
                if let item { return .some(item) }
            }
            return self.isStopped ? .some(nil) : nil
        }
    }

    private let queue = Condition(Queue())
    private let name: String

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - name: the threads' name, at most 15 bytes of it are kept.
    ///   - threads: how many, at least 1.
    public init(name: String, threads: Int) {
        self.name = name
        for _ in 0..<max(1, threads) { self.addThread() }
    }

    /// Starts one more thread: for work that has taken one and may never give it back.
    public func addThread() {
        DedicatedThread.start(name: self.name) { [queue, weak self] in
            while let work = queue.wait(until: { $0.next() }) {
                switch work {
                case .closure(let body): body()
                case .job(let job):
                    // A job keeps its executor alive, so self is there for as long as jobs are.
                    guard let self else { return }
                    job.runSynchronously(on: self.asUnownedTaskExecutor())
                }
            }
        }
    }

    deinit {
        self.queue.broadcast { $0.isStopped = true }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.queue.signal { $0.work.append(.job(job)) }
    }

    /// Runs a closure on one of the threads and returns what it returned.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.signal {
                $0.work.append(.closure { continuation.resume(with: Swift.Result { try body() }) })
            }
        }
    }
}
