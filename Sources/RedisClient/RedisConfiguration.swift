/// Where a Redis server is and how to talk to it.
public struct RedisConfiguration: Sendable {
    public enum Endpoint: Sendable, Hashable {
        /// A host name, an IPv4 address or an IPv6 address (without brackets).
        case tcp(host: String, port: UInt16)
        /// The path of a unix domain socket.
        case unix(path: String)
    }

    /// How a `rediss://` connection is secured. At least TLS 1.2.
    public struct TLS: Sendable, Hashable {
        /// PEM file of the authorities to trust; nil trusts those of the system.
        public var authorityFile: String?
        /// PEM file of our certificate and what signed it, for servers that ask clients for one.
        public var certificateFile: String?
        /// PEM file of the certificate's key; nil when it is in `certificateFile`.
        public var keyFile: String?
        /// The name or address the server's certificate must carry (and the name asked for by SNI); nil takes the endpoint's host.
        public var serverName: String?
        /// False accepts any certificate of anybody: for experiments only.
        public var verifiesServer: Bool

        public init(
            authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, serverName: String? = nil,
            verifiesServer: Bool = true
        ) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.serverName = serverName
            self.verifiesServer = verifiesServer
        }
    }

    public var endpoint: Endpoint
    /// ACL user; nil is the user `default`.
    public var username: String?
    public var password: String?
    public var database: Int
    public var tls: TLS?
    /// From the start of resolving the name to the first reply.
    public var connectTimeout: Duration
    /// How long a command may wait for its reply, being connected included, unless the call says otherwise.
    public var commandTimeout: Duration
    /// Command connections of a client.
    public var connections: Int
    /// Shown by CLIENT LIST; blanks and control characters are replaced by `_`.
    public var clientName: String?

    public init(
        endpoint: Endpoint, username: String? = nil, password: String? = nil, database: Int = 0, tls: TLS? = nil,
        connectTimeout: Duration = .seconds(5), commandTimeout: Duration = .seconds(5), connections: Int = 2, clientName: String? = nil
    ) {
        self.endpoint = endpoint
        self.username = username
        self.password = password
        self.database = database
        self.tls = tls
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.connections = connections
        self.clientName = clientName
    }
}

extension RedisConfiguration.Endpoint: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }
}

// Every way to print a configuration leads here, so that no log ever holds the password.
extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A URL without the password, and without what is at its default.
    public var description: String {
        let user = (self.username ?? "") + (self.password == nil ? "" : ":***")
        let account = user.isEmpty ? "" : "\(user)@"
        switch self.endpoint {
        case .tcp: return "\(self.tls == nil ? "redis" : "rediss")://\(account)\(self.endpoint)/\(self.database)"
        case .unix(let path): return "unix://\(account)\(path)?db=\(self.database)"
        }
    }

    public var debugDescription: String { self.description }
    public var customMirror: Mirror { Mirror(self, children: ["url": self.description]) }
}
