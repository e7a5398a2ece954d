public import Flotilla
internal import PostgresClient

extension PostgresStageStore {
    public func publish(_ stages: [StageName], of work: StageWork) async throws(JobStoreError) -> Bool {
        guard work.processingVersion > 1, let last = self.order.last else { return true }
        do {
            return try await self.pool.withTransaction { transaction in
                guard try await transaction.query(self.held(work)).count == 1 else { return false }
                // A last stage that ran has published already.
                let isCarried = try await transaction.query(
                    """
                    SELECT FROM stage_run
                    WHERE document_uuid = \(Storable.uuid(work.identity.document)) AND processing_version = \(self.version(work))
                        AND stage = \(Storable.text(last.rawValue)) AND carried_from IS NOT NULL
                    """)
                if isCarried.count == 1 { try await self.publish(work, in: transaction) }
                return true
            }
        } catch {
            throw JobStoreError(error, operation: "publish a version")
        }
    }

    /// Whether readers see what an older version of the document made, so that this one is shown as a whole or not at all.
    func waits(_ work: StageWork, in transaction: PostgresConnection) async throws(PostgresError) -> Bool {
        guard work.processingVersion > 1, !self.order.isEmpty else { return false }
        return try await transaction.query(
            """
            SELECT EXISTS (
                SELECT FROM stage_run
                WHERE document_uuid = \(Storable.uuid(work.identity.document)) AND processing_version < \(self.version(work))
                    AND status = 'completed' AND stage = ANY (\(self.projections.keys.map { Storable.text($0.rawValue) })))
            """
        ).one()[0, as: Bool.self]
    }

    /// Writes what is derived from all outputs of the version, in the order of the stages, and removes older versions where that was asked for.
    func publish(_ work: StageWork, in transaction: PostgresConnection) async throws {
        try await self.clearing?(transaction, work)
        for stage in self.order {
            guard let projection = self.projections[stage] else { continue }
            let rows = try await transaction.query(
                """
                SELECT output.body, run.is_partial
                FROM stage_output AS output JOIN stage_run AS run USING (document_uuid, processing_version, stage)
                WHERE output.document_uuid = \(Storable.uuid(work.identity.document))
                    AND output.processing_version = \(self.version(work)) AND output.stage = \(Storable.text(stage.rawValue))
                """)
            guard let row = rows.first else { continue }
            let output = StageOutput(body: try row[0, as: [UInt8].self], isPartial: try row[1, as: Bool.self])
            try await projection(transaction, work, output)
        }
        try await self.removeOlder(work, in: transaction)
    }

    private func removeOlder(_ work: StageWork, in transaction: PostgresConnection) async throws(PostgresError) {
        let document = Storable.uuid(work.identity.document)
        let rows = try await transaction.query(
            "SELECT least(below, \(self.version(work))) FROM version_cleanup WHERE document_uuid = \(document)")
        guard let below = try rows.first?[0, as: Int32.self] else { return }
        // Those of this pipeline: others over the same document remove their own when they publish.
        let stages = Set(self.order).union(self.projections.keys).map { Storable.text($0.rawValue) }
        for table in ["stage_checkpoint", "stage_output", "stage_run"] as [PostgresQuery] {
            try await transaction.query(
                """
                DELETE FROM \(fragment: table)
                WHERE document_uuid = \(document) AND processing_version < \(below) AND stage = ANY (\(stages))
                """)
        }
    }
}
