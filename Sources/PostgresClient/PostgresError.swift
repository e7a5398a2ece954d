/// Why a statement or a connection failed, and whether anything may have been written.
public struct PostgresError: Error, Sendable {
    /// The kind of failure. More may be added: always have a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case unavailable, poolExhausted, connectionLost, server, timedOut, cancelled, decoding, invalidArgument, closed
        }
        private let kind: Kind

        /// No connection could be made in time; nothing was sent.
        public static let unavailable = Self(kind: .unavailable)
        /// All connections stayed busy until the acquire timeout; nothing was sent.
        public static let poolExhausted = Self(kind: .poolExhausted)
        /// The connection closed before the answer came; ``PostgresError/mayHaveCommitted`` says whether the outcome is unknown.
        public static let connectionLost = Self(kind: .connectionLost)
        /// The server refused the statement: the statement and its transaction were rolled back.
        public static let server = Self(kind: .server)
        /// The deadline passed. If the server confirmed the cancellation nothing was written, else ``PostgresError/mayHaveCommitted`` is
        /// set.
        public static let timedOut = Self(kind: .timedOut)
        /// The awaiting task was cancelled. If the server confirmed the cancellation nothing was written, else
        /// ``PostgresError/mayHaveCommitted`` is set.
        public static let cancelled = Self(kind: .cancelled)
        /// A value of the answer is NULL, missing or not of the type asked for. The statement itself succeeded.
        public static let decoding = Self(kind: .decoding)
        /// A parameter or a setting cannot be sent (a NUL byte in text, an invalid URL); nothing was sent.
        public static let invalidArgument = Self(kind: .invalidArgument)
        /// The pool, listener or connection was closed by us; nothing was sent.
        public static let closed = Self(kind: .closed)

        public var description: String { self.kind.rawValue }
    }

    public let code: Code
    /// What happened, without statement text, parameters or row values: safe to log.
    public let message: String
    /// The server's five-character code (`23505`), when the server answered.
    public internal(set) var sqlState: String?
    public internal(set) var schema: String?
    public internal(set) var table: String?
    public internal(set) var column: String?
    public internal(set) var constraint: String?
    /// Whether the work may be durable although it failed here. False means: certainly nothing was written.
    public internal(set) var mayHaveCommitted = false
    /// Whether it looks as if a pooler (pgbouncer) stood between that the configuration's `pooler` does not name.
    public internal(set) var suggestsPooler = false
    /// The server's DETAIL, HINT and CONTEXT and the statement: may hold row values.
    public internal(set) var detail: String?
    /// The statement's text, with `$n` for the parameters.
    public internal(set) var statement: String?

    /// - Parameter message: must be safe to log.
    public init(_ code: Code, _ message: String, mayHaveCommitted: Bool = false) {
        self.code = code
        self.message = message
        self.mayHaveCommitted = mayHaveCommitted
    }
}

extension PostgresError {
    /// Whether the same work may succeed later, unchanged: no connection, a serialization failure, a shutdown, a lack of resources.
    public var isTransient: Bool {
        if let sqlState {
            // 55P03: a lock was not free. 25P03: idle in a transaction for too long. 25006: a standby, or a primary that was just demoted.
            // 26000: a pooler gave the session to somebody else, and with it what was prepared.
            return ["08", "40", "53", "57", "58"].contains { sqlState.hasPrefix($0) }
                || ["55P03", "25P03", "25006", "26000"].contains(sqlState)
        }
        return [.unavailable, .poolExhausted, .connectionLost, .timedOut].contains(self.code)
    }

    /// Whether the values are at fault: the same work fails again (classes 22 and 23, and text that PostgreSQL cannot store).
    public var isDataError: Bool {
        if let sqlState { return sqlState.hasPrefix("22") || sqlState.hasPrefix("23") || sqlState == "21000" }
        return self.code == .invalidArgument
    }

    /// A unique or exclusion constraint was violated.
    public var isUniqueViolation: Bool { self.sqlState == "23505" || self.sqlState == "23P01" }

    /// Whether running the whole transaction again is what PostgreSQL asks for.
    public var isSerializationFailure: Bool { self.sqlState == "40001" || self.sqlState == "40P01" }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Safe to log: no statement, no parameters, no row values.
    public var description: String {
        var text = "postgres \(self.code)"
        if let sqlState { text += " \(sqlState)" }
        text += ": \(self.message)"
        if let constraint { text += " [constraint \(constraint)]" }
        if let table { text += " [table \(table)]" }
        if let column { text += " [column \(column)]" }
        if self.mayHaveCommitted { text += " [may have committed]" }
        return text
    }

    /// Everything known, the statement and the server's details included: may hold row values.
    public var debugDescription: String {
        var text = self.description
        if let detail { text += "\n\(detail)" }
        if let statement { text += "\nstatement: \(statement)" }
        return text
    }
}
