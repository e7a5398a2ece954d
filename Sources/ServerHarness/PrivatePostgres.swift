internal import CSystem
internal import Glibc
internal import Threading

/// A PostgreSQL server of a test's own, in a directory of its own, reached by a unix socket (and by TCP if asked).
///
/// As root it runs as `postgres` or `nobody`, since PostgreSQL refuses root. Starting takes about a second; stop, kill and restart keep
/// the data. Members block the calling thread; they may be called from any thread, one at a time.
public final class PrivatePostgres: Sendable {
    /// What the server is started with.
    public struct Options: Sendable {
        /// Off for tests that do not measure: a crash of the machine would lose data, a crash of the server does not.
        public var fsync = true
        /// Also listens on 127.0.0.1, at a port that was free.
        public var tcp = false
        /// A further address to listen on, and the addresses from which strangers are let in without a password: a network of a test's own.
        /// Needs ``tcp``.
        public var network: (address: String, range: String)?
        /// Offers TLS with a certificate of its own, `server.crt` in the directory, made out to `localhost`. Needs the program openssl.
        public var tls = false
        /// Other settings by name.
        public var settings: [String: String] = [:]
        /// Where the server's programs are; nil looks in the usual places.
        public var programs: String?

        public init(fsync: Bool = true, tcp: Bool = false, tls: Bool = false, settings: [String: String] = [:], programs: String? = nil) {
            self.fsync = fsync
            self.tcp = tcp
            self.tls = tls
            self.settings = settings
            self.programs = programs
        }
    }

    /// Absolute path of the directory that holds `data`, the socket and `log`.
    public var directory: String { self.scratch.path }
    /// What the server wrote to its log.
    public var logPath: String { "\(self.scratch.path)/log" }
    /// The TCP port, nil without TCP.
    public let port: UInt16?

    private let scratch: ScratchDirectory
    private let programs: String
    private let settings: [String]
    private let user: ServerUser?
    private let server = Lock<ChildProcess?>(nil)

    /// Makes a cluster and starts it; returns when it accepts connections.
    ///
    /// - Throws: ``HarnessError`` with the log's end when the server does not start.
    public convenience init(_ options: Options = Options()) throws {
        try self.init(options: options)
        let initdb = try self.launch(
            "initdb", ["-D", "\(self.scratch.path)/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N"])
        guard initdb.wait() == .exited(0) else { throw HarnessError("initdb failed: \(self.logTail())") }
        if let network = options.network { try self.letIn(network.range) }
        if options.tls { try self.makeCertificate() }
        try self.start()
    }

    /// Makes a standby that streams from `primary`, called `name` in its `synchronous_standby_names`, and starts it; returns when it answers
    /// questions.
    ///
    /// - Throws: ``HarnessError`` with the log's end when the copy fails or the server does not start.
    public convenience init(standbyOf primary: PrivatePostgres, name: String = "standby", _ options: Options = Options()) throws {
        try self.init(options: options)
        try self.follow(primary, name: name)
    }

    private init(options: Options) throws {
        self.programs = try options.programs ?? Self.findPrograms()
        self.scratch = try ScratchDirectory(prefix: "flotilla-pg")
        self.user = try ServerUser.forRoot()
        self.port = options.tcp ? try freePort() : nil
        if let user { chown(self.scratch.path, user.id, user.group) }
        chmod(self.scratch.path, 0o755)
        var settings = [
            "unix_socket_directories": self.scratch.path,
            "listen_addresses": options.tcp ? "127.0.0.1" + (options.network.map { ",\($0.address)" } ?? "") : "",
            "port": "\(self.port ?? 5432)",
            "fsync": options.fsync ? "on" : "off", "shared_buffers": "32MB",
            // Segments in files of the data directory: nothing stays in /dev/shm after kill -9.
            "dynamic_shared_memory_type": "mmap", "max_connections": "100", "jit": "off", "log_min_messages": "warning",
        ]
        if options.tls {
            settings["ssl"] = "on"
            settings["ssl_cert_file"] = "\(self.scratch.path)/server.crt"
            settings["ssl_key_file"] = "\(self.scratch.path)/server.key"
        }
        settings.merge(options.settings) { $1 }
        self.settings = settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }

    deinit { self.stopServer(SIGQUIT) }

    /// A libpq URL of a database on this server, over the unix socket.
    public func url(database: String = "postgres") -> String {
        "postgres://postgres@/\(database)?host=\(self.scratch.path)&port=\(self.port ?? 5432)"
    }

    /// A libpq URL over TCP; nil unless TCP was asked for.
    public func tcpURL(database: String = "postgres") -> String? {
        self.port.map { "postgres://postgres@127.0.0.1:\($0)/\(database)" }
    }

    /// Whether the server process is there (frozen ones are).
    public var isRunning: Bool { self.server.withLock { $0?.isRunning ?? false } }

    /// Starts a stopped or killed server on the same data; returns when it accepts connections.
    public func start() throws {
        guard !self.isRunning else { return }
        let process = try self.launch("postgres", ["-D", "\(self.scratch.path)/data"] + self.settings)
        self.server.withLock { $0 = process }
        // Crash recovery may take longer than a plain start.
        for _ in 0..<6_000 {
            if self.isReady(process.pid) { return }
            if process.wait(milliseconds: 5) != nil { break }
        }
        throw HarnessError("PostgreSQL did not start: \(self.logTail())")
    }

    /// Ends the server as `pg_ctl stop -m fast` does: sessions are cut, data is written.
    public func stop() { self.stopServer(SIGINT) }

    /// Stops and starts again.
    public func restart() throws {
        self.stop()
        try self.start()
    }

    /// Kills the server and all its sessions without warning, as a crash does. `start()` recovers.
    public func kill9() {
        guard let process = self.server.withLock({ $0 }) else { return }
        // The parent first and frozen, so that it can neither clean up nor start anybody.
        let family = self.freezeFamily(process.pid)
        for pid in family { kill(pid, SIGKILL) }
        process.wait()
        // Sessions are nobody's children now, and on a busy machine die after their parent. While one has the shared memory the next
        // start is refused.
        let end = MonotonicTime.now + .seconds(10)
        for pid in family.dropFirst() {
            while hasMemory(pid), MonotonicTime.now < end { usleep(1_000) }
        }
        self.server.withLock { $0 = nil }
    }

    /// Stops the server's processes in their tracks: connections stay open and nothing answers.
    public func freeze() {
        guard let process = self.server.withLock({ $0 }) else { return }
        _ = self.freezeFamily(process.pid)
    }

    /// Lets a frozen server go on.
    public func thaw() {
        guard let process = self.server.withLock({ $0 }) else { return }
        for pid in childProcesses(of: process.pid) { kill(pid, SIGCONT) }
        kill(process.pid, SIGCONT)
    }

    /// Throws the server's data away, if there is any, copies those of `primary` and starts as its standby: what an operator does with a
    /// primary that was replaced.
    public func follow(_ primary: PrivatePostgres, name: String = "standby") throws {
        self.stop()
        let removal = try ChildProcess("rm", ["-rf", "--", "\(self.scratch.path)/data"])
        guard removal.wait() == .exited(0) else { throw HarnessError("the old data cannot be removed") }
        let source = "host=\(primary.scratch.path) port=\(primary.port ?? 5432) user=postgres application_name=\(name)"
        let copy = try self.launch(
            "pg_basebackup", ["-D", "\(self.scratch.path)/data", "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", source])
        guard copy.wait() == .exited(0) else { throw HarnessError("pg_basebackup failed: \(self.logTail())") }
        try self.start()
    }

    /// Makes a primary of a standby; returns when it takes writes.
    public func promote() throws { try self.execute("SELECT pg_promote()") }

    /// Lets each commit wait for the standbys named, `*` for any one; nothing for none. Those who ask find it at once or soon after.
    public func setSynchronousStandbys(_ names: String) throws {
        try self.execute("ALTER SYSTEM SET synchronous_standby_names = '\(names)'")
        try self.execute("SELECT pg_reload_conf()")
    }

    /// Runs SQL text with `psql`, stopping at the first error.
    ///
    /// - Throws: ``HarnessError`` when it fails.
    public func execute(_ sql: String, database: String = "postgres") throws {
        let psql = try ChildProcess(
            "\(self.programs)/psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url(database: database), "-c", sql], log: self.logPath
        )
        guard psql.wait() == .exited(0) else { throw HarnessError("psql failed: \(self.logTail())") }
    }

    /// Makes an empty database and returns its URL.
    public func createDatabase(_ name: String) throws -> String {
        try self.execute("CREATE DATABASE \"\(name)\"")
        return self.url(database: name)
    }

    // MARK: Inside

    private func letIn(_ range: String) throws {
        let rules = "\(self.scratch.path)/data/pg_hba.conf"
        // Into what is there: the file stays the server's own.
        guard let text = readFile(rules) else { throw HarnessError("cannot read \(rules)") }
        try writeFile(rules, text + "host all all \(range) trust\n")
    }

    private func makeCertificate() throws {
        let openssl = try ChildProcess(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "server.key", "-out", "server.crt",
            ], directory: self.scratch.path, log: self.logPath)
        guard openssl.wait() == .exited(0) else { throw HarnessError("openssl failed: \(self.logTail())") }
        chmod("\(self.scratch.path)/server.key", 0o600)
        if let user { chown("\(self.scratch.path)/server.key", user.id, user.group) }
    }

    private func launch(_ program: String, _ arguments: [String]) throws -> ChildProcess {
        try ServerUser.launch("\(self.programs)/\(program)", arguments, as: self.user, directory: self.scratch.path, log: self.logPath)
    }

    private func stopServer(_ signal: Int32) {
        guard let process = self.server.withLock({ $0 }) else { return }
        process.kill(signal)
        for pid in childProcesses(of: process.pid) { kill(pid, SIGCONT) }
        process.kill(SIGCONT)
        if process.wait(milliseconds: 10_000) == nil {
            for pid in self.freezeFamily(process.pid) { kill(pid, SIGKILL) }
            process.wait()
        }
        self.server.withLock { $0 = nil }
    }

    /// Freezes the parent, then its children; again until no new one shows. Returns all.
    private func freezeFamily(_ parent: Int32) -> [Int32] {
        kill(parent, SIGSTOP)
        var children = childProcesses(of: parent)
        while true {
            for pid in children { kill(pid, SIGSTOP) }
            let now = childProcesses(of: parent)
            if Set(now).isSubset(of: children) { return [parent] + children }
            children += now.filter { !children.contains($0) }
        }
    }

    /// The server writes its pid into a file and, when it accepts connections, `ready`, or `standby` for those that only ask.
    private func isReady(_ pid: Int32) -> Bool {
        guard let text = readFile("\(self.scratch.path)/data/postmaster.pid") else { return false }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count >= 8 && lines[0] == "\(pid)" && (lines[7].hasPrefix("ready") || lines[7].hasPrefix("standby"))
    }

    private func logTail() -> String { String((readFile(self.logPath) ?? "no log").suffix(2_000)) }

    private static func findPrograms() throws -> String {
        for version in (13...18).reversed() where access("/usr/lib/postgresql/\(version)/bin/postgres", X_OK) == 0 {
            return "/usr/lib/postgresql/\(version)/bin"
        }
        throw HarnessError("no PostgreSQL server under /usr/lib/postgresql: install the package postgresql")
    }
}

/// Whom the server runs as when we are root.
struct ServerUser {
    let id: uid_t
    let group: gid_t

    static func forRoot() throws -> ServerUser? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) { return ServerUser(id: entry.pointee.pw_uid, group: entry.pointee.pw_gid) }
        }
        throw HarnessError("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")
    }

    /// Starts `path` as `user`, as ourselves without one.
    static func launch(_ path: String, _ arguments: [String], as user: ServerUser?, directory: String, log: String) throws -> ChildProcess {
        guard let user else { return try ChildProcess(path, arguments, directory: directory, log: log) }
        // setpriv becomes the program: the pid is the server's own.
        return try ChildProcess(
            "setpriv", ["--reuid=\(user.id)", "--regid=\(user.group)", "--clear-groups", path] + arguments, directory: directory, log: log)
    }
}

/// Whether a process is there and more than the remains of one that ended.
private func hasMemory(_ pid: Int32) -> Bool {
    guard let text = readFile("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return false }
    let state = text[text.index(after: end)...].first { $0 != " " }
    return state != "Z" && state != "X"
}

/// Direct children, from /proc.
private func childProcesses(of parent: Int32) -> [Int32] {
    guard let directory = opendir("/proc") else { return [] }
    defer { closedir(directory) }
    var children: [Int32] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard let pid = Int32(name), let text = readFile("/proc/\(name)/stat"), let end = text.lastIndex(of: ")") else { continue }
        // After the name, which may hold anything: state, parent, ….
        let fields = text[text.index(after: end)...].split(separator: " ")
        if fields.count > 1, fields[1] == "\(parent)" { children.append(pid) }
    }
    return children
}

func readFile(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
        let count = read(file, &buffer, buffer.count)
        if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[0..<count]
    }
}
