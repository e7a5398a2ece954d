internal import EntityAnalysis
internal import PostgresClient

extension PostgresGraphStore {
    /// Resolves scopes that wait for it: large ones, and those that a document left. Several processes may call it at once.
    ///
    /// - Parameter limit: scopes at most.
    /// - Returns: how many were resolved.
    @discardableResult
    public func refresh(limit: Int) async throws -> Int {
        let waiting = try await self.pool.query("SELECT id FROM graph_scope WHERE pending > 0 ORDER BY id LIMIT \(Int64(limit))")
        var resolved = 0
        for row in waiting {
            let scope = try row[0, as: PostgresUUID.self]
            try await self.pool.withTransaction { transaction in
                try await self.lock(scope, in: transaction)
                let pending = try await transaction.query("SELECT FROM graph_scope WHERE id = \(scope) AND pending > 0")
                if !pending.isEmpty { try await self.resolve(scope, in: transaction) }
            }
            resolved += 1
        }
        return resolved
    }

    /// Resolves all names of the scope and writes what is different from before. Needs the scope's lock.
    func resolve(_ scope: PostgresUUID, in transaction: PostgresConnection) async throws(PostgresError) {
        try await self.fold(scope, in: transaction)
        try await self.resolveUnnamed(scope, in: transaction)
        let ledger = try await self.decisions(of: scope, in: transaction)
        let forms = try await self.forms(of: scope, decided: ledger, in: transaction)
        let resolution = self.resolve(forms.map(\.form), ledger.pairs(among: forms.map(\.key)))
        let clusters = resolution.clusters
        let stored = forms.map { ResolutionPlan.Form(id: $0.id, entity: $0.entity, mentions: $0.form.count) }
        let plan = ResolutionPlan(forms: stored, clusters: clusters.map(\.forms))

        var entities = plan.entities
        let new = entities.indices.filter { entities[$0] == nil }
        for (cluster, id) in zip(new, try await self.newEntityIDs(new.count, in: transaction)) { entities[cluster] = id }
        try await transaction.query(
            """
            INSERT INTO canonical_entity (id, scope, type, name) OVERRIDING SYSTEM VALUE
            SELECT n.id, \(scope), n.type, n.name FROM unnest(\(new.compactMap { entities[$0] }), \(new.map { clusters[$0].type.rawValue }),
                \(new.map { clusters[$0].name })) AS n (id, type, name)
            """)
        var moves: [(form: Int64, entity: Int64)] = []
        var touched = Set(plan.merged.keys)
        for (cluster, members) in clusters.enumerated() {
            guard let entity = entities[cluster] else { continue }
            for form in members.forms where forms[form].entity != entity {
                moves.append((forms[form].id, entity))
                touched.insert(entity)
                if let old = forms[form].entity { touched.insert(old) }
            }
        }
        try await self.move(moves, of: scope, in: transaction)
        try await transaction.query(
            """
            UPDATE canonical_entity AS c SET type = n.type, name = n.name, updated_at = now()
            FROM unnest(\(entities.compactMap { $0 }), \(clusters.map(\.type.rawValue)), \(clusters.map(\.name))) AS n (id, type, name)
            WHERE c.id = n.id AND (c.type, c.name) IS DISTINCT FROM (n.type, n.name)
            """)
        try await self.merge(plan.merged.compactMap { old, cluster in entities[cluster].map { (old, $0) } }, in: transaction)
        if !touched.isEmpty { try await transaction.query("SELECT graph_recount(\(touched.sorted()))") }
        let candidates = resolution.candidates.compactMap { candidate -> (left: Int64, right: Int64, score: Double)? in
            guard let left = entities[candidate.left], let right = entities[candidate.right], left != right else { return nil }
            return (min(left, right), max(left, right), candidate.score)
        }
        try await self.write(candidates, of: scope, in: transaction)
        try await transaction.query("UPDATE graph_scope SET pending = 0, resolved_at = now() WHERE id = \(scope)")
    }

    /// What people decided about the scope's names.
    func decisions(of scope: PostgresUUID, in transaction: PostgresConnection) async throws(PostgresError) -> DecisionLedger {
        let rows = try await transaction.query(
            """
            SELECT d.id, d.kind, f.side, f.type, f.name, f.qualifier
            FROM entity_decision AS d JOIN entity_decision_form AS f ON f.decision_id = d.id WHERE d.scope = \(scope)
            ORDER BY d.id, f.side, f.type COLLATE "C", f.name COLLATE "C", f.qualifier COLLATE "C"
            """)
        var ledger = DecisionLedger(decisions: [])
        var last: Int64?
        for row in rows {
            let id = try row[0, as: Int64.self]
            if id != last {
                let kind = DecisionLedger.Kind(rawValue: try row[1, as: String.self]) ?? .different
                ledger.decisions.append(.init(kind: kind, left: [], right: []))
                last = id
            }
            let key = NameKey(type: try row[3, as: String.self], name: try row[4, as: String.self], qualifier: try row[5, as: String.self])
            let place = ledger.decisions.count - 1
            if try row[2, as: String.self] == "left" {
                ledger.decisions[place].left.append(key)
            } else {
                ledger.decisions[place].right.append(key)
            }
        }
        return ledger
    }

    /// A stored form, as the resolver sees it.
    private struct StoredForm {
        let id: Int64
        let key: NameKey
        let entity: Int64?
        let form: NameForm
    }

    private static var namedTypes: [String] { EntityType.allCases.filter(\.isNamed).map(\.rawValue) }

    /// Forms whose spelling may vary, and those that people decided about, sorted.
    private func forms(
        of scope: PostgresUUID, decided ledger: DecisionLedger, in transaction: PostgresConnection
    ) async throws(PostgresError) -> [StoredForm] {
        let decided = Array(ledger.names)
        let rows = try await transaction.query(
            """
            SELECT f.id, f.type, f.name, f.qualifier, f.entity_id, f.mentions, used.documents, used.context
            FROM name_form AS f CROSS JOIN LATERAL (
                SELECT string_agg(u.document_uuid::text, E'\\x1f') AS documents, string_agg(u.context, E'\\x1f') AS context
                FROM (
                    SELECT d.document_uuid, d.context FROM document_form AS d WHERE d.form_id = f.id
                    ORDER BY d.document_uuid LIMIT \(Int64(self.options.documentsPerForm))
                ) AS u
            ) AS used
            WHERE f.scope = \(scope) AND (f.type = ANY (\(Self.namedTypes)) OR (f.type, f.name, f.qualifier) IN (
                SELECT * FROM unnest(\(decided.map(\.type)), \(decided.map(\.name)), \(decided.map(\.qualifier)))))
            """)
        var forms: [StoredForm] = []
        forms.reserveCapacity(rows.count)
        for row in rows {
            let key = NameKey(type: try row[1, as: String.self], name: try row[2, as: String.self], qualifier: try row[3, as: String.self])
            // A type that this version does not know stays as it is.
            guard let type = EntityType(rawValue: key.type) else { continue }
            func set(_ column: Int) throws(PostgresError) -> Set<String> {
                Set((try row[column, as: String?.self] ?? "").split(separator: "\u{1F}").map { String($0) })
            }
            let form = NameForm(
                type: type, name: key.name, count: try row[5, as: Int.self], documents: try set(6), context: try set(7),
                qualifier: key.qualifier)
            forms.append(StoredForm(id: try row[0, as: Int64.self], key: key, entity: try row[4, as: Int64?.self], form: form))
        }
        return forms.sorted { $0.key < $1.key }
    }

    /// Dates, addresses and the like are equal exactly when their normal forms are: each form is an entity.
    private func resolveUnnamed(_ scope: PostgresUUID, in transaction: PostgresConnection) async throws(PostgresError) {
        let rows = try await transaction.query(
            """
            SELECT id, type, name, mentions FROM name_form
            WHERE scope = \(scope) AND entity_id IS NULL AND type <> ALL (\(Self.namedTypes)) ORDER BY id
            """)
        guard !rows.isEmpty else { return }
        let ids = try await self.newEntityIDs(rows.count, in: transaction)
        let moves = try zip(rows, ids).map { row, id throws(PostgresError) in (form: try row[0, as: Int64.self], entity: id) }
        try await transaction.query(
            """
            INSERT INTO canonical_entity (id, scope, type, name, mentions) OVERRIDING SYSTEM VALUE
            SELECT n.id, \(scope), f.type, f.name, f.mentions
            FROM unnest(\(moves.map(\.form)), \(moves.map(\.entity))) AS n (form, id) JOIN name_form AS f ON f.id = n.form
            """)
        try await self.move(moves, of: scope, in: transaction)
    }

    private func newEntityIDs(_ count: Int, in transaction: PostgresConnection) async throws(PostgresError) -> [Int64] {
        guard count > 0 else { return [] }
        let rows = try await transaction.query(
            """
            SELECT nextval(pg_get_serial_sequence('canonical_entity', 'id')) AS id FROM generate_series(1, \(Int64(count))) ORDER BY id
            """)
        return try rows.map { row throws(PostgresError) in try row[0, as: Int64.self] }
    }

    /// Gives forms to other entities, and their evidence with them. Needs the scope's lock.
    private func move(
        _ moves: [(form: Int64, entity: Int64)], of scope: PostgresUUID, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        guard !moves.isEmpty else { return }
        let forms = moves.map(\.form)
        let touching: PostgresQuery = "s.source_form = ANY (\(forms)) OR s.target_form = ANY (\(forms))"
        var keys = try await self.relationships(touching, in: transaction)
        try await transaction.query(
            """
            UPDATE name_form AS f SET entity_id = n.entity FROM unnest(\(forms), \(moves.map(\.entity))) AS n (form, entity)
            WHERE f.id = n.form
            """)
        keys.formUnion(try await self.relationships(touching, in: transaction))
        try await self.refresh(keys, of: scope, in: transaction)
    }

    /// Lets entities without forms lead to those that have them now. What had been merged into them follows.
    private func merge(_ merged: [(old: Int64, new: Int64)], in transaction: PostgresConnection) async throws(PostgresError) {
        guard !merged.isEmpty else { return }
        try await transaction.query(
            """
            UPDATE canonical_entity AS c SET merged_into = m.new, mentions = 0, updated_at = now()
            FROM unnest(\(merged.map(\.old)), \(merged.map(\.new))) AS m (old, new) WHERE c.id = m.old OR c.merged_into = m.old
            """)
    }

    private func write(
        _ candidates: [(left: Int64, right: Int64, score: Double)], of scope: PostgresUUID, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        try await transaction.query(
            """
            WITH wanted AS MATERIALIZED (
                SELECT left_id, right_id, max(score) AS score
                FROM unnest(\(candidates.map(\.left)), \(candidates.map(\.right)), \(candidates.map(\.score)))
                    AS w (left_id, right_id, score)
                GROUP BY left_id, right_id
            ), gone AS (
                DELETE FROM entity_candidate AS c WHERE c.scope = \(scope)
                    AND NOT EXISTS (SELECT FROM wanted AS w WHERE w.left_id = c.left_id AND w.right_id = c.right_id)
            )
            INSERT INTO entity_candidate AS c (left_id, right_id, scope, score) SELECT left_id, right_id, \(scope), score FROM wanted
            ON CONFLICT (left_id, right_id) DO UPDATE SET score = excluded.score WHERE c.score <> excluded.score
            """)
    }
}
