import Flotilla
import FlotillaRedis
import FlotillaTesting
import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

/// One server and one event loop for all tests here; each test has a queue of its own.
private struct Server: Sendable {
    let redis: PrivateRedis
    let loop: EventLoop
    let client: RedisClient

    static let shared = Result { try Server() }

    init() throws {
        self.redis = try PrivateRedis()
        self.loop = EventLoop(name: "broker-tests")
        self.client = RedisClient(configuration: try RedisConfiguration(url: self.redis.url), eventLoop: self.loop)
    }

    func broker(_ queue: String, retention: Duration = .zero) throws -> RedisBroker {
        RedisBroker(
            names: QueueNames(queue: QueueName(queue), retry: "\(queue)_retry", deadLetter: "\(queue)_dlq"), client: self.client,
            blocking: RedisBlockingConnection(configuration: self.client.configuration, eventLoop: self.loop), eventLoop: self.loop,
            options: .init(metadataRetention: retention))
    }
}

private let queueCount = Lock(0)

private func freshQueue() -> String {
    queueCount.withLock { count in
        count += 1
        return "queue\(count)"
    }
}

@Suite struct RedisBrokerTests {
    @Test(arguments: BrokerContract.all) func `keeps its promise`(_ promise: BrokerContract.Promise) async throws {
        let server = try Server.shared.get()
        let queue = freshQueue()
        let subject = BrokerContract.Subject(
            broker: try server.broker(queue), peer: { try server.broker(queue) },
            endLease: { try await server.expire($0, in: "{\(queue)}:workers") },
            passTime: { try await Task.sleep(for: $0) })
        try await promise.check(subject)
    }

    @Test func `metadata of a dead letter follow the message through its deaths`() async throws {
        let server = try Server.shared.get()
        let queue = freshQueue()
        let broker = try server.broker(queue, retention: .seconds(86_400))
        let worker = WorkerID.random()
        try await broker.register(worker, lease: .seconds(30), info: info)
        let original = Array("{\"job_id\":\"\(queue)\",\"filename\":\"a {b}:c%.pdf\"}".utf8)
        let key = "dlq:metadata:\(queue):a%20%7Bb%7D%3Ac%25.pdf"
        try await broker.enqueue([original])
        for death in 1...3 {
            let letter = DeadLetter(
                id: "L\(death)", reason: .permanent, errorMessage: "encrypted", stackTrace: "trace", fingerprint: "0123456789ab",
                failureTime: Int64(death) * 1_000_000, originalQueue: broker.queue, jobID: queue, filename: "a {b}:c%.pdf",
                failureCount: 4)
            let delivery = try await broker.exchange(
                [], claiming: 1, firstSequence: UInt64(death), isRepeat: false, by: worker, lease: .seconds(30)
            ).deliveries[0]
            let buried = MessageSplice.adding(letter, to: delivery.payload)
            _ = try await broker.exchange(
                [.dead(delivery.id, payload: buried, letter: letter)], claiming: 0, firstSequence: 0, isRepeat: false, by: worker,
                lease: .seconds(30))
            let fields = try await server.fields(of: key)
            #expect(fields["failure_count"] == "\(death)")
            #expect(fields["first_failure_time"] == "1970-01-01T00:00:01.000Z")
            #expect(fields["last_failure_time"] == "1970-01-01T00:00:0\(death).000Z")
            #expect(fields["retry_count"] == "3")
            #expect(fields["error_message"] == "encrypted")
            #expect(fields["stack_trace"] == "trace")
            #expect(fields["original_queue"] == queue)
            #expect(fields["dead_letter_id"] == "L\(death)")
            #expect(fields["state"] == "dead")
            #expect(try await server.client.send(["TTL", .text(key)] as RedisCommand).int ?? 0 > 86_000)
            if death < 3 {
                #expect(try await broker.requeue([(buried, original)]) == [true])
            } else {
                #expect(try await broker.discard([buried]) == [true])
            }
            #expect(try await server.fields(of: key)["state"] == (death < 3 ? "requeued" : "discarded"))
            #expect(try await server.fields(of: key)["requeue_count"] == "\(min(death, 2))")
        }
    }

    @Test func `a message that landed for a swept worker is found without anybody's help`() async throws {
        let server = try Server.shared.get()
        let queue = freshQueue()
        let broker = try server.broker(queue)
        let worker = WorkerID.random()
        try await broker.register(worker, lease: .seconds(30), info: info)
        try await server.expire(worker, in: "{\(queue)}:workers")
        #expect(try await broker.reclaim(limit: 100, crashLimit: 3).sweptWorkers == [worker])
        // The pop of a worker that was stopped before it died.
        _ = try await server.client.send(["LPUSH", "{\(queue)}:land:\(worker.rawValue)", "m"] as RedisCommand)
        #expect(try await broker.counts().leased == 1)
        #expect(try await broker.reclaim(limit: 100, crashLimit: 3).returned == 0)
        try await server.expire(worker, in: "{\(queue)}:swept")
        #expect(try await broker.reclaim(limit: 100, crashLimit: 3).returned == 1)
        #expect(try await broker.counts().ready == 1)
        // Looked at once more, and then forgotten.
        try await server.expire(worker, in: "{\(queue)}:swept")
        #expect(try await broker.reclaim(limit: 100, crashLimit: 3).returned == 0)
        #expect(try await server.client.send(["KEYS", "{\(queue)}:*"] as RedisCommand).array == [])
    }

    @Test func `a server that may evict messages is refused, with what to do`() async throws {
        let redis = try PrivateRedis(.init(configuration: ["maxmemory-policy allkeys-lru"]))
        let loop = EventLoop(name: "evicting")
        defer { loop.stop() }
        var configuration = try RedisConfiguration(url: redis.url)
        configuration.commandTimeout = .milliseconds(300)
        let client = RedisClient(configuration: configuration, eventLoop: loop)
        let blocking = RedisBlockingConnection(configuration: configuration, eventLoop: loop)
        let names = QueueNames(queue: "q", retry: "r", deadLetter: "d")
        let broker = RedisBroker(names: names, client: client, blocking: blocking, eventLoop: loop)
        await #expect(throws: UnsuitableRedisServer.self) { _ = try await broker.checkServer() }
        #expect(try await broker.checkServer(allowEviction: true).evictionPolicy == "allkeys-lru")
        #expect(try await Server.shared.get().broker("q").checkServer().evictionPolicy == "noeviction")
        redis.kill9()
        let error = await #expect(throws: BrokerError.self) {
            while true { try await broker.enqueue([[1]]) }
        }
        #expect(error?.code == .outcomeUnknown || error?.code == .unavailable)
        await client.close()
        await blocking.close()
        let closed = await #expect(throws: BrokerError.self) { try await broker.enqueue([[1]]) }
        #expect(closed?.code == .closed)
    }

    @Test func `a node of a cluster is refused at the start, not at the first dead letter`() async throws {
        let redis = try PrivateRedis(.init(tcp: true, configuration: ["cluster-enabled yes", "cluster-port \(try freePort())"]))
        let loop = EventLoop(name: "cluster")
        defer { loop.stop() }
        let configuration = try RedisConfiguration(url: redis.url)
        let client = RedisClient(configuration: configuration, eventLoop: loop)
        let blocking = RedisBlockingConnection(configuration: configuration, eventLoop: loop)
        let names = QueueNames(queue: "q", retry: "r", deadLetter: "d")
        let broker = RedisBroker(names: names, client: client, blocking: blocking, eventLoop: loop)
        let error = await #expect(throws: UnsuitableRedisServer.self) { _ = try await broker.checkServer() }
        #expect(error?.code == .isCluster)
        await client.close()
    }

    @Test func `a key of the wrong type is refused, not retried for ever`() async throws {
        let server = try Server.shared.get()
        let broker = try server.broker("wrong_type")
        _ = try await server.client.send(["SET", "wrong_type", "x"] as RedisCommand)
        let error = await #expect(throws: BrokerError.self) { try await broker.enqueue([[1]]) }
        #expect(error?.code == .refused)
    }

    @Test func `a wait that is cut off may have claimed: its repetition says what`() async throws {
        // Of its own: it kills every connection.
        let server = try Server()
        let broker = try server.broker("cut_off")
        let worker = WorkerID.random()
        try await broker.register(
            worker, lease: .seconds(30),
            info: WorkerInfo(host: "h", processID: 1, role: "test", version: "1", startedAt: 0, concurrency: 1))
        for round in 0..<20 {
            let first = UInt64(round * 10 + 1)
            let waiting = Task { () throws(BrokerError) -> Exchange in
                try await broker.claim(2, firstSequence: first, waiting: .seconds(5), by: worker, lease: .seconds(30))
            }
            // Killed by the server at a moment of chance, before or after the message has landed.
            async let push: Void = broker.enqueue([Array("\(round)".utf8)])
            if round % 3 != 0 { try await Task.sleep(for: .microseconds(round * 50)) }
            _ = try await server.client.send(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"] as RedisCommand)
            var deliveries: [Delivery] = []
            do {
                deliveries = try await waiting.value.deliveries
            } catch let error as BrokerError {
                #expect(error.code == .outcomeUnknown || error.code == .unavailable)
            }
            // The push may have been cut off as well.
            do { try await push } catch let error as BrokerError { #expect(error.code == .outcomeUnknown) }
            for (isRepeat, first) in [(true, first), (false, first + 5)] where deliveries.isEmpty {
                deliveries = await untilKnown { () throws(BrokerError) in
                    try await broker.exchange([], claiming: 2, firstSequence: first, isRepeat: isRepeat, by: worker, lease: .seconds(30))
                }.deliveries
            }
            let acks = deliveries.map { Settlement.ack($0.id) }
            let rest = await untilKnown { () throws(BrokerError) in
                try await broker.exchange(acks, claiming: 0, firstSequence: first + 9, isRepeat: false, by: worker, lease: .seconds(30))
            }
            #expect(rest.held == 0, "nothing is left in its hands that it does not know of")
            #expect(try await broker.counts().ready == 0)
        }
    }

    /// Calls again after every failure of the connection.
    private func untilKnown<Answer>(_ call: () async throws(BrokerError) -> Answer) async -> Answer {
        while true {
            do {
                return try await call()
            } catch {
                #expect(error.code == .outcomeUnknown || error.code == .unavailable)
            }
        }
    }

    @Test func `a claim whose answer was lost is repeated without loss and without doubles`() async throws {
        let redis = try PrivateRedis()
        let loop = EventLoop(name: "frozen")
        defer { loop.stop() }
        var configuration = try RedisConfiguration(url: redis.url)
        configuration.commandTimeout = .milliseconds(60)
        let client = RedisClient(configuration: configuration, eventLoop: loop)
        let broker = RedisBroker(
            names: QueueNames(queue: "q", retry: "r", deadLetter: "d"), client: client,
            blocking: RedisBlockingConnection(configuration: configuration, eventLoop: loop), eventLoop: loop)
        let worker = WorkerID.random()
        try await broker.register(worker, lease: .seconds(60), info: info)
        try await broker.enqueue((0..<200).map { Array("\($0)".utf8) })
        var seen: [[UInt8]] = []
        var acks: [Settlement] = []
        var first: UInt64 = 1
        for round in 0..<10 {
            redis.freeze()
            let claiming = Task { [acks, first] in
                try await broker.exchange(acks, claiming: 10, firstSequence: first, isRepeat: false, by: worker, lease: .seconds(60))
            }
            // In odd rounds the server runs the claim when nobody waits for the answer any more.
            if round % 2 == 1 { await #expect(throws: BrokerError.self) { try await claiming.value } }
            redis.thaw()
            var exchange = try? await claiming.value
            while exchange == nil {
                exchange = try? await broker.exchange(
                    acks, claiming: 10, firstSequence: first, isRepeat: true, by: worker, lease: .seconds(60))
            }
            let deliveries = exchange?.deliveries ?? []
            #expect(deliveries.count == 10)
            seen += deliveries.map(\.payload)
            acks = deliveries.map { .ack($0.id) }
            first += 10
            // Nobody holds what nobody knows of.
            try await eventually { try await broker.counts().leased == 10 }
        }
        #expect(seen == (0..<100).map { Array("\($0)".utf8) })
        #expect(try await broker.counts().ready == 100)
        await client.close()
    }

    @Test func `a heartbeat beats while every thread of the pool is busy`() async throws {
        let server = try Server.shared.get()
        let queue = freshQueue()
        let broker = try server.broker(queue)
        let worker = WorkerID.random()
        try await broker.register(worker, lease: .milliseconds(200), info: info)
        let heartbeat = broker.startHeartbeat(for: worker, lease: .milliseconds(200), every: .milliseconds(30)) {}
        defer { heartbeat.stop() }
        await withTaskGroup { group in
            for _ in 0..<16 {
                group.addTask { @concurrent in
                    let end = MonotonicTime.now + .milliseconds(60)
                    while MonotonicTime.now < end {}
                }
            }
        }
        #expect(try await broker.reclaim(limit: 1, crashLimit: 1).sweptWorkers == [])
        #expect(try await broker.workers().first?.leaseLeft ?? .zero > .zero)
    }
}

private func eventually(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<2_000 {
        if try await condition() { return }
        await Task.yield()
    }
    Issue.record("waited in vain")
}

private let info = WorkerInfo(host: "h", processID: 1, role: "test", version: "1", startedAt: 0, concurrency: 1)

extension Server {
    func fields(of key: String) async throws -> [String: String] {
        let flat = try await self.client.send(["HGETALL", .text(key)] as RedisCommand).array?.compactMap(\.string) ?? []
        return Dictionary(uniqueKeysWithValues: stride(from: 0, to: flat.count - 1, by: 2).map { (flat[$0], flat[$0 + 1]) })
    }

    func expire(_ worker: WorkerID, in key: String) async throws {
        _ = try await self.client.send(["ZADD", .text(key), "XX", "1", .text(worker.rawValue)] as RedisCommand)
    }
}
