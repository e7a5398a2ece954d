/// How a worker works.
public struct WorkerOptions: Sendable {
    /// How many handlers run at once.
    public var concurrency: Int
    /// Messages claimed ahead of free slots when handlers are quick: as many as the slots finish in 20 ms, at most this. Handlers that take long
    /// get none, since a message claimed ahead waits while another worker might be free. What a killed worker held is tried one message after the
    /// other: 2,000 take up to 4 s beyond the lease.
    public var maximumPrefetch: Int
    public var lease: Duration
    /// How often the lease is renewed; a third of it or less.
    public var heartbeat: Duration
    /// A run that takes longer is cancelled and counts as a transient failure.
    public var deadline: Duration
    /// How long a cancelled handler may take to return before its slot is taken from it.
    public var cancellationGrace: Duration
    public var retryPolicy: RetryPolicy
    /// How long a message waits whose work somebody else has, or whose run met a fault of the infrastructure.
    public var postponement: Duration
    /// Rows a call to the job store at most.
    public var batch: Int
    public var info: WorkerInfo

    public init(
        concurrency: Int, maximumPrefetch: Int = 2_000, lease: Duration = .seconds(30), heartbeat: Duration = .seconds(10),
        deadline: Duration = .seconds(3600), cancellationGrace: Duration = .seconds(10), retryPolicy: RetryPolicy = RetryPolicy(),
        postponement: Duration = .seconds(5), batch: Int = 1_000, info: WorkerInfo
    ) {
        self.concurrency = max(1, concurrency)
        self.maximumPrefetch = max(0, maximumPrefetch)
        self.lease = lease
        self.heartbeat = heartbeat
        self.deadline = deadline
        self.cancellationGrace = cancellationGrace
        self.retryPolicy = retryPolicy
        self.postponement = postponement
        self.batch = max(1, min(batch, 1_000))
        self.info = info
    }
}

/// What happens in a worker, for logs and metrics. Called from any thread; must return at once.
public protocol WorkerObserver: Sendable {
    func observe(_ event: WorkerEvent)
}

/// One thing that happened in a worker.
public enum WorkerEvent: Sendable {
    case claimed(Int)
    case started(JobContext, waited: Duration?)
    /// A run ended and what became of the message was decided.
    case ended(JobContext, end: RunEnd, route: RunRoute, duration: Duration)
    /// Messages that could not be read.
    case malformed(String)
    /// Work that was finished already.
    case duplicateDropped(WorkIdentity)
    case cancelled(WorkIdentity)
    /// A settlement or result that came too late and changed nothing.
    case stale(DeliveryID)
    case leaseLost(WorkerID)
    case brokerFailed(BrokerError)
    case storeFailed(JobStoreError)
    /// A handler ignored its cancellation; its slot was given to another.
    case slotAbandoned(DeliveryID)
    case suspectTried(DeliveryID, crashes: Int)
}

/// How a run ended.
public enum RunEnd: Sendable {
    case completed(followUps: [FollowUp])
    indirect case failed(Failure)
    case snoozed(Duration)
    case cancelled
    case superseded
    /// Stopped from outside before it was done, through no fault of its own.
    case interrupted
}

/// What became of the message after a run.
public enum RunRoute: Sendable {
    case done
    case retry(after: Duration)
    indirect case dead(DeadLetter)
    /// Comes back with no attempt counted.
    case returned
}
