public import Corpus
public import PostgresClient
internal import TextAnalysis

/// Documents, chunks and vectors in PostgreSQL. Writers take the caller's transaction, so that they commit with the stage that they belong to.
///
/// Every write is idempotent: the same call twice leaves what one leaves. A version older than the document's current one writes nothing.
/// Errors are `PostgresError`; nothing is written when a writer throws, since its transaction is then aborted.
public struct CorpusStore: Sendable {
    let pool: PostgresPool
    /// Where searches take their model from.
    public let embedders: CorpusEmbedders

    /// - Parameter embedders: nil keeps one of its own with the default (fitted on the corpus).
    public init(pool: PostgresPool, embedders: CorpusEmbedders? = nil) {
        self.pool = pool
        self.embedders = embedders ?? CorpusEmbedders(pool: pool)
    }

    // MARK: Writing

    /// Creates the document's row or adds facts to it. Facts of an older version are dropped.
    ///
    /// - Returns: false when a newer version has written already.
    @discardableResult
    public func write(
        _ facts: DocumentFacts, of document: PostgresUUID, version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) -> Bool {
        let version = Int32(clamping: version)
        let rows = try await transaction.query(
            """
            INSERT INTO document AS stored (uuid, tenant_id, job_id, filename, uri, content_sha256, mime_type, bytes, page_count, language,
                category, title, summary, duration_ms, current_version)
            VALUES (\(document), \(StorableText.of(facts.tenantID))::text, \(StorableText.of(facts.jobID))::text,
                \(StorableText.of(facts.filename))::text, \(StorableText.of(facts.uri))::text, \(StorableText.of(facts.contentSHA256))::text,
                \(StorableText.of(facts.mimeType))::text, \(facts.bytes.map { Int64($0) }),
                \(facts.pageCount.map { Int32(clamping: $0) }), \(StorableText.of(facts.language))::text,
                \(StorableText.of(facts.category))::text, \(StorableText.of(facts.title))::text, \(StorableText.of(facts.summary))::text,
                \(facts.durationMs.map { Int64($0) }), \(version))
            ON CONFLICT (uuid) DO UPDATE SET
                tenant_id = coalesce(excluded.tenant_id, stored.tenant_id), job_id = coalesce(excluded.job_id, stored.job_id),
                filename = coalesce(excluded.filename, stored.filename), uri = coalesce(excluded.uri, stored.uri),
                content_sha256 = coalesce(excluded.content_sha256, stored.content_sha256),
                mime_type = coalesce(excluded.mime_type, stored.mime_type), bytes = coalesce(excluded.bytes, stored.bytes),
                page_count = coalesce(excluded.page_count, stored.page_count), language = coalesce(excluded.language, stored.language),
                category = coalesce(excluded.category, stored.category), title = coalesce(excluded.title, stored.title),
                summary = coalesce(excluded.summary, stored.summary),
                duration_ms = coalesce(excluded.duration_ms, stored.duration_ms), current_version = excluded.current_version, updated_at = now()
            WHERE excluded.current_version >= stored.current_version
            """)
        return rows.affected == 1
    }

    /// Takes away what versions before this one found out, but not the chunks, which are replaced. Does nothing where this version, or a newer
    /// one, has written already.
    public func clear(
        _ document: PostgresUUID, before version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        let rows = try await transaction.query(
            """
            UPDATE document SET title = NULL, summary = NULL, language = NULL, category = NULL, page_count = NULL, duration_ms = NULL,
                page_numbers = '{}', page_starts = '{}'
            WHERE uuid = \(document) AND current_version < \(Int32(clamping: version))
            """)
        guard rows.affected == 1 else { return }
        for table in ["timed_text", "video_frame", "document_artifact", "chunk_translation"] as [PostgresQuery] {
            try await transaction.query("DELETE FROM \(fragment: table) WHERE document_uuid = \(document)")
        }
    }

    /// Stores where the pages of the cleaned text begin, so that hits can be cited by page.
    public func write(
        pages: [PageOffset], of document: PostgresUUID, version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        try await transaction.query(
            """
            UPDATE document SET page_numbers = \(pages.map { Int32(clamping: $0.number) }),
                page_starts = \(pages.map { Int32(clamping: $0.bytes.lowerBound) }), updated_at = now()
            WHERE uuid = \(document) AND current_version <= \(Int32(clamping: version))
            """)
    }

    /// Replaces the document's chunks, of whatever version, by these. Their vectors go with the old ones.
    ///
    /// Makes the document's row if it is not there. Writes nothing when a newer version has written already.
    public func replaceChunks(
        _ chunks: [DocumentChunk], of document: PostgresUUID, version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        guard try await self.write(DocumentFacts(), of: document, version: version, in: transaction) else { return }
        let language = try await transaction.query("SELECT language FROM document WHERE uuid = \(document)").one()[0, as: String?.self]
        let configuration = SearchConfiguration.name(language: language)
        try await transaction.query("DELETE FROM chunk WHERE document_uuid = \(document)")
        for start in stride(from: 0, to: chunks.count, by: 500) {
            let batch = chunks[start..<min(start + 500, chunks.count)]
            try await transaction.query(
                """
                INSERT INTO chunk (document_uuid, version, index, start_byte, end_byte, first_page, last_page, start_ms, end_ms, tokens,
                    heading_path, text, words)
                SELECT \(document), \(Int32(clamping: version)), c.index, c.start_byte, c.end_byte, c.first_page, c.last_page,
                    nullif(c.start_ms, -1), nullif(c.end_ms, -1), c.tokens,
                    CASE WHEN c.headings = '' THEN '{}' ELSE string_to_array(c.headings, E'\\x1f') END, c.text,
                    to_tsvector('simple', c.searchable) || to_tsvector(\(configuration)::regconfig, c.searchable)
                FROM unnest(\(batch.map { Int32(clamping: $0.index) }), \(batch.map { Int32(clamping: $0.bytes.lowerBound) }),
                    \(batch.map { Int32(clamping: $0.bytes.upperBound) }), \(batch.map { Int32(clamping: $0.firstPage) }),
                    \(batch.map { Int32(clamping: $0.lastPage) }), \(batch.map { Int32(clamping: $0.time?.start ?? -1) }),
                    \(batch.map { Int32(clamping: $0.time?.end ?? -1) }), \(batch.map { Int32(clamping: $0.tokenEstimate) }),
                    \(batch.map { Self.joined($0.headingPath) }), \(batch.map { StorableText.of($0.text) }),
                    \(batch.map { StorableText.of(Self.searchable($0.headingPath, $0.text)) }))
                    AS c (index, start_byte, end_byte, first_page, last_page, start_ms, end_ms, tokens, headings, text, searchable)
                ON CONFLICT (document_uuid, version, index) DO NOTHING
                """)
        }
    }

    /// Stores a vector for each chunk of the document's version, in the chunks' order. Vectors of a model that was replaced are dropped:
    /// the refitter makes new ones.
    public func write(
        _ vectors: ChunkVectors, of document: PostgresUUID, version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        guard !vectors.vectors.isEmpty else { return }
        let model = try await self.embedders.number(ofModel: vectors.modelID, dimensions: vectors.dimensions, in: transaction)
        guard let model else { return }
        for start in stride(from: 0, to: vectors.vectors.count, by: 500) {
            let end = min(start + 500, vectors.vectors.count)
            let batch = vectors.vectors[start..<end]
            try await transaction.query(
                """
                WITH stored AS (
                    SELECT chunk.id, v.signature, v.vector
                    FROM unnest(\((start..<end).map { Int32(clamping: $0) }), \(batch.map { SignCode.bitString(of: $0) }),
                        \(batch.map { QuantizedVector.encode($0) })) AS v (index, signature, vector)
                    JOIN chunk ON chunk.document_uuid = \(document) AND chunk.version = \(Int32(clamping: version)) AND chunk.index = v.index
                ), signatures AS (
                    INSERT INTO chunk_signature (model, chunk_id, signature) SELECT \(model), id, signature::bit(256) FROM stored
                    ON CONFLICT (model, chunk_id) DO UPDATE SET signature = excluded.signature
                )
                INSERT INTO chunk_vector (model, chunk_id, vector) SELECT \(model), id, vector FROM stored
                ON CONFLICT (model, chunk_id) DO UPDATE SET vector = excluded.vector
                """)
        }
    }

    /// What of a chunk is searched and embedded: what it is about is often only in the headings above it. Also the form that the stage
    /// `index` embeds; change both together.
    static func searchable(_ headingPath: [String], _ text: String) -> String {
        headingPath.isEmpty ? text : headingPath.joined(separator: " > ") + "\n" + text
    }

    /// Headings as one text, since arrays of arrays must be rectangular.
    private static func joined(_ headings: [String]) -> String {
        headings.map { heading in String(heading.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) }) }.joined(separator: "\u{1F}")
    }
}
