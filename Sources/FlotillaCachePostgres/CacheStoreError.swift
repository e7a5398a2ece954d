/// What the cache's tables do not take, or do not have. Failures of the database itself are `PostgresError`s.
public struct CacheStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of mistake. In all of them nothing was written, and an open transaction can go on.
    public struct Code: Hashable, Sendable {
        private enum Kind { case invalid, notFound, exists, leaseLost }
        private let kind: Kind

        /// The rule, event or job contradicts itself or what is decided about its types.
        public static let invalid = Self(kind: .invalid)
        /// There is no rule or job of this name.
        public static let notFound = Self(kind: .notFound)
        /// There is one of this name already.
        public static let exists = Self(kind: .exists)
        /// The lease ran out and somebody else may have the job, or it was removed.
        public static let leaseLost = Self(kind: .leaseLost)
    }

    public let code: Code
    /// For people; holds no values of events.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
