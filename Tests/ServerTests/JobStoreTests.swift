import Flotilla
import FlotillaPostgres
import PostgresClient
import Testing
import Threading

@Suite struct JobStoreTests {
    private static let broken = Failure(.transient(), code: "broken", message: "it broke")

    @Test func `64 recorders of 1,000 files each count exactly`() async throws {
        try await StoreScene.with(connections: 16) { scene in
            try await scene.administration.setTotalFiles(64_000, ofJob: "big")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for recorder in 0..<64 {
                    group.addTask {
                        for batch in 0..<10 {
                            let claims = try (0..<100).map { index in
                                try scene.claim("\(recorder)-\(batch)-\(index)", job: "big", delivery: UInt64(index))
                            }
                            let fences = try await scene.run(claims)
                            let verdicts = try await scene.store.record(zip(claims, fences).map { scene.result($0, $1) }, by: scene.worker)
                            #expect(verdicts.allSatisfy { $0 == .recorded })
                        }
                    }
                }
                try await group.waitForAll()
            }
            let job = try await scene.job("big")
            #expect(job.processedFiles == 64_000)
            #expect(job.status == "completed")
        }
    }

    @Test func `a job completes once whatever races`() async throws {
        try await StoreScene.with(connections: 8) { scene in
            try await scene.pool.query("CREATE TABLE completion (job text)")
            try await scene.pool.withConnection { connection in
                try await connection.script(
                    """
                    CREATE FUNCTION note_completion() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN INSERT INTO completion VALUES (NEW.id); RETURN NEW; END $$;
                    CREATE TRIGGER note_completion AFTER UPDATE ON processing_job
                    FOR EACH ROW WHEN (OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL) EXECUTE FUNCTION note_completion();
                    """)
            }
            let jobs = (0..<400).map { "race-\($0)" }
            for job in jobs { try await scene.administration.setTotalFiles(2, ofJob: job) }
            // Both files of every job end at the same time, in batches that hold the jobs in opposite orders.
            let sides = try (0..<2).map { side in
                try jobs.map { try scene.claim("\(side).pdf", job: $0, delivery: UInt64(side), worker: WorkerID("worker-\(side)")) }
            }
            let fences = [try await scene.run(sides[0]), try await scene.run(sides[1])]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for side in 0..<2 {
                    let results = zip(sides[side], fences[side]).map { scene.result($0, $1) }
                    let order = side == 0 ? results : results.reversed()
                    for start in stride(from: 0, to: order.count, by: 20) {
                        let batch = Array(order[start..<start + 20])
                        group.addTask {
                            let verdicts = try await scene.store.record(batch, by: scene.worker)
                            #expect(verdicts.allSatisfy { $0 == .recorded })
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await scene.count("SELECT count(*) FROM completion") == jobs.count)
            #expect(try await scene.count("SELECT count(DISTINCT job) FROM completion") == jobs.count)
            #expect(try await scene.count("SELECT count(*) FROM processing_job WHERE status = 'completed'") == jobs.count)
        }
    }

    @Test func `claims and results of many workers on the same items never deadlock`() async throws {
        try await StoreScene.with(connections: 8) { scene in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<8 {
                    let worker = WorkerID("worker-\(index)")
                    group.addTask {
                        var recorded = 0
                        for round in 0..<10 {
                            // Every worker claims the same files, each in an order of its own, of jobs shared by all.
                            let files = (0..<60).map { ($0 * 7 + index * 13 + round) % 60 }
                            let claims = try files.map {
                                try scene.claim("\(round)-\($0)", job: "job-\($0 % 5)", delivery: UInt64(round * 60 + $0), worker: worker)
                            }
                            let admissions = try await scene.store.begin(claims, by: worker)
                            var results: [WorkResult] = []
                            for (claim, admission) in zip(claims, admissions) {
                                if case .run(let fence, _) = admission { results.append(scene.result(claim, fence)) }
                            }
                            recorded += try await scene.store.record(results, by: worker).count { $0 == .recorded }
                        }
                        return recorded
                    }
                }
                let recorded = try await group.reduce(0, +)
                #expect(recorded == 600)
            }
            #expect(try await scene.count("SELECT sum(processed_files) FROM processing_job") == 600)
            #expect(try await scene.count("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0)
        }
    }

    @Test func `one bad row of 300 is found and the others are written`() async throws {
        try await StoreScene.with { scene in
            try await scene.pool.query("ALTER TABLE work_item ADD CHECK (filename <> 'bad-claim' AND error_message <> 'bad result')")
            let claims = try (0..<300).map { try scene.claim($0 == 123 ? "bad-claim" : "\($0)", job: "j", delivery: UInt64($0)) }
            let admissions = try await scene.store.begin(claims, by: scene.worker)
            var results: [WorkResult] = []
            for (index, admission) in admissions.enumerated() {
                switch admission {
                case .run(let fence, _):
                    let failure = Failure(.transient(), code: "x", message: "bad result")
                    results.append(
                        scene.result(claims[index], fence, index == 45 ? .failed(failure, retryAfter: .zero) : .completed(followUps: [])))
                case .unrecordable: #expect(index == 123)
                default: Issue.record("\(admission)")
                }
            }
            #expect(results.count == 299)
            let verdicts = try await scene.store.record(results, by: scene.worker)
            #expect(verdicts.count { $0 == .recorded } == 298)
            guard case .unrecordable = verdicts[45] else {
                Issue.record("\(verdicts[45])")
                return
            }
            #expect(try await scene.job("j").processedFiles == 298)
        }
    }

    @Test func `hostile text is stored or refused, and harms nobody`() async throws {
        try await StoreScene.with { scene in
            let long = String((0..<5_000).map { _ in Character(UnicodeScalar(UInt8.random(in: 97...122))) })
            let claims = [
                try scene.claim("nul\u{0}in\u{0}name", job: "j", delivery: 1), try scene.claim("a", job: long, delivery: 2),
                try scene.claim(#"'"; DROP TABLE work_item; -- {},\"#, job: "j\u{0}k", delivery: 3),
                try scene.claim(long, job: nil, delivery: 4),
            ]
            let admissions = try await scene.store.begin(claims, by: scene.worker)
            guard case .run(let first, _) = admissions[0], case .unrecordable = admissions[1], case .run = admissions[2],
                case .run = admissions[3]
            else {
                Issue.record("\(admissions)")
                return
            }
            let failure = Failure(.permanent, code: "nul", message: "a \u{0} b")
            let letter = scene.letter(claims[0], "a \u{0} b")
            #expect(
                try await scene.store.record([scene.result(claims[0], first, .dead(failure, letter))], by: scene.worker) == [.recorded])
            #expect(try await scene.job("j").errorMessage?.hasPrefix("Failed to process nul\u{FFFD}in\u{FFFD}name: a ") == true)
            try await scene.store.recordDead([
                DeadMessage(payload: claims[1].envelope.bytes, letter: scene.letter(claims[1]), identity: claims[1].identity)
            ])
            #expect(try await scene.count("SELECT count(*) FROM dead_letter") == 2)
        }
    }

    @Test func `follow-ups are written once, with the result`() async throws {
        try await StoreScene.with { scene in
            let claims = try (0..<3).map { try scene.claim("\($0)", job: "j", delivery: UInt64($0)) }
            let fences = try await scene.run(claims)
            let results = zip(claims, fences).map { claim, fence in
                let follow = FollowUp(queue: "graph_queue", payload: Array("{\"for\":\"\(claim.delivery.sequence)\"}".utf8))
                return scene.result(claim, fence, .completed(followUps: [follow, follow]))
            }
            for _ in 0..<3 { #expect(try await scene.store.record(results, by: scene.worker) == [.recorded, .recorded, .recorded]) }
            var stale = results
            stale[0].fence = Fence(1)
            #expect(try await scene.store.record([stale[0]], by: scene.worker) == [fences[0].rawValue == 1 ? .recorded : .stale])
            #expect(try await scene.count("SELECT count(*) FROM outbox") == 6)
        }
    }

    @Test func `two results for one item in one batch are judged one by one`() async throws {
        try await StoreScene.with { scene in
            let claim = try scene.claim("a", job: "j", delivery: 1)
            let old = try await scene.run([claim])[0]
            let new = try await scene.run([claim])[0]
            let verdicts = try await scene.store.record([scene.result(claim, old), scene.result(claim, new)], by: scene.worker)
            #expect(verdicts == [.stale, .recorded])
        }
    }

    @Test func `a repeated claim after a lost answer runs in the middle of a larger batch`() async throws {
        try await StoreScene.with { scene in
            let claims = try (0..<20).map { try scene.claim("\($0)", job: "j", delivery: UInt64($0)) }
            let first = try await scene.run(Array(claims[5..<15]))
            let again = try await scene.run(claims)
            #expect(zip(first, again[5..<15]).allSatisfy { $0.rawValue < $1.rawValue })
            #expect(try await scene.count("SELECT count(*) FROM work_item") == 20)
        }
    }

    /// Values that all rows share travel once, others row by row: the table must not tell which.
    @Test func `rows keep their own values whether or not the batch shares them`() async throws {
        try await StoreScene.with { scene in
            func claim(_ number: Int, _ members: String, worker: String = "w", queue: QueueName = StoreScene.queue) throws -> WorkClaim {
                let envelope = try Envelope(Array("{\"filename\":\"\(number)\"\(members)}".utf8))
                return WorkClaim(
                    identity: WorkIdentity(envelope, queue: queue),
                    delivery: DeliveryID(worker: WorkerID(worker), sequence: UInt64(number)), queue: queue, envelope: envelope)
            }
            func rows(_ from: Int, _ to: Int) async throws -> [String] {
                try await scene.pool.query(
                    """
                    SELECT concat_ws(
                        ' ', filename, coalesce(job_id, '-'), coalesce(tenant_id, '-'), processing_version, counts_toward_job, worker, queue)
                    FROM work_item WHERE filename::integer BETWEEN \(from) AND \(to) ORDER BY filename::integer
                    """
                ).map { try $0[0, as: String.self] }
            }
            _ = try await scene.run([
                claim(1, #","job_id":"a","tenant_id":"t""#), claim(2, #","job_id":"a","tenant_id":"t""#),
            ])
            #expect(try await rows(1, 2) == ["1 a t 1 t w document_queue", "2 a t 1 t w document_queue"])
            _ = try await scene.run([claim(3, ""), claim(4, ""), claim(5, "")])
            #expect(try await rows(3, 5) == ["3 - - 1 t w document_queue", "4 - - 1 t w document_queue", "5 - - 1 t w document_queue"])
            // Sorted by their ids before they are sent: each column meets its first different value somewhere else.
            _ = try await scene.run([
                claim(6, #","job_id":"b""#), claim(7, #","tenant_id":"u","processing_version":2"#, worker: "v"),
                claim(8, #","job_id":"b\u0000""#, queue: "graph_queue"), claim(9, #","job_id":"b""#),
            ])
            #expect(
                try await rows(6, 9) == [
                    "6 b - 1 t w document_queue", "7 - u 2 t v document_queue", "8 b\u{FFFD} - 1 f w graph_queue",
                    "9 b - 1 t w document_queue",
                ])
            _ = try await scene.run([claim(10, #","job_id":"c\u0000","tenant_id":"\u0000""#)])
            #expect(try await rows(10, 10) == ["10 c\u{FFFD} \u{FFFD} 1 t w document_queue"])
        }
    }

    /// The plan that a small table suggests is kept by the connection while the table grows. Walked for each row of a batch, the table makes
    /// recording a hundred times dearer than claiming was.
    @Test func `a burst after a trickle on a fresh database finds its rows one by one`() async throws {
        try await StoreScene.with(connections: 1) { scene in
            func claims(_ name: String, _ count: Int) throws -> [WorkClaim] {
                try (0..<count).map { try scene.claim("\(name)-\($0)", job: "burst", delivery: UInt64($0)) }
            }
            func record(_ claims: [WorkClaim], _ fences: [Fence]) async throws {
                let verdicts = try await scene.store.record(zip(claims, fences).map { scene.result($0, $1) }, by: scene.worker)
                #expect(verdicts.allSatisfy { $0 == .recorded })
            }
            try await scene.pool.query("ANALYZE work_item")
            for number in 0..<12 {
                let one = try claims("one-\(number)", 1)
                try await record(one, scene.run(one))
            }
            let batches = try (0..<6).map { try claims("batch-\($0)", 1_000) }
            let start = MonotonicTime.now
            var fences: [[Fence]] = []
            for batch in batches { fences.append(try await scene.run(batch)) }
            let claimed = MonotonicTime.now
            for (batch, fences) in zip(batches, fences) { try await record(batch, fences) }
            let recorded = MonotonicTime.now
            #expect(recorded - claimed < (claimed - start) * 10)
        }
    }

    @Test func `an outage says that nothing was written`() async throws {
        try await StoreScene.with { scene in
            await scene.pool.close()
            let claim = try scene.claim("a", job: "j", delivery: 1)
            let error = await #expect(throws: JobStoreError.self) { try await scene.store.begin([claim], by: scene.worker) }
            #expect(error?.code == .unavailable)
        }
    }
}
