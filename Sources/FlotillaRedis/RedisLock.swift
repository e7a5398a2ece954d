public import Flotilla
public import Reactor
public import RedisClient
internal import Threading

/// Locks in Redis: a key that holds its owner's token and dies with its lease. Keys come from ``RedisKeys/lock(_:)``.
///
/// Renewed from the event loop every third of the lease, so that busy handlers cannot starve it.
public final class RedisLock: DistributedLock {
    private let client: RedisClient
    private let eventLoop: EventLoop

    /// - Parameter eventLoop: the loop of `client`.
    public init(client: RedisClient, eventLoop: EventLoop) {
        self.client = client
        self.eventLoop = eventLoop
    }

    public func acquire(
        _ key: String, lease: Duration, onLoss: @escaping @Sendable () -> Void
    ) async throws(BrokerError) -> LockAttempt {
        let token = WorkerID.random().rawValue
        let milliseconds = RedisBroker.milliseconds(lease)
        let sent = MonotonicTime.now
        do {
            let reply = try await self.client.send(["SET", .text(key), .text(token), "NX", "PX", .number(milliseconds)])
            if reply.isNull {
                let left = try await self.client.send(["PTTL", .text(key)]).int ?? 0
                return .held(left: .milliseconds(max(0, left)))
            }
        } catch {
            throw BrokerError(error, operation: "lock")
        }
        let hold = RedisLockHold(key: key, token: token, lease: lease, client: self.client, takenAt: sent, onLoss: onLoss)
        hold.startRenewing(on: self.eventLoop)
        return .acquired(hold)
    }
}

/// One hold of one lock.
private final class RedisLockHold: LockHold {
    private struct State {
        var isHeld = true
        var isReleased = false
        /// When the lock was last known to be ours: it is over a lease later, whoever can be reached.
        var confirmedAt: MonotonicTime
        var renewal: RedisHeartbeat?
    }

    let token: String
    private let key: String
    private let lease: Duration
    private let client: RedisClient
    private let onLoss: @Sendable () -> Void
    private let state: Lock<State>

    init(
        key: String, token: String, lease: Duration, client: RedisClient, takenAt: MonotonicTime, onLoss: @escaping @Sendable () -> Void
    ) {
        self.key = key
        self.token = token
        self.lease = lease
        self.client = client
        self.onLoss = onLoss
        self.state = Lock(State(confirmedAt: takenAt))
    }

    /// By the clock too: the timer that says so may be late.
    var isHeld: Bool { self.state.withLock { $0.isHeld && !$0.isReleased && MonotonicTime.now - $0.confirmedAt < self.lease } }

    /// The timer keeps the hold alive: a hold that is dropped without release stays taken, and renewed.
    func startRenewing(on loop: EventLoop) {
        let renewal = RedisHeartbeat(interval: max(self.lease / 3, .milliseconds(1)), loop: loop) { answer in
            self.renew(answer)
        } onLoss: {
            self.lose()
        }
        self.state.withLock { $0.renewal = renewal }
        renewal.start()
        self.watchExpiry(on: loop, after: self.lease)
    }

    private func lose() {
        let (isNews, renewal) = self.state.withLock { state in
            defer { state.isHeld = false }
            return (state.isHeld && !state.isReleased, state.renewal)
        }
        renewal?.stop()
        if isNews { self.onLoss() }
    }

    /// Says that the lock is lost when a lease has gone by since Redis last confirmed it: without waiting for an answer that may never come.
    private func watchExpiry(on loop: EventLoop, after delay: Duration) {
        loop.schedule(after: delay) { [weak self] in
            guard let self else { return }
            let (isOpen, confirmedAt) = self.state.withLock { ($0.isHeld && !$0.isReleased, $0.confirmedAt) }
            guard isOpen else { return }
            let left = confirmedAt + self.lease - .now
            if left <= .zero { self.lose() } else { self.watchExpiry(on: loop, after: left) }
        }
    }

    private func renew(_ answer: @escaping @Sendable (_ isLost: Bool) -> Void) {
        let sent = MonotonicTime.now
        self.client.run(
            Script.lockExtend, keys: [self.key], arguments: [.text(self.token), .number(RedisBroker.milliseconds(self.lease))],
            timeout: max(self.lease / 3, .milliseconds(50))
        ) { result in
            switch result {
            case .success(let reply) where reply.int == 1:
                self.state.withLock { $0.confirmedAt = sent }
                answer(false)
            case .success:
                answer(true)
            case .failure:
                // Unlike a worker's lease, which somebody must sweep, a lock is gone by itself when its time is over.
                let confirmed = self.state.withLock { $0.confirmedAt }
                answer(MonotonicTime.now - confirmed >= self.lease)
            }
        }
    }

    @discardableResult
    func release() async throws(BrokerError) -> Bool {
        let (isFirst, renewal) = self.state.withLock { state in
            defer { state.isReleased = true }
            return (!state.isReleased, state.renewal)
        }
        guard isFirst else { return false }
        renewal?.stop()
        self.state.withLock { $0.renewal = nil }
        do {
            return try await self.client.run(Script.lockRelease, keys: [self.key], arguments: [.text(self.token)]).int == 1
        } catch {
            throw BrokerError(error, operation: "unlock")
        }
    }
}
