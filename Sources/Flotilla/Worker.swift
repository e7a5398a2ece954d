internal import Threading

/// Takes messages from one queue, runs them, and settles them: the engine of every processor.
///
/// One message's way through it: ``Broker`` claim → read → ``JobStore`` admits it with a fence → ``Feed`` → a slot runs the handler → the store
/// records the result under the fence → the broker is told. Every arrow may be cut by a crash; ARCHITECTURE.md has the table of what is
/// then true and who repairs it.
///
/// `run()` works until ``drain(within:)``. Heartbeats go out from the broker's own thread and handlers run on threads of their own, so
/// handlers that block or compute starve nothing.
public final class Worker: Sendable {
    let broker: any Broker
    let store: (any JobStore)?
    let handler: any JobHandler
    let options: WorkerOptions
    let observer: (any WorkerObserver)?
    let logger: Logger

    let state: Lock<WorkerState>
    /// What the current life of this worker is called.
    let identity: Lock<WorkerID>
    let feed = Feed()
    let slots = Lock<[Slot]>([])
    /// Where handlers run: they may block as long as they like and hold up neither heartbeats nor settlements.
    private let threads: ThreadPool
    /// Wakes the fetch loop.
    let attention = Wakeup()
    /// Wakes the wait loop.
    let idleness = Wakeup()
    let arrivals = Batcher<Arrival>(limit: 1)
    let admissions: Batcher<PendingClaim>
    let records: Batcher<PendingRecord>
    let watchdog = Watchdog()
    /// How often in a row the watchdog found runs waiting and none handed out.
    private let line = Lock((handedOut: 0, rounds: 0))
    /// When the fetch loop last turned: what a watchdog may ask for.
    let lastTurn = Lock(MonotonicTime.now)

    /// - Parameters:
    ///   - store: nil for queues whose state nobody keeps: attempts are then counted in the message.
    ///   - observer: told of everything that happens.
    public init(
        broker: any Broker, store: (any JobStore)?, handler: any JobHandler, options: WorkerOptions, logger: Logger,
        observer: (any WorkerObserver)? = nil
    ) {
        self.broker = broker
        self.store = store
        self.handler = handler
        self.options = options
        self.observer = observer
        self.logger = logger
        self.state = Lock(WorkerState(options: options))
        self.identity = Lock(WorkerID.random())
        self.admissions = Batcher(limit: options.batch)
        self.records = Batcher(limit: options.batch)
        self.threads = ThreadPool(name: "handler", threads: options.concurrency)
    }

    /// The name of the current life: a new one after every lost lease.
    public var id: WorkerID { self.identity.withLock { $0 } }

    // MARK: Running and stopping

    /// Works until drained. Returns when nothing is held any more, or when the grace is over and what was held has been given back.
    ///
    /// Cancelling the task drains with no grace.
    public func run() async {
        // A task of its own, which this one waits for: giving back takes calls that a cancelled task could not make.
        let work = Task { await self.work() }
        await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            self.drain(within: .zero)
        }
    }

    private func work() async {
        self.watchdog.start(after: .milliseconds(200)) { [weak self] in self?.inspectSlots() }
        defer { self.watchdog.stop() }
        for _ in 0..<self.options.concurrency { self.openSlot() }
        await withDiscardingTaskGroup { group in
            group.addTask {
                await self.arrivals.run { for arrival in $0 { self.read(arrival.deliveries, generation: arrival.generation) } }
            }
            // Two of each: while the store answers one batch, the next is on its way.
            for _ in 0..<2 {
                group.addTask { await self.admissions.run { await self.admit($0) } }
                group.addTask { await self.records.run { await self.record($0) } }
            }
            group.addTask { await self.watchForCancelledJobs() }
            // On the thread on which replies arrive: what comes goes from the socket to its handler with one change of threads.
            await withTaskExecutorPreference(self.broker.executor) { await self.fetch() }
            self.arrivals.close()
            self.admissions.close()
            self.records.close()
            self.feed.close()
            group.cancelAll()
        }
    }

    /// Claims no more; what is held goes on. There is no way back but a new worker.
    public func quiet() {
        self.state.withLock { $0.advance(to: .quiet) }
        self.attention.raise()
        self.idleness.raise()
        self.watchdog.wake()
    }

    /// Claims no more, gives back what has not begun, lets runs finish within the grace, then cancels them and gives them back with no attempt
    /// counted. ``run()`` returns at the latest a few seconds after the grace.
    public func drain(within grace: Duration) {
        self.state.withLock { $0.advance(to: .draining) }
        self.giveBack { $0.takeAll() }
        self.attention.raise()
        self.idleness.raise()
        self.watchdog.wake()
        self.after(grace) { worker in
            worker.stopRuns(.shutdown, grace: .seconds(2))
            worker.after(.seconds(6)) { worker in
                worker.state.withLock { $0.advance(to: .stopped) }
                worker.attention.raise()
            }
        }
    }

    /// How busy it is, for status lines and health checks.
    public var status: WorkerSnapshot {
        let running = self.feed.running
        let turned = self.lastTurn.withLock { $0 }
        return self.state.withLock { state in
            WorkerSnapshot(
                running: running, held: state.held(inFeed: self.feed.unfinished), concurrency: self.options.concurrency,
                isClaiming: state.mode == .running, sinceLastTurn: MonotonicTime.now - turned)
        }
    }

    /// Runs something later on a thread of its own; timers of the cooperative pool are late when handlers block it.
    private func after(_ delay: Duration, _ body: @escaping @Sendable (Worker) -> Void) {
        DedicatedThread.start(name: "drain") { [weak self] in
            sleepThisThread(delay)
            if let self { body(self) }
        }
    }

    // MARK: Slots

    func openSlot() {
        let slot = Slot()
        self.slots.withLock { $0.append(slot) }
        // Unstructured on purpose: a handler that ignores its cancellation can never be awaited, and must not keep run() from returning.
        let task = Task(executorPreference: self.threads) { await self.serve(slot) }
        slot.attach(task)
    }

    private func serve(_ slot: Slot) async {
        var last: AdmittedRun?
        while let run = await self.feed.next(after: last) {
            slot.begin(run, deadline: self.options.deadline)
            let job = self.context(of: run)
            let end = await self.execute(run, job)
            guard let (stopReason, duration) = slot.end() else { return }  // Abandoned: the watchdog has settled it.
            self.finish(run, job, end: Self.judge(end, stopReason: stopReason), duration: duration)
            if stopReason != nil {
                // This task is cancelled, or will be in a moment.
                self.slots.withLock { $0.removeAll { $0 === slot } }
                self.openSlot()
                return self.feed.finish(run)
            }
            last = run
        }
    }

    /// An outside stop explains whatever the handler threw because of it; work that was completed all the same counts.
    static func judge(_ end: RunEnd, stopReason: StopReason?) -> RunEnd {
        guard let stopReason else { return end }
        if case .completed = end { return end }
        switch stopReason {
        case .deadline:
            return .failed(
                Failure(.transient(), code: "deadline_exceeded", message: "the run took longer than its deadline and was stopped"))
        case .jobCancelled: return .cancelled
        case .leaseLost, .shutdown: return .interrupted
        }
    }

    private func execute(_ run: AdmittedRun, _ job: JobContext) async -> RunEnd {
        if let expiresAt = run.envelope.expiresAt, expiresAt < WallClock.microseconds { return .failed(Self.expired(expiresAt)) }
        if run.delivery.crashes > 0, await self.announceTrial(of: run) == false { return .superseded }
        let waited = run.envelope.enqueuedAt.map { Duration.microseconds(max(0, WallClock.microseconds - $0)) }
        self.observer?.observe(.started(job, waited: waited))
        FaultPoint.handlerStarting.hit()
        do {
            let outcome = try await self.handler.handle(job)
            FaultPoint.handlerReturned.hit()
            switch outcome {
            case .completed(let followUps):
                if run.work == nil, !followUps.isEmpty {
                    return .failed(Failure(.permanent, code: "no_job_store", message: "follow-up messages need a job store"))
                }
                return .completed(followUps: followUps)
            case .snoozed(let delay): return .snoozed(delay)
            case .cancelled: return .cancelled
            case .superseded: return .superseded
            }
        } catch {
            return .failed(Failure(error))
        }
    }

    private static func expired(_ expiresAt: Int64) -> Failure {
        Failure(
            .permanent, code: RunConclusions.expiredCode,
            message: "the message expired at \(Timestamp.text(expiresAt)), before it was run")
    }

    /// Counts the crash that this run may be. Without that count on record it must not run, so an outage is waited out.
    private func announceTrial(of run: AdmittedRun) async -> Bool {
        self.observer?.observe(.suspectTried(run.delivery.id, crashes: run.delivery.crashes))
        var attempt = 0
        while true {
            do throws(BrokerError) {
                return try await self.broker.beginTrial(of: run.delivery.id)
            } catch {
                self.observer?.observe(.brokerFailed(error))
                guard self.state.withLock({ $0.generation == run.generation && $0.mode < .stopped }), !Task.isCancelled else {
                    return false
                }
                attempt += 1
                await self.pauseAfterFailure(attempt)
            }
        }
    }

    private func context(of run: AdmittedRun) -> JobContext {
        JobContext(
            message: run.envelope, identity: run.work?.identity, delivery: run.delivery.id, queue: self.broker.queue,
            attempt: run.failures + 1,
            maximumAttempts: self.options.retryPolicy.maximumRetries + 1, fence: run.work?.fence, worker: run.delivery.id.worker,
            logger: self.logger)
    }

    func stopRuns(_ reason: StopReason, grace: Duration, where condition: (AdmittedRun) -> Bool = { _ in true }) {
        for slot in self.slots.withLock({ $0 }) { slot.stop(reason, grace: grace, where: condition) }
    }

    /// The watchdog's round. Returns when it wants the next; a worker that has had no work for a second is left in peace.
    private func inspectSlots() -> Duration? {
        let now = MonotonicTime.now
        for slot in self.slots.withLock({ $0 }) {
            guard let stop = slot.inspect(at: now, grace: self.options.cancellationGrace) else { continue }
            self.slots.withLock { $0.removeAll { $0 === slot } }
            self.observer?.observe(.slotAbandoned(stop.run.delivery.id))
            self.finish(
                stop.run, self.context(of: stop.run), end: Self.judge(.interrupted, stopReason: stop.reason), duration: stop.elapsed)
            // The handler may keep its thread for ever.
            self.threads.addThread()
            self.openSlot()
            self.feed.finish(stop.run)
        }
        let hasMoved = self.inspectLine()
        // Claims that were held off, and the drain's end, are noticed here at the latest.
        self.attention.raise()
        let hasWork = self.feed.unfinished > 0 || self.state.withLock { !$0.isIdle || $0.mode != .running }
        return hasWork ? .milliseconds(200) : hasMoved ? .seconds(1) : nil
    }

    /// Gives back what waits behind runs that take long all of a sudden: another worker may be free.
    ///
    /// - Returns: whether anything was handed out since the last look.
    private func inspectLine() -> Bool {
        let (handedOut, isWaiting) = self.feed.movement
        let (rounds, hasMoved) = self.line.withLock { line in
            let hasMoved = line.handedOut != handedOut
            line = (handedOut, isWaiting && !hasMoved ? line.rounds + 1 : 0)
            return (line.rounds, hasMoved)
        }
        if rounds >= 5 {
            self.state.withLock { $0.stalled(for: .seconds(1)) }
            self.giveBack { $0.takeWaiting() }
        }
        return hasMoved
    }
}

/// How busy a worker is.
public struct WorkerSnapshot: Sendable {
    /// Handlers that run now.
    public var running: Int
    /// Messages in its hands, whatever is done with them.
    public var held: Int
    public var concurrency: Int
    /// False when quiet or draining.
    public var isClaiming: Bool
    /// Since the fetch loop last turned: more than a few seconds means that it is stuck.
    public var sinceLastTurn: Duration
}
