public import Flotilla
internal import PostgresClient

/// A document as it was processed last, for doing it again.
public struct ProcessedDocument: Sendable {
    /// Of its newest version, on the queue whose items are files.
    public var item: WorkRecord
    /// The message that asked for it.
    public var payload: [UInt8]
    /// Stages of that version that are completed and have an output, those of the graph among them.
    public var completedStages: Set<StageName>
    /// What of it is waiting or running, on any queue and in any version.
    public var openItems: [WorkRecord]

    public var currentVersion: Int { self.item.processingVersion }
}

extension JobAdministration {
    /// A job's documents, in the order of their first messages.
    public func processedDocuments(ofJob job: String) async throws(JobStoreError) -> [ProcessedDocument] {
        try await self.processedDocuments("item.job_id = \(job)")
    }

    /// One document, which may have been processed in several jobs; none when it is not known. Reads the whole table of items: for people, not
    /// for programs.
    public func processedDocuments(uuid: String) async throws(JobStoreError) -> [ProcessedDocument] {
        guard let id = PostgresUUID(uuid) else { return [] }
        return try await self.processedDocuments("item.document_uuid = \(id)")
    }

    private func processedDocuments(_ condition: PostgresQuery) async throws(JobStoreError) -> [ProcessedDocument] {
        try await self.perform("read documents") {
            let rows = try await self.pool.query(
                """
                SELECT \(fragment: WorkRecord.columns), item.payload, item.counts_toward_job
                FROM work_item AS item WHERE \(fragment: condition)
                ORDER BY item.created_at, item.id
                """)
            var documents: [String: ProcessedDocument] = [:]
            var order: [String] = []
            var open: [String: [WorkRecord]] = [:]
            for row in rows {
                let item = try WorkRecord(row)
                if item.isOpen { open[item.documentUUID, default: []].append(item) }
                guard try row[27, as: Bool.self] else { continue }
                if let known = documents[item.documentUUID] {
                    if known.currentVersion >= item.processingVersion { continue }
                } else {
                    order.append(item.documentUUID)
                }
                documents[item.documentUUID] = ProcessedDocument(
                    item: item, payload: try row[26, as: [UInt8].self], completedStages: [], openItems: [])
            }
            let found = order.compactMap { documents[$0] }
            let stages = try await self.pool.query(
                """
                SELECT run.document_uuid, run.stage
                FROM unnest(\(found.map { Storable.uuid($0.item.documentUUID) }), \(found.map { Int32(clamping: $0.currentVersion) }))
                    AS given (document, version)
                JOIN stage_run AS run ON run.document_uuid = given.document AND run.processing_version = given.version
                JOIN stage_output AS output USING (document_uuid, processing_version, stage)
                WHERE run.status = 'completed'
                """)
            for row in stages {
                documents[try row[0, as: String.self]]?.completedStages.insert(StageName(try row[1, as: String.self]))
            }
            return order.compactMap { uuid in
                var document = documents[uuid]
                document?.openItems = open[uuid] ?? []
                return document
            }
        }
    }

    /// What a stage of a document wrote in a version; nil when it is not there.
    public func stageOutput(
        _ stage: StageName, ofDocument uuid: String, version: Int
    ) async throws(JobStoreError) -> [UInt8]? {
        guard let id = PostgresUUID(uuid) else { return nil }
        return try await self.perform("read a stage's output") {
            try await self.pool.query(
                """
                SELECT body FROM stage_output
                WHERE document_uuid = \(id) AND processing_version = \(Int32(clamping: version)) AND stage = \(stage.rawValue)
                """
            ).first.map { try $0[0, as: [UInt8].self] }
        }
    }
}
