internal import Reactor
internal import Threading

/// Takes commands from any thread and gives them to whoever is to send them, on the loop's thread.
///
/// Callers append to the outbox and wake the loop at most once a turn; the loop gives each turn's batch to the one pool of connections, or, for
/// a cluster, to the router.
final class CommandDispatcher: Sendable {
    private struct Outbox {
        var requests: [Request] = []
        var isSignalled = false
        var isClosed = false
    }

    private enum Route {
        /// Before the first command.
        case none
        case pool(ServerPool)
        case cluster(ClusterRouter)
        /// Closed.
        case nowhere
    }

    /// What only the loop's thread touches.
    private final class State {
        var route = Route.none
        var context: TLSContext?
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
            switch self.state.route {
            case .pool(let pool): pool.interrupt(error)
            case .cluster(let router): router.interrupt(error)
            case .none, .nowhere: break
            }
        }
    }

    /// Fails everything under way and closes for good; `completion` runs on the loop's thread.
    func close(_ completion: @escaping @Sendable () -> Void) {
        self.outbox.withLock { $0.isClosed = true }
        self.loop.execute {
            self.takeOutbox(failing: Self.closed)
            let route = self.state.route
            self.state.route = .nowhere
            switch route {
            case .pool(let pool): pool.close(Self.closed)
            case .cluster(let router): router.close(Self.closed)
            case .none, .nowhere: break
            }
            self.count { $0.readyConnections = 0 }
            completion()
        }
    }

    static let closed = RedisError(.closed, operation: "", mayHaveRun: false, message: "the client was closed")

    // MARK: On the loop

    private func startOnLoop() {
        guard case .none = self.state.route else { return }
        let locator: ServerLocator
        switch self.configuration.topology {
        case .standalone: locator = .fixed(self.configuration.endpoint)
        case .sentinel(let sentinel): locator = .sentinel(.of(sentinel, self.configuration, loop: self.loop))
        // Nodes pass on what is published, so any of them will do.
        case .cluster(let nodes) where self.onMessage != nil: locator = .anyOf(nodes)
        case .cluster(let nodes):
            let router = ClusterRouter(self.configuration, seeds: nodes, loop: self.loop, dispatcher: self)
            self.state.route = .cluster(router)
            return router.start()
        }
        let pool = ServerPool(self.configuration, locator: locator, loop: self.loop, dispatcher: self)
        self.state.route = .pool(pool)
        pool.start()
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
        switch self.state.route {
        case .pool(let pool): pool.assign(requests, at: now)
        case .cluster(let router): router.assign(requests, at: now)
        case .none, .nowhere: for request in requests { request.fail(Self.closed, mayHaveRun: false) }
        }
    }

    // MARK: From the connections, on the loop

    func connectionIsReady() {
        self.count {
            $0.connects &+= 1
            $0.readyConnections += 1
        }
        self.tell(.connected)
    }

    func connectionIsLost(wasReady: Bool) {
        self.count {
            if wasReady {
                $0.disconnects &+= 1
                $0.readyConnections -= 1
            } else {
                $0.failedConnects &+= 1
            }
        }
    }

    func tell(_ event: RedisConnectionEvent) { self.onEvent?(event) }

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
