public import Corpus
public import PostgresClient

extension PostgresGraphStore {
    /// Columns of an entity; `c` is `canonical_entity`.
    static let columns: PostgresQuery = """
        c.id, c.type, c.name, c.mentions,
        (SELECT string_agg(a.name, E'\\x1f' ORDER BY a.mentions DESC, a.name) FROM (
            SELECT f.name, sum(f.mentions) AS mentions FROM name_form AS f WHERE f.entity_id = c.id AND f.name <> c.name
            GROUP BY f.name) AS a) AS aliases,
        (SELECT count(DISTINCT d.document_uuid) FROM name_form AS f JOIN document_form AS d ON d.form_id = f.id WHERE f.entity_id = c.id)
            AS documents
        """

    public func entities(
        _ selection: GraphSelection, limit: Int, offset: Int
    ) async throws(PostgresError) -> [EntityRecord] {
        let rows = try await self.pool.query(
            """
            SELECT \(fragment: Self.columns), s.tenant_id, s.job_id
            FROM canonical_entity AS c JOIN graph_scope AS s ON s.id = c.scope
            WHERE c.id IN (
                SELECT c.id FROM canonical_entity AS c JOIN graph_scope AS s ON s.id = c.scope
                WHERE c.merged_into IS NULL AND \(fragment: Self.condition(selection))
                ORDER BY c.mentions DESC, c.id LIMIT \(Int64(min(max(limit, 0), 10_000))) OFFSET \(Int64(max(offset, 0)))
            )
            ORDER BY c.mentions DESC, c.id
            """)
        return try rows.map { row throws(PostgresError) in try Self.record(row) }
    }

    public func count(_ selection: GraphSelection) async throws(PostgresError) -> Int {
        try await self.pool.query(
            """
            SELECT count(*) FROM canonical_entity AS c JOIN graph_scope AS s ON s.id = c.scope
            WHERE c.merged_into IS NULL AND \(fragment: Self.condition(selection))
            """
        ).one()[0, as: Int.self]
    }

    public func waitingScopes() async throws(PostgresError) -> Int {
        try await self.pool.query("SELECT count(*) FROM graph_scope WHERE pending > 0").one()[0, as: Int.self]
    }

    public func entity(_ id: Int64) async throws(PostgresError) -> EntityRecord? {
        let rows = try await self.pool.query(
            """
            SELECT \(fragment: Self.columns), s.tenant_id, s.job_id FROM canonical_entity AS c JOIN graph_scope AS s ON s.id = c.scope
            WHERE c.id = \(fragment: Self.living(id))
            """)
        guard let row = rows.first else { return nil }
        return try Self.record(row)
    }

    public func mentions(of entity: Int64, limit: Int) async throws(PostgresError) -> [MentionRecord] {
        let rows = try await self.pool.query(
            """
            SELECT m.text, m.confidence, \(fragment: Self.place("m"))
            FROM name_form AS f JOIN document_form AS n ON n.form_id = f.id
            JOIN entity_mention AS m ON m.document_uuid = n.document_uuid AND m.type = n.type AND m.normal = n.name
            \(fragment: Self.placeJoins("m"))
            WHERE f.entity_id = \(fragment: Self.living(entity)) ORDER BY d.created_at, m.document_uuid, m.index LIMIT \(Int64(limit))
            """)
        return try rows.map { row throws(PostgresError) in
            MentionRecord(
                text: try row[0, as: String.self], place: try Self.place(row), confidence: try row["confidence", as: Double.self])
        }
    }

    public func relations(of entity: Int64, limit: Int) async throws(PostgresError) -> [RelationRecord] {
        let rows = try await self.pool.query(
            """
            SELECT r.source_id, r.predicate, r.target_id, r.evidence, r.documents AS relation_documents, r.weight, \(fragment: Self.columns)
            FROM (
                (SELECT *, target_id AS other FROM relationship WHERE source_id = \(fragment: Self.living(entity)) ORDER BY cost LIMIT \(Int64(limit)))
                UNION ALL
                (SELECT *, source_id AS other FROM relationship WHERE target_id = \(fragment: Self.living(entity)) ORDER BY cost LIMIT \(Int64(limit)))
            ) AS r JOIN canonical_entity AS c ON c.id = r.other
            ORDER BY r.cost, r.predicate, r.source_id, r.target_id LIMIT \(Int64(limit))
            """)
        return try rows.map { row throws(PostgresError) in
            RelationRecord(relation: try Self.relation(row), other: try Self.entity(row))
        }
    }

    public func evidence(for relation: KnowledgeGraph.Relation, limit: Int) async throws(PostgresError) -> [EvidenceRecord] {
        let rows = try await self.pool.query(
            """
            WITH source AS (SELECT id FROM name_form WHERE entity_id = \(fragment: Self.living(relation.source))),
                target AS (SELECT id FROM name_form WHERE entity_id = \(fragment: Self.living(relation.target)))
            SELECT e.rule, e.confidence, \(fragment: Self.place("e")) FROM (
                SELECT e.* FROM source CROSS JOIN target JOIN relationship_evidence AS e
                    ON e.source_form = source.id AND e.target_form = target.id AND e.predicate = \(relation.predicate)
                UNION ALL
                SELECT e.* FROM source CROSS JOIN target JOIN relationship_evidence AS e
                    ON e.source_form = target.id AND e.target_form = source.id AND e.predicate = \(relation.predicate) AND e.is_symmetric
            ) AS e \(fragment: Self.placeJoins("e"))
            ORDER BY e.confidence DESC, d.created_at, e.document_uuid, e.index LIMIT \(Int64(limit))
            """)
        return try rows.map { row throws(PostgresError) in
            EvidenceRecord(
                rule: try row["rule", as: String.self], confidence: try row["confidence", as: Double.self], place: try Self.place(row))
        }
    }

    public func candidates(
        _ selection: GraphSelection, limit: Int
    ) async throws(PostgresError) -> [CandidateRecord] {
        let rows = try await self.pool.query(
            """
            SELECT k.left_id, k.right_id, k.score FROM entity_candidate AS k JOIN canonical_entity AS c ON c.id = k.left_id
            JOIN graph_scope AS s ON s.id = k.scope WHERE \(fragment: Self.condition(selection))
            ORDER BY k.score DESC, k.left_id, k.right_id LIMIT \(Int64(limit))
            """)
        let pairs = try rows.map { row throws(PostgresError) in
            (left: try row[0, as: Int64.self], right: try row[1, as: Int64.self], score: try row[2, as: Double.self])
        }
        let entities = try await self.entities(pairs.flatMap { [$0.left, $0.right] })
        return pairs.compactMap { pair in
            guard let left = entities[pair.left], let right = entities[pair.right] else { return nil }
            return CandidateRecord(left: left, right: right, score: pair.score)
        }
    }

    // MARK: Inside

    /// What the entity is now; null when there is none.
    static func living(_ entity: Int64) -> PostgresQuery {
        "(SELECT coalesce(merged_into, id) FROM canonical_entity WHERE id = \(entity))"
    }

    /// These entities by id.
    func entities(_ ids: [Int64]) async throws(PostgresError) -> [Int64: KnowledgeGraph.Entity] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await self.pool.query("SELECT \(fragment: Self.columns) FROM canonical_entity AS c WHERE c.id = ANY (\(ids))")
        var entities: [Int64: KnowledgeGraph.Entity] = [:]
        for row in rows {
            let entity = try Self.entity(row)
            entities[entity.id] = entity
        }
        return entities
    }

    func entities(
        ids: PostgresQuery, _ selection: GraphSelection, limit: Int
    ) async throws(PostgresError) -> [EntityRecord] {
        let rows = try await self.pool.query(
            """
            SELECT \(fragment: Self.columns), s.tenant_id, s.job_id FROM canonical_entity AS c JOIN graph_scope AS s ON s.id = c.scope
            WHERE c.id IN (\(fragment: ids)) AND \(fragment: Self.condition(selection))
            ORDER BY c.mentions DESC, c.id LIMIT \(Int64(limit))
            """)
        return try rows.map { row throws(PostgresError) in try Self.record(row) }
    }

    /// Over `canonical_entity AS c` and `graph_scope AS s`.
    static func condition(_ selection: GraphSelection) -> PostgresQuery {
        var condition: PostgresQuery = "true"
        if let tenant = StorableText.of(selection.tenantID) {
            condition = "\(fragment: condition) AND s.tenant_id = \(tenant)"
        }
        if let job = StorableText.of(selection.jobID) { condition = "\(fragment: condition) AND s.job_id = \(job)" }
        if let type = StorableText.of(selection.type) { condition = "\(fragment: condition) AND c.type = \(type)" }
        if let document = selection.document {
            guard let document = PostgresUUID(document) else { return "false" }
            condition = """
                \(fragment: condition) AND c.id IN (
                    SELECT f.entity_id FROM document_form AS u JOIN name_form AS f ON f.id = u.form_id WHERE u.document_uuid = \(document))
                """
        }
        return condition
    }

    static func record(_ row: PostgresRow) throws(PostgresError) -> EntityRecord {
        EntityRecord(
            entity: try Self.entity(row), tenantID: try row["tenant_id", as: String?.self], jobID: try row["job_id", as: String?.self])
    }

    static func entity(_ row: PostgresRow) throws(PostgresError) -> KnowledgeGraph.Entity {
        KnowledgeGraph.Entity(
            id: try row["id", as: Int64.self], type: try row["type", as: String.self], name: try row["name", as: String.self],
            aliases: (try row["aliases", as: String?.self] ?? "").split(separator: "\u{1F}").map { String($0) },
            mentions: try row["mentions", as: Int.self], documents: try row["documents", as: Int.self])
    }

    static func relation(_ row: PostgresRow) throws(PostgresError) -> KnowledgeGraph.Relation {
        KnowledgeGraph.Relation(
            source: try row["source_id", as: Int64.self], predicate: try row["predicate", as: String.self],
            target: try row["target_id", as: Int64.self], evidence: try row["evidence", as: Int.self],
            documents: try row["relation_documents", as: Int.self], weight: try row["weight", as: Double.self])
    }
}
