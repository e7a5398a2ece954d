internal import CSystem
internal import Glibc
internal import Threading

/// A redis-server of a test's own, in a fresh directory that goes with it.
///
/// Speaks on a unix socket, and on TCP and TLS ports of 127.0.0.1 and ::1 when asked to. All members may be called from any thread; those that start or
/// stop the server block the caller for the few milliseconds that it takes.
public final class PrivateRedis: Sendable {
    public struct Options: Sendable {
        /// Listen on a free TCP port.
        public var tcp: Bool
        /// Listen on a free port with TLS; certificates are made for it.
        public var tls: Bool
        /// Certificates to use; nil has some made.
        public var tlsFiles: TLSFiles?
        /// Ask TLS clients for a certificate that ``PrivateRedis/TLSFiles/authority`` has signed.
        public var tlsNeedsClientCertificate: Bool
        /// The password of the user `default`.
        public var password: String?
        /// Users as `ACL SETUSER` takes them, such as `worker on >secret ~* &* +@all`.
        public var users: [String]
        /// Keep data in an append-only file, so that it survives ``PrivateRedis/restart()``.
        public var appendOnly: Bool
        /// Run as a sentinel.
        public var isSentinel: Bool
        /// A further address to listen on, of a network of a test's own, where strangers are let in without a password.
        public var address: String?
        /// A command that starts the server, such as one that enters a namespace. It must become the server (exec), not stay its parent.
        public var prefix: [String]
        /// Further lines of the server's configuration.
        public var configuration: [String]

        public init(
            tcp: Bool = false, tls: Bool = false, tlsNeedsClientCertificate: Bool = false, password: String? = nil, users: [String] = [],
            appendOnly: Bool = false, isSentinel: Bool = false, address: String? = nil, prefix: [String] = [], configuration: [String] = []
        ) {
            self.tcp = tcp
            self.tls = tls
            self.tlsNeedsClientCertificate = tlsNeedsClientCertificate
            self.password = password
            self.users = users
            self.appendOnly = appendOnly
            self.isSentinel = isSentinel
            self.address = address
            self.prefix = prefix
            self.configuration = configuration
        }
    }

    public let options: Options
    public let directory: ScratchDirectory
    /// The port without TLS; 0 when there is none.
    public let port: UInt16
    /// The port with TLS; 0 when there is none.
    public let tlsPort: UInt16
    /// Nil without TLS.
    public let tlsFiles: TLSFiles?
    private let process = Lock<ChildProcess?>(nil)

    /// Starts a server and waits until it answers.
    ///
    /// - Throws: ``HarnessError`` with the end of the server's log when it does not come up.
    public init(_ options: Options = Options()) throws {
        self.options = options
        self.directory = try ScratchDirectory(prefix: "flotilla-redis")
        self.port = options.tcp ? try freePort() : 0
        self.tlsPort = options.tls ? try freePort() : 0
        self.tlsFiles = options.tls ? try options.tlsFiles ?? TLSFiles(in: self.directory) : nil
        try self.writeConfiguration()
        try self.start()
    }

    deinit { self.kill9() }

    public var socketPath: String { "\(self.directory.path)/redis.sock" }
    public var logPath: String { "\(self.directory.path)/redis.log" }
    /// The server's process; nil while stopped.
    public var pid: Int32? { self.process.withLock { $0?.pid } }

    /// A URL over the unix socket, with the password if there is one.
    public var url: String { "unix://\(self.account)\(self.socketPath)?db=0" }
    /// A URL over TCP without TLS.
    public var tcpURL: String { "redis://\(self.account)127.0.0.1:\(self.port)/0" }

    private var account: String {
        guard let password = self.options.password else { return "" }
        let encoded = password.utf8.map { byte in "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        return ":\(encoded)@"
    }

    // MARK: Life

    /// Starts the server again in the same directory, on the same ports.
    ///
    /// - Throws: ``HarnessError`` when it runs already or does not come up.
    public func start() throws {
        try self.process.withLock { process in
            guard process == nil else { throw HarnessError("the Redis server runs already") }
            let line =
                self.options.prefix + ["redis-server", "\(self.directory.path)/redis.conf"]
                + (self.options.isSentinel ? ["--sentinel"] : [])
            let child = try ChildProcess(line[0], Array(line.dropFirst()), directory: self.directory.path, log: self.logPath)
            for _ in 0..<2000 {
                if self.answers() {
                    process = child
                    return
                }
                // Nothing tells when a server listens; asking every 5 ms is the only way.
                if child.wait(milliseconds: 5) != nil { break }
            }
            throw HarnessError("redis-server did not come up:\n\(self.logTail())")
        }
    }

    /// Ends the server with SIGTERM and waits; the append-only file, if there is one, is complete.
    public func stop() { self.end(SIGTERM) }

    /// Ends the server with SIGKILL and waits.
    public func kill9() { self.end(SIGKILL) }

    public func restart() throws {
        self.stop()
        try self.start()
    }

    /// Stops the server in its tracks: sockets stay open and nothing is answered.
    public func freeze() { self.process.withLock { $0?.kill(SIGSTOP) } }

    public func thaw() { self.process.withLock { $0?.kill(SIGCONT) } }

    private func end(_ signal: Int32) {
        self.process.withLock { process in
            guard let child = process else { return }
            child.kill(signal)
            child.kill(SIGCONT)
            if child.wait(milliseconds: 5000) == nil {
                child.kill(SIGKILL)
                child.wait()
            }
            process = nil
        }
    }

    // MARK: Details

    private func writeConfiguration() throws {
        var lines = [
            "port \(self.port)", "bind 127.0.0.1 -::1 \(self.options.address ?? "")", "unixsocket \(self.socketPath)", "unixsocketperm 700",
            "dir \(self.directory.path)",
            "daemonize no",
        ]
        if !self.options.isSentinel {
            lines += ["save \"\"", "appendonly \(self.options.appendOnly ? "yes" : "no")", "maxmemory-policy noeviction"]
        }
        if self.options.address != nil { lines.append("protected-mode no") }
        if let password = self.options.password { lines.append("requirepass \"\(password)\"") }
        lines += self.options.users.map { "user \($0)" }
        if let files = self.tlsFiles {
            lines += [
                "tls-port \(self.tlsPort)", "tls-cert-file \(files.certificate)", "tls-key-file \(files.key)",
                "tls-ca-cert-file \(files.authority)", "tls-auth-clients \(self.options.tlsNeedsClientCertificate ? "yes" : "no")",
            ]
        }
        lines += self.options.configuration
        try writeFile("\(self.directory.path)/redis.conf", lines.joined(separator: "\n") + "\n")
    }

    /// Whether something that speaks Redis listens on the socket; NOAUTH is an answer too, LOADING is none.
    private func answers() -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let address = withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + Array(self.socketPath.utf8) + [0]
        let connected = address.withUnsafeBytes { bytes in
            connect(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard connected == 0, send(descriptor, "PING\r\n", 6, Int32(MSG_NOSIGNAL)) == 6 else { return false }
        var reply = [UInt8](repeating: 0, count: 64)
        let count = recv(descriptor, &reply, reply.count, 0)
        guard count > 0 else { return false }
        let text = String(decoding: reply[..<count], as: UTF8.self)
        return text.hasPrefix("+PONG") || text.hasPrefix("-NOAUTH")
    }

    private func logTail() -> String {
        let descriptor = open(self.logPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "(no log)" }
        defer { close(descriptor) }
        lseek(descriptor, -min(2000, lseek(descriptor, 0, SEEK_END)), SEEK_END)
        var bytes = [UInt8](repeating: 0, count: 2000)
        return String(decoding: bytes.prefix(max(0, read(descriptor, &bytes, bytes.count))), as: UTF8.self)
    }
}

/// A port of the loopback interface that nobody listens on at the moment.
public func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw HarnessError("no socket") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutableBytes(of: &address) { bytes in
        bytes.withMemoryRebound(to: sockaddr.self) { address in
            bind(descriptor, address.baseAddress, size) == 0 && getsockname(descriptor, address.baseAddress, &size) == 0
        }
    }
    guard bound else { throw HarnessError("no free port: \(String(cString: strerror(errno)))") }
    return UInt16(bigEndian: address.sin_port)
}

func writeFile(_ path: String, _ text: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw HarnessError("cannot write \(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else { throw HarnessError("cannot write \(path)") }
}
