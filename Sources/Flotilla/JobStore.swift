/// The authority on the state of work. It admits each delivery with a fence, and accepts its result only under that fence.
///
/// Calls come in batches. A worker under load has up to two calls of each kind on their way, about different deliveries. Each call is one
/// transaction: it holds as a whole, or nothing of it was written, except where the error says that the outcome is unknown; every call may be
/// repeated.
public protocol JobStore: Sendable {
    /// Opens a run for each claim, or says why it must not run.
    ///
    /// Makes the work item, and the job it names, on first sight. Counts no attempt: a run counts when its failure is recorded.
    func begin(_ claims: [WorkClaim], by worker: WorkerID) async throws(JobStoreError) -> [Admission]

    /// Records results. A result whose fence is not the item's own any more is refused.
    func record(_ results: [WorkResult], by worker: WorkerID) async throws(JobStoreError) -> [RecordVerdict]

    /// Records messages that went to the dead-letter queue without a run: malformed ones, and what `reclaim` quarantined.
    /// Repeating it changes nothing.
    func recordDead(_ letters: [DeadMessage]) async throws(JobStoreError)

    /// Of these jobs, the ones whose cancellation was asked for.
    func cancelledJobs(among jobs: Set<String>) async throws(JobStoreError) -> Set<String>
}

/// A delivery that asks to be run.
public struct WorkClaim: Sendable {
    public var identity: WorkIdentity
    public var delivery: DeliveryID
    public var queue: QueueName
    public var envelope: Envelope
    /// Take the item over from this fence, whose holder is known to be gone.
    public var takingOver: Fence?
    /// The work is known as dead and the message was put back: begin it again with a fresh count. A message that still carries the letter of
    /// its latest death says so itself; this is for one that does not.
    public var reopening: Bool

    public init(
        identity: WorkIdentity, delivery: DeliveryID, queue: QueueName, envelope: Envelope, takingOver: Fence? = nil,
        reopening: Bool = false
    ) {
        self.identity = identity
        self.delivery = delivery
        self.queue = queue
        self.envelope = envelope
        self.takingOver = takingOver
        self.reopening = reopening
    }
}

/// The answer to a claim.
public enum Admission: Sendable, Hashable {
    /// Run it. `failures` are those counted so far.
    case run(fence: Fence, failures: Int)
    /// The work is finished already: a redelivery or a duplicate. Ack it.
    case finished
    /// It is dead already, and the move to the dead-letter queue may be missing. If the move was done, the message is a replay: begin it
    /// again with `reopening` it.
    indirect case dead(DeadLetter)
    /// Its job was cancelled. Ack it.
    case cancelled
    /// Another delivery has it. If that delivery is not held any more, take over from its fence.
    case busy(holder: DeliveryID, fence: Fence)
    /// The row cannot be written, whatever happens to the others: dead-letter the message.
    case unrecordable(String)
}

/// The result of a run.
public struct WorkResult: Sendable {
    public enum Outcome: Sendable {
        /// `followUps` go to their queues after the commit, whatever dies in between.
        case completed(followUps: [FollowUp])
        // Indirect, so that arrays of the common ones stay small.
        indirect case failed(Failure, retryAfter: Duration)
        indirect case dead(Failure?, DeadLetter)
        case cancelled
        /// Given back untried: drain, snooze, infrastructure.
        case released
    }

    public var identity: WorkIdentity
    public var fence: Fence
    public var outcome: Outcome
    public var jobID: String?
    /// How long the run took.
    public var duration: Duration

    public init(identity: WorkIdentity, fence: Fence, outcome: Outcome, jobID: String?, duration: Duration) {
        self.identity = identity
        self.fence = fence
        self.outcome = outcome
        self.jobID = jobID
        self.duration = duration
    }
}

/// Whether a result was recorded.
public enum RecordVerdict: Sendable, Hashable {
    case recorded
    /// The item's fence is newer: somebody else has it. Nothing was written.
    case stale
    /// The row was refused for what is in it; nothing was written of it, and the others were.
    case unrecordable(String)
}

/// A message for another queue that follows from a finished one.
public struct FollowUp: Sendable, Hashable {
    public var queue: QueueName
    public var payload: [UInt8]

    public init(queue: QueueName, payload: [UInt8]) {
        self.queue = queue
        self.payload = payload
    }
}

/// A dead message and its letter.
public struct DeadMessage: Sendable {
    /// As it lies in the dead-letter queue.
    public var payload: [UInt8]
    public var letter: DeadLetter
    /// Nil for a malformed message.
    public var identity: WorkIdentity?

    public init(payload: [UInt8], letter: DeadLetter, identity: WorkIdentity?) {
        self.payload = payload
        self.letter = letter
        self.identity = identity
    }
}

/// The store could not do what was asked.
public struct JobStoreError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private enum Kind { case unavailable, outcomeUnknown, refused }
        private let kind: Kind
        /// Cannot be reached: nothing was written.
        public static let unavailable = Self(kind: .unavailable)
        /// The connection broke in the middle: all of it may have been written, or nothing.
        public static let outcomeUnknown = Self(kind: .outcomeUnknown)
        /// The server refused: nothing was written.
        public static let refused = Self(kind: .refused)
    }

    public let code: Code
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
