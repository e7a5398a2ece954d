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

    /// How the server is found that a command goes to.
    public enum Topology: Sendable, Hashable {
        /// One server, at `endpoint`.
        case standalone
        /// The primary that sentinels name; it is asked for anew with each connection.
        case sentinel(Sentinel)
        /// A cluster, found by asking these nodes; each command goes to the node that serves its keys' slot.
        case cluster(nodes: [Endpoint])
    }

    /// Who knows the primary of a service.
    public struct Sentinel: Sendable, Hashable {
        /// The sentinels, asked in this order. Not empty.
        public var addresses: [Endpoint]
        /// The name by which the sentinels know the service, often `mymaster`.
        public var service: String
        /// The sentinels' own ACL user; nil is the user `default`.
        public var username: String?
        /// The sentinels' own password, which is not the servers'.
        public var password: String?

        public init(addresses: [Endpoint], service: String, username: String? = nil, password: String? = nil) {
            self.addresses = addresses
            self.service = service
            self.username = username
            self.password = password
        }
    }

    /// Where the server is; with sentinels or a cluster the first of those who are asked.
    public var endpoint: Endpoint
    public var topology: Topology
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
        endpoint: Endpoint, topology: Topology = .standalone, username: String? = nil, password: String? = nil, database: Int = 0,
        tls: TLS? = nil, connectTimeout: Duration = .seconds(5), commandTimeout: Duration = .seconds(5), connections: Int = 2,
        clientName: String? = nil
    ) {
        self.endpoint = endpoint
        self.topology = topology
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

extension RedisConfiguration {
    /// Whether keys are spread over the nodes of a cluster.
    public var isCluster: Bool { if case .cluster = self.topology { true } else { false } }

    /// Who is connected to, for messages.
    var destination: String {
        switch self.topology {
        case .standalone: self.endpoint.description
        case .sentinel(let sentinel):
            "the primary of '\(sentinel.service)' at \(sentinel.addresses.map(\.description).joined(separator: ","))"
        case .cluster(let nodes): nodes.map(\.description).joined(separator: ",")
        }
    }
}

// Every way to print a configuration leads here, so that no log ever holds the password.
extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A URL without the password, and without what is at its default.
    public var description: String {
        let user = (self.username ?? "") + (self.password == nil ? "" : ":***")
        let account = user.isEmpty ? "" : "\(user)@"
        let scheme = self.tls == nil ? "redis" : "rediss"
        switch self.topology {
        case .standalone: break
        case .sentinel(let sentinel):
            let addresses = sentinel.addresses.map(\.description).joined(separator: ",")
            return "\(scheme)+sentinel://\(account)\(addresses)/\(sentinel.service)/\(self.database)"
        case .cluster: return "\(scheme)+cluster://\(account)\(self.destination)"
        }
        switch self.endpoint {
        case .tcp: return "\(scheme)://\(account)\(self.endpoint)/\(self.database)"
        case .unix(let path): return "unix://\(account)\(path)?db=\(self.database)"
        }
    }

    public var debugDescription: String { self.description }
    public var customMirror: Mirror { Mirror(self, children: ["url": self.description]) }
}
