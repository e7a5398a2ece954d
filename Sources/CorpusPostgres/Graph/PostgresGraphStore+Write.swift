public import Corpus
public import PostgresClient

extension PostgresGraphStore {
    private static let batch = 2_000

    /// Replaces the document's mentions, of whatever version. Writes nothing when a newer version of the document has written already.
    ///
    /// The document's row must be there.
    public func write(
        _ mentions: DocumentMentions, of document: PostgresUUID, version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        guard try await self.isCurrent(document, version: version, in: transaction) else { return }
        try await transaction.query("DELETE FROM entity_mention WHERE document_uuid = \(document)")
        for start in stride(from: 0, to: mentions.mentions.count, by: Self.batch) {
            let indices = start..<min(start + Self.batch, mentions.mentions.count)
            let batch = mentions.mentions[indices]
            try await transaction.query(
                """
                INSERT INTO entity_mention (document_uuid, version, index, chunk_index, type, text, normal, start_byte, end_byte, page,
                    start_ms, end_ms, confidence)
                SELECT \(document), \(Int32(clamping: version)), m.*
                FROM unnest(\(indices.map { Int32(clamping: $0) }), \(batch.map { $0.chunk.map { Int32(clamping: $0) } }),
                    \(batch.map { StorableText.of($0.type) }), \(batch.map { StorableText.of($0.text) }),
                    \(batch.map { StorableText.of($0.normal) }), \(batch.map { Int32(clamping: $0.bytes.lowerBound) }),
                    \(batch.map { Int32(clamping: $0.bytes.upperBound) }), \(batch.map { $0.page.map { Int32(clamping: $0) } }),
                    \(batch.map { $0.time.map { Int64($0.start) } }), \(batch.map { $0.time.map { Int64($0.end) } }),
                    \(batch.map { $0.confidence })) AS m
                """)
        }
    }

    /// Replaces the document's statements, and computes the relationships that they supported or support now. Call after
    /// ``write(_:of:version:scope:in:)`` of the same version; writes nothing when a newer version has written already.
    public func write(
        _ relations: DocumentRelations, of document: PostgresUUID, version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        guard let scope = try await self.lockScope(of: document, version: version, in: transaction) else { return }
        var keys = try await self.relationships("s.document_uuid = \(document)", in: transaction)
        try await transaction.query("DELETE FROM relationship_evidence WHERE document_uuid = \(document)")
        for start in stride(from: 0, to: relations.relations.count, by: Self.batch) {
            let indices = start..<min(start + Self.batch, relations.relations.count)
            let batch = relations.relations[indices]
            try await transaction.query(
                """
                INSERT INTO relationship_evidence (document_uuid, index, version, predicate, is_symmetric, source_form, target_form,
                    chunk_index, page, start_ms, end_ms, start_byte, end_byte, rule, confidence)
                SELECT \(document), r.index, \(Int32(clamping: version)), r.predicate, r.is_symmetric, source_name.form_id,
                    target_name.form_id, r.chunk_index, r.page, r.start_ms, r.end_ms, r.start_byte, r.end_byte, r.rule, r.confidence
                FROM unnest(\(indices.map { Int32(clamping: $0) }), \(batch.map { StorableText.of($0.predicate) }),
                    \(batch.map { $0.isSymmetric }), \(batch.map { Int32(clamping: $0.source) }),
                    \(batch.map { Int32(clamping: $0.target) }), \(batch.map { $0.chunk.map { Int32(clamping: $0) } }),
                    \(batch.map { $0.page.map { Int32(clamping: $0) } }), \(batch.map { $0.time.map { Int64($0.start) } }),
                    \(batch.map { $0.time.map { Int64($0.end) } }), \(batch.map { Int32(clamping: $0.bytes.lowerBound) }),
                    \(batch.map { Int32(clamping: $0.bytes.upperBound) }), \(batch.map { StorableText.of($0.rule) }),
                    \(batch.map { min(1, max(0, $0.confidence)) }))
                    AS r (index, predicate, is_symmetric, source, target, chunk_index, page, start_ms, end_ms, start_byte, end_byte, rule,
                        confidence)
                JOIN entity_mention AS source ON source.document_uuid = \(document) AND source.index = r.source
                JOIN document_form AS source_name ON source_name.document_uuid = \(document) AND source_name.type = source.type
                    AND source_name.name = source.normal
                JOIN entity_mention AS target ON target.document_uuid = \(document) AND target.index = r.target
                JOIN document_form AS target_name ON target_name.document_uuid = \(document) AND target_name.type = target.type
                    AND target_name.name = target.normal
                """)
        }
        keys.formUnion(try await self.relationships("s.document_uuid = \(document)", in: transaction))
        try await self.refresh(keys, of: scope, in: transaction)
    }

    /// Whether no newer version of the document has written anything. Nobody changes that until the transaction ends.
    func isCurrent(_ document: PostgresUUID, version: Int, in transaction: PostgresConnection) async throws(PostgresError) -> Bool {
        let rows = try await transaction.query("SELECT current_version FROM document WHERE uuid = \(document) FOR SHARE")
        guard let row = rows.first else { return false }
        return try row[0, as: Int.self] <= version
    }

    /// Locks the scope in which this version of the document counts; nil when it counts in none.
    private func lockScope(
        of document: PostgresUUID, version: Int, in transaction: PostgresConnection
    ) async throws(PostgresError) -> PostgresUUID? {
        guard try await self.isCurrent(document, version: version, in: transaction) else { return nil }
        let query: PostgresQuery = """
            SELECT scope FROM graph_document WHERE document_uuid = \(document) AND version = \(Int32(clamping: version))
            """
        guard let scope = try await transaction.query(query).first?[0, as: PostgresUUID.self] else { return nil }
        try await self.lock(scope, in: transaction)
        // It may have changed before the lock was ours.
        guard try await transaction.query(query).first?[0, as: PostgresUUID.self] == scope else { return nil }
        return scope
    }
}
