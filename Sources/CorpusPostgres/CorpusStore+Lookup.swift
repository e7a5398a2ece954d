public import Corpus
internal import JSONText
public import PostgresClient

extension CorpusStore {
    private static let columns: PostgresQuery = """
        d.uuid, d.tenant_id, d.job_id, d.filename, d.uri, d.content_sha256, d.mime_type, d.bytes, d.page_count, d.language, d.category,
        d.title, d.summary, d.duration_ms, d.current_version, (SELECT count(*) FROM chunk WHERE chunk.document_uuid = d.uuid) AS chunks, d.created_at,
        d.updated_at
        """

    /// The document's row; nil when there is none.
    public func document(_ uuid: PostgresUUID) async throws(PostgresError) -> DocumentRecord? {
        let rows = try await self.pool.query("SELECT \(fragment: Self.columns) FROM document AS d WHERE d.uuid = \(uuid)")
        guard let row = rows.first else { return nil }
        return try Self.record(row)
    }

    /// Documents, newest first.
    public func documents(
        jobID: String? = nil, tenantID: String? = nil, limit: Int = 100, offset: Int = 0
    ) async throws(PostgresError) -> [DocumentRecord] {
        let rows = try await self.pool.query(
            """
            SELECT \(fragment: Self.columns) FROM document AS d
            WHERE (\(StorableText.of(jobID))::text IS NULL OR d.job_id = \(StorableText.of(jobID))::text)
                AND (\(StorableText.of(tenantID))::text IS NULL OR d.tenant_id = \(StorableText.of(tenantID))::text)
            ORDER BY d.created_at DESC, d.uuid LIMIT \(Int64(max(0, limit))) OFFSET \(Int64(max(0, offset)))
            """)
        var records: [DocumentRecord] = []
        for row in rows { records.append(try Self.record(row)) }
        return records
    }

    /// The chunks of the document's current version, in order; empty when there is no such document.
    public func chunks(of uuid: PostgresUUID) async throws(PostgresError) -> [DocumentChunk] {
        let rows = try await self.pool.query(
            """
            SELECT index, text, start_byte, end_byte, first_page, last_page, start_ms, end_ms, heading_path, tokens
            FROM chunk WHERE document_uuid = \(uuid) ORDER BY version DESC, index
            """)
        var chunks: [DocumentChunk] = []
        for row in rows {
            let start = try row["start_byte", as: Int.self]
            chunks.append(
                DocumentChunk(
                    index: try row["index", as: Int.self], text: try row["text", as: String.self],
                    bytes: start..<max(start, try row["end_byte", as: Int.self]), firstPage: try row["first_page", as: Int.self],
                    lastPage: try row["last_page", as: Int.self], time: try Self.time(row),
                    headingPath: try row["heading_path", as: [String].self],
                    tokenEstimate: try row["tokens", as: Int.self]))
        }
        return chunks
    }

    /// A newer version may have outputs, and is not read before it is complete.
    private static func shownVersion(_ uuid: PostgresUUID) -> PostgresQuery {
        "SELECT coalesce((SELECT current_version FROM document WHERE uuid = \(uuid)), 2147483647)"
    }

    /// The cleaned text with its pages, of the version that is shown; nil when it has none.
    ///
    /// - Throws: `PostgresError`, or `CorpusError` when what is stored has another shape.
    public func documentText(_ uuid: PostgresUUID) async throws -> CleanedDocument? {
        let rows = try await self.pool.query(
            """
            SELECT body FROM stage_output
            WHERE document_uuid = \(uuid) AND stage = 'clean_text' AND processing_version <= (\(fragment: Self.shownVersion(uuid)))
            ORDER BY processing_version DESC LIMIT 1
            """)
        guard let row = rows.first else { return nil }
        return try CleanedDocument(bytes: try row[0, as: [UInt8].self])
    }

    /// What the stages of the version that is shown found odd or could not read, in the order of their stages' ends.
    ///
    /// - Throws: `PostgresError`, or what is wrong with a stored output.
    public func warnings(of uuid: PostgresUUID) async throws -> [(stage: String, text: String)] {
        let rows = try await self.pool.query(
            """
            SELECT output.stage, (convert_from(output.body, 'UTF8')::json -> 'warnings')::text
            FROM stage_output AS output JOIN stage_run AS run USING (document_uuid, processing_version, stage)
            WHERE output.document_uuid = \(uuid) AND output.processing_version = (
                SELECT max(processing_version) FROM stage_output
                WHERE document_uuid = \(uuid) AND processing_version <= (\(fragment: Self.shownVersion(uuid))))
                AND output.stage IN ('extract_text', 'probe', 'extract_audio', 'transcribe', 'keyframes', 'ocr_frames', 'translate')
            ORDER BY run.finished_at, output.stage
            """)
        var warnings: [(String, String)] = []
        for row in rows {
            guard let text = try row[1, as: String?.self] else { continue }
            let stage = try row[0, as: String.self]
            warnings += (try JSONValue(parsing: text).array ?? []).compactMap { $0.string }.map { (stage, $0) }
        }
        return warnings
    }

    /// When a chunk was said or seen; nil in documents.
    static func time(_ row: PostgresRow) throws(PostgresError) -> TimeRange? {
        guard let start = try row["start_ms", as: Int?.self] else { return nil }
        return TimeRange(start: start, end: try row["end_ms", as: Int.self])
    }

    private static func record(_ row: PostgresRow) throws(PostgresError) -> DocumentRecord {
        DocumentRecord(
            uuid: try row["uuid", as: String.self], tenantID: try row["tenant_id", as: String?.self],
            jobID: try row["job_id", as: String?.self], filename: try row["filename", as: String?.self],
            uri: try row["uri", as: String?.self], contentSHA256: try row["content_sha256", as: String?.self],
            mimeType: try row["mime_type", as: String?.self], bytes: try row["bytes", as: Int?.self],
            pageCount: try row["page_count", as: Int?.self], language: try row["language", as: String?.self],
            category: try row["category", as: String?.self], title: try row["title", as: String?.self],
            summary: try row["summary", as: String?.self], durationMs: try row["duration_ms", as: Int?.self],
            version: try row["current_version", as: Int.self],
            chunkCount: try row["chunks", as: Int.self], createdAt: try row["created_at", as: PostgresTimestamp.self],
            updatedAt: try row["updated_at", as: PostgresTimestamp.self])
    }
}
