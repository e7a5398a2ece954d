/// Runs one message. The library's plug-in point: implement it, hand it to a ``Worker``, and everything else is done.
public protocol JobHandler: Sendable {
    /// Does the work.
    ///
    /// May run more than once for the same message (at least once delivery): make it idempotent, or write under ``JobContext/fence``. The task
    /// is cancelled at the deadline, when the lease is lost, when the job is cancelled and at the end of the grace of a shutdown; stop soon then.
    ///
    /// - Throws: an error that adopts ``FailureClassified`` decides what becomes of the message; any other is taken as transient.
    func handle(_ job: JobContext) async throws -> JobOutcome
}

/// What a handler is told about the message it runs.
public struct JobContext: Sendable {
    public let message: Envelope
    /// Which piece of work this is. Computed when asked for if no job store needed it before.
    public var identity: WorkIdentity { self.knownIdentity ?? WorkIdentity(self.message, queue: self.queue) }
    private let knownIdentity: WorkIdentity?
    public let delivery: DeliveryID
    public let queue: QueueName
    /// Counted from 1; crash redeliveries do not count.
    public let attempt: Int
    /// What a message may do: 1 run and the configured retries.
    public let maximumAttempts: Int
    /// Nil without a job store.
    public let fence: Fence?
    public let worker: WorkerID
    public let logger: Logger

    public init(
        message: Envelope, identity: WorkIdentity?, delivery: DeliveryID, queue: QueueName, attempt: Int, maximumAttempts: Int,
        fence: Fence?, worker: WorkerID, logger: Logger
    ) {
        self.message = message
        self.knownIdentity = identity
        self.delivery = delivery
        self.queue = queue
        self.attempt = attempt
        self.maximumAttempts = maximumAttempts
        self.fence = fence
        self.worker = worker
        self.logger = logger
    }
}

/// How a run ended, when it did not fail.
public enum JobOutcome: Sendable {
    /// Done; the messages go to their queues after the result is durable, which takes a job store: without one they fail the run.
    case completed(followUps: [FollowUp] = [])
    /// Not now: give it back and bring it again after a while; no attempt is counted.
    case snoozed(Duration)
    /// Nobody wants it any more.
    case cancelled
    /// The work item is somebody else's now: settle nothing as success.
    case superseded
}
