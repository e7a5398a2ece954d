public import Flotilla
internal import Threading

/// A broker without a server, for tests. It passes ``BrokerContract`` as the one in Redis does, and can be told to fail.
public final class InMemoryBroker: BrokerAdministration {
    /// How an operation fails.
    public enum Fault: Sendable {
        /// Nothing was done.
        case unavailable
        /// The outcome is unknown, and nothing was done.
        case lostBefore
        /// The outcome is unknown, and it was done.
        case lostAfter
    }

    public let queue: QueueName
    public let time: any BrokerTime
    /// Wall-clock time at the clock's zero, for due times that people read.
    let epoch: Int64
    let state = Lock(BrokerState())
    private let faults = Lock<[(fault: Fault, operation: String?)]>([])

    public init(queue: QueueName = "test_queue", time: any BrokerTime = RealTime()) {
        self.queue = queue
        self.time = time
        self.epoch = WallClock.microseconds - time.elapsed.inNanoseconds / 1_000
    }

    /// Makes the next `count` operations fail; only those called `operation` if it is given: `exchange`, `reclaim`, any method's name.
    public func failNext(_ count: Int = 1, with fault: Fault, operation: String? = nil) {
        self.faults.withLock { $0 += Array(repeating: (fault, operation), count: count) }
    }

    /// Ends the lease of a worker as if its time had run out.
    public func endLease(of worker: WorkerID) {
        let now = self.time.elapsed
        self.state.withLock { $0.workers[worker]?.deadline = now }
    }

    /// Does `body` under the lock unless a fault was ordered, and serves those who wait for a message.
    func perform<Result>(
        _ operation: String, _ body: (inout BrokerState, _ now: Duration) throws(BrokerError) -> Result
    ) throws(BrokerError) -> Result {
        let fault = self.faults.withLock { faults -> Fault? in
            guard let index = faults.firstIndex(where: { $0.operation == nil || $0.operation == operation }) else { return nil }
            return faults.remove(at: index).fault
        }
        switch fault {
        case .unavailable: throw BrokerError(.unavailable, operation: operation, message: "ordered by the test")
        case .lostBefore: throw BrokerError(.outcomeUnknown, operation: operation, message: "ordered by the test; not done")
        case .lostAfter, nil: break
        }
        let now = self.time.elapsed
        let (result, served) = try self.state.withLock { state throws(BrokerError) in
            let result = try body(&state, now)
            return (result, state.serveWaiters())
        }
        for wake in served { wake(true) }
        if fault == .lostAfter { throw BrokerError(.outcomeUnknown, operation: operation, message: "ordered by the test; done") }
        return result
    }

    // MARK: The worker's side

    public func register(_ worker: WorkerID, lease: Duration, info: WorkerInfo) async throws(BrokerError) {
        try self.perform("register") { state, now throws(BrokerError) in state.register(worker, lease: lease, info: info, now: now) }
    }

    public func exchange(
        _ settlements: [Settlement], claiming count: Int, firstSequence: UInt64, isRepeat: Bool, by worker: WorkerID, lease: Duration,
        holding: Int?
    ) async throws(BrokerError) -> Exchange {
        try self.perform("exchange") { state, now throws(BrokerError) in
            state.exchange(
                settlements, claiming: count, firstSequence: firstSequence, isRepeat: isRepeat, by: worker, lease: lease, now: now)
        }
    }

    public func wait(by worker: WorkerID, timeout: Duration) async throws(BrokerError) -> Bool {
        let (hasLanded, isAlive) = try self.perform("wait") { state, _ throws(BrokerError) in
            (state.landing[worker]?.isEmpty == false, state.isAlive(worker))
        }
        guard !hasLanded, isAlive else { return hasLanded }
        let id = self.state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
                let cancelTimer = self.time.schedule(after: timeout) { self.giveUp(id) }
                let wake: @Sendable (Bool) -> Void = { hasLanded in
                    cancelTimer()
                    continuation.resume(returning: hasLanded)
                }
                let served = self.state.withLock { state in
                    state.waiters.append((id, worker, wake))
                    return state.serveWaiters()
                }
                for wake in served { wake(true) }
                // Cancelled before there was anything to give up.
                if Task.isCancelled { self.giveUp(id) }
            }
        } onCancel: {
            self.giveUp(id)
        }
    }

    private func giveUp(_ id: Int) {
        let wake = self.state.withLock { state -> (@Sendable (Bool) -> Void)? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index).wake
        }
        wake?(false)
    }

    public func beginTrial(of delivery: DeliveryID) async throws(BrokerError) -> Bool {
        try self.perform("beginTrial") { state, _ throws(BrokerError) in state.beginTrial(of: delivery) }
    }

    public func retire(_ worker: WorkerID) async throws(BrokerError) {
        try self.perform("retire") { state, now throws(BrokerError) in state.retire(worker, now: now) }
    }

    public func isHeld(_ delivery: DeliveryID) async throws(BrokerError) -> Bool {
        try self.perform("isHeld") { state, _ throws(BrokerError) in state.holds(delivery) }
    }

    public func isDeadLetterRecorded(_ letter: DeadLetter) async throws(BrokerError) -> Bool {
        try self.perform("isDeadLetterRecorded") { state, _ throws(BrokerError) in
            state.latestLetters[BrokerState.key(of: letter)] == letter.id
        }
    }

    public func startHeartbeat(
        for worker: WorkerID, lease: Duration, every interval: Duration, onLoss: @escaping @Sendable () -> Void
    ) -> any Heartbeat {
        let heartbeat = InMemoryHeartbeat(broker: self, worker: worker, lease: lease, interval: interval, onLoss: onLoss)
        heartbeat.start()
        return heartbeat
    }

    // MARK: Duties

    public func reclaim(limit: Int, crashLimit: Int) async throws(BrokerError) -> Reclamation {
        try self.perform("reclaim") { state, now throws(BrokerError) in
            self.reclaim(&state, limit: min(max(limit, 1), 1_000), crashLimit: max(0, crashLimit), now: now)
        }
    }

    private func reclaim(_ state: inout BrokerState, limit: Int, crashLimit: Int, now: Duration) -> Reclamation {
        let expired = state.expired(limit: 100, now: now)
        var result = Reclamation(hasMore: expired.dead.count == 100, nextDeadline: expired.next)
        var left = limit
        for worker in expired.dead + expired.swept {
            while true {
                if left <= 0 {
                    result.hasMore = true
                    return result
                }
                let round = state.reclaim(from: worker, limit: left, crashLimit: crashLimit, now: now)
                result.returned += round.moved
                for candidate in round.candidates {
                    let dead = CrashLetter.make(for: candidate.payload, crashes: candidate.crashes, queue: self.queue)
                    if state.quarantine(worker, sequence: candidate.sequence, payload: dead.payload, letter: dead.letter) {
                        result.quarantined.append(dead)
                    }
                }
                if round.isForgotten { result.sweptWorkers.append(worker) }
                left -= round.moved + round.candidates.count
                if !round.hasMore, round.candidates.isEmpty { break }
            }
        }
        return result
    }

    public func promote(limit: Int) async throws(BrokerError) -> Promotion {
        try self.perform("promote") { state, now throws(BrokerError) in
            let moved = state.promote(limit: min(max(limit, 1), 1_000), now: now).count
            return Promotion(moved: moved, nextDue: state.scheduled.first.map { max(.zero, $0.due - now) })
        }
    }

    // MARK: The producer's side

    public func enqueue(_ payloads: [[UInt8]]) async throws(BrokerError) {
        try self.perform("enqueue") { state, _ throws(BrokerError) in
            for payload in payloads { state.push(payload) }
        }
    }

    public func enqueue(_ payload: [UInt8], after delay: Duration) async throws(BrokerError) {
        let bytes = DelayedMessage.bytes(of: payload, after: delay, on: self.queue)
        try self.perform("enqueue") { state, now throws(BrokerError) in state.schedule(bytes, due: now + max(.zero, delay)) }
    }
}

/// Beats on the broker's own clock.
private final class InMemoryHeartbeat: Heartbeat {
    private let broker: InMemoryBroker
    private let worker: WorkerID
    private let lease: Duration
    private let interval: Duration
    private let onLoss: @Sendable () -> Void
    private let isStopped = Lock(false)

    init(broker: InMemoryBroker, worker: WorkerID, lease: Duration, interval: Duration, onLoss: @escaping @Sendable () -> Void) {
        self.broker = broker
        self.worker = worker
        self.lease = lease
        self.interval = max(interval, .milliseconds(1))
        self.onLoss = onLoss
    }

    func start() {
        self.broker.time.schedule(after: self.interval) { self.beat() }
    }

    private func beat() {
        if self.isStopped.withLock({ $0 }) { return }
        // A beat that a test made fail is like one that never arrived.
        let isAlive = try? self.broker.perform("extend") { state, now throws(BrokerError) in
            state.extend(self.worker, lease: self.lease, now: now)
        }
        if isAlive == false {
            let isNews = self.isStopped.withLock { isStopped in
                defer { isStopped = true }
                return !isStopped
            }
            if isNews { self.onLoss() }
        } else {
            self.start()
        }
    }

    func stop() { self.isStopped.withLock { $0 = true } }
}
