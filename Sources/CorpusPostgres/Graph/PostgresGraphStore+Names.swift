public import Corpus
internal import EntityAnalysis
public import PostgresClient

extension PostgresGraphStore {
    /// Replaces the document's names in the scope, takes its statements back that rested on others, and resolves the scope when that is due.
    ///
    /// The document's row must be there. A document that counted in another scope leaves that one. Writes nothing when a newer version has
    /// written already.
    public func write(
        _ names: DocumentNames, of document: PostgresUUID, version: Int, scope: GraphScope, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        guard try await self.isCurrent(document, version: version, in: transaction) else { return }
        let counted = try await transaction.query("SELECT scope FROM graph_document WHERE document_uuid = \(document)").first
        if let old = try counted?[0, as: PostgresUUID.self], old != scope.id {
            try await transaction.query("SELECT graph_forget_document(\(document))")
        }
        try await self.lock(scope.id, in: transaction)
        try await transaction.query(
            """
            INSERT INTO graph_scope (id, tenant_id, job_id, document_uuid)
            VALUES (\(scope.id), \(StorableText.of(scope.tenantID))::text, \(StorableText.of(scope.jobID))::text, \(scope.document))
            ON CONFLICT (id) DO NOTHING
            """)
        try await transaction.query(
            """
            INSERT INTO graph_document (document_uuid, scope, version) VALUES (\(document), \(scope.id), \(Int32(clamping: version)))
            ON CONFLICT (document_uuid) DO UPDATE SET scope = excluded.scope, version = excluded.version
            """)
        let old = try await self.names(of: document, in: transaction)
        let new = try await self.forms(names, of: document, scope: scope.id, in: transaction)
        let change = NameChange(from: old, to: new)
        try await self.dropEvidence(of: document, version: version, keeping: new.values.map(\.form), scope: scope.id, in: transaction)
        if !change.isEmpty { try await self.apply(change, to: document, scope: scope.id, in: transaction) }
        if try await self.isDue(scope.id, in: transaction) { try await self.resolve(scope.id, in: transaction) }
    }

    /// The document's names as they are stored.
    func names(
        of document: PostgresUUID, in transaction: PostgresConnection
    ) async throws(PostgresError) -> [NameKey: NameChange.Use] {
        let rows = try await transaction.query(
            "SELECT type, name, form_id, mentions, context FROM document_form WHERE document_uuid = \(document)")
        var names: [NameKey: NameChange.Use] = [:]
        for row in rows {
            names[NameKey(type: try row[0, as: String.self], name: try row[1, as: String.self])] = NameChange.Use(
                form: try row[2, as: Int64.self], mentions: try row[3, as: Int.self], context: try row[4, as: String.self])
        }
        return names
    }

    /// The names with the forms that they count as, which are made where they are missing.
    private func forms(
        _ names: DocumentNames, of document: PostgresUUID, scope: PostgresUUID, in transaction: PostgresConnection
    ) async throws(PostgresError) -> [NameKey: NameChange.Use] {
        var uses: [NameKey: NameChange.Use] = [:]
        for name in names.names where name.count > 0 {
            let key = NameKey(type: StorableText.of(name.type), name: StorableText.of(name.name))
            let context = StorableText.of(name.context.joined(separator: "\u{1F}"))
            uses[key, default: .init(form: 0, mentions: 0, context: context)].mentions += name.count
        }
        let keys = Array(uses.keys)
        // A name that a person told apart in this document is a form of its own.
        let forms = try await transaction.query(
            """
            WITH used AS (
                SELECT u.type, u.name, u.folded, CASE WHEN EXISTS (
                    SELECT FROM entity_decision_form AS f JOIN entity_decision AS d ON d.id = f.decision_id
                    WHERE f.qualifier = \(document.description) AND d.scope = \(scope) AND f.type = u.type AND f.name = u.name
                ) THEN \(document.description) ELSE '' END AS qualifier
                FROM unnest(\(keys.map(\.type)), \(keys.map(\.name)), \(keys.map { FoldedName.key($0.name) })) AS u (type, name, folded)
            ), made AS (
                INSERT INTO name_form (scope, type, name, qualifier, folded) SELECT \(scope), type, name, qualifier, folded FROM used
                ORDER BY type, name, qualifier ON CONFLICT (scope, type, name, qualifier) DO NOTHING RETURNING id, type, name
            )
            SELECT id, type, name FROM made
            UNION ALL
            SELECT f.id, f.type, f.name FROM used JOIN name_form AS f
                ON f.scope = \(scope) AND f.type = used.type AND f.name = used.name AND f.qualifier = used.qualifier
            """)
        for row in forms {
            let key = NameKey(type: try row[1, as: String.self], name: try row[2, as: String.self])
            uses[key]?.form = try row[0, as: Int64.self]
        }
        return uses
    }

    /// Takes back the document's statements of other versions, and those between names that it does not have any more.
    private func dropEvidence(
        of document: PostgresUUID, version: Int, keeping forms: [Int64], scope: PostgresUUID, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        let condition: PostgresQuery = """
            s.document_uuid = \(document) AND (s.version <> \(Int32(clamping: version)) OR s.source_form <> ALL (\(forms))
                OR s.target_form <> ALL (\(forms)))
            """
        let keys = try await self.relationships(condition, in: transaction)
        let dropped = try await transaction.query("DELETE FROM relationship_evidence AS s WHERE \(fragment: condition)")
        if dropped.affected > 0 { try await self.refresh(keys, of: scope, in: transaction) }
    }

    /// Writes what changed of a document's names. Needs the scope's lock.
    func apply(
        _ change: NameChange, to document: PostgresUUID, scope: PostgresUUID, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        let removed = change.removed
        let written = change.written
        try await transaction.query(
            """
            DELETE FROM document_form AS d USING unnest(\(removed.map(\.type)), \(removed.map(\.name))) AS gone (type, name)
            WHERE d.document_uuid = \(document) AND d.type = gone.type AND d.name = gone.name
            """)
        try await transaction.query(
            """
            INSERT INTO document_form (document_uuid, type, name, form_id, mentions, context)
            SELECT \(document), n.* FROM unnest(\(written.map(\.key.type)), \(written.map(\.key.name)), \(written.map(\.use.form)),
                \(written.map { Int32(clamping: $0.use.mentions) }), \(written.map(\.use.context))) AS n
            ON CONFLICT (document_uuid, type, name) DO UPDATE
                SET form_id = excluded.form_id, mentions = excluded.mentions, context = excluded.context
            """)
        let deltas = change.deltas
        let touched = try await transaction.query(
            """
            UPDATE name_form AS f SET mentions = f.mentions + d.mentions, documents = f.documents + d.documents
            FROM unnest(\(deltas.map(\.form)), \(deltas.map(\.mentions)), \(deltas.map(\.documents))) AS d (id, mentions, documents)
            WHERE f.id = d.id RETURNING f.entity_id
            """)
        var entities: Set<Int64> = []
        for row in touched { if let entity = try row[0, as: Int64?.self] { entities.insert(entity) } }
        try await transaction.query(
            """
            UPDATE graph_scope SET names = names + \(change.growth), pending = pending + \(change.written.count + change.removed.count)
            WHERE id = \(scope)
            """)
        let emptied = deltas.filter { $0.documents < 0 }.map(\.form)
        if !emptied.isEmpty { try await transaction.query("SELECT graph_sweep(\(scope), \(emptied))") }
        if !entities.isEmpty { try await transaction.query("SELECT graph_recount(\(entities.sorted()))") }
    }

    private func isDue(_ scope: PostgresUUID, in transaction: PostgresConnection) async throws(PostgresError) -> Bool {
        let row = try await transaction.query("SELECT names, pending FROM graph_scope WHERE id = \(scope)").one()
        let names = try row[0, as: Int.self]
        let pending = try row[1, as: Int.self]
        return pending > 0 && (names <= self.options.resolvesAtOnceUpTo || pending >= names / max(1, self.options.share))
    }
}
