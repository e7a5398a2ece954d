public import Corpus
internal import EntityAnalysis
public import PostgresClient

extension PostgresGraphStore {
    /// Names that are compared one by one when none is equal, the most frequent.
    private static let comparedNames: Int64 = 5_000

    public func entities(
        named name: String, _ selection: GraphSelection, limit: Int
    ) async throws(PostgresError) -> [EntityRecord] {
        let name = StorableText.of(name)
        let folded = FoldedName.key(name)
        var equal: [PostgresQuery] = [
            "SELECT c.id FROM canonical_entity AS c WHERE lower(c.name) = lower(\(name)) AND c.merged_into IS NULL",
            "SELECT f.entity_id FROM name_form AS f WHERE lower(f.name) = lower(\(name))",
        ]
        if !folded.isEmpty { equal.append("SELECT f.entity_id FROM name_form AS f WHERE f.folded = \(folded)") }
        for ids in equal {
            let found = try await self.entities(ids: ids, selection, limit: limit)
            if !found.isEmpty { return found }
        }
        return try await self.entities(like: NameLikeness.words(folded), selection, limit: limit)
    }

    /// Any name that has the beginning of a word in common, compared one by one.
    private func entities(
        like words: [String], _ selection: GraphSelection, limit: Int
    ) async throws(PostgresError) -> [EntityRecord] {
        guard !words.isEmpty else { return [] }
        let rows = try await self.pool.query(
            """
            SELECT f.entity_id, coalesce(f.folded, f.name) FROM name_form AS f JOIN canonical_entity AS c ON c.id = f.entity_id
            JOIN graph_scope AS s ON s.id = c.scope
            WHERE EXISTS (
                SELECT FROM unnest(\(words.map { String($0.prefix(3)) })) AS w (word)
                WHERE position(w.word IN coalesce(f.folded, lower(f.name))) > 0
            ) AND \(fragment: Self.condition(selection))
            ORDER BY f.mentions DESC, f.id LIMIT \(Self.comparedNames)
            """)
        var best: [Int64: Double] = [:]
        for row in rows {
            let likeness = NameLikeness.of(words, NameLikeness.words(try row[1, as: String.self]))
            guard likeness >= NameLikeness.threshold else { continue }
            let entity = try row[0, as: Int64.self]
            best[entity] = max(best[entity] ?? 0, likeness)
        }
        let ids = best.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.prefix(limit).map(\.key)
        let found = try await self.entities(ids: "SELECT unnest(\(ids))", selection, limit: limit)
        return found.sorted { (best[$0.entity.id] ?? 0, $0.entity.mentions) > (best[$1.entity.id] ?? 0, $1.entity.mentions) }
    }

    /// Folds the names of the scope that were stored before names were folded. Needs the scope's lock.
    func fold(_ scope: PostgresUUID, in transaction: PostgresConnection) async throws(PostgresError) {
        let rows = try await transaction.query("SELECT id, name FROM name_form WHERE scope = \(scope) AND folded IS NULL")
        guard !rows.isEmpty else { return }
        let ids = try rows.map { row throws(PostgresError) in try row[0, as: Int64.self] }
        let folded = try rows.map { row throws(PostgresError) in FoldedName.key(try row[1, as: String.self]) }
        try await transaction.query(
            "UPDATE name_form AS f SET folded = n.folded FROM unnest(\(ids), \(folded)) AS n (id, folded) WHERE f.id = n.id")
    }
}
