/// What operators do with a queue. Reads are bounded: no call returns or blocks for more than a page.
public protocol BrokerAdministration: Broker {
    func counts() async throws(BrokerError) -> QueueCounts

    /// Stops claims by every worker until ``resume()``. What is running goes on.
    func pause(reason: String) async throws(BrokerError)
    func resume() async throws(BrokerError)
    /// The reason given when the queue was paused, or nil.
    func pauseReason() async throws(BrokerError) -> String?

    /// Live and dead workers that are registered.
    func workers() async throws(BrokerError) -> [WorkerStatus]
    /// What a worker holds, its landing slot included (with `delivery` nil).
    func holdings(of worker: WorkerID) async throws(BrokerError) -> [Holding]

    /// Ready messages, next to be claimed first.
    func readyMessages(from start: Int, limit: Int) async throws(BrokerError) -> [[UInt8]]
    /// Scheduled messages, next due first; `dueIn` is negative when overdue.
    func scheduledMessages(from start: Int, limit: Int) async throws(BrokerError) -> [(payload: [UInt8], dueIn: Duration, dueAt: Int64)]
    /// Dead letters, newest first.
    func deadLetters(from start: Int, limit: Int) async throws(BrokerError) -> [[UInt8]]

    /// Moves dead letters back to the producing end of the queue, each if it is still there: `payload` is the exact bytes in the dead-letter
    /// queue, `restored` what the queue gets. At most 100 a call.
    /// - Returns: for each, whether it was there.
    func requeue(_ letters: [(payload: [UInt8], restored: [UInt8])]) async throws(BrokerError) -> [Bool]
    /// Removes dead letters, each if it is still there. At most 100 a call.
    func discard(_ payloads: [[UInt8]]) async throws(BrokerError) -> [Bool]
    /// Removes scheduled messages, each if it is still there. At most 100 a call.
    func removeScheduled(_ payloads: [[UInt8]]) async throws(BrokerError) -> [Bool]
    /// Makes scheduled messages due now, each if it is still there. At most 100 a call.
    func promoteNow(_ payloads: [[UInt8]]) async throws(BrokerError) -> [Bool]
}

/// How many messages are where.
public struct QueueCounts: Sendable, Hashable {
    public var ready: Int
    /// In workers' hands, landing slots included.
    public var leased: Int
    public var scheduled: Int
    public var dead: Int
    /// How long the most overdue scheduled message has been due; zero when none is.
    public var overdue: Duration
    public var isPaused: Bool

    public init(ready: Int, leased: Int, scheduled: Int, dead: Int, overdue: Duration, isPaused: Bool) {
        self.ready = ready
        self.leased = leased
        self.scheduled = scheduled
        self.dead = dead
        self.overdue = overdue
        self.isPaused = isPaused
    }
}

/// One registered worker.
public struct WorkerStatus: Sendable, Hashable {
    public var id: WorkerID
    /// Until its lease ends; negative when it has ended.
    public var leaseLeft: Duration
    public var held: Int
    public var info: WorkerInfo?

    public init(id: WorkerID, leaseLeft: Duration, held: Int, info: WorkerInfo?) {
        self.id = id
        self.leaseLeft = leaseLeft
        self.held = held
        self.info = info
    }
}

/// One message in a worker's hands.
public struct Holding: Sendable, Hashable {
    /// Nil in the landing slot: it landed and is not claimed yet.
    public var delivery: DeliveryID?
    public var payload: [UInt8]

    public init(delivery: DeliveryID?, payload: [UInt8]) {
        self.delivery = delivery
        self.payload = payload
    }
}
