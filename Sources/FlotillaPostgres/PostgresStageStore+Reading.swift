public import Flotilla
internal import JSONText
internal import PostgresClient

extension PostgresStageStore {
    /// With a cache, states and digests are read here first and bodies asked of the cache at once. A body whose digest is another one than this
    /// store has is not used, and whatever the cache lacks is read here.
    public func completed(_ stages: Set<StageName>, of work: StageWork) async throws(JobStoreError) -> [StageName: StageOutput] {
        do {
            var found = try await self.rows(stages, of: work, withBodies: self.cache == nil)
            if let cache {
                await self.fill(&found, from: cache, of: work)
                let missing = found.filter { $0.value.output.body == nil }.map(\.key)
                if !missing.isEmpty {
                    // A row may have gone in the meantime: then its stage counts as not completed.
                    for stage in missing { found[stage] = nil }
                    found.merge(try await self.rows(Set(missing), of: work, withBodies: true)) { $1 }
                }
            }
            return found.compactMapValues(\.stageOutput)
        } catch {
            throw JobStoreError(error, operation: "read completed stages")
        }
    }

    private struct StoredOutput: Sendable {
        var output: (body: [UInt8]?, metrics: [String: Double], isPartial: Bool)
        var cacheKey: String?
        var digest: String?

        var stageOutput: StageOutput? {
            self.output.body.map { StageOutput(body: $0, metrics: self.output.metrics, isPartial: self.output.isPartial) }
        }
    }

    /// A run without an output does not count: its stage runs again.
    private func rows(
        _ stages: Set<StageName>, of work: StageWork, withBodies: Bool
    ) async throws(PostgresError) -> [StageName: StoredOutput] {
        let body: PostgresQuery =
            withBodies ? "output.body" : "CASE WHEN output.cache_key IS NULL OR output.digest IS NULL THEN output.body END"
        let rows = try await self.pool.query(
            """
            SELECT run.stage, \(fragment: body), run.metrics::text, run.is_partial, output.cache_key, output.digest
            FROM stage_run AS run JOIN stage_output AS output USING (document_uuid, processing_version, stage)
            WHERE run.document_uuid = \(Storable.uuid(work.identity.document))
                AND run.processing_version = \(self.version(work)) AND run.status = 'completed'
                AND run.stage = ANY (\(stages.map { Storable.text($0.rawValue) }))
            """)
        var outputs: [StageName: StoredOutput] = [:]
        for row in rows {
            outputs[StageName(try row[0, as: String.self])] = StoredOutput(
                output: (
                    try row[1, as: [UInt8]?.self], Self.metrics(try row[2, as: String?.self]), try row[3, as: Bool.self]
                ), cacheKey: try row[4, as: String?.self], digest: try row[5, as: String?.self])
        }
        return outputs
    }

    private func fill(_ found: inout [StageName: StoredOutput], from cache: any StageCache, of work: StageWork) async {
        var keys: [StageName: StageCacheKey] = [:]
        for (stage, stored) in found where stored.output.body == nil {
            keys[stage] = stored.cacheKey.map {
                StageCacheKey(tenant: work.envelope.tenantID, stage: stage, processingVersion: work.processingVersion, digest: $0)
            }
        }
        guard !keys.isEmpty else { return }
        let cached = await cache.outputs(for: Array(keys.values))
        for (stage, key) in keys {
            guard let output = cached[key], output.digest == found[stage]?.digest else { continue }
            found[stage]?.output.body = output.body
        }
    }

    /// The numbers in a run's `metrics`.
    package static func metrics(_ json: String?) -> [String: Double] {
        // jsonb gives back valid JSON; what is not a number was never one of ours.
        guard let json, let members = (try? JSONValue(parsing: json))?.members else { return [:] }
        return Dictionary(members.compactMap { member in member.value.number.map { (member.name, $0) } }) { $1 }
    }
}
