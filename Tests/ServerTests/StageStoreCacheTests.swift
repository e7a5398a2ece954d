import Flotilla
import FlotillaPostgres
import FlotillaTesting
import PostgresClient
import Testing
import Threading

/// Outputs that a cache has as well.
@Suite struct StageStoreCacheTests {
    private static let stages: Set<StageName> = ["one", "two", "three"]

    /// A document whose three stages are completed, of which the cache has the first two.
    private static func with(
        _ body: (StoreScene, PostgresStageStore, InMemoryStageCache, StageWork, [StageName: StageOutput]) async throws -> Void
    )
        async throws
    {
        try await StoreScene.with { scene in
            let cache = InMemoryStageCache()
            let stages = PostgresStageStore(pool: scene.pool, cache: cache)
            let claim = try scene.claim("a", job: "j", delivery: 1)
            let work = StageWork(
                identity: claim.identity, processingVersion: 1, fence: try await scene.run([claim])[0], worker: scene.worker,
                envelope: claim.envelope)
            var outputs: [StageName: StageOutput] = [:]
            for stage in Self.stages.sorted(by: { $0.rawValue < $1.rawValue }) {
                let output = StageOutput(body: Array("{\"stage\": \"\(stage)\"}".utf8), metrics: ["n": 1], isPartial: stage == "three")
                let key = stage == "three" ? nil : Self.key(stage)
                #expect(
                    try await stages.complete(
                        stage, engine: "e", output: output, duration: .seconds(1),
                        origin: stage == "two" ? .cached(saved: .seconds(9)) : .computed,
                        cacheKey: key, of: work))
                if let key { await cache.keep(output, for: key, duration: .seconds(1)) }
                outputs[stage] = output
            }
            try await body(scene, stages, cache, work, outputs)
        }
    }

    private static func key(_ stage: StageName) -> StageCacheKey {
        StageCacheKey(tenant: nil, stage: stage, processingVersion: 1, digest: String(repeating: "a", count: 64))
    }

    @Test func `bodies come from the cache in one question, and the rest from here`() async throws {
        try await Self.with { scene, stages, cache, work, outputs in
            // What the table has is not looked at for those that the cache has: the bodies are gone, their digests are not.
            try await scene.pool.query("UPDATE stage_output SET body = '' WHERE cache_key IS NOT NULL")
            #expect(try await stages.completed(Self.stages, of: work) == outputs)
            #expect(cache.counts.batches == 1)
            let record = try #require(
                try await scene.administration.stages(ofDocument: work.identity.documentUUID).first { $0.stage == "two" })
            #expect(record.isFromCache && record.savedMilliseconds == 9_000 && record.digest == outputs["two"]?.digest)
        }
    }

    @Test func `what the cache lacks, or has wrong, is read here`() async throws {
        try await Self.with { _, stages, cache, work, outputs in
            cache.evict(Self.key("one"))
            cache.corrupt(Self.key("two"), body: Array("{\"stage\": \"wrong\"}".utf8))
            let found = try await stages.completed(Self.stages, of: work)
            #expect(found == outputs)
            cache.setAway(true)
            let read = try await stages.completed(Self.stages, of: work)
            #expect(read == outputs)
        }
    }

    @Test func `a state without an output, or of another version, is no completed stage, whatever the cache has`() async throws {
        try await Self.with { scene, stages, _, work, outputs in
            try await scene.pool.query("DELETE FROM stage_output WHERE stage = 'one'")
            #expect(try await Set(stages.completed(Self.stages, of: work).keys) == ["two", "three"])
            var next = work
            next.processingVersion = 2
            #expect(try await stages.completed(Self.stages, of: next).isEmpty)
            #expect(try await stages.begin("two", engine: "e", attempt: 2, of: work))
            #expect(try await Set(stages.completed(Self.stages, of: work).keys) == ["three"])
        }
    }
}
