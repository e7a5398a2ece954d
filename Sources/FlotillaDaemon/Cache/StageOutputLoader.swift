internal import Flotilla
internal import FlotillaCache
internal import FlotillaCachePostgres
internal import FlotillaPostgres
internal import PostgresClient
internal import StageCaching

/// Puts results of stages back into the cache from PostgreSQL, where all of them are: nothing is computed.
struct StageOutputLoader: WarmupLoader {
    let pool: PostgresPool
    let stages: CachedStages
    /// The type's name, and the stages whose results it holds.
    let type: String
    let names: [String]
    /// Rows that are looked at for one tenant's: the database knows tenants by their ids, and keys by their spelling.
    private static let longestLook = 100_000

    /// One for each type that holds results of stages.
    static func all(pool: PostgresPool, stages: CachedStages) -> [String: any WarmupLoader] {
        CachedStages.types.mapValues { names in
            StageOutputLoader(pool: pool, stages: stages, type: names.type, names: names.stages)
        }
    }

    func candidates(tenant: String?, limit: Int) async throws -> [CacheAccess] {
        // The newest first. All of a day are grouped, some of each tenant are taken.
        let rows = try await self.pool.query(
            """
            SELECT stage, cache_key, tenant_id FROM (
                SELECT output.stage, output.cache_key, work.tenant_id, max(output.created_at) AS made,
                    row_number() OVER (PARTITION BY work.tenant_id ORDER BY max(output.created_at) DESC) AS place
                FROM stage_output AS output
                JOIN stage_run AS run USING (document_uuid, processing_version, stage) JOIN work_item AS work ON work.id = run.work_id
                WHERE output.cache_key IS NOT NULL AND output.stage = ANY (\(self.names)) AND output.created_at > now() - interval '1 day'
                GROUP BY output.stage, output.cache_key, work.tenant_id
            ) AS made ORDER BY place, made.made DESC LIMIT \(Int64(tenant == nil ? limit : Self.longestLook))
            """)
        var candidates: [CacheAccess] = []
        for row in rows where candidates.count < limit {
            let owner = Self.owner(try row[2, as: String?.self])
            guard tenant == nil || tenant == owner else { continue }
            candidates.append(
                CacheAccess(
                    type: self.type, tenant: owner, specific: "\(try row[0, as: String.self]):\(try row[1, as: String.self])"))
        }
        return candidates
    }

    /// - Parameter id: `stage:key`, as it stands in keys.
    func candidate(pinned id: String, tenant: String?) -> CacheAccess? {
        guard self.place(id) != nil else { return nil }
        return CacheAccess(type: self.type, tenant: tenant ?? CacheTenant.none.description, specific: id)
    }

    func warm(_ access: CacheAccess) async throws -> Bool {
        guard let (stage, digest) = self.place(access.specific) else { return false }
        let owners = try await self.pool.query(
            """
            SELECT DISTINCT ON (work.tenant_id) work.tenant_id, output.document_uuid, output.processing_version
            FROM stage_output AS output
            JOIN stage_run AS run USING (document_uuid, processing_version, stage) JOIN work_item AS work ON work.id = run.work_id
            WHERE output.cache_key = \(digest) AND output.stage = \(stage) AND run.status = 'completed' AND NOT run.is_partial
            """)
        // The key says nothing of whose it is: only the owner's row may be given to the owner.
        for row in owners where Self.owner(try row[0, as: String?.self]) == access.tenant {
            let version = try row[2, as: Int32.self]
            let key = StageCacheKey(
                tenant: try row[0, as: String?.self], stage: StageName(stage), processingVersion: Int(version), digest: digest)
            if await self.stages.output(for: key) != nil { return false }
            return try await self.restore(key, document: try row[1, as: PostgresUUID.self], version: version)
        }
        return false
    }

    private func restore(_ key: StageCacheKey, document: PostgresUUID, version: Int32) async throws -> Bool {
        let rows = try await self.pool.query(
            """
            SELECT output.body, run.metrics::text, coalesce(run.saved_ms, run.duration_ms, 0)
            FROM stage_output AS output JOIN stage_run AS run USING (document_uuid, processing_version, stage)
            WHERE document_uuid = \(document) AND processing_version = \(version) AND stage = \(key.stage.rawValue)
            """)
        // Processed anew meanwhile.
        guard let row = rows.first else { return false }
        let output = StageOutput(
            body: try row[0, as: [UInt8].self], metrics: PostgresStageStore.metrics(try row[1, as: String?.self]))
        await self.stages.restore(output, for: key, duration: .milliseconds(Int64(try row[2, as: Int32.self])))
        return true
    }

    /// `stage:digest`; nil for parts and pieces, which come with the whole.
    private func place(_ specific: String) -> (stage: String, digest: String)? {
        let parts = specific.split(separator: ":").map { String($0) }
        return parts.count == 2 && self.names.contains(parts[0]) ? (parts[0], parts[1]) : nil
    }

    /// As it stands in keys.
    private static func owner(_ tenant: String?) -> String { (tenant.map { CacheTenant($0) } ?? .none).description }
}
