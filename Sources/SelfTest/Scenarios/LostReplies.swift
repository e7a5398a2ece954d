internal import FaultProxy
internal import Flotilla
internal import FlotillaRedis
internal import Glibc
internal import Reactor
internal import RedisClient
internal import Threading

/// T23: Redis does what it was asked, and the answer never arrives; or the request never did. Nobody can tell which.
struct LostReplies: Scenario {
    let id = "T23"
    let title = "executed but the reply was lost, every script"
    let promise = "each script's answer lost, and each request: nothing lost, nothing applied twice, attempts counted right"
    let length = ScenarioLength.short
    var options: SceneOptions {
        var options = SceneOptions(environment: ["CONCURRENCY": "4"])
        options.samplesConservation = false
        return options
    }

    private static let loop = EventLoop(name: "lost-replies")

    func run(_ scene: Scene) async throws {
        await withTaskGroup(of: Void.self) { group in
            let effects: [(String, Trap.Effect)] = [
                ("reply", .loseReply(.reset)), ("request", .loseRequest(.reset)),
            ]
            for (name, effect) in effects {
                group.addTask {
                    await scene.child(name, options: self.options) { try await self.play($0, scene, name, effect) }
                }
            }
        }
    }

    /// What is sent to Redis by name: all scripts, and the commands that move messages or locks without one.
    private static let calls: [(name: String, needle: String)] =
        Script.all.map { ($0.name, $0.sha1) } + [("blmove", "BLMOVE"), ("lpush", "LPUSH"), ("lock", "NX\r\n$2\r\nPX")]

    private static func job(_ number: Int, deaths: Int) -> TestJob {
        switch number {
        case 0..<4: TestJob("f\(number)", run: "fail", end: .dead(.attemptsSpent))
        case 4..<8: TestJob("f\(number)", run: "permanent", end: .dead(.permanent))
        case 8..<8 + deaths: TestJob("f\(number)", run: "die", end: .dead(.crash))
        case 20..<40: TestJob("f\(number)", run: "stages")
        case 40..<70: TestJob("f\(number)", run: "sleep", milliseconds: 40)
        default: TestJob("f\(number)")
        }
    }

    private func play(_ scene: Scene, _ parent: Scene, _ name: String, _ effect: Trap.Effect) async throws {
        let proxy = try scene.redisProxy()
        let count = scene.setting.isLong ? 4 : 2
        let traps = Self.calls.map { call in
            (name: call.name, trap: proxy.arm(Trap([call.needle], count: count, effect: effect)))
        }
        scene.journal.note("lose \(name) of \(count) calls of each script", "redis")
        let environment = scene.environment(redis: proxy)
        var fleet = [try scene.worker(environment), try scene.worker(environment), try scene.scheduler(environment)]
        func tend() throws { for index in fleet.indices where !fleet[index].isRunning { fleet[index] = try scene.restart(fleet[index]) } }
        try await scene.ready(workers: 2)
        for start in stride(from: 0, to: 200, by: 20) {
            try await scene.send((start..<start + 20).map { Self.job($0, deaths: count) })
            try await Task.sleep(for: .milliseconds(100))
        }
        try await scene.sendMalformed([Array("{ malformed".utf8)])
        try await scene.settled(within: .seconds(90), tending: tend)

        // Some that stop, for `retire`.
        var extra = 0
        for _ in 0..<count {
            scene.terminate(fleet[0])
            try await scene.eventually("\(fleet[0].name) has stopped") { !fleet[0].isRunning }
            try tend()
            let pid = fleet[0].pid
            try await scene.eventually("\(fleet[0].name) works", every: .milliseconds(50)) {
                try await scene.send([TestJob("g\(extra)")])
                extra += 1
                return scene.runs.begins.contains { $0.pid == pid }
            }
        }
        try await self.operate(scene, proxy)
        try await scene.settled(within: .seconds(60), tending: tend)
        // The last ones: idle workers wait with BLMOVE, one message at a time.
        var number = 1_000
        let end = MonotonicTime.now + .seconds(30)
        while !traps.allSatisfy({ $0.trap.sprung == count }), MonotonicTime.now < end {
            try tend()
            try await scene.send([TestJob("f\(number)", run: number % 2 == 0 ? "ok" : "stages")])
            number += 1
            try await Task.sleep(for: .milliseconds(100))
        }
        try await scene.settled(within: .seconds(60), tending: tend)
        for (script, trap) in traps { scene.expect(trap.sprung == count, "\(script): \(trap.sprung) of \(count) \(name)s lost") }
        parent.measured("calls that lost their \(name), over \(traps.count) scripts and commands", proxy.statistics.trapped)
        try await self.check(scene)
    }

    private func check(_ scene: Scene) async throws {
        let begins = Dictionary(grouping: scene.runs.begins, by: \.name)
        for number in 0..<4 {
            let attempts = Set(begins["f\(number)", default: []].map(\.attempt))
            scene.expect(attempts == [1, 2, 3, 4], "f\(number) ran as attempts \(attempts.sorted())")
        }
        try await scene.checkCounters()
    }

    // MARK: What operators do

    /// Calls of an operator over the same proxy, each again until its outcome is known.
    private func operate(_ scene: Scene, _ proxy: FaultProxy) async throws {
        let configuration = try RedisConfiguration(url: "redis://127.0.0.1:\(proxy.port)/0")
        let client = RedisClient(configuration: configuration, eventLoop: Self.loop)
        let broker = RedisBroker(
            names: scene.broker.names, client: client,
            blocking: RedisBlockingConnection(configuration: configuration, eventLoop: Self.loop), eventLoop: Self.loop)
        do {
            try await self.move(scene, broker)
            try await self.hold(scene, client)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }

    private func move(_ scene: Scene, _ broker: RedisBroker) async throws {
        // One for each answer that can be lost, and one more. A copy too many is dropped when it is claimed.
        let tries = scene.setting.isLong ? 5 : 3
        for number in 0..<tries {
            let job = TestJob("later\(number)")
            try await self.insist { try await broker.enqueue(job.payload, after: .seconds(600)) }
            scene.note(accepted: job)
        }
        for message in try await scene.broker.scheduledMessages(from: 0, limit: 1_000) {
            try await self.insist { _ = try await broker.promoteNow([message.payload]) }
        }
        let letters = try await scene.broker.deadLetters(from: 0, limit: 1_000).map { DeadLetterEntry($0, queue: Scene.queue) }
        for entry in letters where entry.letter.reason == .permanent {
            try await self.insist { _ = try await broker.requeue([(payload: entry.payload, restored: entry.restored)]) }
        }
        for number in 0..<tries {
            let bytes = Array("no message \(number)".utf8)
            try await scene.broker.enqueue([bytes])
            var found: DeadLetterEntry?
            try await scene.eventually("it is dead") {
                found = try await scene.broker.deadLetters(from: 0, limit: 1_000).map { DeadLetterEntry($0, queue: Scene.queue) }
                    .first { $0.restored == bytes }
                return found != nil
            }
            if let found { try await self.insist { _ = try await broker.discard([found.payload]) } }
        }
        for _ in 0..<tries { try await self.insist { _ = try await broker.counts() } }
    }

    /// A lock whose renewals lose their answers: whoever believes that it is held is right.
    private func hold(_ scene: Scene, _ client: RedisClient) async throws {
        let lock = RedisLock(client: client, eventLoop: Self.loop)
        let rounds = scene.setting.isLong ? 6 : 2
        for _ in 0..<rounds {
            guard let held = try await self.acquire(lock) else { throw SelfTestError("the lock was never free") }
            let end = MonotonicTime.now + .seconds(1)
            while MonotonicTime.now < end, held.isHeld {
                let token = try await scene.client.send(["GET", .text(Self.lockKey)]).string
                // Asked before and after, since it may end in between.
                scene.expect(token == held.token || !held.isHeld, "a lock is believed to be held that is not")
                try await Task.sleep(for: .milliseconds(20))
            }
            // One that is not given back ends by itself.
            _ = try? await held.release()
        }
    }

    private static let lockKey = "selftest:lock"

    private func acquire(_ lock: RedisLock) async throws -> (any LockHold)? {
        for _ in 0..<40 {
            // An answer that is lost leaves a lock that nobody holds until its lease is over.
            if case .acquired(let hold)? = try? await lock.acquire(Self.lockKey, lease: .milliseconds(900), onLoss: {}) { return hold }
            try await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    private func insist(_ body: () async throws -> Void) async throws {
        for _ in 0..<50 {
            do {
                return try await body()
            } catch let error as BrokerError where error.code == .outcomeUnknown || error.code == .unavailable {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        throw SelfTestError("an operator's call got no answer in 50 attempts")
    }
}
