public import Flotilla

/// Why a document cannot be processed, in words for the person who sent it.
public struct StageFailure: FailureClassified, CustomStringConvertible {
    /// A closed set: people filter dead letters by these words.
    public struct Code: Hashable, Sendable {
        let name: String
        let failureClass: FailureClass
        public static let encrypted = Self(name: "encrypted", failureClass: .permanent)
        public static let corrupt = Self(name: "corrupt", failureClass: .permanent)
        public static let empty = Self(name: "empty", failureClass: .permanent)
        public static let unsupported = Self(name: "unsupported", failureClass: .permanent)
        public static let tooLarge = Self(name: "too_large", failureClass: .permanent)
        /// The reader itself died on the file: memory, or a fault of ours.
        public static let readerCrashed = Self(name: "reader_crashed", failureClass: .permanent)
        /// The message lacks what the stage needs.
        public static let badMessage = Self(name: "bad_message", failureClass: .permanent)
        /// An earlier stage's output cannot be read by this version.
        public static let badInput = Self(name: "bad_stage_input", failureClass: .permanent)
        /// A tool ran longer than it may on a clock; a busy machine can be the reason.
        public static let timeout = Self(name: "timeout", failureClass: .transient())
        /// A tool failed in a way that says nothing about the file.
        public static let toolFailed = Self(name: "tool_failed", failureClass: .transient())
        /// Killed from outside, most likely for memory.
        public static let killed = Self(name: "killed_memory", failureClass: .transient())
        public static let toolMissing = Self(name: "tool_missing", failureClass: .infrastructure)
        public static let diskFull = Self(name: "disk_full", failureClass: .infrastructure)
        /// Neither the file nor a tool: processes cannot be started, the work directory is gone.
        public static let environment = Self(name: "environment", failureClass: .infrastructure)
    }
    public let code: Code
    public let description: String
    /// The end of the tool's error output, for developers.
    public let failureDetail: String

    public init(_ code: Code, _ description: String, detail: String = "") {
        self.code = code
        self.description = description
        self.failureDetail = detail
    }

    public var failureClass: FailureClass { self.code.failureClass }
    public var failureCode: String { self.code.name }
    public var failureMessage: String { self.description }

    /// Whether the file is to blame: then other pages of it may still be read.
    package var concernsFile: Bool { self.failureClass != .infrastructure }
}
