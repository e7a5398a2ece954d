internal import Reactor
internal import Threading

/// Takes commands from any thread and gives them to the connections on the loop's thread.
///
/// Callers append to the outbox and wake the loop at most once a turn; the loop gives each turn's batch to the least loaded connection that is
/// ready, so that it leaves in one write. While none is ready requests wait here, up to their deadlines.
final class CommandDispatcher: Sendable {
    private struct Outbox {
        var requests: [Request] = []
        var isSignalled = false
        var isClosed = false
    }

    /// What only the loop's thread touches.
    private final class State {
        var connections: [Connection] = []
        var hasStarted = false
        var waiting = Queue<Request>()
        var waitingTimer: TimerToken?
        var waitingDue = MonotonicTime.never
        var lastFailure: RedisError?
        var context: TLSContext?
        var turn = 0
    }

    private let configuration: RedisConfiguration
    private let loop: EventLoop
    private let onEvent: (@Sendable (RedisConnectionEvent) -> Void)?
    /// Set for a subscription, whose connection receives what nobody has asked for.
    private let onMessage: (@Sendable (_ channel: [UInt8], _ payload: [UInt8]) -> Void)?
    private let outbox = Lock(Outbox())
    private let counters = Lock(RedisStatistics())
    // Loop-thread-only by contract.
    nonisolated(unsafe) private let state = State()
    /// Scratch space of the loop's thread: what is read is used up before anything else is read.
    nonisolated(unsafe) let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    nonisolated(unsafe) let plainBuffer: UnsafeMutableRawBufferPointer

    init(
        _ configuration: RedisConfiguration, loop: EventLoop, onEvent: (@Sendable (RedisConnectionEvent) -> Void)?,
        onMessage: (@Sendable (_ channel: [UInt8], _ payload: [UInt8]) -> Void)? = nil
    ) {
        self.configuration = configuration
        self.loop = loop
        self.onEvent = onEvent
        self.onMessage = onMessage
        self.plainBuffer = .allocate(byteCount: configuration.tls == nil ? 0 : 16 * 1024, alignment: 16)
    }

    deinit {
        self.readBuffer.deallocate()
        self.plainBuffer.deallocate()
    }

    var statistics: RedisStatistics { self.counters.withLock { $0 } }

    /// Changes the statistics.
    func count(_ body: (inout RedisStatistics) -> Void) { self.counters.withLock(body) }

    // MARK: From any thread

    func start() {
        self.loop.execute { self.startOnLoop() }
    }

    /// Gives requests to the loop, in order; those of one call stay together.
    func submit(_ requests: some Collection<Request>) {
        let (isClosed, mustWake) = self.outbox.withLock { outbox in
            if outbox.isClosed { return (true, false) }
            outbox.requests.append(contentsOf: requests)
            defer { outbox.isSignalled = true }
            return (false, !outbox.isSignalled)
        }
        if isClosed {
            for request in requests { request.fail(Self.closed, mayHaveRun: false) }
        } else if mustWake {
            self.loop.execute { self.takeOutbox() }
        }
    }

    /// Closes every socket at once; the requests under way fail, and the connections are made anew.
    func interrupt() {
        self.loop.execute {
            let error = RedisError(.connectionLost, operation: "", mayHaveRun: true, message: "interrupted")
            self.takeOutbox(failing: error)
            for request in self.state.waiting.removeAll() { request.fail(error, mayHaveRun: false) }
            for connection in self.state.connections where connection.isServing { connection.lose(error, givesBack: false) }
        }
    }

    /// Fails everything under way and closes for good; `completion` runs on the loop's thread.
    func close(_ completion: @escaping @Sendable () -> Void) {
        self.outbox.withLock { $0.isClosed = true }
        self.loop.execute {
            self.takeOutbox(failing: Self.closed)
            for request in self.state.waiting.removeAll() { request.fail(Self.closed, mayHaveRun: false) }
            for connection in self.state.connections { connection.close(Self.closed) }
            self.state.connections = []
            self.count { $0.readyConnections = 0 }
            self.state.hasStarted = true
            if let token = self.state.waitingTimer { self.loop.cancel(token) }
            completion()
        }
    }

    private static let closed = RedisError(.closed, operation: "", mayHaveRun: false, message: "the client was closed")

    // MARK: On the loop

    private func startOnLoop() {
        guard !self.state.hasStarted else { return }
        self.state.hasStarted = true
        for _ in 0..<max(1, self.configuration.connections) {
            let connection = Connection(self.configuration, loop: self.loop, owner: self)
            self.state.connections.append(connection)
            connection.start()
        }
    }

    private func takeOutbox(failing error: RedisError? = nil) {
        let requests = self.outbox.withLock { outbox in
            outbox.isSignalled = false
            var requests: [Request] = []
            swap(&requests, &outbox.requests)
            return requests
        }
        if requests.isEmpty { return }
        if let error {
            for request in requests { request.fail(error, mayHaveRun: false) }
            return
        }
        self.startOnLoop()
        let now = MonotonicTime.now
        for request in requests { request.deadline = now + (request.timeout ?? self.configuration.commandTimeout) }
        self.count { $0.commands &+= UInt64(requests.count) }
        self.assign(requests, at: now)
    }

    /// Gives requests that another connection did not send to the next one.
    func reassign(_ requests: [Request]) {
        if requests.isEmpty { return }
        self.assign(requests, at: .now)
    }

    private func assign(_ requests: [Request], at now: MonotonicTime) {
        if let connection = self.leastLoaded() { return connection.enqueue(requests, at: now) }
        var earliest = MonotonicTime.never
        for request in requests {
            self.state.waiting.append(request)
            earliest = min(earliest, request.deadline)
        }
        self.armWaiting(at: earliest, now: now)
    }

    private func leastLoaded() -> Connection? {
        let connections = self.state.connections
        self.state.turn &+= 1
        var best: Connection?
        for offset in connections.indices {
            let connection = connections[Int(UInt(bitPattern: self.state.turn &+ offset) % UInt(connections.count))]
            guard connection.isReady else { continue }
            if let current = best, current.load <= connection.load { continue }
            best = connection
        }
        return best
    }

    private func armWaiting(at due: MonotonicTime, now: MonotonicTime) {
        guard due < self.state.waitingDue else { return }
        if let token = self.state.waitingTimer { self.loop.cancel(token) }
        self.state.waitingDue = due
        self.state.waitingTimer = self.loop.schedule(after: due - now) { [weak self] in self?.expireWaiting() }
    }

    private func expireWaiting() {
        let now = MonotonicTime.now
        self.state.waitingDue = MonotonicTime.never
        self.state.waitingTimer = nil
        let reason = self.state.lastFailure?.message ?? "no connection yet to \(self.configuration.endpoint)"
        let error = RedisError(.notConnected, operation: "", mayHaveRun: false, message: reason)
        var earliest = MonotonicTime.never
        for request in self.state.waiting.removeAll() {
            if request.deadline <= now {
                request.fail(error, mayHaveRun: false)
            } else {
                earliest = min(earliest, request.deadline)
                self.state.waiting.append(request)
            }
        }
        if earliest.nanoseconds < .max { self.armWaiting(at: earliest, now: now) }
    }

    // MARK: From the connections, on the loop

    func connectionIsReady(_ connection: Connection) {
        self.state.lastFailure = nil
        self.count {
            $0.connects &+= 1
            $0.readyConnections += 1
        }
        self.onEvent?(.connected)
        let waiting = self.state.waiting.removeAll()
        if !waiting.isEmpty { connection.enqueue(waiting, at: .now) }
    }

    /// - Parameter unsent: requests of which nothing was executed, and that another connection may send.
    func connectionIsLost(_ error: RedisError, wasReady: Bool, retryAfter: Duration, unsent: [Request]) {
        self.state.lastFailure = error
        self.count {
            if wasReady {
                $0.disconnects &+= 1
                $0.readyConnections -= 1
            } else {
                $0.failedConnects &+= 1
            }
        }
        self.reassign(unsent)
        // Waiting does not help against a wrong password or an untrusted certificate, so callers learn at once.
        if self.leastLoaded() == nil, [.authentication, .tls, .configuration].contains(error.code) {
            for request in self.state.waiting.removeAll() { request.fail(error, mayHaveRun: false) }
        }
        self.onEvent?(wasReady ? .disconnected(error, retryAfter: retryAfter) : .connectFailed(error, retryAfter: retryAfter))
    }

    /// Whether this is a message of a subscription rather than the reply to a command.
    func takesMessage(_ reply: RedisValue) -> Bool {
        guard let onMessage, case .array(let parts) = reply, parts.count == 3, parts[0] == .bulk(Array("message".utf8)),
            case .bulk(let channel) = parts[1], case .bulk(let payload) = parts[2]
        else { return false }
        onMessage(channel, payload)
        return true
    }

    /// One TLS context for all connections, nil without TLS.
    func tlsContext() throws(RedisError) -> TLSContext? {
        guard let settings = self.configuration.tls else { return nil }
        if let context = self.state.context { return context }
        let context = try TLSContext(settings)
        self.state.context = context
        return context
    }

    /// The next connection reads the certificates' files again: they may have been replaced.
    func forgetTLSContext() { self.state.context = nil }
}
