import CMicrohttpd
import CSystem
import Glibc
import Synchronization

/// A small HTTP server for health, metrics and the like: one thread, fixed routes, bounded everything.
///
/// Answers 404 and 405 by itself as `application/problem+json`, and HEAD wherever there is a GET.
public final class HTTPListener: Sendable {
    /// What clients may use.
    public struct Limits: Sendable {
        /// Larger request bodies get 413.
        public var bodyBytes: Int
        /// Memory for the line and the headers of one request; more gets 413, 414 or 431.
        public var headerBytes: Int
        /// Connections at once; more are closed.
        public var connections: Int
        /// An idle or slow connection is closed after so many seconds.
        public var timeoutSeconds: Int

        public init(bodyBytes: Int = 1 << 20, headerBytes: Int = 32 << 10, connections: Int = 64, timeoutSeconds: Int = 15) {
            self.bodyBytes = bodyBytes
            self.headerBytes = headerBytes
            self.connections = connections
            self.timeoutSeconds = timeoutSeconds
        }
    }

    /// The port that it listens on: the one asked for, or the one the system chose for 0.
    public let port: UInt16
    private let router: HTTPRouter
    /// The address of libmicrohttpd's daemon; 0 once stopped.
    private let daemon: Atomic<UInt>

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - address: an IPv4 or IPv6 address, or `localhost`.
    ///   - port: 0 lets the system choose.
    ///   - listening: a socket that listens already, such as one that systemd handed over; the address and the port are not used then. It is
    ///     closed with the listener.
    ///   - observe: told of each answer, on the server's thread.
    public init(
        address: String = "127.0.0.1", port: UInt16, listening: Int32? = nil, limits: Limits = Limits(), routes: [HTTPRoute],
        observe: (@Sendable (HTTPRequest, HTTPResponse) -> Void)? = nil
    ) throws(HTTPServerError) {
        let router = HTTPRouter(routes: routes, bodyLimit: limits.bodyBytes, observe: observe)
        guard let socketAddress = SocketAddress(address: address, port: port) else {
            throw HTTPServerError(address: address, port: port, errno: EINVAL, reason: "not an IP address")
        }
        var flags = MHD_USE_EPOLL.rawValue | MHD_USE_INTERNAL_POLLING_THREAD.rawValue | MHD_USE_ITC.rawValue
        if socketAddress.isIPv6 { flags |= MHD_USE_IPv6.rawValue }
        errno = 0
        let started = socketAddress.withPointer { pointer in
            flotilla_mhd_start(
                flags, port, pointer, answerRequest, Unmanaged.passUnretained(router).toOpaque(), requestEnded,
                UInt32(clamping: limits.connections), UInt32(clamping: limits.timeoutSeconds), limits.headerBytes, listening ?? -1)
        }
        guard let started else {
            let code = errno
            throw HTTPServerError(
                address: address, port: port, errno: code, reason: code == 0 ? "libmicrohttpd refused" : String(cString: strerror(code)))
        }
        // The daemon's thread uses the router until it is stopped, and stopping comes before this object goes.
        self.router = router
        self.port = listening.map(boundPort) ?? flotilla_mhd_port(started)
        self.daemon = Atomic(UInt(bitPattern: started))
    }

    deinit { self.stop(grace: .zero) }

    /// Stops listening, lets running requests finish for at most `grace`, then closes every connection. Blocks for that long.
    /// Safe to call twice.
    public func stop(grace: Duration = .seconds(2)) {
        let address = self.daemon.exchange(0, ordering: .acquiringAndReleasing)
        guard let daemon = OpaquePointer(bitPattern: address) else { return }
        let listening = MHD_quiesce_daemon(daemon)
        if listening >= 0 { close(listening) }
        // Idle keep-alive connections would count for ever; requests being answered are what is worth waiting for.
        let deadline = ContinuousClock.now + grace
        while self.router.running.load(ordering: .relaxed) > 0 && ContinuousClock.now < deadline { usleep(2_000) }
        MHD_stop_daemon(daemon)
    }
}

/// The port of a socket; 0 when it has none, as a unix socket.
private func boundPort(_ socket: Int32) -> UInt16 {
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
    }
    // The port stands at the same place in both families.
    let hasPort = status == 0 && (address.sin6_family == sa_family_t(AF_INET) || address.sin6_family == sa_family_t(AF_INET6))
    return hasPort ? UInt16(bigEndian: address.sin6_port) : 0
}

/// An address to bind to, in the system's form.
private struct SocketAddress {
    private var v4 = sockaddr_in()
    private var v6 = sockaddr_in6()
    let isIPv6: Bool

    init?(address: String, port: UInt16) {
        let text = address == "localhost" ? "127.0.0.1" : address
        if inet_pton(AF_INET, text, &self.v4.sin_addr) == 1 {
            self.v4.sin_family = sa_family_t(AF_INET)
            self.v4.sin_port = port.bigEndian
            self.isIPv6 = false
        } else if inet_pton(AF_INET6, text.trimmingBrackets, &self.v6.sin6_addr) == 1 {
            self.v6.sin6_family = sa_family_t(AF_INET6)
            self.v6.sin6_port = port.bigEndian
            self.isIPv6 = true
        } else {
            return nil
        }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
        if self.isIPv6 {
            return withUnsafePointer(to: self.v6) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
        }
        return withUnsafePointer(to: self.v4) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
    }
}

extension String {
    fileprivate var trimmingBrackets: String { self.hasPrefix("[") && self.hasSuffix("]") ? String(self.dropFirst().dropLast()) : self }
}
