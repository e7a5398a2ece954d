public import Flotilla
internal import JSONText
public import PostgresClient

/// Remembers stages and their outputs in PostgreSQL, under the fence of the work item: whoever lost the item writes nothing.
public struct PostgresStageStore: StageStore {
    /// Writes what is derived from a stage's output (chunks, a document's row) in the transaction that completes the stage. It may run again
    /// after a serialization failure, so it must do nothing outside of the transaction.
    public typealias Projection =
        @Sendable (_ transaction: PostgresConnection, _ work: StageWork, _ output: StageOutput) async throws -> Void

    private let pool: PostgresPool
    private let projections: [StageName: Projection]

    public init(pool: PostgresPool, projections: [StageName: Projection] = [:]) {
        self.pool = pool
        self.projections = projections
    }

    public func completed(_ stages: Set<StageName>, of work: StageWork) async throws(JobStoreError) -> [StageName: StageOutput] {
        do {
            // A run without an output does not count: its stage runs again.
            let rows = try await self.pool.query(
                """
                SELECT run.stage, output.body, run.metrics::text, run.is_partial
                FROM stage_run AS run JOIN stage_output AS output USING (document_uuid, processing_version, stage)
                WHERE run.document_uuid = \(Storable.uuid(work.identity.documentUUID))
                    AND run.processing_version = \(self.version(work)) AND run.status = 'completed'
                    AND run.stage = ANY (\(stages.map { Storable.text($0.rawValue) }))
                """)
            var outputs: [StageName: StageOutput] = [:]
            for row in rows {
                outputs[StageName(try row[0, as: String.self])] = StageOutput(
                    body: try row[1, as: [UInt8].self], metrics: self.metrics(try row[2, as: String?.self]),
                    isPartial: try row[3, as: Bool.self])
            }
            return outputs
        } catch {
            throw JobStoreError(error, operation: "read completed stages")
        }
    }

    public func begin(_ stage: StageName, engine: String, attempt: Int, of work: StageWork) async throws(JobStoreError) -> Bool {
        try await self.write(
            "begin a stage",
            """
            INSERT INTO stage_run AS run (document_uuid, processing_version, stage, status, attempt, fence, work_id, worker, engine)
            SELECT
                \(Storable.uuid(work.identity.documentUUID)), \(self.version(work)), \(Storable.text(stage.rawValue))::text, 'running',
                \(Int32(clamping: attempt)), \(work.fence.rawValue), held.id, \(Storable.text(work.worker.rawValue))::text,
                \(Storable.text(engine))::text
            FROM (\(fragment: self.held(work))) AS held
            ON CONFLICT (document_uuid, processing_version, stage) DO UPDATE SET
                status = 'running', attempt = EXCLUDED.attempt, fence = EXCLUDED.fence, work_id = EXCLUDED.work_id,
                worker = EXCLUDED.worker, engine = EXCLUDED.engine, started_at = now(), finished_at = NULL, duration_ms = NULL,
                error_class = NULL, error_code = NULL, error_message = NULL, fingerprint = NULL, metrics = NULL, is_partial = false
            """)
    }

    public func checkpoints(
        of stage: StageName, engine: String, of work: StageWork
    ) async throws(JobStoreError) -> [String: [UInt8]] {
        do {
            let rows = try await self.pool.query(
                """
                SELECT key, body FROM stage_checkpoint
                WHERE document_uuid = \(Storable.uuid(work.identity.documentUUID)) AND processing_version = \(self.version(work))
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
                \(Storable.uuid(work.identity.documentUUID)), \(self.version(work)), \(Storable.text(stage.rawValue))::text,
                \(Storable.text(engine))::text, \(Storable.text(key))::text, \(checkpoint)
            FROM (\(fragment: self.held(work))) AS held
            ON CONFLICT (document_uuid, processing_version, stage, engine, key) DO UPDATE SET body = EXCLUDED.body, created_at = now()
            """)
    }

    public func complete(
        _ stage: StageName, engine: String, output: StageOutput, duration: Duration, of work: StageWork
    ) async throws(JobStoreError) -> Bool {
        let statement = self.completion(stage, engine: engine, output: output, duration: duration, of: work)
        guard let projection = self.projections[stage] else { return try await self.write("complete a stage", statement) }
        do {
            return try await self.pool.withTransaction { transaction in
                // The item stays locked until the commit: nobody can take it over in between.
                guard try await transaction.query(statement).affected == 1 else { return false }
                try await projection(transaction, work, output)
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
                \(Storable.uuid(work.identity.documentUUID)), \(self.version(work)), \(Storable.text(stage.rawValue))::text, 'failed', 1,
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
    private func held(_ work: StageWork) -> PostgresQuery {
        """
        SELECT id FROM work_item
        WHERE id = \(Storable.uuid(work.identity.workID)) AND fence = \(work.fence.rawValue) AND status = 'processing' FOR SHARE
        """
    }

    private func completion(
        _ stage: StageName, engine: String, output: StageOutput, duration: Duration, of work: StageWork
    ) -> PostgresQuery {
        """
        WITH held AS MATERIALIZED (\(fragment: self.held(work))), stored AS (
            INSERT INTO stage_output AS output (document_uuid, processing_version, stage, body, bytes)
            SELECT
                \(Storable.uuid(work.identity.documentUUID)), \(self.version(work)), \(Storable.text(stage.rawValue))::text, \(output.body),
                \(Int32(clamping: output.body.count))
            FROM held
            ON CONFLICT (document_uuid, processing_version, stage) DO UPDATE SET
                body = EXCLUDED.body, bytes = EXCLUDED.bytes, created_at = now()
        ), forgotten AS (
            DELETE FROM stage_checkpoint
            WHERE document_uuid = \(Storable.uuid(work.identity.documentUUID)) AND processing_version = \(self.version(work))
                AND stage = \(Storable.text(stage.rawValue))::text AND EXISTS (SELECT FROM held)
        )
        INSERT INTO stage_run AS run (
            document_uuid, processing_version, stage, status, attempt, fence, work_id, worker, engine, finished_at, duration_ms, metrics,
            is_partial)
        SELECT
            \(Storable.uuid(work.identity.documentUUID)), \(self.version(work)), \(Storable.text(stage.rawValue))::text, 'completed', 1,
            \(work.fence.rawValue), held.id, \(Storable.text(work.worker.rawValue))::text, \(Storable.text(engine))::text, now(),
            \(Storable.milliseconds(duration)), \(self.json(output.metrics))::jsonb, \(output.isPartial)
        FROM held
        ON CONFLICT (document_uuid, processing_version, stage) DO UPDATE SET
            status = 'completed', fence = EXCLUDED.fence, work_id = EXCLUDED.work_id, worker = EXCLUDED.worker, engine = EXCLUDED.engine,
            finished_at = now(), duration_ms = EXCLUDED.duration_ms, metrics = EXCLUDED.metrics, is_partial = EXCLUDED.is_partial,
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

    private func version(_ work: StageWork) -> Int32 { Int32(clamping: work.processingVersion) }

    private func json(_ metrics: [String: Double]) -> String? {
        guard !metrics.isEmpty else { return nil }
        let members = metrics.sorted { $0.key < $1.key }.map { JSONValue.Member(Storable.text($0.key), .number($0.value)) }
        return JSONValue.object(members).jsonText
    }

    private func metrics(_ json: String?) -> [String: Double] {
        // jsonb gives back valid JSON; what is not a number was never one of ours.
        guard let json, let members = (try? JSONValue(parsing: json))?.members else { return [:] }
        return Dictionary(members.compactMap { member in member.value.number.map { (member.name, $0) } }) { $1 }
    }
}
