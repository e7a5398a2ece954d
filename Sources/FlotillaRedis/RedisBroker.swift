public import Flotilla
internal import JSONText
public import Reactor
public import RedisClient
internal import Threading

/// A broker in Redis 6.2 or later. docs/wire-format.md describes its keys.
///
/// On a cluster all keys of a queue lie in one slot: its retries and dead letters need names as ``RedisKeys/clusterNames(_:)`` gives them.
///
/// Every transition is one Lua script, and Redis's clock is the only one. ``checkServer(allowEviction:)`` says whether a server will do.
public final class RedisBroker: BrokerAdministration {
    /// What a broker can be told.
    public struct Options: Sendable {
        /// How long `dlq:metadata:…` is kept after a message's latest death; zero keeps it for ever.
        public var metadataRetention: Duration
        /// How long a heartbeat and a transition wait for their reply; nil for the client's own limit.
        public var timeout: Duration?
        /// How many replicas must have what ``RedisBroker/enqueue(_:)`` sends before it counts as sent; 0 trusts the primary alone.
        public var replicas: Int
        /// How long they may take.
        public var replicationTimeout: Duration

        public init(
            metadataRetention: Duration = .zero, timeout: Duration? = nil, replicas: Int = 0, replicationTimeout: Duration = .seconds(1)
        ) {
            self.metadataRetention = metadataRetention
            self.timeout = timeout
            self.replicas = replicas
            self.replicationTimeout = replicationTimeout
        }
    }

    public let names: QueueNames
    public var queue: QueueName { self.names.queue }
    public var executor: (any TaskExecutor)? { self.eventLoop }
    public func pause(for duration: Duration) async { await self.eventLoop.sleep(for: duration) }

    let keys: RedisKeys
    let client: RedisClient
    let blocking: RedisBlockingConnection
    let eventLoop: EventLoop
    let options: Options
    /// Whether the latest promotion found no retries.
    let isWithoutRetries = Lock(false)

    /// How many messages one script call takes back from a dead or retiring worker.
    static let sweepLimit = 500
    /// How long after a worker's end its landing slot is looked at once more. Longer than any `wait`.
    static let landingGrace = Duration.seconds(60)

    /// - Parameters:
    ///   - client: for everything but waiting.
    ///   - blocking: for waiting alone. One worker can wait at a time.
    ///   - eventLoop: the loop of `client`: heartbeats are sent from it, and workers claim and wait on it, so it must run until each of their
    ///     `run()` has returned.
    public init(
        names: QueueNames, client: RedisClient, blocking: RedisBlockingConnection, eventLoop: EventLoop, options: Options = Options()
    ) {
        self.names = names
        self.keys = RedisKeys(names, isCluster: client.configuration.isCluster)
        self.client = client
        self.blocking = blocking
        self.eventLoop = eventLoop
        self.options = options
    }

    // MARK: The worker's side

    public func register(_ worker: WorkerID, lease: Duration, info: WorkerInfo) async throws(BrokerError) {
        _ = try await self.run(
            Script.register, "register", keys: [self.keys.workers, self.keys.workerInfo],
            [.text(worker.rawValue), .number(Self.milliseconds(lease)), .bytes(info.json.jsonBytes)])
    }

    public func retire(_ worker: WorkerID) async throws(BrokerError) {
        while true {
            let reply = try await self.run(
                Script.retire, "retire", keys: self.sweepKeys(of: worker),
                [.text(worker.rawValue), .number(Int64(Self.sweepLimit)), .number(Self.milliseconds(Self.landingGrace))])
            guard let parts = reply.array, parts.count == 2 else { throw Self.unexpected("retire") }
            if parts[1].int == 0 { return }
        }
    }

    /// The keys of `retire` and `reclaim`, in their order.
    func sweepKeys(of worker: WorkerID) -> [String] {
        [
            self.keys.queue, self.keys.inflight(worker), self.keys.workers, self.keys.landing(worker), self.keys.repeats(worker),
            self.keys.crashes, self.keys.workerInfo, self.keys.swept, self.keys.deaths,
        ]
    }

    public func isHeld(_ delivery: DeliveryID) async throws(BrokerError) -> Bool {
        let replies = try await self.pipeline(
            [
                ["ZSCORE", .text(self.keys.workers), .text(delivery.worker.rawValue)],
                ["HEXISTS", .text(self.keys.inflight(delivery.worker)), .text(String(delivery.sequence))],
            ], "isHeld")
        guard let deadline = replies[0].string.flatMap(Double.init) else { return false }
        return deadline > 0 && replies[1].int == 1
    }

    public func beginTrial(of delivery: DeliveryID) async throws(BrokerError) -> Bool {
        let worker = delivery.worker
        return try await self.run(
            Script.trial, "beginTrial", keys: [self.keys.workers, self.keys.inflight(worker), self.keys.crashes],
            [.text(worker.rawValue), .text(String(delivery.sequence))]
        ).int == 1
    }

    public func isDeadLetterRecorded(_ letter: DeadLetter) async throws(BrokerError) -> Bool {
        let key = self.keys.metadata(job: letter.jobID, filename: letter.filename, letter: letter.id)
        return try await self.send(["HGET", .text(key), .text(MetadataFields.letterField(self.queue))], "isDeadLetterRecorded").string
            == letter.id
    }
}

extension WorkerInfo {
    var json: JSONValue {
        [
            "host": .string(self.host), "pid": .integer(Int64(self.processID)), "role": .string(self.role),
            "version": .string(self.version), "started_at": .integer(self.startedAt), "concurrency": .integer(Int64(self.concurrency)),
        ]
    }

    init?(json: [UInt8]) {
        // Anybody may write there; what is no worker's information is none.
        guard let value = try? JSONValue(parsing: json), value.members != nil else { return nil }
        self.init(
            host: value["host"]?.string ?? "", processID: Int32(clamping: value["pid"]?.integer ?? 0), role: value["role"]?.string ?? "",
            version: value["version"]?.string ?? "", startedAt: value["started_at"]?.integer ?? 0,
            concurrency: Int(clamping: value["concurrency"]?.integer ?? 0))
    }
}
