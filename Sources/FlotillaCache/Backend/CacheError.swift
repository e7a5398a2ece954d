/// The cache could not do what it was asked. Never a miss: a miss is an answer.
public struct CacheError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable, Sendable { case unavailable, timedOut, tooLarge, notEncrypted, unreadable, overloaded, refused }
        private let kind: Kind
        /// The tier does not answer, or its breaker is open.
        public static let unavailable = Code(kind: .unavailable)
        /// It did not answer within the budget. A write may have happened.
        public static let timedOut = Code(kind: .timedOut)
        /// The value is larger than the cache takes; nothing was written.
        public static let tooLarge = Code(kind: .tooLarge)
        /// Values of this type must be encrypted and no key is configured; nothing was written.
        public static let notEncrypted = Code(kind: .notEncrypted)
        /// The value's own type cannot be read from what is there.
        public static let unreadable = Code(kind: .unreadable)
        /// Too many loads are under way already.
        public static let overloaded = Code(kind: .overloaded)
        /// The server refused the command: rights, memory, a replica.
        public static let refused = Code(kind: .refused)
    }

    public let code: Code
    /// For people, without values and secrets.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
