import Flotilla
import FlotillaRedis
import FlotillaTesting
import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

/// Where queues can be, other than on one server.
private enum Site: String, Sendable, CaseIterable {
    case sentinel, cluster
}

/// One service and one event loop for all tests of a site; each test has a queue of its own.
private struct Service: Sendable {
    let loop = EventLoop(name: "ha-broker-tests")
    let client: RedisClient
    let cluster: PrivateCluster?
    /// Keeps the servers up.
    private let sentinel: PrivateSentinel?

    private static let cluster = Result { try Service(.cluster) }
    private static let sentinel = Result { try Service(.sentinel) }

    static func at(_ site: Site) throws -> Service {
        switch site {
        case .cluster: try self.cluster.get()
        case .sentinel: try self.sentinel.get()
        }
    }

    private init(_ site: Site) throws {
        self.cluster = site == .cluster ? try PrivateCluster() : nil
        self.sentinel = site == .sentinel ? try PrivateSentinel() : nil
        let url = self.cluster?.url ?? self.sentinel?.url ?? ""
        self.client = RedisClient(configuration: try RedisConfiguration(url: url), eventLoop: self.loop)
    }

    func broker(_ queue: String) -> RedisBroker {
        RedisBroker(
            names: self.cluster != nil
                ? RedisKeys.clusterNames(QueueName(queue))
                : QueueNames(queue: QueueName(queue), retry: "\(queue)_retry", deadLetter: "\(queue)_dlq"),
            client: self.client, blocking: RedisBlockingConnection(configuration: self.client.configuration, eventLoop: self.loop),
            eventLoop: self.loop)
    }
}

private let queueCount = Lock(0)

private func freshQueue() -> String {
    queueCount.withLock { count in
        count += 1
        return "queue\(count)"
    }
}

private let info = WorkerInfo(host: "h", processID: 1, role: "test", version: "1", startedAt: 0, concurrency: 1)

@Suite struct HighAvailabilityTests {
    @Test(arguments: Site.allCases, BrokerContract.all)
    private func `keeps its promise`(_ site: Site, _ promise: BrokerContract.Promise) async throws {
        let service = try Service.at(site)
        let queue = freshQueue()
        let subject = BrokerContract.Subject(
            broker: service.broker(queue), peer: { service.broker(queue) },
            endLease: { worker in
                let command: RedisCommand = ["ZADD", .text("{\(queue)}:workers"), "XX", "1", .text(worker.rawValue)]
                _ = try await service.client.send(command)
            }, passTime: { try await Task.sleep(for: $0) })
        try await promise.check(subject)
    }

    @Test func `on a cluster the metadata of a dead letter lie with its queue`() async throws {
        let service = try Service.at(.cluster)
        let queue = freshQueue()
        let broker = service.broker(queue)
        let worker = WorkerID.random()
        try await broker.register(worker, lease: .seconds(30), info: info)
        try await broker.enqueue([Array("{\"job_id\":\"j\",\"filename\":\"a {b}.pdf\"}".utf8)])
        let delivery = try #require(
            try await broker.exchange([], claiming: 1, firstSequence: 1, isRepeat: false, by: worker, lease: .seconds(30)).deliveries.first)
        let letter = DeadLetter(
            id: "L1", reason: .permanent, errorMessage: "encrypted", stackTrace: "", fingerprint: "0123456789ab", failureTime: 1_000_000,
            originalQueue: broker.queue, jobID: "j", filename: "a {b}.pdf", failureCount: 1)
        let buried = MessageSplice.adding(letter, to: delivery.payload)
        _ = try await broker.exchange(
            [.dead(delivery.id, payload: buried, letter: letter)], claiming: 0, firstSequence: 0, isRepeat: false, by: worker,
            lease: .seconds(30))
        let key = "{\(queue)}:dlq:metadata:j:a%20%7Bb%7D.pdf"
        #expect(try await service.client.send(["HGET", .text(key), "state"] as RedisCommand).string == "dead")
        #expect(try await broker.isDeadLetterRecorded(letter))
        #expect(try await broker.requeue([(buried, delivery.payload)]) == [true])
        #expect(try await service.client.send(["HGET", .text(key), "state"] as RedisCommand).string == "requeued")
    }

    @Test func `on a cluster names that lie elsewhere are refused at the start, with what to set`() async throws {
        let service = try Service.at(.cluster)
        func refusal(_ names: QueueNames) async -> UnsuitableRedisServer? {
            let broker = RedisBroker(
                names: names, client: service.client,
                blocking: RedisBlockingConnection(configuration: service.client.configuration, eventLoop: service.loop),
                eventLoop: service.loop)
            return await #expect(throws: UnsuitableRedisServer.self) { _ = try await broker.checkServer() }
        }
        for names in [
            QueueNames(queue: "document_queue", retry: "document_retry", deadLetter: "{document_queue}:dlq"),
            QueueNames(queue: "document_queue", retry: "{document_queue}:retry", deadLetter: "document_dlq"),
        ] {
            let error = await refusal(names)
            #expect(error?.code == .needsOneSlot)
            #expect(error?.description.contains("'{document_queue}:retry'") == true)
            #expect(error?.description.contains("'{document_queue}:dlq'") == true)
        }
        // Braces that hold nothing of the name: the private keys cannot lie with it.
        for queue in ["a}b", "a{}", "{"] { #expect(await refusal(RedisKeys.clusterNames(QueueName(queue)))?.code == .needsOneSlot) }
        let report = try await service.broker("document_queue").checkServer()
        #expect(report.mode == "cluster" && report.evictionPolicy == "noeviction")
        #expect(RedisKeys.stray(RedisKeys.clusterNames("{shop}.orders")) == nil)
    }

    @Test func `a queue whose slot moves from node to node under load loses and doubles nothing`() async throws {
        let service = try Service.at(.cluster)
        let cluster = try #require(service.cluster)
        let queue = freshQueue()
        let slot = ClusterSlot.of(queue)
        let broker = service.broker(queue)
        let worker = WorkerID.random()
        try await broker.register(worker, lease: .seconds(60), info: info)
        let messages = (0..<400).map { Array("{\"n\":\($0)}".utf8) }
        let isDone = Lock(false)
        let seen = try await withThrowingTaskGroup(of: [[UInt8]].self) { group in
            group.addTask {
                for start in stride(from: 0, to: messages.count, by: 20) {
                    try await Self.untilAvailable { try await broker.enqueue(Array(messages[start..<start + 20])) }
                }
                return []
            }
            group.addTask {
                defer { isDone.withLock { $0 = true } }
                return try await Self.work(broker, worker, until: messages.count)
            }
            var owner = cluster.firstOwner(of: slot)
            var turn = 0
            while turn < 4 || !isDone.withLock({ $0 }) {
                turn += 1
                guard let next = cluster.primaries.filter({ $0 !== owner }).randomElement() else { break }
                try cluster.move(slot, from: owner, to: next)
                owner = next
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(seen.count == messages.count)
        #expect(Set(seen) == Set(messages))
        let counts = try await broker.counts()
        #expect(counts.ready == 0 && counts.leased == 0 && counts.dead == 0)
    }

    /// Claims and acks until so many messages were seen; a call that failed is repeated as the contract says.
    private static func work(_ broker: RedisBroker, _ worker: WorkerID, until count: Int) async throws -> [[UInt8]] {
        var seen: [[UInt8]] = []
        var acks: [Settlement] = []
        var sequence: UInt64 = 1
        while seen.count < count || !acks.isEmpty {
            var isRepeat = false
            var exchange: Exchange?
            while exchange == nil {
                do {
                    exchange = try await broker.exchange(
                        acks, claiming: 10, firstSequence: sequence, isRepeat: isRepeat, by: worker, lease: .seconds(60))
                } catch {
                    guard error.code == .unavailable || error.code == .outcomeUnknown else { throw error }
                    isRepeat = true
                }
            }
            let deliveries = exchange?.deliveries ?? []
            sequence += 10
            seen += deliveries.map(\.payload)
            acks = deliveries.map { .ack($0.id) }
        }
        return seen
    }

    private static func untilAvailable(_ body: () async throws -> Void) async throws {
        while true {
            do { return try await body() } catch let error as BrokerError {
                // Nothing ran: the slot was on its way.
                guard error.code == .unavailable else { throw error }
            }
        }
    }
}
