internal import Reactor
internal import Threading

/// The connections to one server, and the requests that wait for one of them to be ready.
///
/// Gives each turn's batch to the least loaded connection that is ready, so that it leaves in one write. Unchecked because every member is
/// touched by the loop's thread only.
final class ServerPool: @unchecked Sendable {
    typealias Endpoint = RedisConfiguration.Endpoint

    private let configuration: RedisConfiguration
    private let loop: EventLoop
    private unowned let dispatcher: CommandDispatcher
    private let locator: ServerLocator
    /// Set for a node of a cluster.
    private weak var router: ClusterRouter?

    private var connections: [Connection] = []
    private var waiting = Queue<Request>()
    private var waitingTimer: TimerToken?
    private var waitingDue = MonotonicTime.never
    private var lastFailure: RedisError?
    private var turn = 0
    private var isRetired = false

    init(
        _ configuration: RedisConfiguration, locator: ServerLocator, loop: EventLoop, dispatcher: CommandDispatcher,
        router: ClusterRouter? = nil
    ) {
        self.configuration = configuration
        self.locator = locator
        self.loop = loop
        self.dispatcher = dispatcher
        self.router = router
    }

    /// Begins to connect.
    func start() {
        if case .sentinel(let directory) = self.locator { directory.join(self) }
        for _ in 0..<max(1, self.configuration.connections) {
            let connection = Connection(self.configuration, loop: self.loop, owner: self.dispatcher, pool: self)
            self.connections.append(connection)
            connection.start()
        }
    }

    var isReady: Bool { self.connections.contains { $0.isReady } }
    var isEmpty: Bool { self.connections.isEmpty }
    /// Whether a connection must show that its server is the primary before it is used.
    var wantsPrimary: Bool { if case .sentinel = self.locator { true } else { false } }

    // MARK: Requests

    /// Sends requests, together and in order, or keeps them until a connection is ready or their time is up.
    func assign(_ requests: [Request], at now: MonotonicTime) {
        if let connection = self.leastLoaded() { return connection.enqueue(requests, at: now) }
        var earliest = MonotonicTime.never
        for request in requests {
            self.waiting.append(request)
            earliest = min(earliest, request.deadline)
        }
        self.armWaiting(at: earliest, now: now)
    }

    /// Gives requests that a connection did not send to the next one.
    func reassign(_ requests: [Request]) {
        if requests.isEmpty { return }
        if let router = self.router { return router.assign(requests, at: .now) }
        self.assign(requests, at: .now)
    }

    /// The requests that no connection has taken.
    func takeWaiting() -> [Request] { self.waiting.removeAll() }

    /// Whether a request that was answered with this error is sent again, to another node of the cluster or later.
    func takesBack(_ request: Request, _ error: RedisServerError, from source: Endpoint?) -> Bool {
        guard let router = self.router, let source else { return false }
        return router.redirect(request, error, from: source)
    }

    private func leastLoaded() -> Connection? {
        let connections = self.connections
        self.turn &+= 1
        var best: Connection?
        for offset in connections.indices {
            let connection = connections[Int(UInt(bitPattern: self.turn &+ offset) % UInt(connections.count))]
            guard connection.isReady else { continue }
            if let current = best, current.load <= connection.load { continue }
            best = connection
        }
        return best
    }

    private func armWaiting(at due: MonotonicTime, now: MonotonicTime) {
        guard due < self.waitingDue else { return }
        if let token = self.waitingTimer { self.loop.cancel(token) }
        self.waitingDue = due
        self.waitingTimer = self.loop.schedule(after: due - now) { [weak self] in self?.expireWaiting() }
    }

    private func expireWaiting() {
        let now = MonotonicTime.now
        self.waitingDue = MonotonicTime.never
        self.waitingTimer = nil
        let reason = self.lastFailure?.message ?? "no connection yet to \(self.destination)"
        let error = RedisError(.notConnected, operation: "", mayHaveRun: false, message: reason)
        var earliest = MonotonicTime.never
        for request in self.waiting.removeAll() {
            if request.deadline <= now {
                request.fail(error, mayHaveRun: false)
            } else {
                earliest = min(earliest, request.deadline)
                self.waiting.append(request)
            }
        }
        if earliest.nanoseconds < .max { self.armWaiting(at: earliest, now: now) }
    }

    // MARK: Ends

    /// Fails what waits and closes the sockets; the connections are made anew.
    func interrupt(_ error: RedisError) {
        for request in self.waiting.removeAll() { request.fail(error, mayHaveRun: false) }
        for connection in self.connections where connection.isServing { connection.lose(error, givesBack: false) }
    }

    /// Fails everything and closes for good.
    func close(_ error: RedisError) {
        for request in self.waiting.removeAll() { request.fail(error, mayHaveRun: false) }
        for connection in self.connections { connection.close(error) }
        self.connections = []
        if let token = self.waitingTimer { self.loop.cancel(token) }
        self.waitingTimer = nil
    }

    /// Whether a connection got no reply since the last time this was asked, though replies were due.
    func isSilent() -> Bool {
        for connection in self.connections { connection.listen() }
        return self.connections.contains { $0.isSilent }
    }

    /// Takes no more requests; the replies that are due are still read, from connections that are not silent. ``isEmpty`` once that is done.
    func retire() {
        self.isRetired = true
        for connection in self.connections where !connection.isServing {
            connection.close(Self.retirement)
            self.forget(connection)
        }
        for connection in self.connections {
            if connection.isSilent { connection.lose(Self.retirement) } else { connection.drain(Self.retirement) }
        }
    }

    private static let retirement = RedisError(
        .connectionLost, operation: "connect", mayHaveRun: false, message: "the node serves no slots any more")

    private func forget(_ connection: Connection) { self.connections.removeAll { $0 === connection } }

    // MARK: The server's place

    /// Who the connections are for, for messages.
    var destination: String {
        switch self.locator {
        case .fixed(let endpoint): endpoint.description
        case .anyOf, .sentinel: self.configuration.destination
        }
    }

    /// Says where to connect to, maybe before returning.
    func locate(_ completion: @escaping @Sendable (Result<Endpoint, RedisError>) -> Void) {
        switch self.locator {
        case .fixed(let endpoint): completion(.success(endpoint))
        case .anyOf(let endpoints):
            self.turn &+= 1
            completion(.success(endpoints[Int(UInt(bitPattern: self.turn) % UInt(endpoints.count))]))
        case .sentinel(let directory): directory.locate(completion)
        }
    }

    /// The server there turned out to be no primary.
    func refuse(_ endpoint: Endpoint) {
        if case .sentinel(let directory) = self.locator { directory.refuse(endpoint) }
    }

    /// A server has become a replica: what it was sent it still answers, but no connection gives it more.
    func serverWasDemoted(_ endpoint: Endpoint?) {
        guard self.wantsPrimary, let endpoint else { return }
        let error = RedisError(.connectionLost, operation: "connect", mayHaveRun: false, message: "\(endpoint) has become a replica")
        for connection in self.connections where connection.endpoint == endpoint { connection.drain(error) }
    }

    /// Drops at once, without waiting for replies, every connection to a server that is not the primary any more.
    func dropConnections(_ message: String, where isWrong: (Endpoint) -> Bool) {
        let error = RedisError(.connectionLost, operation: "connect", mayHaveRun: false, message: message)
        for connection in self.connections {
            if connection.isWaiting {
                // There is somebody to connect to now.
                connection.start()
            } else if let endpoint = connection.endpoint, isWrong(endpoint) {
                connection.lose(error)
            }
        }
    }

    // MARK: From the connections

    func connectionIsReady(_ connection: Connection) {
        self.lastFailure = nil
        self.dispatcher.connectionIsReady()
        let waiting = self.waiting.removeAll()
        if !waiting.isEmpty { connection.enqueue(waiting, at: .now) }
    }

    /// - Parameter unsent: requests of which nothing was executed, and that another connection may send.
    func connectionIsLost(_ connection: Connection, _ error: RedisError, wasReady: Bool, retryAfter: Duration, unsent: [Request]) {
        self.lastFailure = error
        self.dispatcher.connectionIsLost(wasReady: wasReady)
        if self.isRetired {
            connection.close(error)
            self.forget(connection)
        }
        self.reassign(unsent)
        // Waiting does not help against a wrong password or an untrusted certificate, so callers learn at once.
        if self.leastLoaded() == nil, RedisError.Code.hopeless.contains(error.code) {
            for request in self.waiting.removeAll() { request.fail(error, mayHaveRun: false) }
        }
        self.dispatcher.tell(wasReady ? .disconnected(error, retryAfter: retryAfter) : .connectFailed(error, retryAfter: retryAfter))
        self.router?.nodeWasLost(self)
    }
}
