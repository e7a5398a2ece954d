internal import Glibc
internal import Threading
internal import Reactor

/// Stands between clients and a server and does to their connections what networks and dying hosts do.
///
/// Faults may be changed while it runs; they hold for the connections there are and for those to come. What is left to chance is decided
/// by the seed, for each connection and direction apart, so that it does not depend on who is faster. One thread of its own serves all connections;
/// it sleeps when nothing happens. Each direction of a connection holds at most ``Options/bufferLimit`` bytes and one piece more.
///
/// The kernel of the proxy acknowledges what it receives: a fault here is seen by timeouts of the programs, not by those of TCP.
/// All members may be called from any thread; they block until the proxy's thread has done what they say, some microseconds.
public final class FaultProxy: Sendable {
    public struct Options: Sendable {
        /// What the clients speak. Traps need it.
        public var language: ProxyLanguage
        public var seed: UInt64
        /// Bytes that one direction of a connection may hold before its sender has to wait.
        public var bufferLimit: Int

        public init(language: ProxyLanguage = .opaque, seed: UInt64 = 1, bufferLimit: Int = 1 << 20) {
            self.language = language
            self.seed = seed
            self.bufferLimit = bufferLimit
        }
    }

    /// Where clients connect: with the port that was found, if 0 was asked for.
    public let address: ProxyAddress
    /// The server.
    public let upstream: ProxyAddress
    private let loop: EventLoop
    private let core: ProxyCore
    private let isClosed = Lock(false)

    /// Listens. The server need not be there: a client that comes while it is away is reset.
    ///
    /// - Throws: ``ProxyError`` when an address is none, or `address` is taken.
    public init(
        at address: ProxyAddress = .tcp(host: "127.0.0.1", port: 0), to upstream: ProxyAddress, _ options: Options = Options()
    ) throws {
        _ = try upstream.bytes()
        let (actual, placeholder) = try reserve(address)
        let loop = EventLoop(name: "fault-proxy")
        self.address = actual
        self.upstream = upstream
        self.loop = loop
        self.core = ProxyCore(actual, placeholder: placeholder, upstream: upstream, options: options, loop: loop)
        do {
            try self.perform { try $0.listen() }
        } catch {
            self.close()
            throw error
        }
    }

    deinit { self.close() }

    /// The port at which clients connect; 0 for a unix socket.
    public var port: UInt16 { if case .tcp(_, let port) = self.address { port } else { 0 } }

    // MARK: Faults

    /// Sets what happens to the bytes of one direction, or of both.
    public func set(_ fault: Fault, on direction: Direction? = nil) {
        self.command { core in
            for each in Direction.allCases where direction == nil || direction == each { core.set(fault, on: each) }
        }
    }

    /// Sets what happens to clients that connect from now on.
    ///
    /// - Throws: ``ProxyError`` when it cannot listen again.
    public func welcome(_ welcome: Welcome) throws { try self.perform { try $0.set(welcome) } }

    /// Resets every connection there is. Returns how many there were.
    @discardableResult
    public func resetConnections() -> Int { self.command { $0.resetConnections() } ?? 0 }

    /// Lays a trap; it is found by requests whose first byte comes after this call.
    public func arm(_ trap: Trap) -> ArmedTrap {
        let armed = ArmedTrap(trap)
        self.command { $0.add(armed) }
        return armed
    }

    /// Cuts off everybody, as if the server's host were gone: new clients are refused and those there are reset.
    public func sever() throws {
        try self.welcome(.refuse)
        self.resetConnections()
    }

    /// Lets bytes pass and clients in again.
    public func heal() throws {
        self.set(.pass)
        try self.welcome(.accept)
    }

    public var statistics: ProxyStatistics { self.command { $0.snapshot() } ?? ProxyStatistics() }

    // MARK: Life

    /// Resets all connections and ends the thread. Nothing can be done with it afterwards.
    public func close() {
        self.command { $0.close() }
        let wasClosed = self.isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        if !wasClosed { self.loop.stop() }
    }

    @discardableResult
    private func command<Result: Sendable>(_ body: @escaping @Sendable (ProxyCore) -> Result) -> Result? {
        // Nothing is thrown; nil says that the proxy is closed.
        try? self.perform(body)
    }

    private func perform<Result: Sendable>(_ body: @escaping @Sendable (ProxyCore) throws -> Result) throws -> Result {
        let outcome = Condition<Swift.Result<Result, any Error>?>(nil)
        // Under the lock, so that the loop still runs what it is given.
        try self.isClosed.withLock { isClosed in
            guard !isClosed else { throw ProxyError("the proxy is closed") }
            self.loop.execute { [core] in
                let result = Swift.Result { try body(core) }
                outcome.signal { $0 = result }
            }
        }
        return try outcome.wait { $0 }.get()
    }
}

/// Finds the port, if none was named, and keeps it. Returns the actual address and the socket that keeps it, -1 for none.
private func reserve(_ address: ProxyAddress) throws -> (ProxyAddress, Int32) {
    guard case .tcp(let host, _) = address else {
        _ = try address.bytes()
        return (address, -1)
    }
    let descriptor = try address.socket()
    do {
        try sharePort(descriptor)
        let code = try address.apply { bind(descriptor, $0, $1) }
        guard code == 0 else { throw ProxyError("cannot have \(address)", code) }
    } catch {
        Glibc.close(descriptor)
        throw error
    }
    var bound = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &bound) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    return (.tcp(host: host, port: UInt16(bigEndian: bound.sin_port)), descriptor)
}
