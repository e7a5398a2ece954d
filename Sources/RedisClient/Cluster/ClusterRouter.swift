internal import Reactor
internal import Threading

/// Sends each request to the node of a cluster that serves its keys, and finds out who does.
///
/// A pool of connections a node, made when the first request for it comes. A node that answers MOVED, ASK, TRYAGAIN or CLUSTERDOWN has not run
/// the command, so it is sent again, elsewhere or later, until its deadline. Unchecked because every member is touched by the loop's
/// thread only.
final class ClusterRouter: @unchecked Sendable {
    typealias Endpoint = RedisConfiguration.Endpoint

    /// Requests that wait for a better time.
    private struct Parked {
        /// `never` waits for the slot map.
        let due: MonotonicTime
        let requests: [Request]
        /// What the cluster said last.
        let reason: RedisServerError?
    }

    private let configuration: RedisConfiguration
    private let seeds: [Endpoint]
    private let loop: EventLoop
    private unowned let dispatcher: CommandDispatcher

    private var map = SlotMap()
    private var pools: [Endpoint: ServerPool] = [:]
    /// Nodes that serve nothing any more, until the last reply is read.
    private var retired: [ServerPool] = []
    private var policy = RefreshPolicy()
    private var search: ServerSearch?
    private var lastFailure: RedisError?
    private var parked: [Parked] = []
    private var parkedTimer: TimerToken?
    private var vigil: TimerToken?
    private var isClosed = false

    init(_ configuration: RedisConfiguration, seeds: [Endpoint], loop: EventLoop, dispatcher: CommandDispatcher) {
        self.configuration = configuration
        self.seeds = seeds
        self.loop = loop
        self.dispatcher = dispatcher
    }

    func start() {
        self.handle(.doubt)
        self.keepVigil()
    }

    // MARK: Requests

    /// Sends requests; those of one pipeline stand together.
    func assign(_ requests: [Request], at now: MonotonicTime) {
        var start = 0
        while start < requests.count {
            var end = start + 1
            if let pipeline = requests[start].pipeline {
                while end < requests.count, requests[end].pipeline === pipeline { end += 1 }
            }
            self.route(requests[start..<end].filter { !$0.isAbandoned }, at: now)
            start = end
        }
    }

    private func route(_ requests: [Request], at now: MonotonicTime) {
        guard let first = requests.first else { return }
        for request in requests { request.isAsking = false }
        if let pipeline = first.pipeline, requests.contains(where: { $0.command.name == "MULTI" }) { pipeline.isTransaction = true }
        let node: Endpoint?
        switch KeyedSlot(requests.lazy.map(\.command)) {
        case .none: node = self.anyNode
        case .slot(let slot): node = self.map[slot]
        case .conflict(let one, let other):
            let message = "the keys '\(one)' and '\(other)' lie in different slots of the cluster"
            let error = RedisError(.crossSlot, operation: "", mayHaveRun: false, message: message)
            for request in requests { request.fail(error, mayHaveRun: false) }
            return
        }
        guard let node else {
            self.park(requests, until: .never, because: nil)
            // The answer that is on its way will do.
            if self.search == nil { self.handle(.doubt) }
            return
        }
        self.pool(of: node).assign(requests, at: now)
    }

    /// Where commands without keys go: to a node that is connected, if there is one.
    private var anyNode: Endpoint? {
        self.map.nodes.first { self.pools[$0]?.isReady == true } ?? self.map.nodes.first
    }

    private func pool(of node: Endpoint) -> ServerPool {
        if let pool = self.pools[node] { return pool }
        let pool = ServerPool(self.configuration, locator: .fixed(node), loop: self.loop, dispatcher: self.dispatcher, router: self)
        self.pools[node] = pool
        pool.start()
        return pool
    }

    // MARK: Redirections

    /// Whether a request that was answered with this error is sent again. It has not run.
    func redirect(_ request: Request, _ error: RedisServerError, from source: Endpoint) -> Bool {
        guard !self.isClosed, let redirection = Redirection(error, from: source) else { return false }
        switch redirection {
        case .moved(let slot, let node):
            if self.map[slot] != node { self.map.assign(CollectionOfOne(Int(slot)), to: node) }
            self.handle(.doubt)
        case .later where error.kind == .clusterDown: self.handle(.doubt)
        case .ask, .later: break
        }
        if request.isAbandoned || request.pipeline?.isTransaction == true { return false }
        self.dispatcher.count { $0.redirections &+= 1 }
        let held = Pipeline.Held(request: request, redirection: redirection, error: error)
        if let pipeline = request.pipeline {
            // What is still under way comes first: the others follow together and in order.
            pipeline.hold(held) { [weak self] in self?.resend($0) }
        } else {
            self.resend([held])
        }
        return true
    }

    private func resend(_ held: [Pipeline.Held]) {
        let requests = held.map(\.request)
        for request in requests {
            request.sentOffset = .max
            request.redirections += 1
        }
        // Any that must wait makes all wait: together they came, and together they go.
        guard let decisive = held.first(where: { $0.redirection == .later }) ?? held.last else { return }
        if self.isClosed {
            for request in requests { request.fail(CommandDispatcher.closed, mayHaveRun: false) }
            return
        }
        let now = MonotonicTime.now
        let count = requests.map(\.redirections).max() ?? 0
        let pause = Redirection.pause(after: count, decisive.redirection)
        if pause > .zero { return self.park(requests, until: now + pause, because: decisive.error) }
        if case .ask(let node) = decisive.redirection, held.allSatisfy({ $0.redirection == decisive.redirection }) {
            for request in requests { request.isAsking = true }
            return self.pool(of: node).assign(requests, at: now)
        }
        self.assign(requests, at: now)
    }

    // MARK: Waiting

    private func park(_ requests: [Request], until due: MonotonicTime, because reason: RedisServerError?) {
        self.parked.append(Parked(due: due, requests: requests, reason: reason))
        self.armParked()
    }

    private func armParked() {
        if let token = self.parkedTimer { self.loop.cancel(token) }
        self.parkedTimer = nil
        let due = self.parked.map { entry in entry.requests.reduce(entry.due) { min($0, $1.deadline) } }.min()
        guard let due, due.nanoseconds < .max else { return }
        self.parkedTimer = self.loop.schedule(after: due - .now) { [weak self] in self?.visitParked() }
    }

    /// - Parameter all: the slot map is there.
    private func visitParked(releasing all: Bool = false) {
        let now = MonotonicTime.now
        let entries = self.parked
        self.parked = []
        for entry in entries {
            let isDue = entry.due <= now || all && entry.due.nanoseconds >= MonotonicTime.never.nanoseconds
            var left: [Request] = []
            for request in entry.requests where !request.isAbandoned {
                if request.deadline > now { left.append(request) } else { self.expire(request, entry.reason) }
            }
            if left.isEmpty { continue }
            if isDue {
                self.assign(left, at: now)
            } else {
                self.parked.append(Parked(due: entry.due, requests: left, reason: entry.reason))
            }
        }
        self.armParked()
    }

    private func expire(_ request: Request, _ reason: RedisServerError?) {
        if let reason { return request.complete(.error(reason)) }
        let message = self.lastFailure?.message ?? "no node of the cluster \(self.configuration.destination) serves the key's slot"
        request.fail(RedisError(.notConnected, operation: "", mayHaveRun: false, message: message), mayHaveRun: false)
    }

    // MARK: The slot map

    /// A connection to a node broke or could not be made.
    func nodeWasLost(_ pool: ServerPool) {
        if pool.isEmpty {
            // Not at once: the connection that tells is still at work.
            self.loop.execute { [weak self] in self?.retired.removeAll { $0 === pool } }
        }
        self.handle(.doubt)
    }

    /// A node that froze tells nobody: whoever keeps us waiting makes us ask the others whether it was replaced.
    private func keepVigil() {
        // Commands that block are silent for a living.
        let interval = self.configuration.commandTimeout == .zero ? Duration.seconds(2) : .seconds(1)
        self.vigil = self.loop.schedule(after: interval) { [weak self] in
            guard let self, !self.isClosed else { return }
            var isDoubted = false
            for pool in self.pools.values where pool.isSilent() { isDoubted = true }
            if isDoubted { self.handle(.doubt) }
            self.keepVigil()
        }
    }

    private func handle(_ event: RefreshPolicy.Event) {
        if self.isClosed { return }
        switch self.policy.handle(event, at: .now) {
        case .nothing: break
        case .wait(let pause): self.loop.schedule(after: pause) { [weak self] in self?.handle(.timer) }
        case .ask:
            let search = ServerSearch(self.map.nodes.shuffled() + self.seeds)
            self.search = search
            self.perform(search.begin())
        }
    }

    private func perform(_ action: ServerSearch.Action?) {
        switch action {
        case .ask(let node): self.askForShards(node)
        case .giveUp(let code, let said):
            let error = RedisError(
                code, operation: "connect", mayHaveRun: false, message: "no node of the cluster says who serves what: \(said)")
            self.lastFailure = error
            self.search = nil
            self.dispatcher.tell(.connectFailed(error, retryAfter: RefreshPolicy.interval))
            if RedisError.Code.hopeless.contains(code) {
                let entries = self.parked
                self.parked = []
                for request in entries.flatMap(\.requests) { request.fail(error, mayHaveRun: false) }
            }
            self.handle(.failed)
        case nil: break
        }
    }

    private func askForShards(_ node: Endpoint) {
        self.ask(node, ["CLUSTER", "SHARDS"]) { router, reply in
            if case .failure(let error) = reply, [.general, .noPermission].contains(error.code.serverKind) {
                // Before Redis 7, or for a user who was given rights before that.
                router.ask(node, ["CLUSTER", "SLOTS"]) { router, reply in
                    router.answered(reply.map { SlotMap(slots: $0, from: node) }, by: node)
                }
            } else {
                let isSecured = router.configuration.tls != nil
                router.answered(reply.map { SlotMap(shards: $0, from: node, isSecured: isSecured) }, by: node)
            }
        }
    }

    private func ask(_ node: Endpoint, _ command: RedisCommand, _ completion: @escaping @Sendable (ClusterRouter, Reply) -> Void) {
        var configuration = self.configuration
        configuration.topology = .standalone
        configuration.endpoint = node
        configuration.connections = 1
        configuration.connectTimeout = min(configuration.connectTimeout, .seconds(1))
        configuration.commandTimeout = configuration.connectTimeout
        ServerQuery.ask(command, configuration, loop: self.loop) { [weak self] reply in
            guard let self, !self.isClosed else { return }
            completion(self, reply)
        }
    }

    private func answered(_ result: Result<SlotMap?, RedisError>, by node: Endpoint) {
        switch result {
        case .success(let map?) where map.covered > 0:
            self.search = nil
            self.lastFailure = nil
            self.adopt(map)
            self.handle(.answered)
        case .success(.some): self.perform(self.search?.refused(because: "knows of no slot that is served"))
        case .success(nil): self.perform(self.search?.refused(because: "its slot map has an unexpected form"))
        case .failure(let error): self.perform(self.search?.refused(error.code, because: error.message))
        }
    }

    private func adopt(_ map: SlotMap) {
        self.map = map
        var waiting: [Request] = []
        for (node, pool) in self.pools {
            waiting += pool.takeWaiting()
            guard !map.nodes.contains(node) else { continue }
            self.pools[node] = nil
            self.retired.append(pool)
            pool.retire()
        }
        self.retired.removeAll { $0.isEmpty }
        self.assign(waiting, at: .now)
        self.visitParked(releasing: true)
        // Something to be connected to, so that a client without work knows whether it could.
        if self.pools.isEmpty, let node = map.nodes.first { _ = self.pool(of: node) }
    }

    // MARK: Ends

    func interrupt(_ error: RedisError) {
        let entries = self.parked
        self.parked = []
        for request in entries.flatMap(\.requests) { request.fail(error, mayHaveRun: false) }
        for pool in Array(self.pools.values) + self.retired { pool.interrupt(error) }
    }

    func close(_ error: RedisError) {
        self.isClosed = true
        let entries = self.parked
        self.parked = []
        for request in entries.flatMap(\.requests) { request.fail(error, mayHaveRun: false) }
        for token in [self.parkedTimer, self.vigil] {
            if let token { self.loop.cancel(token) }
        }
        for pool in Array(self.pools.values) + self.retired { pool.close(error) }
        self.pools = [:]
        self.retired = []
    }
}
