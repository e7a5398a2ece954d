import Flotilla
import FlotillaPostgres
import PostgresClient
import Testing

@Suite struct JobAdministrationTests {
    private static let broken = Failure(.transient(), code: "broken", message: "it broke", stage: "chunk")

    func kill(_ scene: StoreScene, _ files: Range<Int>, job: String, message: String = "it broke") async throws -> [DeadLetter] {
        let claims = try files.map { try scene.claim("\($0).pdf", job: job, delivery: UInt64($0)) }
        let fences = try await scene.run(claims)
        let letters = claims.map { scene.letter($0, message) }
        let results = claims.indices.map { scene.result(claims[$0], fences[$0], .dead(Self.broken, letters[$0])) }
        #expect(try await scene.store.record(results, by: scene.worker).allSatisfy { $0 == .recorded })
        return letters
    }

    @Test func `jobs and items come in pages`() async throws {
        try await StoreScene.with { scene in
            for index in 0..<7 {
                let messages = (0..<4).map { (queue: StoreScene.queue, payload: StoreScene.message("\($0).pdf", job: "job-\(index)")) }
                _ = try await scene.administration.createJob("job-\(index)", tenantID: "t\(index % 2)", messages: messages, actor: "test")
            }
            var seen: [String] = []
            var cursor: JobAdministration.JobCursor?
            while true {
                let page = try await scene.administration.jobs(after: cursor, limit: 3)
                guard let last = page.last else { break }
                seen += page.map(\.id)
                cursor = .init(last)
            }
            #expect(seen == (0..<7).reversed().map { "job-\($0)" })
            #expect(try await scene.administration.jobs(status: ["pending"], tenantID: "t1").count == 3)
            let first = try await scene.administration.items(ofJob: "job-1", limit: 3)
            let rest = try await scene.administration.items(ofJob: "job-1", after: first.last?.workID)
            #expect(first.count == 3 && rest.count == 1 && Set((first + rest).compactMap(\.filename)).count == 4)
            #expect(try await scene.administration.itemCounts(ofJob: "job-1") == ["queued": 4])
            #expect(try await scene.job("job-1").percentage == 0)
        }
    }

    @Test func `a requeue reopens the job and its letter`() async throws {
        try await StoreScene.with { scene in
            try await scene.administration.setTotalFiles(3, ofJob: "j")
            let letters = try await self.kill(scene, 0..<3, job: "j")
            #expect(try await scene.job("j").status == "failed")
            let changes = try await scene.administration.prepareRequeue(letters.prefix(2).map(\.id), actor: "alice", filter: "job=j")
            #expect(changes.allSatisfy { $0.outcome == .ready })
            let job = try await scene.job("j")
            #expect(job.status == "processing" && job.failedFiles == 1 && job.completedAt == nil)
            // Repeating it says that the move may go on, and counts nothing twice.
            let again = try await scene.administration.prepareRequeue(letters.map(\.id), actor: "alice")
            #expect(again.allSatisfy { $0.outcome == .ready })
            #expect(try await scene.job("j").failedFiles == 0)
            #expect(try await scene.administration.countDeadLetters(.init(state: "requeued")) == 3)
            let claim = try scene.claim("0.pdf", job: "j", delivery: 9)
            let admission = try await scene.store.begin([claim], by: scene.worker)[0]
            guard case .run(_, failures: 0) = admission else {
                Issue.record("\(admission)")
                return
            }
            #expect(try await scene.administration.auditEntries().first { $0.filter == "job=j" }?.count == 2)
        }
    }

    @Test func `a discarded letter leaves its work failed`() async throws {
        try await StoreScene.with { scene in
            try await scene.administration.setTotalFiles(1, ofJob: "j")
            let letter = try await self.kill(scene, 0..<1, job: "j")[0]
            #expect(try await scene.administration.discard([letter.id], actor: "alice")[0].outcome == .ready)
            #expect(try await scene.administration.discard([letter.id], actor: "alice")[0].outcome == .ready)
            #expect(try await scene.administration.prepareRequeue([letter.id], actor: "alice")[0].outcome == .notDead("discarded"))
            #expect(try await scene.job("j").status == "failed")
        }
    }

    @Test func `letters are found by filter and counted by kind`() async throws {
        try await StoreScene.with { scene in
            let letters = try await self.kill(scene, 0..<5, job: "a") + (try await self.kill(scene, 5..<8, job: "b", message: "other"))
            let administration = scene.administration
            #expect(try await administration.countDeadLetters(.init(jobID: "a")) == 5)
            #expect(try await administration.countDeadLetters(.init(queue: "audio_queue")) == 0)
            #expect(try await administration.countDeadLetters(.init(reason: .permanent, fingerprint: "0123456789ab")) == 8)
            #expect(try await administration.countDeadLetters(.init(before: letters[0].failureTime)) == 0)
            let page = try await administration.deadLetters(limit: 5)
            let rest = try await administration.deadLetters(after: page.last.map { .init($0) }, limit: 5)
            #expect(Set((page + rest).map(\.letter.id)) == Set(letters.map(\.id)))
            let found = try #require(try await administration.deadLetter(letters[0].id))
            #expect(found.letter == letters[0] && found.producerBytes == StoreScene.message("0.pdf", job: "a"))
            #expect(try Envelope(found.queuedPayload).deadLetterID == letters[0].id)
            let statistics = try await administration.failureStatistics()
            #expect(statistics.map(\.count) == [8])
            #expect(try await administration.archiveDeadLetters(failedBefore: .max, limit: 3).count == 3)
            #expect(try await administration.countDeadLetters(.init(state: "expired")) == 3)
        }
    }

    @Test func `the audit log only grows`() async throws {
        try await StoreScene.with { scene in
            try await scene.administration.audit(actor: "alice", action: "queue.pause", target: "document_queue", detail: ["why": "\u{0}x"])
            await #expect(throws: PostgresError.self) { try await scene.pool.query("DELETE FROM audit_log") }
            await #expect(throws: PostgresError.self) { try await scene.pool.query("UPDATE audit_log SET actor = 'bob'") }
            #expect(try await scene.administration.auditEntries().map(\.actor) == ["alice"])
        }
    }

    @Test func `a job of no files is complete and one that is done cannot be cancelled`() async throws {
        try await StoreScene.with { scene in
            #expect(try await scene.administration.createJob("empty", messages: [], actor: "test") == 0)
            let job = try await scene.job("empty")
            #expect(job.status == "completed" && job.percentage == 100)
            #expect(try await scene.administration.cancelJob("empty", actor: "test")?.job.status == "completed")
            #expect(try await scene.administration.cancelJob("nobody", actor: "test") == nil)
            try await scene.administration.setTotalFiles(5, ofJob: "never")
            #expect(try await scene.administration.cancelJob("never", actor: "test")?.job.status == "pending")
            try await scene.pool.query("INSERT INTO processing_job (id) VALUES ('plain')")
            #expect(try await scene.administration.cancelJob("plain", actor: "test")?.job.status == "cancelled")
        }
    }
}

extension JobAdministrationTests {
    @Test func `a job that is done takes its files in a new version, once`() async throws {
        try await StoreScene.with { scene in
            func create(_ version: Int, tenant: String? = "t") async throws -> Int {
                let messages = (0..<2).map { file in
                    let text = #"{"job_id": "j", "tenant_id": "t", "gcs_path": "\#(file).pdf", "processing_version": \#(version)}"#
                    return (queue: StoreScene.queue, payload: Array(text.utf8))
                }
                return try await scene.administration.createJob("j", tenantID: tenant, messages: messages, actor: "test")
            }
            #expect(try await create(1) == 2)
            try await scene.pool.query(
                "UPDATE processing_job SET status = 'completed', processed_files = 2, completed_at = now() WHERE id = 'j'")
            await #expect(throws: JobStoreError.self) { try await create(1) }
            await #expect(throws: JobStoreError.self) { try await create(2, tenant: "other") }
            #expect(try await create(2) == 2)
            let job = try await scene.job("j")
            #expect(job.status == "processing" && job.totalFiles == 4 && job.completedAt == nil)
            await #expect(throws: JobStoreError.self) { try await create(2) }
            #expect(try await scene.job("j").totalFiles == 4)
            _ = try await scene.administration.cancelJob("j", actor: "test")
            await #expect(throws: JobStoreError.self) { try await create(3) }
            #expect(try await scene.administration.items(ofJob: "j").count == 4)
        }
    }

    @Test func `a timeline tells of deaths and of what was done about them`() async throws {
        try await StoreScene.with { scene in
            let letter = try await self.kill(scene, 0..<1, job: "j")[0]
            _ = try await scene.administration.prepareRequeue([letter.id], actor: "alice")
            let item = try #require(try await scene.administration.items(ofJob: "j").first)
            let timeline = try await scene.administration.timeline(of: item)
            #expect(timeline.map(\.event).contains("dead-lettered"))
            #expect(timeline.contains { $0.event == "dlq.requeue" && $0.detail == "by alice" })
            #expect(timeline.first?.event == "accepted")
            #expect(zip(timeline, timeline.dropFirst()).allSatisfy { $0.at <= $1.at })
        }
    }
}
