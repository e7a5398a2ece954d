import Flotilla
import FlotillaPostgres
import FlotillaTesting
import PostgresClient
import Reactor
import ServerHarness
import Testing
import Threading

/// What a change of the primary means for jobs.
@Suite struct FailoverTests {
    private static let worker = WorkerID("worker")

    /// A store over a primary and its standby.
    private struct Pair {
        let primary: PrivatePostgres
        let standby: PrivatePostgres
        let pool: PostgresPool
        let store: PostgresJobStore

        init() async throws {
            self.primary = try PrivatePostgres(.init(fsync: false))
            self.standby = try PrivatePostgres(standbyOf: self.primary, .init(fsync: false))
            var configuration = try PostgresConfiguration(
                url: "postgres://postgres@/postgres?host=\(self.primary.directory),\(self.standby.directory)")
            configuration.acquireTimeout = .milliseconds(500)
            self.pool = PostgresPool(configuration: configuration, eventLoop: EventLoop(name: "failover"))
            try await Migrator(pool: self.pool, migrations: JobSchema.migrations).migrate()
            self.store = PostgresJobStore(pool: self.pool, countingQueues: StoreScene.countingQueues)
        }

        /// Waits until the standby has all that the primary has committed.
        func caughtUp() async throws {
            while try await !self.pool.query("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn())")
                .one()[0, as: Bool.self]
            {
                try await Task.sleep(for: .milliseconds(2))
            }
        }

        /// Waits until commits wait for the standby.
        func becomesSynchronous() async throws {
            try self.primary.setSynchronousStandbys("*")
            while try await !self.pool.query("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')").one()[
                0, as: Bool.self]
            {
                try await Task.sleep(for: .milliseconds(2))
            }
        }

        /// Repeats a call until it is not an outage any more.
        func persist<Value>(_ body: () async throws(JobStoreError) -> Value) async throws -> Value {
            while true {
                do throws(JobStoreError) {
                    return try await body()
                } catch {
                    guard error.code != .refused else { throw error }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
    }

    private func claims(_ names: [String], firstDelivery: UInt64, job: String = "j") throws -> [WorkClaim] {
        try names.enumerated().map { index, name in
            let envelope = try Envelope(StoreScene.message(name, job: job))
            return WorkClaim(
                identity: WorkIdentity(envelope, queue: StoreScene.queue),
                delivery: DeliveryID(worker: Self.worker, sequence: firstDelivery + UInt64(index)), queue: StoreScene.queue,
                envelope: envelope)
        }
    }

    private func results(_ claims: [WorkClaim], _ admissions: [Admission]) -> [WorkResult] {
        zip(claims, admissions).compactMap { claim, admission in
            guard case .run(let fence, _) = admission else { return nil }
            return WorkResult(
                identity: claim.identity, fence: fence, outcome: .completed(followUps: []), jobID: claim.envelope.jobID, duration: .zero)
        }
    }

    @Test func `synchronous: every result that was acknowledged is there after the primary died`() async throws {
        let pair = try await Pair()
        try await pair.becomesSynchronous()
        let acknowledged = Lock<Set<String>>([])
        let batches = 60
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for batch in 0..<batches {
                    let claims = try self.claims((0..<10).map { "\(batch)-\($0)" }, firstDelivery: UInt64(batch * 10 + 1))
                    while true {
                        let admissions = try await pair.persist { () throws(JobStoreError) in
                            try await pair.store.begin(claims, by: Self.worker)
                        }
                        let results = self.results(claims, admissions)
                        guard !results.isEmpty else { break }
                        let verdicts = try await pair.persist { () throws(JobStoreError) in
                            try await pair.store.record(results, by: Self.worker)
                        }
                        // Acknowledged in the broker: never delivered again.
                        for (result, verdict) in zip(results, verdicts) where verdict == .recorded {
                            acknowledged.withLock { _ = $0.insert(result.identity.workID) }
                        }
                        if verdicts.allSatisfy({ $0 == .recorded }) { break }
                    }
                }
            }
            while acknowledged.withLock({ $0.count }) < 200 { try await Task.sleep(for: .milliseconds(1)) }
            pair.primary.kill9()
            try pair.standby.promote()
            try await group.waitForAll()
        }
        let completed = Set(
            try await pair.pool.query("SELECT id FROM work_item WHERE status = 'completed'").map {
                try $0[0, as: PostgresUUID.self].description
            })
        #expect(completed.count == batches * 10)
        #expect(acknowledged.withLock { $0 } == completed)
        let counted = try await pair.pool.query("SELECT processed_files FROM processing_job").one()[0, as: Int.self]
        #expect(counted == batches * 10)
        await pair.pool.close()
    }

    @Test func `a repeated result waits for the standby like the first`() async throws {
        let pair = try await Pair()
        try await pair.becomesSynchronous()
        let claims = try self.claims(["a"], firstDelivery: 1)
        let results = self.results(claims, try await pair.store.begin(claims, by: Self.worker))
        pair.standby.kill9()
        // Committed on the primary alone: a hand that cancels the wait does what a deadline does.
        for _ in 0..<2 {
            let attempt = Task { () -> JobStoreError.Code? in
                do throws(JobStoreError) {
                    _ = try await pair.store.record(results, by: Self.worker)
                    return nil
                } catch {
                    return error.code
                }
            }
            while try await pair.pool.query(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND backend_type = 'client backend'"
            ).isEmpty {
                try await Task.sleep(for: .milliseconds(2))
            }
            #expect(await attempt.value == .outcomeUnknown)
        }
        try pair.standby.start()
        let verdicts = try await pair.persist { () throws(JobStoreError) in try await pair.store.record(results, by: Self.worker) }
        #expect(verdicts == [.recorded])
        pair.primary.kill9()
        try pair.standby.promote()
        let there = try await pair.persist { () throws(JobStoreError) in
            do { return try await pair.pool.query("SELECT status FROM work_item").one()[0, as: String.self] } catch {
                throw JobStoreError(.unavailable, operation: "look", message: "\(error)")
            }
        }
        #expect(there == "completed")
        await pair.pool.close()
    }

    @Test func `asynchronous: what the standby lacked is named by reconcile, made anew, and counted right`() async throws {
        let pair = try await Pair()
        let broker = InMemoryBroker(queue: StoreScene.queue)
        let old = try self.claims(["begun.pdf", "kept.pdf"], firstDelivery: 1)
        let admissions = try await pair.store.begin(old, by: Self.worker)
        let oldResults = self.results(old, admissions)
        #expect(try await pair.store.record([oldResults[1]], by: Self.worker) == [.recorded])
        try await pair.caughtUp()
        // The standby goes first: all that follows is known to the primary alone.
        pair.standby.kill9()
        #expect(try await pair.store.record([oldResults[0]], by: Self.worker) == [.recorded])
        let young = try self.claims(["young.pdf"], firstDelivery: 10, job: "young")
        let held = try self.claims(["held.pdf"], firstDelivery: 20, job: "young")
        #expect(
            try await pair.store.record(self.results(young, try await pair.store.begin(young, by: Self.worker)), by: Self.worker) == [
                .recorded
            ])
        // This one is still held in Redis, and runs while the primary changes.
        let heldResults = self.results(held, try await pair.store.begin(held, by: Self.worker))
        try await broker.enqueue([held[0].envelope.bytes])
        pair.primary.kill9()
        try pair.standby.start()
        try pair.standby.promote()

        let reconciler = Reconciler(
            pool: pair.pool, countingQueues: StoreScene.countingQueues, brokers: [broker], settleTime: .milliseconds(1))
        // The run's result has no row to go to: it is refused, and the delivery that Redis still holds runs again.
        let late = try await pair.persist { () throws(JobStoreError) in try await pair.store.record(heldResults, by: Self.worker) }
        #expect(late == [.stale])
        // Acknowledged, and the standby knew only that it had begun: named and made anew.
        let report = try await reconciler.run()
        #expect(report.items.map(\.work.filename) == ["begun.pdf"] && report.items.map(\.finding) == [.messageMissing])
        #expect(!report.isBalanced)
        _ = try await reconciler.run(repair: true)
        #expect(try await broker.readyMessages(from: 0, limit: 10).contains(old[0].envelope.bytes))
        // A job whose row is gone is made again by its next file, although this process had made it before.
        let again = try self.claims(["held.pdf"], firstDelivery: 30, job: "young")
        let verdicts = try await pair.store.record(self.results(again, try await pair.store.begin(again, by: Self.worker)), by: Self.worker)
        #expect(verdicts == [.recorded])
        let processed = try await pair.pool.query("SELECT processed_files FROM processing_job WHERE id = 'young'").one()[0, as: Int.self]
        #expect(processed == 1)
        // Of a file of which the standby had not even the beginning, and that Redis was told is done, nobody knows but the job's producer.
        #expect(try await pair.pool.query("SELECT 1 FROM work_item WHERE filename = 'young.pdf'").isEmpty)
        try await pair.pool.query("UPDATE processing_job SET total_files = 2 WHERE id = 'young'")
        #expect(try await reconciler.run().shortJobs.map(\.missingFiles) == [1])
        await pair.pool.close()
    }

    @Test func `a job without its row is named and restored`() async throws {
        try await StoreScene.with { scene in
            let claim = try scene.claim("a", job: "lost", delivery: 1)
            let fence = try #require(try await scene.run([claim]).first)
            _ = try await scene.store.record([scene.result(claim, fence)], by: scene.worker)
            try await scene.pool.query("DELETE FROM processing_job")
            let reconciler = Reconciler(
                pool: scene.pool, countingQueues: StoreScene.countingQueues, brokers: [InMemoryBroker(queue: StoreScene.queue)],
                settleTime: .milliseconds(1))
            let report = try await reconciler.run()
            #expect(report.jobs.map(\.job.id) == ["lost"] && report.jobs.allSatisfy(\.isMissing) && !report.isBalanced)
            _ = try await reconciler.run(repair: true)
            #expect(try await scene.job("lost").processedFiles == 1)
            #expect(try await reconciler.run().isBalanced)
        }
    }
}
