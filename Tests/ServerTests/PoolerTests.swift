import CorpusPostgres
import Flotilla
import FlotillaPostgres
import FlotillaRedis
import FlotillaTesting
import PostgresClient
import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

/// The stores through a pgbouncer that gives each transaction another session.
@Suite(.enabled(if: PrivatePgbouncer.isInstalled, "pgbouncer is not installed")) struct PoolerTests {
    @Test func `the job store keeps the contract`() async throws {
        try await StoreScene.with(pooled: true) { scene in
            for name in JobStoreContract.names {
                do { try await JobStoreContract.check(name, on: scene.contractSubject) } catch { Issue.record("\(name): \(error)") }
            }
        }
    }

    @Test func `stages, their projections and checkpoints are written and read`() async throws {
        try await StoreScene.with(pooled: true) { scene in
            try await scene.pool.query("CREATE TABLE derived (document uuid, bytes int)")
            let stages = PostgresStageStore(
                pool: scene.pool,
                projections: [
                    "chunk": { transaction, work, output in
                        try await transaction.query(
                            "INSERT INTO derived VALUES (\(work.identity.documentUUID), \(Int32(output.body.count)))")
                    }
                ])
            // Several files at once, so that their transactions meet on the pooler's connections.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let claim = try scene.claim("file\(number)", job: "j", delivery: UInt64(number + 1))
                        let fence = try #require(try await scene.run([claim]).first)
                        let work = StageWork(
                            identity: claim.identity, processingVersion: 1, fence: fence, worker: claim.delivery.worker,
                            envelope: claim.envelope)
                        let output = StageOutput(body: Array("{\"file\":\(number)}".utf8))
                        #expect(try await stages.begin("chunk", engine: "e", attempt: 1, of: work))
                        #expect(try await stages.keep([1, 2], as: "piece", of: "chunk", engine: "e", of: work))
                        #expect(try await stages.checkpoints(of: "chunk", engine: "e", of: work) == ["piece": [1, 2]])
                        #expect(try await stages.complete("chunk", engine: "e", output: output, duration: .zero, of: work))
                        #expect(try await stages.completed(["chunk"], of: work) == ["chunk": output])
                        let verdicts = try await scene.store.record([scene.result(claim, fence)], by: scene.worker)
                        #expect(verdicts == [.recorded])
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await scene.count("SELECT count(*) FROM derived") == 12)
            #expect(try await scene.job("j").processedFiles == 12)
        }
    }

    @Test func `ten processes may migrate at once, and leave no lock in any session`() async throws {
        let configuration = try StoreScene.database(pooled: true)
        let loop = EventLoop(name: "pooler-migrations")
        let ran = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    let pool = PostgresPool(configuration: configuration, eventLoop: loop)
                    let count = try await Migrator(pool: pool, migrations: JobSchema.migrations + CorpusSchema.migrations).migrate().count
                    await pool.close()
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(ran == JobSchema.migrations.count + CorpusSchema.migrations.count)
        let pool = PostgresPool(configuration: configuration, eventLoop: loop)
        try await Migrator(pool: pool, migrations: JobSchema.migrations + CorpusSchema.migrations).verify()
        let locks = try await pool.query(
            "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND datname = current_database()")
        #expect(locks.isEmpty)
        await pool.close()
    }

    /// Fails each file once, then completes it; a message for the graph follows.
    private struct OnceFailing: JobHandler {
        struct Trouble: FailureClassified {
            var failureClass: FailureClass { .transient() }
            var failureCode: String { "once" }
            var failureMessage: String { "the first time fails" }
        }

        func handle(_ job: JobContext) async throws -> JobOutcome {
            if job.attempt == 1 { throw Trouble() }
            return .completed(followUps: [FollowUp(queue: "graph_queue", payload: job.message.producerBytes)])
        }
    }

    @Test func `a worker and the scheduler's roles finish all work, across a restart of the pooler`() async throws {
        let redis = try PrivateRedis()
        let postgres = try PrivatePostgres(.init(fsync: false))
        let pooler = try PrivatePgbouncer(postgres, .init(poolSize: 2))
        let loop = EventLoop(name: "pooler-fleet")
        var configuration = try PostgresConfiguration(url: pooler.url())
        configuration.pooler = .transaction
        configuration.acquireTimeout = .milliseconds(500)
        let pool = PostgresPool(configuration: configuration, eventLoop: loop)
        try await Migrator(pool: pool, migrations: JobSchema.migrations).migrate()
        let redisConfiguration = try RedisConfiguration(url: redis.url)
        let client = RedisClient(configuration: redisConfiguration, eventLoop: loop)
        let broker = RedisBroker(
            names: QueueNames(queue: StoreScene.queue, retry: "document_retry", deadLetter: "document_dlq"), client: client,
            blocking: RedisBlockingConnection(configuration: redisConfiguration, eventLoop: loop), eventLoop: loop)
        let push: OutboxPush = { queue, payloads in
            for payload in payloads { _ = try await client.send(["LPUSH", RedisArgument(queue.rawValue), RedisArgument(payload)]) }
        }
        let pusher = OutboxPusher(pool: pool, push: push)
        let relay = OutboxRelay(pool: pool, interval: .milliseconds(50), push: push)
        let store = PostgresJobStore(pool: pool, countingQueues: StoreScene.countingQueues, outbox: pusher)
        let options = WorkerOptions(
            concurrency: 4, retryPolicy: RetryPolicy(maximumRetries: 3, backoff: Backoff(base: .milliseconds(20), cap: .milliseconds(40))),
            info: WorkerInfo(host: "test", processID: 1, role: "test", version: "1", startedAt: 0, concurrency: 4))
        let worker = Worker(broker: broker, store: store, handler: OnceFailing(), options: options, logger: .disabled)
        let promoter = RetryPromoter(broker: broker)
        let files = 120
        func done() async -> Int {
            (try? await pool.query("SELECT count(*) FROM work_item WHERE status = 'completed'").one()[0, as: Int.self]) ?? 0
        }
        func pushed() async throws -> Int { Int(try await client.send(["LLEN", "graph_queue"]).int ?? 0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            group.addTask { await promoter.run() }
            group.addTask { await relay.run() }
            group.addTask { await pusher.run() }
            try await broker.enqueue((0..<files / 2).map { StoreScene.message("\($0).pdf", job: "j") })
            while await done() < 5 { try await Task.sleep(for: .milliseconds(2)) }
            pooler.stop()
            try await broker.enqueue((files / 2..<files).map { StoreScene.message("\($0).pdf", job: "j") })
            try pooler.start()
            while await done() < files { try await Task.sleep(for: .milliseconds(10)) }
            while try await pushed() < files { try await Task.sleep(for: .milliseconds(10)) }
            worker.drain(within: .seconds(5))
            group.cancelAll()
            try await group.waitForAll()
        }
        let counts = try await broker.counts()
        #expect(counts.ready + counts.leased + counts.scheduled + counts.dead == 0)
        let row = try await pool.query("SELECT processed_files, failed_files FROM processing_job").one()
        #expect(try row[0, as: Int.self] == files && row[1, as: Int.self] == 0)
        // Each once, but for what was on its way when the pooler went.
        #expect(try await pushed() < files + 60)
        // An outage counts no attempt: all files failed exactly once.
        #expect(try await pool.query("SELECT count(*) FROM work_item WHERE failures <> 1").one()[0, as: Int.self] == 0)
        await client.close()
        await pool.close()
    }
}
