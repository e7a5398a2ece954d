internal import Corpus
internal import EntityAnalysis
internal import PostgresClient

extension PostgresGraphStore {
    public func merge(_ ids: [Int64], actor: String, reason: String) async throws -> Int64 {
        try await self.pool.withTransaction { transaction in
            let entities = try await self.lockEntities(ids, in: transaction)
            guard Set(entities).count > 1 else { throw GraphError(.sameEntity, "they are one entity already") }
            let forms = try await self.keys(of: entities, in: transaction)
            let first = forms.filter { $0.entity == entities[0] }
            let others = forms.filter { $0.entity != entities[0] }
            let scope = try await self.scope(of: entities[0], in: transaction)
            try await self.decide(
                .init(kind: .same, left: first.map(\.key), right: others.map(\.key)), of: scope, actor: actor, reason: reason,
                in: transaction)
            try await self.resolve(scope, in: transaction)
            return try await self.entity(ofForm: first[0].id, in: transaction)
        }
    }

    public func keepApart(_ left: Int64, _ right: Int64, actor: String, reason: String) async throws {
        try await self.pool.withTransaction { transaction in
            let entities = try await self.lockEntities([left, right], in: transaction)
            guard entities[0] != entities[1] else { throw GraphError(.sameEntity, "they are one entity: split it instead") }
            let scope = try await self.scope(of: entities[0], in: transaction)
            let sides = (
                left: try await self.keys(of: [entities[0]], in: transaction).map(\.key),
                right: try await self.keys(of: [entities[1]], in: transaction).map(\.key)
            )
            try await self.decide(
                .init(kind: .different, left: sides.left, right: sides.right), of: scope, actor: actor, reason: reason, in: transaction)
            try await self.resolve(scope, in: transaction)
        }
    }

    public func split(
        _ id: Int64, names: [String], documents: [String], actor: String, reason: String
    ) async throws -> Int64 {
        try await self.pool.withTransaction { transaction in
            let entity = try await self.lockEntities([id], in: transaction)[0]
            let scope = try await self.scope(of: entity, in: transaction)
            let forms = try await self.keys(of: [entity], in: transaction)
            let wanted = Set(names.map { $0.lowercased() })
            if let unknown = names.first(where: { name in !forms.contains { $0.key.name.lowercased() == name.lowercased() } }) {
                throw GraphError(.nothingToSplit, "'\(unknown)' is no name of entity \(entity)")
            }
            let named = forms.filter { wanted.contains($0.key.name.lowercased()) }
            var left = named.map(\.key)
            var members = named.map(\.id)
            for name in documents {
                guard let document = PostgresUUID(name) else { throw GraphError(.nothingToSplit, "'\(name)' is no document's UUID") }
                let own = try await self.tellApart(
                    forms.filter { !wanted.contains($0.key.name.lowercased()) }, in: document, of: scope, transaction)
                guard !own.isEmpty else { throw GraphError(.nothingToSplit, "document \(document) does not name entity \(entity)") }
                left += own.map(\.key)
                members += own.map(\.id)
            }
            let right = try await self.keys(of: [entity], in: transaction).filter { !members.contains($0.id) }
            guard !left.isEmpty, !right.isEmpty else {
                throw GraphError(.nothingToSplit, "entity \(entity) would keep no name: it has no other than these")
            }
            if left.count > 1 {
                try await self.decide(.init(kind: .same, left: left, right: []), of: scope, actor: actor, reason: reason, in: transaction)
            }
            try await self.decide(
                .init(kind: .different, left: left, right: right.map(\.key)), of: scope, actor: actor, reason: reason, in: transaction)
            try await self.resolve(scope, in: transaction)
            return try await self.entity(ofForm: members[0], in: transaction)
        }
    }

    private typealias KeyedForm = (id: Int64, key: NameKey, entity: Int64)

    /// Makes forms of the document's own for these names, with its mentions and statements.
    private func tellApart(
        _ forms: [KeyedForm], in document: PostgresUUID, of scope: PostgresUUID, _ transaction: PostgresConnection
    ) async throws(PostgresError) -> [KeyedForm] {
        let uses = try await self.names(of: document, in: transaction)
        let entities = Dictionary(forms.map { ($0.id, $0.entity) }) { first, _ in first }
        let apart = uses.filter { $0.value.form != 0 && entities[$0.value.form] != nil }.sorted { $0.key < $1.key }
        guard !apart.isEmpty else { return [] }
        let qualifier = document.description
        var own: [KeyedForm] = []
        var changed = uses
        var keys = try await self.relationships("s.document_uuid = \(document)", in: transaction)
        for (key, use) in apart {
            guard let entity = entities[use.form] else { continue }
            let made = try await transaction.query(
                """
                INSERT INTO name_form (scope, type, name, qualifier, entity_id, folded)
                VALUES (\(scope), \(key.type), \(key.name), \(qualifier), \(entity), \(FoldedName.key(key.name)))
                ON CONFLICT (scope, type, name, qualifier) DO UPDATE SET type = excluded.type RETURNING id
                """)
            let id = try made.one()[0, as: Int64.self]
            try await transaction.query(
                """
                UPDATE relationship_evidence SET source_form = CASE WHEN source_form = \(use.form) THEN \(id) ELSE source_form END,
                    target_form = CASE WHEN target_form = \(use.form) THEN \(id) ELSE target_form END
                WHERE document_uuid = \(document) AND (source_form = \(use.form) OR target_form = \(use.form))
                """)
            changed[key]?.form = id
            own.append((id, NameKey(type: key.type, name: key.name, qualifier: qualifier), entity))
        }
        try await self.apply(NameChange(from: uses, to: changed), to: document, scope: scope, in: transaction)
        keys.formUnion(try await self.relationships("s.document_uuid = \(document)", in: transaction))
        try await self.refresh(keys, of: scope, in: transaction)
        return own
    }

    private func decide(
        _ decision: DecisionLedger.Decision, of scope: PostgresUUID, actor: String, reason: String, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        let sides = decision.left.map { ("left", $0) } + decision.right.map { ("right", $0) }
        try await transaction.query(
            """
            WITH made AS (
                INSERT INTO entity_decision (scope, kind, actor, reason)
                VALUES (\(scope), \(decision.kind.rawValue), \(StorableText.of(actor)), \(StorableText.of(reason))) RETURNING id
            )
            INSERT INTO entity_decision_form (decision_id, side, type, name, qualifier)
            SELECT made.id, f.* FROM made, unnest(\(sides.map(\.0)), \(sides.map(\.1.type)), \(sides.map(\.1.name)),
                \(sides.map(\.1.qualifier))) AS f
            """)
    }

    /// Locks the scope of these entities and returns what each is now, in the order given.
    private func lockEntities(_ ids: [Int64], in transaction: PostgresConnection) async throws -> [Int64] {
        guard let first = ids.first else { throw GraphError(.notFound, "no entity was named") }
        try await self.lock(try await self.scope(of: first, in: transaction), in: transaction)
        var entities: [Int64] = []
        var scopes: Set<PostgresUUID> = []
        for id in ids {
            let rows = try await transaction.query("SELECT coalesce(merged_into, id), scope FROM canonical_entity WHERE id = \(id)")
            guard let row = rows.first else { throw GraphError(.notFound, "there is no entity \(id)") }
            entities.append(try row[0, as: Int64.self])
            scopes.insert(try row[1, as: PostgresUUID.self])
        }
        guard scopes.count == 1 else {
            throw GraphError(.otherScope, "the entities belong to different jobs or tenants; names are compared within one only")
        }
        return entities
    }

    private func scope(of entity: Int64, in transaction: PostgresConnection) async throws -> PostgresUUID {
        let rows = try await transaction.query("SELECT scope FROM canonical_entity WHERE id = \(entity)")
        guard let row = rows.first else { throw GraphError(.notFound, "there is no entity \(entity)") }
        return try row[0, as: PostgresUUID.self]
    }

    private func keys(of entities: [Int64], in transaction: PostgresConnection) async throws(PostgresError) -> [KeyedForm] {
        let rows = try await transaction.query(
            "SELECT id, type, name, qualifier, entity_id FROM name_form WHERE entity_id = ANY (\(entities)) ORDER BY mentions DESC, id")
        return try rows.map { row throws(PostgresError) in
            (
                try row[0, as: Int64.self],
                NameKey(type: try row[1, as: String.self], name: try row[2, as: String.self], qualifier: try row[3, as: String.self]),
                try row[4, as: Int64.self]
            )
        }
    }

    private func entity(ofForm form: Int64, in transaction: PostgresConnection) async throws(PostgresError) -> Int64 {
        try await transaction.query("SELECT entity_id FROM name_form WHERE id = \(form)").one()[0, as: Int64.self]
    }
}
