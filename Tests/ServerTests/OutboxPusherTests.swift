import Flotilla
import FlotillaPostgres
import FlotillaRedis
import PostgresClient
import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

@Suite struct OutboxPusherTests {
    private struct Killed: Error {}

    /// Counts what was pushed, by text.
    private final class Pushed: Sendable {
        private let messages = Lock<[String: Int]>([:])
        var counts: [String: Int] { self.messages.withLock { $0 } }

        var push: OutboxPush {
            { _, payloads in
                self.messages.withLock { for payload in payloads { $0[String(decoding: payload, as: UTF8.self), default: 0] += 1 } }
            }
        }
    }

    private func store(_ scene: StoreScene, _ outbox: OutboxPusher) -> PostgresJobStore {
        PostgresJobStore(pool: scene.pool, countingQueues: StoreScene.countingQueues, outbox: outbox)
    }

    /// Completes a file, from which `messages` follow.
    private func complete(_ name: String, followedBy messages: [String], on store: PostgresJobStore, _ scene: StoreScene) async throws {
        let claim = try scene.claim(name, job: "j", delivery: UInt64(name.hashValue.magnitude))
        let fence = try #require(try await scene.run([claim]).first)
        let followUps = messages.map { FollowUp(queue: "graph_queue", payload: Array($0.utf8)) }
        let verdicts = try await store.record([scene.result(claim, fence, .completed(followUps: followUps))], by: scene.worker)
        #expect(verdicts == [.recorded])
    }

    /// Runs `body` while the pusher runs; returns when it has pushed all that it was told of.
    private func running(_ pusher: OutboxPusher, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pusher.run() }
            try await body()
            pusher.stop()
            try await group.waitForAll()
        }
    }

    @Test func `what follows is pushed by the process that committed it, and marked`() async throws {
        try await StoreScene.with { scene in
            let pushed = Pushed()
            let pusher = OutboxPusher(pool: scene.pool, push: pushed.push)
            let store = self.store(scene, pusher)
            try await self.running(pusher) {
                try await self.complete("a", followedBy: ["a1", "a2"], on: store, scene)
                try await self.complete("b", followedBy: ["b1"], on: store, scene)
            }
            #expect(pushed.counts == ["a1": 1, "a2": 1, "b1": 1])
            #expect(try await scene.count("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL") == 3)
            #expect(try await OutboxRelay(pool: scene.pool, push: pushed.push).relay() == 0)
        }
    }

    @Test func `work from which nothing follows asks nothing of the database`() async throws {
        try await StoreScene.with { scene in
            let closed = PostgresPool(configuration: scene.pool.configuration, eventLoop: EventLoop(name: "closed"))
            await closed.close()
            let failures = Lock(0)
            let pusher = OutboxPusher(pool: closed, report: { _ in failures.withLock { $0 += 1 } }, push: { _, _ in })
            let store = self.store(scene, pusher)
            try await self.running(pusher) { try await self.complete("a", followedBy: [], on: store, scene) }
            #expect(failures.withLock { $0 } == 0)
            try await self.complete("b", followedBy: ["b1"], on: store, scene)
            #expect(await pusher.pushWaiting() == 0)
            #expect(failures.withLock { $0 } == 1)
        }
    }

    @Test(arguments: [false, true]) func `a push that failed, before or after the message arrived, is the relay's`(
        hasArrived: Bool
    ) async throws {
        try await StoreScene.with { scene in
            let pushed = Pushed()
            let failures = Lock<[JobStoreError]>([])
            let pusher = OutboxPusher(
                pool: scene.pool, report: { result in if case .failure(let error) = result { failures.withLock { $0.append(error) } } },
                push: { queue, payloads in
                    if hasArrived { try await pushed.push(queue, payloads) }
                    throw Killed()
                })
            try await self.running(pusher) {
                try await self.complete("a", followedBy: ["a1"], on: self.store(scene, pusher), scene)
            }
            #expect(failures.withLock { $0.map(\.code) } == [.unavailable])
            #expect(try await scene.count("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 1)
            #expect(try await OutboxRelay(pool: scene.pool, push: pushed.push).relay() == 1)
            #expect(pushed.counts == ["a1": hasArrived ? 2 : 1])
        }
    }

    @Test func `a pusher and a relay that never rests push each message once`() async throws {
        try await StoreScene.with { scene in
            let pushed = Pushed()
            let byPusher = Lock(0)
            let pusher = OutboxPusher(
                pool: scene.pool, report: { result in if case .success(let count) = result { byPusher.withLock { $0 += count } } },
                push: pushed.push)
            let store = self.store(scene, pusher)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let relay = OutboxRelay(pool: scene.pool, push: pushed.push)
                let isDone = Lock(false)
                group.addTask {
                    while !isDone.withLock({ $0 }) { _ = try await relay.relay() }
                }
                try await self.running(pusher) {
                    for number in 0..<60 {
                        try await self.complete("\(number)", followedBy: ["\(number).1", "\(number).2"], on: store, scene)
                    }
                }
                isDone.withLock { $0 = true }
                try await group.waitForAll()
                _ = try await relay.relay()
            }
            #expect(pushed.counts.count == 120)
            #expect(pushed.counts.values.allSatisfy { $0 == 1 })
            #expect(byPusher.withLock { $0 } > 0)
        }
    }

    @Test func `a message reaches Redis within milliseconds of its commit, not at the relay's next look`() async throws {
        let redis = try PrivateRedis()
        try await StoreScene.with { scene in
            let loop = EventLoop(name: "outbox-redis")
            let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), eventLoop: loop)
            let arrived = Lock<[String: MonotonicTime]>([:])
            let push: OutboxPush = { queue, payloads in
                for payload in payloads {
                    _ = try await client.send(["LPUSH", RedisArgument(queue.rawValue), RedisArgument(payload)])
                    arrived.withLock { $0[String(decoding: payload, as: UTF8.self)] = .now }
                }
            }
            /// The times from the answer to the commit to Redis's answer, sorted.
            func measure(_ name: String, _ store: PostgresJobStore) async throws -> [Duration] {
                var times: [Duration] = []
                for number in 0..<12 {
                    let message = "\(name)\(number)"
                    try await self.complete(message, followedBy: [message], on: store, scene)
                    let committed = MonotonicTime.now
                    while arrived.withLock({ $0[message] }) == nil { try await Task.sleep(for: .microseconds(200)) }
                    times.append(arrived.withLock { $0[message] ?? .now } - committed)
                }
                return times.sorted()
            }
            let relay = OutboxRelay(pool: scene.pool, push: push)
            let pusher = OutboxPusher(pool: scene.pool, push: push)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await relay.run() }
                let before = try await measure("relayed", scene.store)
                try await self.running(pusher) {
                    let after = try await measure("pushed", self.store(scene, pusher))
                    print(
                        "from commit to Redis: relay \(before[6]) median, \(before[11]) most; pusher \(after[6]) median, \(after[11]) most")
                    #expect(after[6] < .milliseconds(60) && after[6] < before[6])
                }
                group.cancelAll()
            }
            #expect(try await client.send(["LLEN", "graph_queue"]).int == 24)
            await client.close()
        }
    }
}
