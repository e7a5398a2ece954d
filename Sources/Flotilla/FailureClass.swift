/// What kind of failure an error is: it decides the route of the message, never the error's text.
public enum FailureClass: Sendable, Hashable {
    /// May go away by itself: retried with backoff, not sooner than `retryAfter` if a server said so. Attempts are counted.
    case transient(retryAfter: Duration? = nil)
    /// Trying again cannot help: unsupported, encrypted, corrupt. Dead-lettered at once.
    case permanent
    /// Not the message's fault: storage, database or tool missing. The message is given back and the worker pauses; no attempt is counted.
    case infrastructure

    /// The word in logs, metrics and tables.
    public var name: String {
        switch self {
        case .transient: "transient"
        case .permanent: "permanent"
        case .infrastructure: "infrastructure"
        }
    }
}

/// An error that knows its own class. Any other error is taken as transient.
public protocol FailureClassified: Error {
    var failureClass: FailureClass { get }
    /// A short stable word for grouping: `encrypted`, `tool_missing`.
    var failureCode: String { get }
    /// For people: what failed, with which value, what to do. Without secrets.
    var failureMessage: String { get }
    /// Detail for developers, such as the end of a tool's error output; empty when there is none.
    var failureDetail: String { get }
}

extension FailureClassified {
    public var failureDetail: String { "" }
}

/// One failed run, as it is recorded.
public struct Failure: Sendable, Hashable {
    public var failureClass: FailureClass
    public var code: String
    /// At most 1 KiB, one line, secrets redacted.
    public var message: String
    /// At most 8 KiB, secrets redacted.
    public var detail: String
    public var stage: StageName?
    public var fingerprint: String

    /// Describes an error; secrets are taken out of its texts here, before anything stores or prints them.
    public init(_ error: any Error, stage: StageName? = nil) {
        let inner = (error as? StageError)?.underlying ?? error
        self.stage = stage ?? (error as? StageError)?.stage
        let type = String(describing: Swift.type(of: inner))
        if let classified = inner as? any FailureClassified {
            self.failureClass = classified.failureClass
            self.code = classified.failureCode
            self.message = Self.line(classified.failureMessage, limit: 1024)
            self.detail = Self.text(classified.failureDetail, limit: 8192)
        } else {
            self.failureClass = .transient()
            self.code = type
            self.message = Self.line(String(describing: inner), limit: 1024)
            self.detail = Self.text(String(reflecting: inner), limit: 8192)
        }
        if self.message.isEmpty { self.message = type }
        self.fingerprint = ErrorFingerprint.of(type: self.code, message: self.message, stage: self.stage?.rawValue)
    }

    /// A failure that no error stands for, such as a deadline.
    public init(_ failureClass: FailureClass, code: String, message: String, stage: StageName? = nil) {
        self.failureClass = failureClass
        self.code = code
        self.message = Self.line(message, limit: 1024)
        self.detail = ""
        self.stage = stage
        self.fingerprint = ErrorFingerprint.of(type: code, message: self.message, stage: stage?.rawValue)
    }

    private static func text(_ text: String, limit: Int) -> String {
        let redacted = Redactor.redact(text)
        guard redacted.utf8.count > limit else { return redacted }
        return String(decoding: redacted.utf8.prefix(limit - 16), as: UTF8.self) + " … (truncated)"
    }

    private static func line(_ text: String, limit: Int) -> String {
        let oneLine = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
        return self.text(oneLine, limit: limit)
    }
}

/// An error with the stage in which it was thrown.
public struct StageError: Error, Sendable {
    public let stage: StageName
    public let underlying: any Error

    public init(stage: StageName, underlying: any Error) {
        self.stage = stage
        self.underlying = underlying
    }
}
