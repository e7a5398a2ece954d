import Flotilla
import FlotillaPostgres
import PostgresClient
import Testing

@Suite struct StageStoreTests {
    private static let all: Set<StageName> = ["detect", "extract_text", "clean_text", "chunk", "summarize", "index"]

    private func work(_ claim: WorkClaim, _ fence: Fence, version: Int = 1) -> StageWork {
        StageWork(
            identity: claim.identity, processingVersion: version, fence: fence, worker: claim.delivery.worker, envelope: claim.envelope)
    }

    @Test func `a completed stage is found with its output, by version`() async throws {
        try await StoreScene.with { scene in
            let stages = PostgresStageStore(pool: scene.pool)
            let claim = try scene.claim("a", job: "j", delivery: 1)
            let work = self.work(claim, try await scene.run([claim])[0])
            #expect(try await stages.begin("extract_text", engine: "poppler 22", attempt: 2, of: work))
            #expect(try await stages.completed(Self.all, of: work).isEmpty)
            let output = StageOutput(
                body: Array("{\"text\":\"a\\u0000b\"}".utf8), metrics: ["pages": 3, "confidence": 0.5], isPartial: true)
            #expect(try await stages.complete("extract_text", engine: "poppler 22", output: output, duration: .seconds(1), of: work))
            #expect(try await stages.completed(Self.all, of: work) == ["extract_text": output])
            #expect(try await stages.completed(Self.all, of: self.work(claim, work.fence, version: 2)).isEmpty)
            let record = try #require(try await scene.administration.stages(ofDocument: claim.identity.documentUUID).first)
            #expect(record.status == "completed" && record.attempt == 2 && record.outputBytes == output.body.count)
            // The output is gone: the stage counts as not done.
            try await scene.pool.query("DELETE FROM stage_output")
            #expect(try await stages.completed(Self.all, of: work).isEmpty)
            #expect(try await stages.begin("extract_text", engine: "poppler 22", attempt: 3, of: work))
        }
    }

    @Test func `whoever lost the item writes nothing`() async throws {
        try await StoreScene.with { scene in
            let stages = PostgresStageStore(pool: scene.pool)
            let claim = try scene.claim("a", job: "j", delivery: 1)
            let old = self.work(claim, try await scene.run([claim])[0])
            #expect(try await stages.begin("chunk", engine: "e", attempt: 1, of: old))
            var next = try scene.claim("a", job: "j", delivery: 2)
            next.takingOver = old.fence
            let new = self.work(next, try await scene.run([next])[0])
            let output = StageOutput(body: Array("{}".utf8))
            let failure = Failure(.permanent, code: "x", message: "y")
            #expect(try await stages.begin("summarize", engine: "e", attempt: 1, of: old) == false)
            #expect(try await stages.complete("chunk", engine: "e", output: output, duration: .zero, of: old) == false)
            #expect(try await stages.fail("chunk", failure: failure, duration: .zero, of: old) == false)
            #expect(try await scene.count("SELECT count(*) FROM stage_output") == 0)
            #expect(try await stages.complete("chunk", engine: "e", output: output, duration: .zero, of: new))
            _ = try await scene.store.record([scene.result(next, new.fence)], by: scene.worker)
            #expect(try await stages.complete("chunk", engine: "e", output: output, duration: .zero, of: new) == false)
        }
    }

    @Test func `a projection is written with the stage or not at all`() async throws {
        struct Refusal: Error {}
        try await StoreScene.with { scene in
            try await scene.pool.query("CREATE TABLE derived (document uuid, bytes int)")
            let stages = PostgresStageStore(
                pool: scene.pool,
                projections: [
                    "chunk": { transaction, work, output in
                        try await transaction.query(
                            "INSERT INTO derived VALUES (\(work.identity.documentUUID), \(Int32(output.body.count)))")
                    },
                    "index": { transaction, _, _ in
                        try await transaction.query("INSERT INTO derived VALUES (NULL, 0)")
                        throw Refusal()
                    },
                ])
            let claim = try scene.claim("a", job: "j", delivery: 1)
            let work = self.work(claim, try await scene.run([claim])[0])
            #expect(try await stages.complete("chunk", engine: "e", output: .init(body: Array("{}".utf8)), duration: .zero, of: work))
            await #expect(throws: JobStoreError.self) {
                try await stages.complete("index", engine: "e", output: .init(body: []), duration: .zero, of: work)
            }
            #expect(try await scene.count("SELECT count(*) FROM derived") == 1)
            let completed = try await stages.completed(Self.all, of: work)
            #expect(Set(completed.keys) == ["chunk"])
        }
    }

    @Test func `a failed stage keeps the outputs of earlier ones`() async throws {
        try await StoreScene.with { scene in
            let stages = PostgresStageStore(pool: scene.pool)
            let claim = try scene.claim("a", job: "j", delivery: 1)
            let work = self.work(claim, try await scene.run([claim])[0])
            #expect(try await stages.complete("detect", engine: "e", output: .init(body: Array("{}".utf8)), duration: .zero, of: work))
            #expect(try await stages.begin("extract_text", engine: "e", attempt: 1, of: work))
            let failure = Failure(.permanent, code: "encrypted", message: "it is encrypted", stage: "extract_text")
            #expect(try await stages.fail("extract_text", failure: failure, duration: .seconds(2), of: work))
            #expect(try await stages.completed(Self.all, of: work).count == 1)
            let failed = try await scene.administration.stages(ofDocument: claim.identity.documentUUID).first { $0.status == "failed" }
            #expect(failed?.errorMessage == "it is encrypted" && failed?.durationMilliseconds == 2_000)
        }
    }

    @Test func `a stage's checkpoints outlive its run, for the same engine, until it is completed`() async throws {
        try await StoreScene.with { scene in
            let stages = PostgresStageStore(pool: scene.pool)
            let claim = try scene.claim("a", job: "j", delivery: 1)
            let old = self.work(claim, try await scene.run([claim])[0])
            #expect(try await stages.keep([1, 0, 255], as: "segment-1", of: "transcribe", engine: "e 1", of: old))
            #expect(try await stages.keep([2], as: "segment-1", of: "transcribe", engine: "e 1", of: old))
            #expect(try await stages.keep([3], as: "segment-2", of: "transcribe", engine: "e 1", of: old))
            var next = try scene.claim("a", job: "j", delivery: 2)
            next.takingOver = old.fence
            let new = self.work(next, try await scene.run([next])[0])
            #expect(try await stages.keep([9], as: "segment-3", of: "transcribe", engine: "e 1", of: old) == false)
            #expect(try await stages.checkpoints(of: "transcribe", engine: "e 1", of: new) == ["segment-1": [2], "segment-2": [3]])
            #expect(try await stages.checkpoints(of: "transcribe", engine: "e 2", of: new).isEmpty)
            #expect(try await stages.checkpoints(of: "ocr_frames", engine: "e 1", of: new).isEmpty)
            #expect(try await stages.complete("transcribe", engine: "e 1", output: .init(body: []), duration: .zero, of: old) == false)
            #expect(try await scene.count("SELECT count(*) FROM stage_checkpoint") == 2)
            #expect(try await stages.complete("transcribe", engine: "e 1", output: .init(body: []), duration: .zero, of: new))
            #expect(try await scene.count("SELECT count(*) FROM stage_checkpoint") == 0)
        }
    }

    @Test func `beginning anew forgets the stages of one queue's work, not those of another's on the same document`() async throws {
        try await StoreScene.with { scene in
            let stages = PostgresStageStore(pool: scene.pool)
            let first = try scene.claim("a", job: "j", delivery: 1)
            let work = self.work(first, try await scene.run([first])[0])
            #expect(try await stages.begin("clean_text", engine: "e", attempt: 1, of: work))
            #expect(try await stages.complete("clean_text", engine: "e", output: .init(body: []), duration: .zero, of: work))
            let second = try scene.claim("b", job: "j", delivery: 2)
            var other = self.work(second, try await scene.run([second])[0])
            other.identity = WorkIdentity(documentUUID: work.identity.documentUUID, workID: second.identity.workID)
            #expect(try await stages.begin("extract_entities", engine: "e", attempt: 1, of: other))
            #expect(try await stages.keep([1], as: "chunk-1", of: "extract_entities", engine: "e", of: other))
            try await scene.pool.query("UPDATE work_item SET status = 'queued' WHERE id = \(PostgresUUID(second.identity.workID))")
            try await scene.administration.forgetStages(ofWork: [first.identity.workID, second.identity.workID])
            #expect(try await scene.count("SELECT count(*) FROM stage_run WHERE stage = 'clean_text'") == 1)
            #expect(try await scene.count("SELECT count(*) FROM stage_output") == 1)
            #expect(try await scene.count("SELECT count(*) FROM stage_run WHERE stage = 'extract_entities'") == 0)
            #expect(try await scene.count("SELECT count(*) FROM stage_checkpoint") == 0)
        }
    }
}
