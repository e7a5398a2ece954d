import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import FlotillaRedis
import PostgresClient
import RedisClient
import ServerHarness
import Testing

@testable import SelfTest

/// The account can fail: what is lost or doubled by hand is named.
@Suite(.serialized) struct AccountTests {
    private static let servers = SharedServers()

    /// A scene of its own, with what its account found.
    private static func play(
        _ options: SceneOptions = SceneOptions(), _ body: @Sendable (Scene) async throws -> Void
    ) async -> SceneOutcome {
        let setting = SceneSetting(
            name: "account", seed: 1, isLong: false, programs: programs, servers: Self.servers,
            artefacts: ArtefactDirectory(seed: 1, keepsAll: false), progress: { _ in })
        var options = options
        options.samplesConservation = false
        return await Scene.play(setting, options: options, body)
    }

    private static func settle(_ scene: Scene, _ jobs: [TestJob]) async throws {
        try scene.worker()
        try scene.scheduler()
        try await scene.send(jobs)
        try await scene.settled(within: .seconds(60))
    }

    @Test(.timeLimit(.minutes(2))) func `a message deleted from Redis is lost, by name`() async throws {
        let outcome = await Self.play { scene in
            try await scene.send((0..<5).map { TestJob("f\($0)", end: .any) })
            let removed = try await scene.client.send(["LREM", "document_queue", "1", .bytes(TestJob("f3").payload)]).int
            #expect(removed == 1)
        }
        #expect(outcome.account?.lost == ["f3"])
        #expect(outcome.account?.unfinished == ["f0", "f1", "f2", "f4"])
        #expect(outcome.broken.contains { $0.contains("lost: f3") })
    }

    @Test(.timeLimit(.minutes(2))) func `queues on servers of their own are in the account, and what is lost there is named`() async throws
    {
        let audio = try PrivateRedis()
        var options = SceneOptions(environment: ["REDIS_URL_AUDIO": audio.url])
        options.shards = [.audio: audio.url]
        let outcome = await Self.play(options) { scene in
            var jobs = (0..<6).map { TestJob("f\($0)") }
            for index in [1, 3, 5] { jobs[index].kind = .audio }
            for kind in [QueueKind.document, .audio] { try scene.worker(["SELFTEST_QUEUE": kind.rawValue]) }
            try scene.scheduler()
            try await scene.ready(workers: 2)
            try await scene.send(jobs)
            try await scene.settled(within: .seconds(60))
            #expect(try await scene.count("SELECT count(*) FROM work_item WHERE queue = 'audio_queue'") == 3)
            try await scene.checkCounters()
            // Not killed: a pop that Redis has not yet given up would take one of the next.
            for worker in scene.processes where worker.program == .worker {
                scene.terminate(worker)
                worker.process.wait()
            }
            var late = [TestJob("g0", end: .any), TestJob("g1", end: .any)]
            for index in late.indices { late[index].kind = .audio }
            try await scene.send(late)
            #expect(try audio.ask(["RPOP", "audio_queue"]).contains("g0"))
        }
        #expect(outcome.account?.lost == ["g0"])
        #expect(outcome.account?.unfinished == ["g1"])
        #expect(outcome.account?.strangers == [])
    }

    @Test(.timeLimit(.minutes(2))) func `a message that vanished after a worker had seen it is lost, and the equation says so`()
        async throws
    {
        let outcome = await Self.play { scene in
            try await Self.settle(scene, [TestJob("f0"), TestJob("f1", run: "permanent", end: .dead(.permanent))])
            #expect(try await scene.client.send(["DEL", "document_dlq"]).int == 1)
        }
        #expect(outcome.account?.lost == ["f1"])
        #expect(outcome.account?.report.isBalanced == false)
    }

    @Test(.timeLimit(.minutes(2))) func `an effect written twice is counted, and one too few as well`() async throws {
        let outcome = await Self.play { scene in
            try await Self.settle(scene, (0..<3).map { TestJob("f\($0)") })
            try await scene.pool.query(
                "INSERT INTO outbox (queue, payload, sent_at) SELECT queue, payload, now() FROM outbox WHERE payload = \(TestJob("f1").payload)"
            )
            try await scene.pool.query("DELETE FROM outbox WHERE payload = \(TestJob("f2").payload)")
        }
        #expect(outcome.account?.duplicatesApplied == ["f1"])
        #expect(outcome.account?.wrongEffects == ["f2"])
        #expect(outcome.broken.count == 2)
    }

    @Test(.timeLimit(.minutes(2))) func `a job that ends otherwise than it must is named, and so is work that nobody sent`() async throws {
        let outcome = await Self.play { scene in
            try await scene.broker.enqueue([TestJob("stranger").payload])
            try await scene.sendMalformed([Array("{".utf8), Array("[".utf8)])
            try await Self.settle(
                scene, [TestJob("dies", run: "permanent"), TestJob("lives", end: .dead(.permanent)), TestJob("well")])
            #expect(try await scene.client.send(["LREM", "document_dlq", "1", "["]).int == 1)
        }
        let account = try #require(outcome.account)
        #expect(account.wrongEnds == ["dies: dead (permanent) instead of completed", "lives: completed instead of dead (permanent)"])
        #expect(account.strangers == ["stranger"])
        #expect(account.lost == ["1 malformed messages"])
        #expect(account.innocentsQuarantined.isEmpty && account.duplicatesApplied.isEmpty)
    }

    @Test(.timeLimit(.minutes(2))) func `a run that a death cut off is a duplicate, and a scenario's own promise can break`() async throws {
        let outcome = await Self.play { scene in
            try scene.scheduler()
            let victim = try scene.worker()
            try await scene.send([TestJob("long", run: "sleep", milliseconds: 300)])
            try await scene.eventually("it runs") { scene.runs.begins.count == 1 }
            scene.kill(victim)
            try scene.worker()
            try await scene.settled(within: .seconds(60))
            scene.expect(1 > 2, "one is more than two")
        }
        #expect(outcome.account?.duplicatesExecuted == 1)
        #expect(outcome.faults.map(\.kind) == ["SIGKILL"] && outcome.faults.map(\.victim) == ["worker-1"])
        #expect(outcome.broken == ["one is more than two"])
        #expect((outcome.account?.longestStall ?? .zero) > .seconds(1), "the lease of the dead had to end")
    }

    @Test func `the longest stall is the longest wait for any end while something waits`() {
        func stall(_ jobs: (Int64, Int64?)...) -> Duration { Scene.longestStall(jobs.map { (sent: $0.0, ended: $0.1) }) }
        #expect(stall() == .zero)
        #expect(stall((100, 300)) == .microseconds(200))
        // Nothing waits between 300 and 5,000.
        #expect(stall((100, 300), (5_000, 5_100)) == .microseconds(200))
        // The second waits since 200, the first ends at 300: 600 without an end.
        #expect(stall((100, 300), (200, 900)) == .microseconds(600))
        // What never ends is named elsewhere.
        #expect(stall((100, 300), (100, nil)) == .microseconds(200))
        // An end before the producer heard of its message.
        #expect(stall((100, 90)) == .zero)
    }
}
