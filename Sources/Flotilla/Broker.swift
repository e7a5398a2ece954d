/// Where messages wait, are held, come back from and are set aside: one queue with its retry set and its dead-letter queue.
///
/// Every transition is atomic: before and after it, and whatever dies in between, a message is in exactly one place. Every transition may be
/// repeated after an error without doing harm. The broker's clock decides leases and delays, so workers' clocks never meet.
///
/// `BrokerContract` in FlotillaTesting is the suite that any implementation must pass.
public protocol Broker: Sendable {
    /// The queue's name.
    var queue: QueueName { get }

    // MARK: The worker's side

    /// Starts the worker's lease. Must come before its first claim.
    func register(_ worker: WorkerID, lease: Duration, info: WorkerInfo) async throws(BrokerError)

    /// Settles what is finished and claims up to `count` messages, in one step; either part may be empty.
    ///
    /// - Parameters:
    ///   - count: at most this many; 0 settles only, and is right when the worker is going quiet. At most 1,000.
    ///   - firstSequence: the sequence number of the first delivery claimed; the following ones count up. A call uses up `count` numbers,
    ///     however many messages come back, unless it failed and nothing was written. The caller never uses a number twice,
    ///     except to repeat a claim whose outcome is unknown: then the same deliveries come back, and nothing is claimed twice.
    ///   - isRepeat: whether this repeats a claim whose outcome is unknown.
    ///   - holding: how many deliveries the worker knows that it holds, those that it settles here among them; nil when it cannot say, as while
    ///     another call is under way or the outcome of one is unknown. It changes nothing that is written: a broker that holds as many for it
    ///     may settle many acknowledgements in one step. Only one that is given twice in such a call, or that the worker does not hold, makes
    ///     more verdicts stale than were.
    /// - Returns: a verdict for each settlement in order; the deliveries; whether the queue is paused; whether the worker's lease is lost, in
    ///   which case nothing was claimed.
    func exchange(
        _ settlements: [Settlement], claiming count: Int, firstSequence: UInt64, isRepeat: Bool, by worker: WorkerID, lease: Duration,
        holding: Int?
    ) async throws(BrokerError) -> Exchange

    /// Waits until a message lies in the worker's landing slot, where the next claim takes it first, or until `timeout`.
    ///
    /// Exactly one idle worker wakes for a message; none does whose lease is lost. Cancelling the task ends the wait; a message that had already landed stays in the slot.
    /// - Returns: whether a message landed.
    func wait(by worker: WorkerID, timeout: Duration) async throws(BrokerError) -> Bool

    /// Waits until there is a message or until `timeout`, and then claims up to `count`, as ``wait(by:timeout:)`` followed by
    /// ``exchange(_:claiming:firstSequence:isRepeat:by:lease:holding:)`` does; in one step where the broker can.
    ///
    /// The worker's lease must be known to be alive for longer than `timeout`, and its landing slot to be empty: an exchange a moment ago that
    /// brought less than it asked for says both. Cancelling the task ends the wait.
    /// - Throws: ``BrokerError``; when the outcome is unknown, a message may have landed or been claimed: repeat the claim.
    func claim(
        _ count: Int, firstSequence: UInt64, waiting timeout: Duration, by worker: WorkerID, lease: Duration
    ) async throws(BrokerError) -> Exchange

    /// Where the replies arrive: tasks that prefer it go on there without a change of threads. What they do must be short and never block. Nil
    /// when it makes no difference.
    var executor: (any TaskExecutor)? { get }

    /// Suspends the task for `duration`, or until it is cancelled: what looks at the broker again and again rests here between two looks.
    func pause(for duration: Duration) async

    /// Counts a crash for a suspect before it is run, so that the count stands if this run kills the process too.
    ///
    /// A worker that dies holds messages that it had not begun. Reclaiming makes them all suspects with a count of 1; from then on only trials
    /// count, so an innocent one is not charged for its neighbours. Settling the delivery clears the count. The trial of one delivery counts
    /// once, however often it is announced.
    /// - Returns: false when the delivery is not this worker's any more.
    func beginTrial(of delivery: DeliveryID) async throws(BrokerError) -> Bool

    /// Keeps the worker's lease alive from a thread that busy handlers cannot starve, until the heartbeat is stopped.
    ///
    /// - Parameter onLoss: called once, from any thread, when the broker says that the lease is lost. A broker that cannot be reached is not a
    ///   loss: the heartbeat goes on trying.
    func startHeartbeat(
        for worker: WorkerID, lease: Duration, every interval: Duration, onLoss: @escaping @Sendable () -> Void
    ) -> any Heartbeat

    /// Ends the worker's registration. What it still holds goes back to the queue, untried.
    func retire(_ worker: WorkerID) async throws(BrokerError)

    /// Whether a live worker holds this delivery.
    func isHeld(_ delivery: DeliveryID) async throws(BrokerError) -> Bool

    /// Whether the dead-letter queue's own record already names this letter as the latest death of its message.
    func isDeadLetterRecorded(_ letter: DeadLetter) async throws(BrokerError) -> Bool

    // MARK: Duties that any process may do at any time

    /// Takes up to `limit` messages of dead workers back to the consuming end of the queue, each with a crash count of at least 1. A message
    /// whose count reached `crashLimit` goes to the dead-letter queue instead, reason `crash`.
    func reclaim(limit: Int, crashLimit: Int) async throws(BrokerError) -> Reclamation

    /// Moves up to `limit` due retries to the producing end of the queue, oldest first.
    func promote(limit: Int) async throws(BrokerError) -> Promotion

    // MARK: The producer's side

    /// Adds messages in order, as `LPUSH` by any client does.
    func enqueue(_ payloads: [[UInt8]]) async throws(BrokerError)

    /// Adds a message that becomes ready when `delay` has passed on the broker's clock.
    func enqueue(_ payload: [UInt8], after delay: Duration) async throws(BrokerError)
}

extension Broker {
    /// The same by a caller that cannot say how many deliveries it holds.
    public func exchange(
        _ settlements: [Settlement], claiming count: Int, firstSequence: UInt64, isRepeat: Bool, by worker: WorkerID, lease: Duration
    ) async throws(BrokerError) -> Exchange {
        try await self.exchange(
            settlements, claiming: count, firstSequence: firstSequence, isRepeat: isRepeat, by: worker, lease: lease, holding: nil)
    }

    public func claim(
        _ count: Int, firstSequence: UInt64, waiting timeout: Duration, by worker: WorkerID, lease: Duration
    ) async throws(BrokerError) -> Exchange {
        _ = try await self.wait(by: worker, timeout: timeout)
        return try await self.exchange([], claiming: count, firstSequence: firstSequence, isRepeat: false, by: worker, lease: lease)
    }

    public var executor: (any TaskExecutor)? { nil }

    public func pause(for duration: Duration) async {
        // Ends early when the task is cancelled, as it should.
        try? await Task.sleep(for: duration)
    }
}

/// A heartbeat that runs until it is stopped.
public protocol Heartbeat: Sendable {
    /// Sends no more heartbeats. Safe to call twice.
    func stop()
}

/// What a worker tells others about itself. For people; nothing is decided by it.
public struct WorkerInfo: Sendable, Hashable {
    public var host: String
    public var processID: Int32
    public var role: String
    public var version: String
    /// Microseconds since 1970, by the worker's clock.
    public var startedAt: Int64
    public var concurrency: Int

    public init(host: String, processID: Int32, role: String, version: String, startedAt: Int64, concurrency: Int) {
        self.host = host
        self.processID = processID
        self.role = role
        self.version = version
        self.startedAt = startedAt
        self.concurrency = concurrency
    }
}

/// What one call of ``Broker/exchange(_:claiming:firstSequence:isRepeat:by:lease:holding:)`` did.
public struct Exchange: Sendable {
    public var verdicts: [SettlementVerdict]
    public var deliveries: [Delivery]
    public var isPaused: Bool
    /// The worker was swept as dead: its deliveries are others' now.
    public var isLeaseLost: Bool
    /// How many deliveries the broker knows in the worker's hands afterwards; nil when it does not say. More than the worker knows of means that
    /// the broker came back older than it was: they were settled once, and would be held for ever.
    public var held: Int?

    public init(
        verdicts: [SettlementVerdict] = [], deliveries: [Delivery] = [], isPaused: Bool = false, isLeaseLost: Bool = false,
        held: Int? = nil
    ) {
        self.verdicts = verdicts
        self.deliveries = deliveries
        self.isPaused = isPaused
        self.isLeaseLost = isLeaseLost
        self.held = held
    }
}

/// What one call of ``Broker/reclaim(limit:crashLimit:)`` did.
public struct Reclamation: Sendable {
    /// How many messages went back to the queue.
    public var returned: Int
    /// The messages that went to the dead-letter queue, as they lie there.
    public var quarantined: [(payload: [UInt8], letter: DeadLetter)]
    /// Dead workers swept away entirely.
    public var sweptWorkers: [WorkerID]
    /// Whether more is left to reclaim now.
    public var hasMore: Bool
    /// When the next living worker's lease ends, counted from now; nil when there is none.
    public var nextDeadline: Duration?

    public init(
        returned: Int = 0, quarantined: [(payload: [UInt8], letter: DeadLetter)] = [], sweptWorkers: [WorkerID] = [],
        hasMore: Bool = false, nextDeadline: Duration? = nil
    ) {
        self.returned = returned
        self.quarantined = quarantined
        self.sweptWorkers = sweptWorkers
        self.hasMore = hasMore
        self.nextDeadline = nextDeadline
    }
}

/// What one call of ``Broker/promote(limit:)`` did.
public struct Promotion: Sendable, Hashable {
    /// How many messages were moved.
    public var moved: Int
    /// When the next retry is due, counted from now and never negative; nil when the set is empty.
    public var nextDue: Duration?

    public init(moved: Int, nextDue: Duration?) {
        self.moved = moved
        self.nextDue = nextDue
    }
}
