public import Flotilla
internal import PostgresClient

/// One document that is to be processed in a new version.
public struct Reprocessing: Sendable {
    public var document: ProcessedDocument
    /// With the new version; of the same document.
    public var payload: [UInt8]
    /// Stages whose outputs the new version takes over.
    public var carried: [StageName]

    public init(document: ProcessedDocument, payload: [UInt8], carried: [StageName]) {
        self.document = document
        self.payload = payload
        self.carried = carried
    }
}

extension JobAdministration {
    /// Makes the items of new versions, queued, with the messages that are to be pushed next, and takes outputs over from the versions before: all
    /// in one transaction. If the push never happens, ``Reconciler`` finds the items without a message and makes it up.
    ///
    /// Their jobs have so many more files, and run again. What is derived from the outputs is not touched: readers see the version before until
    /// the new one is complete.
    ///
    /// - Parameter cleans: the older versions' stages are removed in the transaction that shows the new version.
    /// - Returns: the work ids of the items that were added; those that there were already are left as they are.
    /// - Throws: `.refused` when a job is cancelled or another tenant's, or a message is not the document's own; nothing was written.
    public func reprocess(_ all: [Reprocessing], cleans: Bool, actor: String) async throws(JobStoreError) -> Set<String> {
        var items: [(item: NewItem, source: Reprocessing)] = []
        for one in all {
            // Whatever is wrong with a message, it cannot be sent.
            guard let envelope = try? Envelope(one.payload), envelope.processingVersion > one.document.currentVersion else {
                throw JobStoreError(.refused, operation: "reprocess", message: "a message has no newer version")
            }
            let item = NewItem(envelope, queue: one.document.item.queue, counts: self.countingQueues.contains(one.document.item.queue))
            guard item.documentUUID == Storable.uuid(one.document.item.documentUUID) else {
                throw JobStoreError(
                    .refused, operation: "reprocess", message: "a message is not of document \(one.document.item.documentUUID)")
            }
            items.append((item, one))
        }
        let sorted = items.sorted { $0.item.id.isBefore($1.item.id) }
        return try await self.perform("reprocess") {
            try await self.pool.withTransaction { connection in
                var added: Set<PostgresUUID> = []
                // Items before jobs: the order in which everybody locks.
                for start in stride(from: 0, to: sorted.count, by: 1_000) {
                    let batch = sorted[start..<min(start + 1_000, sorted.count)].map(\.item)
                    let rows = try await connection.query("\(fragment: NewItem.statement(batch)), id")
                    for row in rows { added.insert(try row[1, as: PostgresUUID.self]) }
                }
                let new = sorted.filter { added.contains($0.item.id) }
                for (job, group) in Dictionary(grouping: new.filter { $0.item.counts }, by: { $0.item.envelope.jobID }) {
                    guard let job else { continue }
                    let extended = try await connection.query(
                        Self.extendStatement(job, tenantID: group[0].item.envelope.tenantID, by: group.count))
                    guard extended.affected == 1 else {
                        throw JobStoreError(
                            .refused, operation: "reprocess", message: "job \(job) is cancelled, or belongs to another tenant")
                    }
                }
                try await self.carry(new, in: connection)
                if cleans { try await connection.query(Self.cleanupStatement(new.map(\.item))) }
                for (job, group) in Dictionary(grouping: new, by: { $0.item.envelope.jobID }) {
                    try await connection.query(
                        self.auditQuery(
                            actor: actor, action: "reprocess", target: job ?? group[0].source.document.item.documentUUID,
                            count: group.count,
                            detail: ["version": group.map { "\($0.item.envelope.processingVersion)" }.max() ?? ""]))
                }
                return Set(added.map(\.description))
            }
        }
    }

    /// Copies stages with their outputs. The copies belong to no run: their fence is 0, and they took no time.
    private func carry(_ items: [(item: NewItem, source: Reprocessing)], in connection: PostgresConnection) async throws(PostgresError) {
        for (stages, group) in Dictionary(grouping: items, by: { $0.source.carried }) where !stages.isEmpty {
            let given: PostgresQuery = """
                unnest(\(group.map(\.item.documentUUID)), \(group.map { Int32(clamping: $0.source.document.currentVersion) }),
                    \(group.map { Int32(clamping: $0.item.envelope.processingVersion) }), \(group.map(\.item.id)))
                    AS given (document, source, target, work)
                JOIN stage_run AS run ON run.document_uuid = given.document AND run.processing_version = given.source
                JOIN stage_output AS output USING (document_uuid, processing_version, stage)
                WHERE run.status = 'completed' AND run.stage = ANY (\(stages.map { Storable.text($0.rawValue) }))
                """
            // The version is part of what a cache knows an output by, so the copy has no key.
            try await connection.query(
                """
                INSERT INTO stage_output (document_uuid, processing_version, stage, body, bytes, digest)
                SELECT run.document_uuid, given.target, run.stage, output.body, output.bytes, output.digest FROM \(fragment: given)
                ON CONFLICT DO NOTHING
                """)
            try await connection.query(
                """
                INSERT INTO stage_run (
                    document_uuid, processing_version, stage, status, attempt, fence, work_id, worker, engine, finished_at, duration_ms, metrics,
                    is_partial, saved_ms, carried_from)
                SELECT
                    run.document_uuid, given.target, run.stage, 'completed', run.attempt, 0, given.work, run.worker, run.engine, now(), 0,
                    run.metrics, run.is_partial, coalesce(run.saved_ms, run.duration_ms), given.source
                FROM \(fragment: given)
                ON CONFLICT DO NOTHING
                """)
        }
    }

    private static func cleanupStatement(_ items: [NewItem]) -> PostgresQuery {
        """
        INSERT INTO version_cleanup AS cleanup (document_uuid, below)
        SELECT * FROM unnest(\(items.map(\.documentUUID)), \(items.map { Int32(clamping: $0.envelope.processingVersion) }))
        ON CONFLICT (document_uuid) DO UPDATE SET below = greatest(cleanup.below, EXCLUDED.below), asked_at = now()
        """
    }
}
