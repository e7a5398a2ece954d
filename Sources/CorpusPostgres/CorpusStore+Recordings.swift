public import Corpus
public import PostgresClient

/// Recordings: what was said and seen, pictures, translations. Writers follow the rules of ``CorpusStore``.
extension CorpusStore {
    // MARK: Writing

    /// Replaces what was said, or what could be read on the screen.
    func replace(
        _ texts: [TimedText], source: TimedSpan.Source, of document: PostgresUUID, version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        guard try await self.write(DocumentFacts(), of: document, version: version, in: transaction) else { return }
        try await transaction.query("DELETE FROM timed_text WHERE document_uuid = \(document) AND source = \(source.rawValue)")
        for start in stride(from: 0, to: texts.count, by: 1_000) {
            let batch = texts[start..<min(start + 1_000, texts.count)]
            try await transaction.query(
                """
                INSERT INTO timed_text (document_uuid, source, index, version, start_ms, end_ms, text, confidence)
                SELECT \(document), \(source.rawValue)::text, t.index, \(Int32(clamping: version)), t.start_ms, t.end_ms, t.text,
                    nullif(t.confidence, -1)
                FROM unnest(\(batch.indices.map { Int32(clamping: $0) }), \(batch.map { Int32(clamping: $0.time.start) }),
                    \(batch.map { Int32(clamping: $0.time.end) }), \(batch.map { StorableText.of($0.text) }),
                    \(batch.map { Float($0.confidence ?? -1) })) AS t (index, start_ms, end_ms, text, confidence)
                """)
        }
    }

    /// Replaces a video's pictures; of each the poster and the contact sheet only where there is one.
    func replace(
        _ frames: VideoFrames, of document: PostgresUUID, version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        guard try await self.write(DocumentFacts(), of: document, version: version, in: transaction) else { return }
        try await transaction.query("DELETE FROM video_frame WHERE document_uuid = \(document)")
        try await transaction.query(
            """
            INSERT INTO video_frame (document_uuid, time_ms, version, reason, hash)
            SELECT \(document), f.time_ms, \(Int32(clamping: version)), f.reason, f.hash
            FROM unnest(\(frames.frames.map { Int32(clamping: $0.time) }), \(frames.frames.map(\.reason.rawValue)),
                \(frames.frames.map { Int64(bitPattern: $0.hash) })) AS f (time_ms, reason, hash)
            ON CONFLICT (document_uuid, time_ms) DO NOTHING
            """)
        try await transaction.query(
            "DELETE FROM document_artifact WHERE document_uuid = \(document) AND kind IN ('poster', 'contact_sheet')")
        for (kind, body) in [("poster", frames.poster), ("contact_sheet", frames.contactSheet)] {
            guard let body else { continue }
            try await transaction.query(
                """
                INSERT INTO document_artifact (document_uuid, kind, version, mime_type, body)
                VALUES (\(document), \(kind), \(Int32(clamping: version)), 'image/jpeg', \(body))
                """)
        }
    }

    /// Replaces a document's translation into one language.
    func replace(
        _ translation: DocumentTranslation, of document: PostgresUUID, version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        guard try await self.write(DocumentFacts(), of: document, version: version, in: transaction) else { return }
        let language = StorableText.of(translation.targetLanguage)
        try await transaction.query("DELETE FROM chunk_translation WHERE document_uuid = \(document) AND language = \(language)")
        try await transaction.query(
            """
            INSERT INTO chunk_translation (document_uuid, language, index, version, engine, text)
            SELECT \(document), \(language)::text, t.index, \(Int32(clamping: version)), \(StorableText.of(translation.engine))::text, t.text
            FROM unnest(\(translation.chunks.map { Int32(clamping: $0.index) }), \(translation.chunks.map { StorableText.of($0.text) }))
                AS t (index, text)
            ON CONFLICT (document_uuid, language, index) DO NOTHING
            """)
    }

    // MARK: Reading

    /// What was said, or what could be read on the screen, in the order of time; empty when there is nothing of the kind.
    public func timedTexts(of document: PostgresUUID, source: TimedSpan.Source) async throws(PostgresError) -> [TimedText] {
        let rows = try await self.pool.query(
            """
            SELECT start_ms, end_ms, text, confidence FROM timed_text
            WHERE document_uuid = \(document) AND source = \(source.rawValue) ORDER BY index
            """)
        var texts: [TimedText] = []
        for row in rows {
            texts.append(
                TimedText(
                    time: TimeRange(start: try row[0, as: Int.self], end: try row[1, as: Int.self]), text: try row[2, as: String.self],
                    confidence: try row[3, as: Float?.self].map(Double.init)))
        }
        return texts
    }

    /// A file made for people, such as the poster of a video, with its MIME type; nil when there is none of the kind.
    public func artifact(_ kind: String, of document: PostgresUUID) async throws(PostgresError) -> (mimeType: String, body: [UInt8])? {
        let rows = try await self.pool.query(
            "SELECT mime_type, body FROM document_artifact WHERE document_uuid = \(document) AND kind = \(StorableText.of(kind))")
        guard let row = rows.first else { return nil }
        return (try row[0, as: String.self], try row[1, as: [UInt8].self])
    }

    /// The kinds of files that were made for people of this document, with their sizes.
    public func artifacts(of document: PostgresUUID) async throws(PostgresError) -> [(kind: String, mimeType: String, bytes: Int)] {
        let rows = try await self.pool.query(
            "SELECT kind, mime_type, octet_length(body) FROM document_artifact WHERE document_uuid = \(document) ORDER BY kind")
        var found: [(String, String, Int)] = []
        for row in rows { found.append((try row[0, as: String.self], try row[1, as: String.self], try row[2, as: Int.self])) }
        return found
    }

    /// A document's chunks in another language, in order, each with what translated it; empty when it was not translated into it.
    public func translation(
        of document: PostgresUUID, into language: String
    ) async throws(PostgresError) -> [(index: Int, text: String, engine: String)] {
        let rows = try await self.pool.query(
            """
            SELECT index, text, engine FROM chunk_translation
            WHERE document_uuid = \(document) AND language = \(StorableText.of(language)) ORDER BY index
            """)
        var chunks: [(Int, String, String)] = []
        for row in rows { chunks.append((try row[0, as: Int.self], try row[1, as: String.self], try row[2, as: String.self])) }
        return chunks
    }
}

/// A text with its time in a recording: an utterance, or what stood on the screen.
public struct TimedText: Sendable, Hashable {
    public var time: TimeRange
    public var text: String
    /// 0 to 1; nil where the recogniser does not say.
    public var confidence: Double?

    public init(time: TimeRange, text: String, confidence: Double? = nil) {
        self.time = time
        self.text = text
        self.confidence = confidence
    }
}
