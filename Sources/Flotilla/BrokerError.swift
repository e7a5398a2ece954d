/// A broker could not do what was asked.
public struct BrokerError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private enum Kind { case unavailable, outcomeUnknown, refused, closed }
        private let kind: Kind
        /// No connection: nothing was written.
        public static let unavailable = Self(kind: .unavailable)
        /// The connection broke or the time ran out after sending: it may have been written. Every transition may be repeated safely.
        public static let outcomeUnknown = Self(kind: .outcomeUnknown)
        /// The server said no: nothing was written.
        public static let refused = Self(kind: .refused)
        /// The broker was closed: nothing was written.
        public static let closed = Self(kind: .closed)
    }

    public let code: Code
    /// What was asked: `claim`, `extend`.
    public let operation: String
    /// Safe to log.
    public let message: String

    public init(_ code: Code, operation: String, message: String) {
        self.code = code
        self.operation = operation
        self.message = message
    }

    public var description: String { "\(self.operation): \(self.message)" }
}
