internal import Glibc
internal import Threading

/// A pgbouncer of a test's own in front of a private PostgreSQL, reached by a unix socket.
///
/// As root it runs as the user that PostgreSQL's servers run as. Members block the calling thread for the few milliseconds that they take.
public final class PrivatePgbouncer: Sendable {
    /// For how long a client has a server connection.
    public enum Mode: String, Sendable {
        case session, transaction
    }

    /// What pgbouncer is started with.
    public struct Options: Sendable {
        public var mode: Mode
        /// Server connections a database: with few, clients meet each other's.
        public var poolSize: Int
        /// Startup parameters that are dropped instead of refused, such as `options`.
        public var ignoredParameters: String

        public init(mode: Mode = .transaction, poolSize: Int = 4, ignoredParameters: String = "") {
            self.mode = mode
            self.poolSize = poolSize
            self.ignoredParameters = ignoredParameters
        }
    }

    /// Whether the program is installed.
    public static var isInstalled: Bool { Self.program != nil }
    private static var program: String? {
        ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"].first { access($0, X_OK) == 0 }
    }

    private let scratch: ScratchDirectory
    private let user: ServerUser?
    private let process = Lock<ChildProcess?>(nil)

    /// Starts it in front of `server`; returns when it takes connections.
    ///
    /// - Throws: ``HarnessError`` when it is not installed or does not start.
    public init(_ server: PrivatePostgres, _ options: Options = Options()) throws {
        self.scratch = try ScratchDirectory(prefix: "flotilla-pgb")
        self.user = try ServerUser.forRoot()
        if let user { chown(self.scratch.path, user.id, user.group) }
        chmod(self.scratch.path, 0o755)
        let ignored = options.ignoredParameters.isEmpty ? "" : "ignore_startup_parameters = \(options.ignoredParameters)\n"
        try writeFile(
            "\(self.scratch.path)/pgbouncer.ini",
            """
            [databases]
            * = host=\(server.directory) port=\(server.port ?? 5432) user=postgres
            [pgbouncer]
            unix_socket_dir = \(self.scratch.path)
            listen_port = 6432
            auth_type = any
            pool_mode = \(options.mode.rawValue)
            default_pool_size = \(options.poolSize)
            max_client_conn = 200
            \(ignored)
            """)
        if let user { chown("\(self.scratch.path)/pgbouncer.ini", user.id, user.group) }
        try self.start()
    }

    deinit { self.stop() }

    /// A libpq URL of a database behind it.
    public func url(database: String = "postgres") -> String { "postgres://postgres@/\(database)?host=\(self.scratch.path)&port=6432" }

    /// Starts it again after ``stop()``.
    public func start() throws {
        guard let program = Self.program else { throw HarnessError("pgbouncer is not installed: install the package pgbouncer") }
        let log = "\(self.scratch.path)/log"
        let process = try ServerUser.launch(
            program, ["\(self.scratch.path)/pgbouncer.ini"], as: self.user, directory: self.scratch.path, log: log)
        self.process.withLock { $0 = process }
        for _ in 0..<2_000 {
            if access("\(self.scratch.path)/.s.PGSQL.6432", F_OK) == 0 { return }
            if process.wait(milliseconds: 5) != nil { break }
        }
        throw HarnessError("pgbouncer did not start: \((readFile(log) ?? "no log").suffix(2_000))")
    }

    /// Ends it at once, and with it all connections.
    public func stop() {
        self.process.withLock { process in
            process?.kill(SIGKILL)
            process?.wait()
            process = nil
        }
        // Else the next start is taken for a second instance.
        unlink("\(self.scratch.path)/.s.PGSQL.6432")
    }
}
