public import Reactor
internal import Threading

/// Connections to one database, opened as they are needed and replaced when they break.
///
/// ```swift
/// let pool = PostgresPool(configuration: configuration, eventLoop: loop)
/// pool.start()
/// let rows = try await pool.query("SELECT id FROM job WHERE tenant = \(tenant) LIMIT \(10)")
/// ```
/// Callers are served in the order in which they came. While the server is away the pool keeps trying, with jittered backoff of at most a
/// second, and callers get `.unavailable` after their acquire timeout.
public final class PostgresPool: @unchecked Sendable {
    // Unchecked because everything mutable is touched only on the loop's thread; `published` has its lock.
    public let configuration: PostgresConfiguration
    let loop: EventLoop
    private let published = Lock(PostgresPoolStatistics())

    private var idle: [Session] = []
    private var leased: [ObjectIdentifier: Session] = [:]
    private var connecting = 0
    private var waiters = WaiterQueue()
    private var backoff = ReconnectBackoff()
    private let lastServer = LastServer()
    private var isStarted = false
    private var isClosed = false
    private var retryTimer: TimerToken?
    private var waiterTimer: (token: TimerToken, due: MonotonicTime)?
    private var closeCompletions: [@Sendable () -> Void] = []
    /// Attempts at the same time: more would only crowd a server that is coming back.
    private static let concurrentAttempts = 4

    public init(configuration: PostgresConfiguration, eventLoop: EventLoop) {
        self.configuration = configuration
        self.loop = eventLoop
    }

    deinit {
        // A pool that was dropped without `close`: nothing is in use, since a lease holds the pool.
        let idle = self.idle
        self.loop.execute {
            for session in idle { session.close(PostgresError(.closed, "the pool is gone")) }
        }
    }

    /// Opens the minimum of connections and begins to look after them. Without it the pool connects when it is first used.
    public func start() {
        self.loop.execute { self.startOnLoop() }
    }

    /// What the pool holds now. From any thread.
    public var statistics: PostgresPoolStatistics { self.published.withLock { $0 } }

    /// Refuses new callers, waits up to `grace` for what is in use, then closes every connection.
    public func close(grace: Duration = .seconds(5)) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            self.loop.execute {
                self.closeCompletions.append { continuation.resume() }
                self.beginClose(grace: grace)
            }
        }
    }

    // MARK: Leases (only on the loop)

    /// Hands a session to `completion`, now or later, or says why not. `release` must follow.
    func acquire(_ cancellation: Cancellation, timeout: Duration?, completion: @escaping (Result<Session, PostgresError>) -> Void) {
        self.startOnLoop()
        if self.isClosed { return completion(.failure(PostgresError(.closed, "the pool is closed"))) }
        let waiter = Waiter(deadline: .now + (timeout ?? self.configuration.acquireTimeout), completion: completion)
        cancellation.set {
            guard self.waiters.remove(waiter) else { return }
            waiter.completion(.failure(PostgresError(.cancelled, "cancelled before a connection was free")))
        }
        self.waiters.append(waiter)
        self.pump()
        // Most callers are served at once and need no timer.
        if waiter.isWaiting { self.armWaiterTimer(waiter.deadline) }
    }

    func release(_ session: Session) {
        self.leased[ObjectIdentifier(session)] = nil
        if session.isClosed {
            // Its onClose has told us already.
        } else if self.isClosed {
            session.close(PostgresError(.closed, "the pool is closed"))
        } else if !session.isQuiet {
            session.close(PostgresError(.closed, "the connection came back in the middle of something"))
        } else if session.isDiscarded || session.lifetimeEnd < .now {
            session.close(PostgresError(.closed, "the connection is not to be used again"))
        } else {
            session.lastUse = .now
            self.idle.append(session)
        }
        self.pump()
    }

    // MARK: Inside

    private func startOnLoop() {
        guard !self.isStarted, !self.isClosed else { return }
        self.isStarted = true
        self.pump()
        self.scheduleMaintenance()
    }

    /// Gives sessions to waiters and opens what is missing.
    private func pump() {
        defer { self.publish() }
        if self.isClosed { return self.finishClose() }
        while !self.idle.isEmpty, let waiter = self.waiters.popFirst() {
            // The last used is the warmest, and lets the others grow idle.
            self.hand(self.idle.removeLast(), to: waiter)
        }
        let total = self.idle.count + self.leased.count + self.connecting
        let room = self.configuration.maximumConnections - total
        let missing = max(self.waiters.count - self.connecting, self.configuration.minimumConnections - total)
        let attempts = (self.backoff.failures > 0 ? 1 : Self.concurrentAttempts) - self.connecting
        let wanted = min(room, missing, attempts)
        guard wanted > 0, self.isStarted else { return }
        if let delay = self.backoff.delay(at: .now) { return self.armRetry(after: delay) }
        for _ in 0..<wanted { self.connect() }
    }

    private func hand(_ session: Session, to waiter: Waiter) {
        self.leased[ObjectIdentifier(session)] = session
        // Before the caller goes on, who may look.
        self.publish()
        guard session.lastUse + self.configuration.healthCheckAfter < .now else {
            return waiter.completion(.success(session))
        }
        // A network that forgot the connection says nothing by itself.
        let deadline = min(MonotonicTime.now + .seconds(2), waiter.deadline)
        session.run(
            Operation(.statements(["SELECT 1"]), deadline: deadline) { result in
                if case .success = result, !session.isClosed { return waiter.completion(.success(session)) }
                session.close(PostgresError(.connectionLost, "the connection did not answer after a rest"))
                self.leased[ObjectIdentifier(session)] = nil
                if self.isClosed { return waiter.completion(.failure(PostgresError(.closed, "the pool is closed"))) }
                self.waiters.prepend(waiter)
                self.armWaiterTimer(waiter.deadline)
                self.pump()
            })
    }

    private func connect() {
        self.connecting += 1
        Connector.connect(self.configuration, last: self.lastServer) { result in
            self.loop.execute { self.connected(result) }
        }
    }

    private func connected(_ result: Result<Connected, PostgresError>) {
        self.connecting -= 1
        switch result {
        case .failure(let error):
            self.backoff.failed(error, at: .now)
            self.published.withLock { $0.lastError = error }
            // Waiting cannot help against a pooler that refuses what we send: whoever waits should hear it now.
            if error.suggestsPooler { for waiter in self.waiters.removeAll() { waiter.completion(.failure(error)) } }
        case .success(let connected):
            self.backoff.succeeded()
            self.published.withLock { $0.connectionsMade += 1 }
            let session = Session(connected, loop: self.loop, configuration: self.configuration)
            session.onClose = { [weak self, weak session] error in
                guard let self, let session else { return }
                self.sessionClosed(session, error)
            }
            session.onReadOnly = { [weak self] in self?.foundReadOnly() }
            self.leaveServers(except: connected.server)
            if self.isClosed {
                session.close(PostgresError(.closed, "the pool is closed"))
            } else {
                self.idle.append(session)
            }
        }
        self.pump()
    }

    /// Another server took a connection: the former does not take writes any more, or is cut off and only believes that it does. What waits
    /// for its answer would wait until the deadline.
    private func leaveServers(except server: Int) {
        guard self.configuration.serverCount > 1, ["read-write", "primary"].contains(self.configuration.targetSession) else { return }
        let moved = PostgresError(.connectionLost, "another server has taken over")
        for session in self.idle + Array(self.leased.values) where session.server != server { session.close(moved) }
    }

    /// The server of one connection takes no writes any more, so that the others are worth as little. The one that found it is closed when
    /// it comes back.
    private func foundReadOnly() {
        for session in self.idle { session.close(PostgresError(.closed, "the server takes no writes any more")) }
        for session in self.leased.values { session.isDiscarded = true }
    }

    private func sessionClosed(_ session: Session, _ error: PostgresError) {
        self.idle.removeAll { $0 === session }
        self.leased[ObjectIdentifier(session)] = nil
        if error.code != .closed {
            self.backoff.lastError = error
            self.published.withLock { $0.lastError = error }
        }
        // Not within the caller's turn: it may be in the middle of handing sessions out.
        self.loop.execute { self.pump() }
    }

    private func armRetry(after delay: Duration) {
        guard self.retryTimer == nil else { return }
        self.retryTimer = self.loop.schedule(after: delay) { [weak self] in
            self?.retryTimer = nil
            self?.pump()
        }
    }

    private func armWaiterTimer(_ due: MonotonicTime) {
        if let timer = self.waiterTimer, timer.due <= due { return }
        if let timer = self.waiterTimer { self.loop.cancel(timer.token) }
        let token = self.loop.schedule(after: due - .now) { [weak self] in self?.expireWaiters() }
        self.waiterTimer = (token, due)
    }

    private func expireWaiters() {
        self.waiterTimer = nil
        let late = self.waiters.removeExpired(at: .now)
        if let next = self.waiters.earliestDeadline { self.armWaiterTimer(next) }
        if late.isEmpty { return }
        let error: PostgresError
        if self.leased.count > 0 && self.leased.count >= self.configuration.maximumConnections {
            error = PostgresError(.poolExhausted, "all \(self.leased.count) connections stayed busy")
        } else {
            error = PostgresError(.unavailable, self.backoff.lastError?.message ?? "no connection in time")
        }
        for waiter in late { waiter.completion(.failure(error)) }
        self.publish()
    }

    private func scheduleMaintenance() {
        let pause = min(max(self.configuration.idleTimeout / 4, .milliseconds(100)), .seconds(30))
        self.loop.schedule(after: pause) { [weak self] in
            guard let self, !self.isClosed else { return }
            self.maintain()
            self.scheduleMaintenance()
        }
    }

    private func maintain() {
        let now = MonotonicTime.now
        var surplus = self.idle.count + self.leased.count - self.configuration.minimumConnections
        for session in self.idle {
            let isIdle = surplus > 0 && session.lastUse + self.configuration.idleTimeout < now
            guard isIdle || session.lifetimeEnd < now else { continue }
            surplus -= 1
            session.close(PostgresError(.closed, "the connection was not needed any more"))
        }
        self.pump()
    }

    private func beginClose(grace: Duration) {
        if !self.isClosed {
            self.isClosed = true
            for waiter in self.waiters.removeAll() { waiter.completion(.failure(PostgresError(.closed, "the pool is closed"))) }
            for session in self.idle { session.close(PostgresError(.closed, "the pool is closed")) }
            self.loop.schedule(after: grace) {
                for session in Array(self.leased.values) { session.close(PostgresError(.closed, "the pool was closed")) }
                self.finishClose()
            }
        }
        self.finishClose()
        self.publish()
    }

    private func finishClose() {
        guard self.leased.isEmpty else { return }
        let completions = self.closeCompletions
        self.closeCompletions = []
        for completion in completions { completion() }
    }

    private func publish() {
        self.published.withLock { statistics in
            statistics.idle = self.idle.count
            statistics.leased = self.leased.count
            statistics.connecting = self.connecting
            statistics.waiting = self.waiters.count
            statistics.consecutiveFailures = self.backoff.failures
        }
    }
}

/// What a pool holds at one moment.
public struct PostgresPoolStatistics: Sendable {
    /// Connections that wait for work.
    public var idle = 0
    /// Connections in use.
    public var leased = 0
    /// Attempts to connect under way.
    public var connecting = 0
    /// Callers that wait for a connection.
    public var waiting = 0
    /// Attempts to connect that failed since the last that did not.
    public var consecutiveFailures = 0
    /// Connections made so far. When it grows, the server may have been replaced by one that knows less.
    public var connectionsMade = 0
    /// Why a connection was last lost or refused.
    public var lastError: PostgresError?
}

extension Session {
    /// When the session is to be replaced: the maximum less up to a fifth, by its own number, so that sessions of one start do not end at
    /// once.
    var lifetimeEnd: MonotonicTime {
        let share = Double(UInt32(bitPattern: self.backendPID) % 64) / 64
        return self.openedAt + self.configuration.maximumLifetime * (1 - share / 5)
    }
}
