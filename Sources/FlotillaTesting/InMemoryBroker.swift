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
        try self.perform("register") { state, now throws(BrokerError) in
            state.workers[worker, default: .init(deadline: now, info: info)].deadline = now + lease
        }
    }

    public func exchange(
        _ settlements: [Settlement], claiming count: Int, firstSequence: UInt64, isRepeat: Bool, by worker: WorkerID, lease: Duration
    ) async throws(BrokerError) -> Exchange {
        try self.perform("exchange") { state, now throws(BrokerError) in
            guard state.isAlive(worker) else {
                return Exchange(verdicts: settlements.map { _ in .stale }, isLeaseLost: true)
            }
            state.workers[worker]?.deadline = now + lease
            var result = Exchange(verdicts: Array(repeating: .stale, count: settlements.count))
            // Releases newest first, so that the oldest is claimed first again.
            let order = settlements.indices.sorted { settlements[$0].delivery.sequence > settlements[$1].delivery.sequence }
            for index in order {
                if case .release = settlements[index], state.settle(settlements[index], by: worker, now: now) {
                    result.verdicts[index] = .settled
                }
            }
            for index in settlements.indices {
                if case .release = settlements[index] { continue }
                if state.settle(settlements[index], by: worker, now: now) { result.verdicts[index] = .settled }
            }
            guard count > 0 else { return result }
            let claim = state.claim(count, first: firstSequence, isRepeat: isRepeat, by: worker)
            result.isPaused = claim.isPaused
            result.deliveries = claim.deliveries
            return result
        }
    }

    public func wait(by worker: WorkerID, timeout: Duration) async throws(BrokerError) -> Bool {
        let hasLanded = try self.perform("wait") { state, _ throws(BrokerError) in state.landing[worker]?.isEmpty == false }
        if hasLanded { return true }
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
        try self.perform("beginTrial") { state, _ throws(BrokerError) in
            guard state.isAlive(delivery.worker), let payload = state.workers[delivery.worker]?.held[delivery.sequence] else {
                return false
            }
            state.crashes[payload, default: 0] += 1
            return true
        }
    }

    public func retire(_ worker: WorkerID) async throws(BrokerError) {
        try self.perform("retire") { state, _ throws(BrokerError) in
            let held = state.workers.removeValue(forKey: worker)?.held ?? [:]
            state.ready += state.landing.removeValue(forKey: worker) ?? []
            state.ready += held.sorted { $0.key > $1.key }.map(\.value)
        }
    }

    public func isHeld(_ delivery: DeliveryID) async throws(BrokerError) -> Bool {
        try self.perform("isHeld") { state, _ throws(BrokerError) in
            state.isAlive(delivery.worker) && state.workers[delivery.worker]?.held[delivery.sequence] != nil
        }
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
            state.reclaim(limit: max(limit, 1), crashLimit: crashLimit, queue: self.queue, now: now)
        }
    }

    public func promote(limit: Int) async throws(BrokerError) -> Promotion {
        try self.perform("promote") { state, now throws(BrokerError) in
            let due = state.scheduled.prefix { $0.due <= now }.prefix(max(limit, 1))
            state.scheduled.removeFirst(due.count)
            for message in due { state.push(message.payload) }
            return Promotion(moved: due.count, nextDue: state.scheduled.first.map { max(.zero, $0.due - now) })
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
            guard state.isAlive(self.worker) else { return false }
            state.workers[self.worker]?.deadline = now + self.lease
            return true
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
