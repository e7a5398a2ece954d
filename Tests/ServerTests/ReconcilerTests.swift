import Flotilla
import FlotillaPostgres
import FlotillaTesting
import PostgresClient
import Testing

@Suite struct ReconcilerTests {
    private static let broken = Failure(.transient(), code: "broken", message: "it broke")

    private func reconciler(_ scene: StoreScene, _ broker: InMemoryBroker) -> Reconciler {
        Reconciler(pool: scene.pool, countingQueues: StoreScene.countingQueues, brokers: [broker], settleTime: .milliseconds(1))
    }

    private func claimAll(_ scene: StoreScene, _ broker: InMemoryBroker, count: Int) async throws -> [Delivery] {
        let info = WorkerInfo(host: "test", processID: 1, role: "test", version: "0", startedAt: 0, concurrency: 1)
        try await broker.register(scene.worker, lease: .seconds(60), info: info)
        return try await broker.exchange([], claiming: count, firstSequence: 1, isRepeat: false, by: scene.worker, lease: .seconds(60))
            .deliveries
    }

    private func claims(_ deliveries: [Delivery]) throws -> [WorkClaim] {
        try deliveries.map { delivery in
            let envelope = try Envelope(delivery.payload)
            return WorkClaim(
                identity: WorkIdentity(envelope, queue: StoreScene.queue), delivery: delivery.id, queue: StoreScene.queue,
                envelope: envelope)
        }
    }

    /// Five files: one completed, one dead, one waiting for its retry, one running, one queued; two more that nobody has seen.
    private func fill(_ scene: StoreScene, _ broker: InMemoryBroker) async throws -> [WorkClaim] {
        let messages = (0..<5).map { StoreScene.message("\($0).pdf", job: "j") }
        let tagged = messages.map { (queue: StoreScene.queue, payload: $0) }
        let total = try await scene.administration.createJob("j", messages: tagged, actor: "test")
        #expect(total == 5)
        try await broker.enqueue(messages)
        let deliveries = try await self.claimAll(scene, broker, count: 4)
        let claims = try self.claims(deliveries)
        let fences = try await scene.run(claims)
        let letter = scene.letter(claims[1])
        let results = [
            scene.result(claims[0], fences[0]), scene.result(claims[1], fences[1], .dead(Self.broken, letter)),
            scene.result(claims[2], fences[2], .failed(Self.broken, retryAfter: .seconds(600))),
        ]
        let verdicts = try await scene.store.record(results, by: scene.worker)
        #expect(verdicts == [.recorded, .recorded, .recorded])
        _ = try await broker.exchange(
            [
                .ack(deliveries[0].id),
                .dead(deliveries[1].id, payload: MessageSplice.adding(letter, to: claims[1].envelope.producerBytes), letter: letter),
                .retry(deliveries[2].id, payload: claims[2].envelope.producerBytes, delay: .seconds(600)),
            ], claiming: 0, firstSequence: 100, isRepeat: false, by: scene.worker, lease: .seconds(60))
        try await broker.enqueue([StoreScene.message("unseen.pdf", job: "other"), Array("malformed {".utf8)])
        return claims
    }

    @Test func `the equation holds with work in every place`() async throws {
        try await StoreScene.with { scene in
            let broker = InMemoryBroker(queue: StoreScene.queue)
            _ = try await self.fill(scene, broker)
            let report = try await self.reconciler(scene, broker).run()
            let queue = try #require(report.queues.first)
            #expect(queue.accepted == 7)
            #expect([queue.completed, queue.dead, queue.scheduled, queue.leased, queue.queued] == [1, 1, 1, 1, 3])
            #expect(queue.unseen == 2)
            #expect(report.isBalanced && report.unaccounted == 0)
            #expect(report.unrecordedLetters.isEmpty && report.shortJobs.isEmpty)
        }
    }

    private static func isDead(_ admission: Admission) -> Bool {
        if case .dead = admission { true } else { false }
    }

    @Test func `a message that vanished is named and made anew`() async throws {
        try await StoreScene.with { scene in
            let full = InMemoryBroker(queue: StoreScene.queue)
            let claims = try await self.fill(scene, full)
            // All of the broker's memory is gone.
            let broker = InMemoryBroker(queue: StoreScene.queue)
            let reconciler = self.reconciler(scene, broker)
            let report = try await reconciler.run()
            #expect(report.unaccounted == 4)
            #expect(report.items.count { $0.finding == .messageMissing } == 3)
            let dead = report.items.filter { $0.finding == .deadLetterMissing }
            #expect(dead.map(\.work.workID) == [claims[1].identity.workID])
            let repaired = try await reconciler.run(repair: true)
            #expect(repaired.items.count { $0.isRepaired } == 4)
            #expect(try await broker.counts().scheduled == 1)
            let again = try await reconciler.run()
            #expect(again.isBalanced)
            // What was running is claimed again: its former delivery is held by nobody.
            let deliveries = try await self.claimAll(scene, broker, count: 10)
            let admissions = try await scene.store.begin(try self.claims(deliveries), by: scene.worker)
            #expect(admissions.count == 3)
            #expect(admissions.count { Self.isDead($0) } == 1)
            let audit = try await scene.administration.auditEntries()
            #expect(audit.contains { $0.action == "reconcile.repair" })
        }
    }

    @Test func `a job created but never pushed is repaired`() async throws {
        try await StoreScene.with { scene in
            let broker = InMemoryBroker(queue: StoreScene.queue)
            let messages = (0..<3).map { (queue: StoreScene.queue, payload: StoreScene.message("\($0).pdf", job: "j")) }
            let twice = messages + messages
            let total = try await scene.administration.createJob("j", messages: twice, actor: "test")
            #expect(total == 3)
            _ = try await self.reconciler(scene, broker).run(repair: true)
            let ready = try await broker.readyMessages(from: 0, limit: 10)
            #expect(ready.count == 3)
            #expect(Set(ready) == Set(messages.map { $0.payload }))
        }
    }

    @Test func `history and counters are mended`() async throws {
        try await StoreScene.with { scene in
            let broker = InMemoryBroker(queue: StoreScene.queue)
            _ = try await self.fill(scene, broker)
            try await scene.pool.query("DELETE FROM dead_letter")
            try await scene.pool.query("UPDATE processing_job SET processed_files = 4")
            try await scene.pool.query("INSERT INTO outbox (queue, payload) VALUES ('graph_queue', 'x')")
            try await scene.administration.setTotalFiles(9, ofJob: "j")
            let reconciler = self.reconciler(scene, broker)
            let report = try await reconciler.run(repair: true)
            #expect(report.unrecordedLetters.count == 1 && report.jobs.count == 1 && report.outbox == 1)
            #expect(report.shortJobs.map(\.missingFiles) == [4])
            let again = try await reconciler.run()
            #expect(again.unrecordedLetters.isEmpty && again.isBalanced)
            let job = try await scene.job("j")
            #expect(job.processedFiles == 1 && job.failedFiles == 1)
        }
    }

    @Test func `a requeue that stopped half-way is finished`() async throws {
        try await StoreScene.with { scene in
            let broker = InMemoryBroker(queue: StoreScene.queue)
            let claims = try await self.fill(scene, broker)
            let letters = try await scene.administration.deadLetters()
            let letter = try #require(letters.first)
            let changes = try await scene.administration.prepareRequeue([letter.letter.id, "nobody"], actor: "test")
            #expect(changes.map(\.outcome) == [.ready, .unknown])
            let reconciler = self.reconciler(scene, broker)
            let found = try await reconciler.run()
            #expect(found.items.map(\.finding) == [.requeueUnfinished])
            _ = try await reconciler.run(repair: true)
            let ready = try await broker.readyMessages(from: 0, limit: 10)
            #expect(ready.contains(claims[1].envelope.producerBytes))
            let after = try await reconciler.run()
            #expect(after.isBalanced && after.queues[0].dead == 0)
        }
    }

    private func drain(_ scene: StoreScene, _ broker: InMemoryBroker) async throws {
        for batch in 0..<40 {
            let deliveries = try await broker.exchange(
                [], claiming: 50, firstSequence: UInt64(batch * 50 + 1), isRepeat: false, by: scene.worker, lease: .seconds(600)
            ).deliveries
            let claims = try self.claims(deliveries)
            let fences = try await scene.run(claims)
            _ = try await scene.store.record(zip(claims, fences).map { scene.result($0, $1) }, by: scene.worker)
            let acks = deliveries.map { Settlement.ack($0.id) }
            _ = try await broker.exchange(acks, claiming: 0, firstSequence: 0, isRepeat: false, by: scene.worker, lease: .seconds(600))
        }
    }

    private func watch(_ scene: StoreScene, _ broker: InMemoryBroker) async throws {
        for _ in 0..<5 {
            let report = try await self.reconciler(scene, broker).run()
            #expect(report.items.isEmpty)
            #expect(report.unaccounted == 0)
        }
    }

    @Test func `nothing is named while the fleet works`() async throws {
        try await StoreScene.with { scene in
            let broker = InMemoryBroker(queue: StoreScene.queue)
            try await broker.enqueue((0..<2_000).map { StoreScene.message("\($0).pdf", job: "j") })
            let info = WorkerInfo(host: "test", processID: 1, role: "test", version: "0", startedAt: 0, concurrency: 1)
            try await broker.register(scene.worker, lease: .seconds(600), info: info)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.drain(scene, broker) }
                group.addTask { try await self.watch(scene, broker) }
                try await group.waitForAll()
            }
            let report = try await self.reconciler(scene, broker).run()
            #expect(report.queues.first?.completed == 2_000 && report.isBalanced)
        }
    }
}
