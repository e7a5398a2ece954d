import Flotilla
import FlotillaPostgres
import FlotillaTesting
import JSONText
import PostgresClient
import Testing
import Threading

/// New versions of documents that were processed before.
@Suite struct ReprocessTests {
    private static let order: [StageName] = ["one", "two", "three"]

    /// A store whose stages show their outputs in a table, as a document's pages and chunks are shown.
    private static func store(_ scene: StoreScene, cache: (any StageCache)? = nil) -> PostgresStageStore {
        var projections: [StageName: PostgresStageStore.Projection] = [:]
        for stage in Self.order {
            projections[stage] = { transaction, work, output in
                try await transaction.query(
                    """
                    INSERT INTO shown AS s (document, stage, version, body)
                    VALUES (\(PostgresUUID(work.identity.documentUUID)), \(stage.rawValue), \(Int32(work.processingVersion)), \(output.body))
                    ON CONFLICT (document, stage) DO UPDATE SET version = excluded.version, body = excluded.body
                    WHERE s.version <= excluded.version
                    """)
            }
        }
        return PostgresStageStore(pool: scene.pool, projections: projections, order: Self.order, cache: cache)
    }

    private static func with(_ body: (StoreScene) async throws -> Void) async throws {
        try await StoreScene.with { scene in
            try await scene.pool.query(
                "CREATE TABLE shown (document uuid, stage text, version int, body bytea, PRIMARY KEY (document, stage))")
            try await body(scene)
        }
    }

    private static func claim(_ scene: StoreScene, _ payload: [UInt8], delivery: UInt64) throws -> WorkClaim {
        let envelope = try Envelope(payload)
        return WorkClaim(
            identity: WorkIdentity(envelope, queue: StoreScene.queue), delivery: DeliveryID(worker: scene.worker, sequence: delivery),
            queue: StoreScene.queue, envelope: envelope)
    }

    private static func work(_ scene: StoreScene, _ claim: WorkClaim) async throws -> StageWork {
        StageWork(
            identity: claim.identity, processingVersion: claim.envelope.processingVersion, fence: try await scene.run([claim])[0],
            worker: scene.worker, envelope: claim.envelope)
    }

    private static func complete(_ stage: StageName, _ store: PostgresStageStore, _ work: StageWork) async throws -> Bool {
        try await store.complete(
            stage, engine: "e", output: StageOutput(body: Array("\(stage) \(work.processingVersion)".utf8)), duration: .milliseconds(7),
            of: work)
    }

    /// Processes a file to its end and gives its document.
    private static func processed(_ scene: StoreScene, _ store: PostgresStageStore, file: String = "a") async throws -> ProcessedDocument {
        let payload = StoreScene.message(file, job: "j")
        let claim = try Self.claim(scene, payload, delivery: 1)
        if try await scene.administration.job("j") == nil {
            _ = try await scene.administration.createJob("j", messages: [(StoreScene.queue, payload)], actor: "test")
        }
        let work = try await Self.work(scene, claim)
        for stage in Self.order { #expect(try await Self.complete(stage, store, work)) }
        _ = try await scene.store.record([scene.result(claim, work.fence)], by: scene.worker)
        return try #require(try await scene.administration.processedDocuments(ofJob: "j").first { $0.item.filename == file })
    }

    private static func message(_ document: ProcessedDocument, version: Int) throws -> [UInt8] {
        let members = try JSONValue(parsing: document.payload).members ?? []
        return JSONValue.object(members + [.init("processing_version", .integer(Int64(version)))]).jsonBytes
    }

    /// Asks for a version and begins it.
    private static func reprocess(
        _ scene: StoreScene, _ document: ProcessedDocument, version: Int, carried: [StageName] = [], cleans: Bool = false
    ) async throws -> (claim: WorkClaim, work: StageWork) {
        let payload = try Self.message(document, version: version)
        let added = try await scene.administration.reprocess(
            [Reprocessing(document: document, payload: payload, carried: carried)], cleans: cleans, actor: "test")
        let claim = try Self.claim(scene, payload, delivery: UInt64(version))
        #expect(added == [claim.identity.workID])
        return (claim, try await Self.work(scene, claim))
    }

    private static func shown(_ scene: StoreScene) async throws -> [String] {
        try await scene.pool.query(
            "SELECT convert_from(body, 'UTF8') FROM shown ORDER BY array_position(ARRAY['one', 'two', 'three'], stage)"
        )
        .map { try $0[0, as: String.self] }
    }

    @Test func `a new version is shown as a whole when its last stage is complete, and nothing of it before`() async throws {
        try await Self.with { scene in
            let store = Self.store(scene)
            let document = try await Self.processed(scene, store)
            let (claim, work) = try await Self.reprocess(scene, document, version: 2)
            let job = try await scene.job("j")
            #expect(job.totalFiles == 2 && job.status == "processing")
            #expect(try await store.completed(Set(Self.order), of: work).isEmpty)
            for stage in ["one", "two"] as [StageName] {
                #expect(try await Self.complete(stage, store, work))
                #expect(try await Self.shown(scene) == ["one 1", "two 1", "three 1"])
            }
            #expect(try await Self.complete("three", store, work))
            #expect(try await Self.shown(scene) == ["one 2", "two 2", "three 2"])
            _ = try await scene.store.record([scene.result(claim, work.fence)], by: scene.worker)
            #expect(try await scene.job("j").status == "completed")
            #expect(try await scene.count("SELECT count(*) FROM stage_output") == 6)
        }
    }

    @Test func `from a stage on, exactly it and the later ones are left to run`() async throws {
        try await Self.with { scene in
            let store = Self.store(scene, cache: InMemoryStageCache())
            let document = try await Self.processed(scene, store)
            let (_, work) = try await Self.reprocess(scene, document, version: 5, carried: ["one"])
            let carried = try await store.completed(Set(Self.order), of: work)
            #expect(carried.mapValues { String(decoding: $0.body, as: UTF8.self) } == ["one": "one 1"])
            let record = try #require(
                try await scene.administration.stages(ofDocument: document.item.documentUUID, version: 5).first { $0.stage == "one" })
            #expect(record.carriedFrom == 1 && record.savedMilliseconds == 7 && record.durationMilliseconds == 0 && !record.isFromCache)
            #expect(try await Self.complete("two", store, work))
            #expect(try await Self.complete("three", store, work))
            #expect(try await Self.shown(scene) == ["one 1", "two 5", "three 5"])
            #expect(try await scene.count("SELECT version FROM shown WHERE stage = 'one'") == 5)
        }
    }

    @Test func `a version that takes everything over is shown without a run`() async throws {
        try await Self.with { scene in
            let store = Self.store(scene)
            let document = try await Self.processed(scene, store)
            let (claim, work) = try await Self.reprocess(scene, document, version: 2, carried: Self.order)
            #expect(try await scene.count("SELECT min(version) FROM shown") == 1)
            let pipeline = PipelineHandler(
                stages: Self.order.map { RefusingStage(stage: $0) }, store: store, lock: InMemoryLock(),
                options: .init(lockKey: { "\($0)\($1)\($2)" }, withWorkDirectory: { try await $0("/nowhere") }))
            let outcome = try await pipeline.handle(
                JobContext(
                    message: claim.envelope, identity: claim.identity, delivery: claim.delivery, queue: claim.queue, attempt: 1,
                    maximumAttempts: 1, fence: work.fence, worker: scene.worker, logger: .disabled))
            guard case .completed = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(try await scene.count("SELECT min(version) FROM shown") == 2)
        }
    }

    @Test func `older versions are removed in the moment in which the new one is shown, where that was asked for`() async throws {
        try await Self.with { scene in
            let store = Self.store(scene)
            let document = try await Self.processed(scene, store)
            let (_, work) = try await Self.reprocess(scene, document, version: 2, cleans: true)
            #expect(try await Self.complete("one", store, work))
            #expect(try await Self.complete("two", store, work))
            #expect(try await scene.count("SELECT count(*) FROM stage_output WHERE processing_version = 1") == 3)
            #expect(try await Self.complete("three", store, work))
            #expect(try await scene.count("SELECT count(*) FROM stage_output WHERE processing_version = 1") == 0)
            #expect(try await scene.count("SELECT count(*) FROM stage_run WHERE processing_version = 1") == 0)
            #expect(try await scene.count("SELECT count(*) FROM stage_run WHERE processing_version = 2") == 3)
        }
    }

    @Test func `an older version that is late shows nothing and takes nothing from the newer one, in any order`() async throws {
        for delayed in 0...3 {
            try await Self.with { scene in
                let store = Self.store(scene)
                // Version 1 stops before its stage number `delayed`, and version 2 overtakes it.
                let payload = StoreScene.message("a", job: "j")
                _ = try await scene.administration.createJob("j", messages: [(StoreScene.queue, payload)], actor: "test")
                let first = try await Self.work(scene, try Self.claim(scene, payload, delivery: 1))
                for stage in Self.order.prefix(delayed) { #expect(try await Self.complete(stage, store, first)) }
                let document = try #require(try await scene.administration.processedDocuments(ofJob: "j").first)
                #expect(document.openItems.count == 1)
                let second = try await Self.reprocess(scene, document, version: 2).work
                let steps: [(StageWork, StageName)] = Self.order.map { (second, $0) } + Self.order.dropFirst(delayed).map { (first, $0) }
                for (work, stage) in steps {
                    #expect(try await Self.complete(stage, store, work))
                    let versions = Set(try await Self.shown(scene).map { $0.suffix(1) })
                    #expect(versions.count == 1, "delayed at \(delayed), after \(stage) of \(work.processingVersion): \(versions)")
                }
                #expect(try await Self.shown(scene) == ["one 2", "two 2", "three 2"])
                for work in [first, second] {
                    let outputs = try await store.completed(Set(Self.order), of: work)
                    #expect(
                        outputs.values.allSatisfy { $0.body.last == UInt8(ascii: "0") + UInt8(work.processingVersion) }
                            && outputs.count == 3)
                }
            }
        }
    }

    @Test func `a repeated command adds nothing, and what was refused wrote nothing`() async throws {
        try await Self.with { scene in
            let document = try await Self.processed(scene, Self.store(scene))
            let payload = try Self.message(document, version: 2)
            let all = [Reprocessing(document: document, payload: payload, carried: ["one"])]
            #expect(try await scene.administration.reprocess(all, cleans: false, actor: "test").count == 1)
            #expect(try await scene.administration.reprocess(all, cleans: false, actor: "test").isEmpty)
            #expect(try await scene.job("j").totalFiles == 2)
            #expect(try await scene.count("SELECT count(*) FROM stage_run WHERE processing_version = 2") == 1)
            _ = try await scene.administration.cancelJob("j", actor: "test")
            let next = [Reprocessing(document: document, payload: try Self.message(document, version: 3), carried: ["one"])]
            await #expect(throws: JobStoreError.self) { try await scene.administration.reprocess(next, cleans: true, actor: "test") }
            await #expect(throws: JobStoreError.self) {
                try await scene.administration.reprocess(
                    [Reprocessing(document: document, payload: document.payload, carried: [])], cleans: false, actor: "test")
            }
            #expect(try await scene.count("SELECT count(*) FROM stage_run WHERE processing_version = 3") == 0)
            #expect(try await scene.count("SELECT count(*) FROM version_cleanup") == 0)
        }
    }
}

/// A stage that must not run.
private struct RefusingStage: StageHandler {
    let stage: StageName
    let engine = "none"
    func run(_ context: StageContext) async throws -> StageOutput { throw SceneError(description: "the stage \(self.stage) ran") }
}
