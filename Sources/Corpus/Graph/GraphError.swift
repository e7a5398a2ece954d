/// What was asked of the graph cannot be done. Nothing was written.
public struct GraphError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private enum Kind { case notFound, sameEntity, otherScope, nothingToSplit }
        private let kind: Kind
        /// There is no such entity (any more).
        public static let notFound = Self(kind: .notFound)
        /// The two are one already.
        public static let sameEntity = Self(kind: .sameEntity)
        /// The two belong to different jobs or tenants.
        public static let otherScope = Self(kind: .otherScope)
        /// What should be split off is not part of the entity, or is all of it.
        public static let nothingToSplit = Self(kind: .nothingToSplit)
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
