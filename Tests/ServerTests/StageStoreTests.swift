import Flotilla
import FlotillaPostgres
import PostgresClient
import Testing

@Suite struct StageStoreTests {
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
            #expect(try await stages.completed(work).isEmpty)
            let output = StageOutput(
                body: Array("{\"text\":\"a\\u0000b\"}".utf8), metrics: ["pages": 3, "confidence": 0.5], isPartial: true)
            #expect(try await stages.complete("extract_text", engine: "poppler 22", output: output, duration: .seconds(1), of: work))
            #expect(try await stages.completed(work) == ["extract_text": output])
            #expect(try await stages.completed(self.work(claim, work.fence, version: 2)).isEmpty)
            let record = try #require(try await scene.administration.stages(ofDocument: claim.identity.documentUUID).first)
            #expect(record.status == "completed" && record.attempt == 2 && record.outputBytes == output.body.count)
            // The output is gone: the stage counts as not done.
            try await scene.pool.query("DELETE FROM stage_output")
            #expect(try await stages.completed(work).isEmpty)
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
            let completed = try await stages.completed(work)
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
            #expect(try await stages.completed(work).count == 1)
            let failed = try await scene.administration.stages(ofDocument: claim.identity.documentUUID).first { $0.status == "failed" }
            #expect(failed?.errorMessage == "it is encrypted" && failed?.durationMilliseconds == 2_000)
        }
    }
}
