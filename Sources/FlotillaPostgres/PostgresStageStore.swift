public import Flotilla
internal import JSONText
public import PostgresClient

/// Remembers stages and their outputs in PostgreSQL, under the fence of the work item: whoever lost the item writes nothing.
///
/// What is derived from the outputs is written stage by stage, as long as no older processing version of the document has written any. Where one
/// has, it waits, and is written in the transaction that completes the last stage: readers see the older version whole until they see the newer
/// one whole, and a version that never ends changes nothing of what they see.
public struct PostgresStageStore: StageStore {
    /// Writes what is derived from a stage's output (chunks, a document's row) in the transaction that completes the stage. It may run again
    /// after a serialization failure, so it must do nothing outside of the transaction.
    public typealias Projection =
        @Sendable (_ transaction: PostgresConnection, _ work: StageWork, _ output: StageOutput) async throws -> Void

    /// Goes before the projections of a version that is published as a whole, in their transaction: removes what older versions left that the
    /// new one may not replace.
    public typealias Clearing = @Sendable (_ transaction: PostgresConnection, _ work: StageWork) async throws -> Void

    let pool: PostgresPool
    let projections: [StageName: Projection]
    let order: [StageName]
    let clearing: Clearing?
    let cache: (any StageCache)?

    /// - Parameters:
    ///   - order: the pipeline's stages, as they run; without it every projection is written with its stage.
    ///   - cache: where outputs are looked for before their bodies are read here.
    public init(
        pool: PostgresPool, projections: [StageName: Projection] = [:], order: [StageName] = [], clearing: Clearing? = nil,
        cache: (any StageCache)? = nil
    ) {
        self.pool = pool
        self.projections = projections
        self.order = order
        self.clearing = clearing
        self.cache = cache
    }

    public func begin(_ stage: StageName, engine: String, attempt: Int, of work: StageWork) async throws(JobStoreError) -> Bool {
        try await self.write(
            "begin a stage",
            """
            INSERT INTO stage_run AS run (document_uuid, processing_version, stage, status, attempt, fence, work_id, worker, engine)
            SELECT
                \(Storable.uuid(work.identity.document)), \(self.version(work)), \(Storable.text(stage.rawValue))::text, 'running',
                \(Int32(clamping: attempt)), \(work.fence.rawValue), held.id, \(Storable.text(work.worker.rawValue))::text,
                \(Storable.text(engine))::text
            FROM (\(fragment: self.held(work))) AS held
            ON CONFLICT (document_uuid, processing_version, stage) DO UPDATE SET
                status = 'running', attempt = EXCLUDED.attempt, fence = EXCLUDED.fence, work_id = EXCLUDED.work_id,
                worker = EXCLUDED.worker, engine = EXCLUDED.engine, started_at = now(), finished_at = NULL, duration_ms = NULL,
                error_class = NULL, error_code = NULL, error_message = NULL, fingerprint = NULL, metrics = NULL, is_partial = false,
                from_cache = false, saved_ms = NULL, carried_from = NULL
            """)
    }

    public func checkpoints(
        of stage: StageName, engine: String, of work: StageWork
    ) async throws(JobStoreError) -> [String: [UInt8]] {
        do {
            let rows = try await self.pool.query(
                """
                SELECT key, body FROM stage_checkpoint
                WHERE document_uuid = \(Storable.uuid(work.identity.document)) AND processing_version = \(self.version(work))
                    AND stage = \(Storable.text(stage.rawValue)) AND engine = \(Storable.text(engine))
                """)
            var pieces: [String: [UInt8]] = [:]
            for row in rows { pieces[try row[0, as: String.self]] = try row[1, as: [UInt8].self] }
            return pieces
        } catch {
            throw JobStoreError(error, operation: "read a stage's checkpoints")
        }
    }

    public func keep(
        _ checkpoint: [UInt8], as key: String, of stage: StageName, engine: String, of work: StageWork
    ) async throws(JobStoreError) -> Bool {
        try await self.write(
            "keep a stage's checkpoint",
            """
            INSERT INTO stage_checkpoint AS piece (document_uuid, processing_version, stage, engine, key, body)
            SELECT
                \(Storable.uuid(work.identity.document)), \(self.version(work)), \(Storable.text(stage.rawValue))::text,
                \(Storable.text(engine))::text, \(Storable.text(key))::text, \(checkpoint)
            FROM (\(fragment: self.held(work))) AS held
            ON CONFLICT (document_uuid, processing_version, stage, engine, key) DO UPDATE SET body = EXCLUDED.body, created_at = now()
            """)
    }

    public func complete(
        _ stage: StageName, engine: String, output: StageOutput, duration: Duration, origin: StageOrigin, cacheKey: StageCacheKey?,
        of work: StageWork
    ) async throws(JobStoreError) -> Bool {
        let statement = self.completion(
            stage, engine: engine, output: output, duration: duration, origin: origin, cacheKey: cacheKey, of: work)
        let mayPublish = work.processingVersion > 1 && stage == self.order.last
        guard self.projections[stage] != nil || mayPublish else { return try await self.write("complete a stage", statement) }
        do {
            return try await self.pool.withTransaction { transaction in
                // The item stays locked until the commit: nobody can take it over in between.
                guard try await transaction.query(statement).affected == 1 else { return false }
                if try await self.waits(work, in: transaction) {
                    if mayPublish { try await self.publish(work, in: transaction) }
                } else {
                    try await self.projections[stage]?(transaction, work, output)
                }
                return true
            }
        } catch {
            throw JobStoreError(error, operation: "complete a stage")
        }
    }

    public func fail(_ stage: StageName, failure: Failure, duration: Duration, of work: StageWork) async throws(JobStoreError) -> Bool {
        try await self.write(
            "fail a stage",
            """
            INSERT INTO stage_run AS run (
                document_uuid, processing_version, stage, status, attempt, fence, work_id, worker, engine, finished_at, duration_ms,
                error_class, error_code, error_message, fingerprint)
            SELECT
                \(Storable.uuid(work.identity.document)), \(self.version(work)), \(Storable.text(stage.rawValue))::text, 'failed', 1,
                \(work.fence.rawValue), held.id, \(Storable.text(work.worker.rawValue))::text, '', now(),
                \(Storable.milliseconds(duration)), \(failure.failureClass.name)::text, \(Storable.text(failure.code))::text,
                \(Storable.text(failure.message))::text, \(Storable.text(failure.fingerprint))::text
            FROM (\(fragment: self.held(work))) AS held
            ON CONFLICT (document_uuid, processing_version, stage) DO UPDATE SET
                status = 'failed', fence = EXCLUDED.fence, work_id = EXCLUDED.work_id, worker = EXCLUDED.worker, finished_at = now(),
                duration_ms = EXCLUDED.duration_ms, error_class = EXCLUDED.error_class, error_code = EXCLUDED.error_code,
                error_message = EXCLUDED.error_message, fingerprint = EXCLUDED.fingerprint
            """)
    }

    // MARK: Inside

    /// One row while the fence is the item's own, and nobody can take the item over until the transaction ends.
    func held(_ work: StageWork) -> PostgresQuery {
        """
        SELECT id FROM work_item
        WHERE id = \(Storable.uuid(work.identity.work)) AND fence = \(work.fence.rawValue) AND status = 'processing' FOR SHARE
        """
    }

    private func completion(
        _ stage: StageName, engine: String, output: StageOutput, duration: Duration, origin: StageOrigin, cacheKey: StageCacheKey?,
        of work: StageWork
    ) -> PostgresQuery {
        var saved: Duration?
        if case .cached(let time) = origin { saved = time }
        return """
            WITH held AS MATERIALIZED (\(fragment: self.held(work))), given AS MATERIALIZED (
                SELECT \(output.body)::bytea AS body
            ), stored AS (
                INSERT INTO stage_output AS output (document_uuid, processing_version, stage, body, bytes, cache_key, digest)
                SELECT
                    \(Storable.uuid(work.identity.document)), \(self.version(work)), \(Storable.text(stage.rawValue))::text, given.body,
                    \(Int32(clamping: output.body.count)), \(cacheKey?.digest)::text, encode(sha256(given.body), 'hex')
                FROM held, given
                ON CONFLICT (document_uuid, processing_version, stage) DO UPDATE SET
                    body = EXCLUDED.body, bytes = EXCLUDED.bytes, cache_key = EXCLUDED.cache_key, digest = EXCLUDED.digest,
                    created_at = now()
            ), forgotten AS (
                DELETE FROM stage_checkpoint
                WHERE document_uuid = \(Storable.uuid(work.identity.document)) AND processing_version = \(self.version(work))
                    AND stage = \(Storable.text(stage.rawValue))::text AND EXISTS (SELECT FROM held)
            )
            INSERT INTO stage_run AS run (
                document_uuid, processing_version, stage, status, attempt, fence, work_id, worker, engine, finished_at, duration_ms,
                metrics, is_partial, from_cache, saved_ms)
            SELECT
                \(Storable.uuid(work.identity.document)), \(self.version(work)), \(Storable.text(stage.rawValue))::text, 'completed', 1,
                \(work.fence.rawValue), held.id, \(Storable.text(work.worker.rawValue))::text, \(Storable.text(engine))::text, now(),
                \(Storable.milliseconds(duration)), \(self.json(output.metrics))::jsonb, \(output.isPartial), \(saved != nil),
                \(saved.map { Storable.milliseconds($0) })
            FROM held
            ON CONFLICT (document_uuid, processing_version, stage) DO UPDATE SET
                status = 'completed', fence = EXCLUDED.fence, work_id = EXCLUDED.work_id, worker = EXCLUDED.worker,
                engine = EXCLUDED.engine, finished_at = now(), duration_ms = EXCLUDED.duration_ms, metrics = EXCLUDED.metrics,
                is_partial = EXCLUDED.is_partial, from_cache = EXCLUDED.from_cache, saved_ms = EXCLUDED.saved_ms, carried_from = NULL,
                error_class = NULL, error_code = NULL, error_message = NULL, fingerprint = NULL
            """
    }

    private func write(_ operation: String, _ statement: PostgresQuery) async throws(JobStoreError) -> Bool {
        var attempt = 0
        while true {
            do throws(PostgresError) {
                return try await self.pool.query(statement).affected == 1
            } catch {
                attempt += 1
                guard error.isSerializationFailure, attempt < 5 else { throw JobStoreError(error, operation: operation) }
            }
        }
    }

    func version(_ work: StageWork) -> Int32 { Int32(clamping: work.processingVersion) }

    private func json(_ metrics: [String: Double]) -> String? {
        guard !metrics.isEmpty else { return nil }
        let members = metrics.sorted { $0.key < $1.key }.map { JSONValue.Member(Storable.text($0.key), .number($0.value)) }
        return JSONValue.object(members).jsonText
    }
}
