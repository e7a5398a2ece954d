/// Why a message rests in the dead-letter queue.
public struct DeadLetter: Sendable, Hashable {
    /// What sent it there.
    public struct Reason: Hashable, Sendable, CustomStringConvertible {
        public let rawValue: String
        public init(_ rawValue: String) { self.rawValue = rawValue }

        /// Trying again cannot help: unsupported, encrypted, corrupt.
        public static let permanent = Reason("permanent")
        /// The last retry failed too.
        public static let attemptsSpent = Reason("attempts_spent")
        /// Not a JSON object, invalid UTF-8, too large or too deep.
        public static let malformed = Reason("malformed")
        /// Its workers died while they held it.
        public static let crash = Reason("crash")
        /// Its `expires_at` passed before it was run.
        public static let expired = Reason("expired")

        public var description: String { self.rawValue }
    }

    /// A ULID: the name by which people requeue and discard it.
    public var id: String
    public var reason: Reason
    /// At most 1 KiB, one line, secrets redacted.
    public var errorMessage: String
    /// At most 8 KiB, secrets redacted; empty when there is none.
    public var stackTrace: String
    /// The same for failures of the same kind; 12 hexadecimal digits.
    public var fingerprint: String
    /// Microseconds since 1970.
    public var failureTime: Int64
    /// The worker's own queue, never what the message claims.
    public var originalQueue: QueueName
    public var jobID: String?
    public var filename: String?
    /// How many failures were counted.
    public var failureCount: Int
    /// The stage that failed, if a pipeline ran.
    public var stage: StageName?

    public init(
        id: String, reason: Reason, errorMessage: String, stackTrace: String = "", fingerprint: String, failureTime: Int64,
        originalQueue: QueueName, jobID: String? = nil, filename: String? = nil, failureCount: Int, stage: StageName? = nil
    ) {
        self.id = id
        self.reason = reason
        self.errorMessage = errorMessage
        self.stackTrace = stackTrace
        self.fingerprint = fingerprint
        self.failureTime = failureTime
        self.originalQueue = originalQueue
        self.jobID = jobID
        self.filename = filename
        self.failureCount = failureCount
        self.stage = stage
    }
}
