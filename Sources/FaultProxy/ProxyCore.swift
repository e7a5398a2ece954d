internal import CSystem
internal import Glibc
internal import Reactor
internal import Threading

/// What a proxy is on its loop's thread: the listening socket and the connections. Only on that thread.
final class ProxyCore: EventHandler, @unchecked Sendable {
    let loop: EventLoop
    let language: ProxyLanguage
    let seed: UInt64
    let bufferLimit: Int
    private let address: ProxyAddress
    private let upstream: ProxyAddress
    /// Bound and never listening: keeps a TCP port for us while clients are refused.
    private let placeholder: Int32

    private(set) var toServer = Fault.pass
    private(set) var toClient = Fault.pass
    private(set) var traps = TrapList()
    var statistics = ProxyStatistics()
    private var welcome = Welcome.accept
    private var listener: Int32 = -1
    private var links: [Int: Link] = [:]

    init(_ address: ProxyAddress, placeholder: Int32, upstream: ProxyAddress, options: FaultProxy.Options, loop: EventLoop) {
        self.address = address
        self.placeholder = placeholder
        self.upstream = upstream
        self.language = options.language
        self.seed = options.seed
        self.bufferLimit = max(1, options.bufferLimit)
        self.loop = loop
    }

    // MARK: Commands

    func listen() throws {
        guard self.listener < 0 else { return }
        let descriptor = try self.address.socket()
        do {
            if case .unix(let path) = self.address { unlink(path) } else { try sharePort(descriptor) }
            let code = try self.address.apply { bind(descriptor, $0, $1) }
            guard code == 0 else { throw ProxyError("cannot listen at \(self.address)", code) }
            guard Glibc.listen(descriptor, 1_024) == 0 else { throw ProxyError("cannot listen at \(self.address)", errno) }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.listener = descriptor
        self.loop.register(descriptor, interest: .read, handler: self)
    }

    func set(_ fault: Fault, on direction: Direction) {
        if direction == .toServer { self.toServer = fault } else { self.toClient = fault }
        for link in self.ordered { link.set(fault, on: direction) }
    }

    func set(_ welcome: Welcome) throws {
        self.welcome = welcome
        if welcome == .refuse { self.stopListening() } else { try self.listen() }
    }

    func add(_ trap: ArmedTrap) { self.traps.add(trap) }

    func resetConnections() -> Int {
        let links = self.ordered
        for link in links { link.end() }
        return links.count
    }

    func snapshot() -> ProxyStatistics {
        var statistics = self.statistics
        statistics.open = self.links.count
        statistics.bytesHeld = self.links.values.reduce(0) { $0 + $1.held }
        return statistics
    }

    func close() {
        self.stopListening()
        _ = self.resetConnections()
        if self.placeholder >= 0 { Glibc.close(self.placeholder) }
        if case .unix(let path) = self.address { unlink(path) }
    }

    private var ordered: [Link] { self.links.values.sorted { $0.number < $1.number } }

    private func stopListening() {
        guard self.listener >= 0 else { return }
        self.loop.unregister(self.listener)
        Glibc.close(self.listener)
        self.listener = -1
    }

    // MARK: Connections

    func ready(_ interest: Interest) {
        while self.listener >= 0 {
            let client = accept4(self.listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue))
            if client < 0 {
                // No descriptors: the waiting client stays readable, and asking again at once would be a busy loop.
                if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { self.rest() }
                return
            }
            self.statistics.accepted += 1
            if self.welcome == .reset {
                self.statistics.ended += 1
                closeDescriptor(client, reset: true)
            } else {
                self.connect(client)
            }
        }
    }

    private func rest() {
        self.loop.unregister(self.listener)
        let listener = self.listener
        self.loop.schedule(after: .milliseconds(50)) { [weak self] in
            guard let self, self.listener == listener, listener >= 0 else { return }
            self.loop.register(listener, interest: .read, handler: self)
        }
    }

    private func connect(_ client: Int32) {
        // Both fail for want of descriptors alone: the address itself was tried when the proxy was made.
        guard let server = try? self.upstream.socket() else {
            self.statistics.unreachable += 1
            return closeDescriptor(client, reset: true)
        }
        guard let code = try? self.upstream.apply({ Glibc.connect(server, $0, $1) }) else {
            self.statistics.unreachable += 1
            closeDescriptor(client, reset: true)
            return closeDescriptor(server, reset: true)
        }
        guard code == 0 || code == EINPROGRESS else {
            self.statistics.unreachable += 1
            closeDescriptor(client, reset: true)
            return closeDescriptor(server, reset: true)
        }
        let number = self.statistics.accepted - 1
        let link = Link(number: number, core: self, client: client, server: server, isConnecting: code != 0)
        self.links[number] = link
        link.start()
    }

    func remove(_ link: Link) { self.links.removeValue(forKey: link.number) }
}

/// Lets two sockets of ours have one port: the one that keeps it and the one that listens.
func sharePort(_ descriptor: Int32) throws {
    var on: Int32 = 1
    guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
        throw ProxyError("cannot share a port", errno)
    }
}
