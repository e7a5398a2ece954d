/// Why a command has no reply.
///
/// Safe to log: neither `description` nor any property holds a password or an argument of the command, except where the server's
/// own text, which `message` quotes for ``Code/server(_:)``, speaks of a key.
public struct RedisError: Error, Sendable {
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable, Sendable {
            case notConnected, connectionLost, timedOut, protocolViolation, authentication, tls, configuration, crossSlot, closed
            case server(RedisServerError.Kind)
        }
        private let kind: Kind

        /// No connection within the time limit. Nothing was sent.
        public static let notConnected = Code(kind: .notConnected)
        /// The connection closed before a reply came. The command may have run.
        public static let connectionLost = Code(kind: .connectionLost)
        /// No reply within the time limit. The command may have run, or may run later.
        public static let timedOut = Code(kind: .timedOut)
        /// The server sent what is not RESP2. The command may have run.
        public static let protocolViolation = Code(kind: .protocolViolation)
        /// The server refused user or password. Nothing was sent.
        public static let authentication = Code(kind: .authentication)
        /// The TLS handshake failed, most often because a certificate is not trusted. Nothing was sent.
        public static let tls = Code(kind: .tls)
        /// The configuration cannot work. Nothing was sent.
        public static let configuration = Code(kind: .configuration)
        /// The keys of one command, or of one pipeline, lie in different slots of a cluster; the message names two. Nothing was sent.
        public static let crossSlot = Code(kind: .crossSlot)
        /// The client was closed. See `mayHaveRun`.
        public static let closed = Code(kind: .closed)
        /// The server answered with an error. See `mayHaveRun`: only a script can fail half-way.
        public static func server(_ kind: RedisServerError.Kind) -> Code { Code(kind: .server(kind)) }

        /// The kind of the server's error reply, nil for every other code.
        public var serverKind: RedisServerError.Kind? {
            if case .server(let kind) = self.kind { kind } else { nil }
        }

        /// What waiting does not mend.
        static let hopeless: Set<Code> = [.authentication, .tls, .configuration]

        var word: String {
            switch self.kind {
            case .notConnected: "not connected"
            case .connectionLost: "connection lost"
            case .timedOut: "timed out"
            case .protocolViolation: "protocol violation"
            case .authentication: "authentication failed"
            case .tls: "TLS failed"
            case .configuration: "configuration"
            case .crossSlot: "keys in different slots"
            case .closed: "closed"
            case .server(let kind): "server error \(kind.word)"
            }
        }
    }

    public let code: Code
    /// Whether the command may have been executed. False is a promise; true is doubt.
    public let mayHaveRun: Bool
    /// The command's name, `connect`, or `configure`.
    public let operation: String
    /// One sentence for a log.
    public let message: String

    init(_ code: Code, operation: String, mayHaveRun: Bool, message: String) {
        self.code = code
        self.operation = operation
        self.mayHaveRun = mayHaveRun
        self.message = message
    }

    /// An error reply to the command `operation`.
    init(_ reply: RedisServerError, operation: String) {
        let runsCode = ["EVAL", "EVALSHA", "EVALSHA_RO", "EVAL_RO", "FCALL", "FCALL_RO", "EXEC"].contains(operation)
        self.init(
            .server(reply.kind), operation: operation, mayHaveRun: runsCode && !RedisServerError.Kind.refusals.contains(reply.kind),
            message: reply.messageWithoutArguments)
    }

    /// The same misfortune told about another operation.
    func about(_ operation: String, mayHaveRun: Bool) -> RedisError {
        RedisError(self.code, operation: operation, mayHaveRun: mayHaveRun, message: self.message)
    }

    /// The server is gone, away or not reachable, rather than unhappy with this command: pause and try again later.
    public var isOutage: Bool {
        switch self.code {
        case .notConnected, .connectionLost, .timedOut, .authentication, .tls: true
        default:
            self.code.serverKind.map {
                RedisServerError.Kind.reconnecting.contains($0)
                    || [.busy, .outOfMemory, .misconfigured, .noReplicas, .clusterDown, .tryAgain, .moved, .ask].contains($0)
            } ?? false
        }
    }
}

extension RedisError: CustomStringConvertible {
    public var description: String {
        "redis: \(self.operation): \(self.code.word): \(self.message)\(self.mayHaveRun ? " (it may have run)" : "")"
    }
}
