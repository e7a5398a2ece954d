internal import Reactor
internal import Threading

/// One connection through the proxy: the client's socket, the server's, and what is on its way between them. Only on the loop's thread.
///
/// An end that goes away is told to the other one as everything else is: through the flow, so that a freeze holds it and a drop swallows it.
final class Link: @unchecked Sendable {
    private unowned let core: ProxyCore
    let number: Int
    private var client: Wire?
    private var server: Wire?
    private var toServer: Flow
    private var toClient: Flow
    private var snares: Snares
    private var timer: (token: TimerToken, due: MonotonicTime)?
    private var isClosed = false

    init(number: Int, core: ProxyCore, client: Int32, server: Int32, isConnecting: Bool) {
        self.number = number
        self.core = core
        self.toServer = Flow(core.toServer, generator: SplitMix64(seed: core.seed, connection: number, direction: .toServer))
        self.toClient = Flow(core.toClient, generator: SplitMix64(seed: core.seed, connection: number, direction: .toClient))
        self.snares = Snares(core.language.framing())
        self.client = Wire(client, .toServer, link: self, loop: core.loop)
        let wire = Wire(server, .toClient, link: self, loop: core.loop)
        wire.isConnecting = isConnecting
        self.server = wire
    }

    /// Begins to watch both sockets.
    func start() { self.advance() }

    /// Bytes that are on their way.
    var held: Int { self.toServer.held + self.toClient.held }

    private func with<Result>(_ direction: Direction, _ body: (inout Flow) -> Result) -> Result {
        direction == .toServer ? body(&self.toServer) : body(&self.toClient)
    }

    // MARK: Commands

    func set(_ fault: Fault, on direction: Direction) {
        let isBroken = self.with(direction) { flow in
            flow.set(fault)
            return flow.isHoled && fault != .drop
        }
        if isBroken { self.end() } else { self.advance() }
    }

    /// Resets the connection on purpose.
    func end() {
        guard !self.isClosed else { return }
        self.core.statistics.ended += 1
        self.close(reset: true)
    }

    private func close(reset: Bool) {
        guard !self.isClosed else { return }
        self.isClosed = true
        if let timer = self.timer { self.core.loop.cancel(timer.token) }
        self.toServer.clear()
        self.toClient.clear()
        self.collect()
        self.client?.close(reset: reset)
        self.server?.close(reset: reset)
        self.core.remove(self)
    }

    // MARK: Events

    func ready(_ wire: Wire, _ interest: Interest) {
        guard !self.isClosed, wire.isOpen else { return }
        if wire.isConnecting {
            guard wire.connectError() == 0 else {
                self.core.statistics.unreachable += 1
                return self.close(reset: true)
            }
            wire.isConnecting = false
        } else if interest.contains(.read), wire.isReadable {
            self.read(wire)
        }
        self.advance()
    }

    private func read(_ wire: Wire) {
        let now = MonotonicTime.now
        switch wire.read() {
        case .nothing: return
        case .bytes(let bytes):
            let verdict =
                wire.direction == .toServer ? self.snares.take(requests: bytes, traps: self.core.traps) : self.snares.take(replies: bytes)
            self.with(wire.direction) { flow in
                flow.offer(bytes.prefix(verdict.passes), at: now)
                flow.lost += bytes.count - verdict.passes
            }
            if let ending = verdict.ending {
                self.core.statistics.trapped += 1
                self.toClient.finish(.over(ending), at: now)
            }
        case .end:
            wire.isReadable = false
            self.with(wire.direction) { $0.finish(.end, at: now) }
        case .failed: self.lose(wire, at: now)
        }
    }

    /// The other end of a socket is gone.
    private func lose(_ wire: Wire, at now: MonotonicTime) {
        wire.close(reset: true)
        self.with(wire.direction) { $0.finish(.over(.reset), at: now) }
        self.with(wire.direction.opposite) { $0.clear() }
    }

    // MARK: Moving bytes

    /// Writes what may go, and waits for what must come first.
    private func advance() {
        guard !self.isClosed, let client = self.client, let server = self.server else { return }
        let now = MonotonicTime.now
        // Losing one end may release the news of it in the other direction.
        if !server.isConnecting { self.drain(.toServer, into: server, at: now) }
        self.drain(.toClient, into: client, at: now)
        if !server.isConnecting { self.drain(.toServer, into: server, at: now) }
        if self.isClosed { return }
        self.collect()
        if self.isDone(self.toServer, client), self.isDone(self.toClient, server) { return self.close(reset: false) }
        self.watch(client, in: self.toServer, out: self.toClient, at: now)
        self.watch(server, in: self.toClient, out: self.toServer, at: now)
        self.arm(at: now)
    }

    private func isDone(_ flow: Flow, _ source: Wire) -> Bool { !source.isReadable && flow.first == nil }

    private func watch(_ wire: Wire, in flow: Flow, out: Flow, at now: MonotonicTime) {
        var wanted: Interest = []
        if wire.isConnecting {
            wanted = .write
        } else {
            if wire.isReadable, flow.held < self.core.bufferLimit { wanted.insert(.read) }
            if wire.isFull, out.release(at: now) == .now { wanted.insert(.write) }
        }
        wire.watch(wanted)
    }

    private func drain(_ direction: Direction, into wire: Wire, at now: MonotonicTime) {
        while !self.isClosed, !wire.isFull {
            let (release, first) = self.with(direction) { ($0.release(at: now), $0.first) }
            guard release == .now, let item = first else { return }
            switch item {
            case .bytes(let bytes) where wire.isOpen:
                guard let count = wire.write(bytes) else { return self.lose(wire, at: now) }
                self.with(direction) { $0.sent(count) }
                if direction == .toServer {
                    self.core.statistics.bytesToServer += count
                } else {
                    self.core.statistics.bytesToClient += count
                }
            case .bytes: self.with(direction) { $0.clear() }
            case .end:
                self.with(direction) { $0.removeFirst() }
                if wire.isOpen { wire.shutdownWriting() }
            case .over(let ending):
                self.with(direction) { $0.removeFirst() }
                self.end(both: ending, at: now)
            }
        }
    }

    /// The end that a flow has carried.
    private func end(both ending: Ending, at now: MonotonicTime) {
        switch ending {
        case .reset: self.close(reset: true)
        case .close:
            // Closing a socket that has unread bytes sends RST: the client's are read until it ends the connection, too.
            self.server?.close(reset: false)
            self.client?.shutdownWriting()
            self.toServer.clear()
            self.toServer.finish(.over(.silence), at: now)
            self.toClient.clear()
        case .silence: break
        }
    }

    private func arm(at now: MonotonicTime) {
        var due: MonotonicTime?
        for flow in [self.toServer, self.toClient] {
            if case .at(let time) = flow.release(at: now) { due = min(due ?? time, time) }
        }
        if let timer = self.timer {
            if timer.due == due { return }
            self.core.loop.cancel(timer.token)
            self.timer = nil
        }
        guard let due else { return }
        let token = self.core.loop.schedule(after: due - now) { [weak self] in
            self?.timer = nil
            self?.advance()
        }
        self.timer = (token, due)
    }

    /// Adds what the flows have counted to the proxy's statistics.
    private func collect() {
        for direction in Direction.allCases {
            let count = self.with(direction) { $0.takeCounts() }
            self.core.statistics.bytesLost += count.lost
            self.core.statistics.delayed += count.delayed
            self.core.statistics.cut += count.cuts
        }
    }
}
