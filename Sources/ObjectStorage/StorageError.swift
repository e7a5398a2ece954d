public import Flotilla

/// Why an object could not be fetched. Nothing is left behind.
public struct StorageError: FailureClassified, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        let failureClass: FailureClass
        /// There is nothing at that place. It may come: producers push messages before an upload has ended, and stores list late.
        public static let notFound = Self(name: "not_found", failureClass: .transient())
        /// The place is outside what may be read, or is no ordinary file.
        public static let refused = Self(name: "path_refused", failureClass: .permanent)
        /// The rights do not allow reading it.
        public static let notAllowed = Self(name: "not_allowed", failureClass: .permanent)
        /// It has more bytes than allowed.
        public static let tooLarge = Self(name: "too_large", failureClass: .permanent)
        /// There is such a storage, but nobody configured it.
        public static let notConfigured = Self(name: "storage_not_configured", failureClass: .permanent)
        /// It changed while it was copied, or the machine is short of something; later it may work.
        public static let unstable = Self(name: "source_unstable", failureClass: .transient())
        /// The storage as a whole does not answer.
        public static let unavailable = Self(name: "storage_unavailable", failureClass: .infrastructure)
        /// The disk that the copy goes to is full or failing.
        public static let diskFull = Self(name: "disk_full", failureClass: .infrastructure)
    }
    public let code: Code
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    public var failureClass: FailureClass { self.code.failureClass }
    public var failureCode: String { self.code.name }
    public var failureMessage: String { self.description }
}
