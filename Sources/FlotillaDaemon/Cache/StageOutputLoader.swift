internal import Flotilla
internal import FlotillaCache
internal import FlotillaCachePostgres
internal import PostgresClient
internal import StageCaching

/// Puts results of stages back into the cache from PostgreSQL, where all of them are: nothing is computed.
struct StageOutputLoader: WarmupLoader {
    let pool: PostgresPool
    let stages: CachedStages
    /// The type's name, and the stages whose results it holds.
    let type: String
    let names: [String]

    /// One for each type that holds results of stages.
    static func all(pool: PostgresPool, stages: CachedStages) -> [String: any WarmupLoader] {
        CachedStages.types.mapValues { names in
            StageOutputLoader(pool: pool, stages: stages, type: names.type, names: names.stages)
        }
    }

    func candidates(tenant: String?, limit: Int) async throws -> [CacheAccess] {
        let rows = try await self.pool.query(
            """
            SELECT DISTINCT ON (output.cache_key) output.stage, output.cache_key, work.tenant_id
            FROM stage_output AS output
            JOIN stage_run AS run USING (document_uuid, processing_version, stage) JOIN work_item AS work ON work.id = run.work_id
            WHERE output.cache_key IS NOT NULL AND output.stage = ANY (\(self.names)) AND output.created_at > now() - interval '1 day'
            ORDER BY output.cache_key, output.created_at DESC LIMIT \(Int64(limit) * 4)
            """)
        var byTenant: [String: [CacheAccess]] = [:]
        for row in rows {
            let owner = try row[2, as: String?.self].map { CacheTenant($0) } ?? .none
            guard tenant == nil || tenant == owner.description else { continue }
            byTenant[owner.description, default: []].append(
                CacheAccess(
                    type: self.type, tenant: owner.description,
                    specific: "\(try row[0, as: String.self]):\(try row[1, as: String.self])"))
        }
        // In turn among tenants.
        var turns: [CacheAccess] = []
        var place = 0
        while turns.count < limit {
            let turn = byTenant.keys.sorted().compactMap { name in byTenant[name].flatMap { $0.indices.contains(place) ? $0[place] : nil } }
            if turn.isEmpty { break }
            turns += turn
            place += 1
        }
        return Array(turns.prefix(limit))
    }

    /// - Parameter id: `stage:key`, as it stands in keys.
    func candidate(pinned id: String, tenant: String?) -> CacheAccess? {
        let parts = id.split(separator: ":")
        guard parts.count == 2, self.names.contains(String(parts[0])) else { return nil }
        return CacheAccess(type: self.type, tenant: tenant ?? CacheTenant.none.description, specific: id)
    }

    func warm(_ access: CacheAccess) async throws -> Bool {
        let parts = access.specific.split(separator: ":")
        // Parts and pieces come with the whole.
        guard parts.count == 2, self.names.contains(String(parts[0])) else { return false }
        let rows = try await self.pool.query(
            """
            SELECT output.body, run.duration_ms, run.processing_version, work.tenant_id, coalesce(run.saved_ms, run.duration_ms, 0)
            FROM stage_output AS output
            JOIN stage_run AS run USING (document_uuid, processing_version, stage) JOIN work_item AS work ON work.id = run.work_id
            WHERE output.cache_key = \(String(parts[1])) AND output.stage = \(String(parts[0])) AND run.status = 'completed'
                AND NOT run.is_partial
            LIMIT 20
            """)
        for row in rows {
            let tenant = try row[3, as: String?.self]
            // The key says nothing of whose it is: only the owner's row may be given to the owner.
            guard (tenant.map { CacheTenant($0) } ?? .none).description == access.tenant else { continue }
            let key = StageCacheKey(
                tenant: tenant, stage: StageName(String(parts[0])), processingVersion: Int(try row[2, as: Int32.self]),
                digest: String(parts[1]))
            if await self.stages.output(for: key) != nil { return false }
            await self.stages.keep(
                StageOutput(body: try row[0, as: [UInt8].self]), for: key, duration: .milliseconds(Int64(try row[4, as: Int32.self])))
            return true
        }
        return false
    }
}
