internal import CLibpq
internal import Threading

/// Where the server is and how long things may take. The password is never shown by `description`.
public struct PostgresConfiguration: Sendable {
    /// A libpq URL or keyword string. Empty: only libpq's `PG*` variables, service file and password file.
    let connectionString: String

    /// Shown in `pg_stat_activity`, unless the URL names another.
    public var applicationName = "flotilla"
    /// How long one attempt to connect to one server may take, name resolution and TLS included.
    public var connectTimeout = Duration.seconds(5)
    /// The server's limit for one statement; nil leaves the server's own setting.
    public var statementTimeout: Duration? = .seconds(30)
    /// The server's limit for waiting on one lock; nil leaves the server's own setting.
    public var lockTimeout: Duration? = .seconds(10)
    /// The server's limit for a transaction in which nothing happens; nil leaves the server's own setting.
    public var idleInTransactionTimeout: Duration? = .seconds(60)
    /// Our own limit for one answer, for a server or network that froze. Longer than ``statementTimeout``, so that the server speaks first.
    public var queryTimeout = Duration.seconds(35)
    /// After a deadline or cancellation: how long the server may take to confirm before the connection is given up.
    public var cancelGrace = Duration.seconds(1)
    /// Other server settings of each connection, by name.
    public var serverSettings: [String: String] = [:]
    /// How many prepared statements a connection keeps; 0 prepares none.
    public var preparedStatements = 256
    /// Whether a pooler (pgbouncer) stands between, and of which kind.
    public var pooler = PostgresPooler.none

    /// The pool opens this many connections before anyone asks.
    public var minimumConnections = 0
    /// The pool never has more connections than this.
    public var maximumConnections = 8
    /// How long a caller waits for a connection before `.unavailable` or `.poolExhausted`.
    public var acquireTimeout = Duration.seconds(5)
    /// A connection above the minimum that nobody used for this long is closed.
    public var idleTimeout = Duration.seconds(300)
    /// A connection that nobody used for this long is asked `SELECT 1` before it is handed out.
    public var healthCheckAfter = Duration.seconds(30)
    /// A connection older than this is closed when it comes back; up to a fifth is taken off at random, so that they do not all go at once.
    public var maximumLifetime = Duration.seconds(3_600)

    /// - Parameter url: `postgres://user@host/database?sslmode=verify-full`, or libpq's `key=value` form; empty for the `PG*` variables
    ///   alone. Several hosts, `postgres://h1:p1,h2:p2/database`, are a primary and its standbys: unless `target_session_attrs` says
    ///   otherwise, connections go to the one that takes writes, whichever that is at the time.
    /// - Throws: `.invalidArgument` when libpq cannot read it.
    public init(url: String) throws(PostgresError) {
        self.connectionString = url
        guard !url.utf8.contains(0) else { throw PostgresError(.invalidArgument, "the PostgreSQL URL holds a NUL byte") }
        if !url.isEmpty, self.parsed() == nil {
            // libpq's own words may repeat the password.
            throw PostgresError(.invalidArgument, "the PostgreSQL URL cannot be read")
        }
    }

    /// What libpq itself takes from the environment: `PGHOST`, `PGUSER`, `PGDATABASE`, `PGPASSWORD`, `PGSSLMODE`, ….
    public static var environment: Self {
        Self(checked: "")
    }

    private init(checked connectionString: String) {
        self.connectionString = connectionString
    }

    /// The keywords that the connection string sets, nil if it is invalid.
    func parsed() -> [String: String]? {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(self.connectionString, &message) else {
            if let message { PQfreemem(message) }
            return nil
        }
        defer { PQconninfoFree(options) }
        return Self.values(of: options)
    }

    private static func values(of options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        var values: [String: String] = [:]
        var cursor = options
        while let keyword = cursor.pointee.keyword {
            if let value = cursor.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            cursor += 1
        }
        return values
    }

    /// What libpq is given, in an order in which the later wins.
    ///
    /// - Parameters:
    ///   - server: takes the place of all that URL and environment name; nil leaves the choice to libpq.
    ///   - target: what the server must be, as ``targetSession``.
    func connectionKeywords(to server: ServerAddress?, target: String) -> [(String, String)] {
        var keywords = [
            ("application_name", self.applicationName), ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            // A machine that vanished acknowledges nothing: sooner than a statement's deadline.
            ("tcp_user_timeout", "20000"),
        ]
        for (name, value) in self.parsed() ?? [:] where server == nil || !["host", "hostaddr", "port"].contains(name) {
            keywords.append((name, value))
        }
        if let server {
            keywords += [("host", server.host), ("hostaddr", server.address), ("port", server.port)].compactMap { name, value in
                value.map { (name, $0) }
            }
        }
        keywords += [("target_session_attrs", target), ("client_encoding", "UTF8")]
        // Poolers know a few parameters and refuse the rest.
        if self.pooler == .none { keywords.append(("options", self.startupOptions())) }
        return keywords
    }

    /// The server settings that each connection needs, in their order.
    private var sessionSettings: [(name: String, value: String)] {
        var settings = [("DateStyle", "ISO"), ("bytea_output", "hex")]
        let timeouts = [
            ("statement_timeout", self.statementTimeout), ("lock_timeout", self.lockTimeout),
            ("idle_in_transaction_session_timeout", self.idleInTransactionTimeout),
        ]
        for (name, timeout) in timeouts {
            // 0 would mean no limit at all.
            if let timeout { settings.append((name, String(min(max(1, timeout.inMilliseconds), Int64(Int32.max))))) }
        }
        return settings + self.serverSettings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func startupOptions() -> String {
        // libpq would take either the URL's options or PGOPTIONS; ours come after them.
        var parts: [String] = []
        if let theirs = self.parsed()?["options"] ?? Self.environmentDefaults()["options"] { parts.append(theirs) }
        for (name, value) in self.sessionSettings {
            var escaped = ""
            for character in value {
                if character == " " || character == "\\" { escaped += "\\" }
                escaped.append(character)
            }
            parts.append("-c \(name)=\(escaped)")
        }
        return parts.joined(separator: " ")
    }

    /// The same settings as a statement, for where they cannot be sent at the start.
    ///
    /// - Parameter isLocal: until the end of the transaction, as `SET LOCAL`.
    func settingsStatement(isLocal: Bool) -> String {
        let calls = self.sessionSettings.map { "set_config(\(quotedLiteral($0.name)), \(quotedLiteral($0.value)), \(isLocal))" }
        return "SELECT " + calls.joined(separator: ", ")
    }

    /// What libpq takes from the environment, its own defaults included.
    static func environmentDefaults() -> [String: String] {
        guard let defaults = PQconndefaults() else { return [:] }
        defer { PQconninfoFree(defaults) }
        return self.values(of: defaults)
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// User, host, port and database as far as the URL names them; never the password.
    public var description: String {
        let values = self.parsed() ?? [:]
        var text = "postgres://"
        if let user = values["user"] { text += "\(user)@" }
        text += values["host"] ?? values["hostaddr"] ?? ""
        if let port = values["port"] { text += ":\(port)" }
        if let database = values["dbname"] { text += "/\(database)" }
        return text
    }

    public var debugDescription: String { self.description }
}

// Without this, `dump` and string interpolation in a debugger would print the connection string.
extension PostgresConfiguration: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: ["description": self.description]) }
}
