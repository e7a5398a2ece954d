internal import CSystem
internal import Glibc
internal import Threading

/// Where to connect to, as the kernel wants it.
struct SocketAddress: Sendable {
    let family: Int32
    let bytes: [UInt8]

    /// - Parameter path: at most 107 bytes.
    init?(unixPath path: String) {
        guard path.utf8.count <= 107, !path.isEmpty else { return nil }
        self.family = AF_UNIX
        self.bytes = withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + Array(path.utf8) + [0]
    }

    private init(family: Int32, bytes: [UInt8]) {
        self.family = family
        self.bytes = bytes
    }

    enum Resolution: Sendable {
        case found([SocketAddress])
        case failed(String)
    }

    /// Resolves a name; blocks for as long as the resolver likes, unless `host` is an address and `numericOnly` is set.
    static func resolve(host: String, port: UInt16, numericOnly: Bool) -> Resolution {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = Int32(AI_NUMERICSERV) | (numericOnly ? Int32(AI_NUMERICHOST) : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else { return .failed(String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var cursor = list
        while let entry = cursor {
            let bytes = UnsafeRawBufferPointer(start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
            found.append(SocketAddress(family: entry.pointee.ai_family, bytes: Array(bytes)))
            cursor = entry.pointee.ai_next
        }
        return found.isEmpty ? .failed("the name has no address") : .found(found)
    }

    enum Connecting { case connected(Int32), inProgress(Int32), failed(Int32) }

    /// Opens a non-blocking socket and begins to connect it.
    func connect() -> Connecting {
        let descriptor = socket(self.family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .failed(errno) }
        if self.family != AF_UNIX {
            set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
            // A dead peer is noticed within a minute even when we have nothing to say, as in a long blocking command.
            set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 30)
            set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10)
            set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
        }
        let status = self.bytes.withUnsafeBytes { bytes in
            Glibc.connect(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        if status == 0 { return .connected(descriptor) }
        let code = errno
        if code == EINPROGRESS || code == EINTR { return .inProgress(descriptor) }
        close(descriptor)
        return .failed(code)
    }
}

private func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
}

/// Turns endpoints into addresses without ever blocking the loop.
///
/// Only on the loop's thread. At most one thread per resolver waits for the system's resolver, however slow that is.
final class Resolver: @unchecked Sendable {
    typealias Endpoint = RedisConfiguration.Endpoint
    typealias Waiter = @Sendable (SocketAddress.Resolution) -> Void

    private let execute: @Sendable (@escaping @Sendable () -> Void) -> Void
    private var resolving: Endpoint?
    private var wanted: (endpoint: Endpoint, waiter: Waiter)?

    init(execute: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        self.execute = execute
    }

    /// Calls `waiter` on the loop's thread, maybe before returning. A later call replaces an earlier waiter.
    func resolve(_ endpoint: Endpoint, _ waiter: @escaping Waiter) {
        self.wanted = nil
        switch endpoint {
        case .unix(let path):
            waiter(SocketAddress(unixPath: path).map { .found([$0]) } ?? .failed("the socket's path is empty or longer than 107 bytes"))
        case .tcp(let host, let port):
            if case .found(let addresses) = SocketAddress.resolve(host: host, port: port, numericOnly: true) {
                return waiter(.found(addresses))
            }
            self.wanted = (endpoint, waiter)
            if self.resolving != nil { return }
            self.resolving = endpoint
            DedicatedThread.start(name: "redis-resolver") {
                let resolution = SocketAddress.resolve(host: host, port: port, numericOnly: false)
                self.execute { self.finish(resolution) }
            }
        }
    }

    func forget() { self.wanted = nil }

    private func finish(_ resolution: SocketAddress.Resolution) {
        let resolved = self.resolving
        self.resolving = nil
        guard let (endpoint, waiter) = self.wanted else { return }
        self.wanted = nil
        // Another name was wanted in the meantime.
        if endpoint == resolved { waiter(resolution) } else { self.resolve(endpoint, waiter) }
    }
}
