import Flotilla
import FlotillaPostgres
import PostgresClient
import Reactor
import ServerHarness
import Testing
import Threading

@Suite struct JobStoreCrashTests {
    /// Repeats a call until its outcome is known.
    private func persist<Value: Sendable>(_ unknown: Lock<Int>, _ body: () async throws(JobStoreError) -> Value) async throws -> Value {
        while true {
            do throws(JobStoreError) {
                return try await body()
            } catch {
                guard error.code != .refused else { throw error }
                if error.code == .outcomeUnknown { unknown.withLock { $0 += 1 } }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    private func work(_ store: PostgresJobStore, worker: Int, batches: Int, unknown: Lock<Int>, done: Lock<Int>) async throws {
        let name = WorkerID("worker-\(worker)")
        for batch in 0..<batches {
            var claims: [WorkClaim] = []
            for index in 0..<20 {
                let envelope = try Envelope(StoreScene.message("\(worker)-\(batch)-\(index)", job: "job-\(index % 3)"))
                claims.append(
                    WorkClaim(
                        identity: WorkIdentity(envelope, queue: StoreScene.queue),
                        delivery: DeliveryID(worker: name, sequence: UInt64(batch * 20 + index)), queue: StoreScene.queue,
                        envelope: envelope))
            }
            let sent = claims
            let admissions = try await self.persist(unknown) { () throws(JobStoreError) in try await store.begin(sent, by: name) }
            var results: [WorkResult] = []
            for (claim, admission) in zip(claims, admissions) {
                guard case .run(let fence, _) = admission else {
                    Issue.record("\(admission)")
                    continue
                }
                let follow = FollowUp(queue: "graph_queue", payload: claim.envelope.bytes)
                results.append(
                    WorkResult(
                        identity: claim.identity, fence: fence, outcome: .completed(followUps: [follow]), jobID: claim.envelope.jobID,
                        duration: .zero))
            }
            let recorded = results
            let verdicts = try await self.persist(unknown) { () throws(JobStoreError) in try await store.record(recorded, by: name) }
            #expect(verdicts.count { $0 == .recorded } == 20)
            done.withLock { $0 += 1 }
        }
    }

    @Test func `nothing is counted twice when the server is killed in the middle`() async throws {
        let server = try PrivatePostgres(.init(fsync: false))
        var configuration = try PostgresConfiguration(url: server.url())
        configuration.maximumConnections = 4
        let pool = PostgresPool(configuration: configuration, eventLoop: EventLoop(name: "crash-tests"))
        try await Migrator(pool: pool, migrations: JobSchema.migrations).migrate()
        let store = PostgresJobStore(pool: pool, countingQueues: StoreScene.countingQueues)
        let unknown = Lock(0)
        let done = Lock(0)
        let batches = 60
        let threads = ThreadPool(name: "crash-tests", threads: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask { try await self.work(store, worker: worker, batches: batches, unknown: unknown, done: done) }
            }
            group.addTask {
                for quarter in 1...3 {
                    while done.withLock({ $0 }) < quarter * batches { try await Task.sleep(for: .milliseconds(1)) }
                    try await threads.run {
                        server.kill9()
                        try server.start()
                    }
                }
            }
            try await group.waitForAll()
        }
        let total = 4 * batches * 20
        let counted = try await pool.query("SELECT sum(processed_files)::bigint FROM processing_job").one()[0, as: Int.self]
        #expect(counted == total)
        let outbox = try await pool.query("SELECT count(*) FROM outbox").one()[0, as: Int.self]
        #expect(outbox == total)
        await pool.close()
    }
}
