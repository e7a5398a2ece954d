public import Corpus
public import PostgresClient

extension PostgresGraphStore {
    /// These entities and the relationships among them.
    func graph(of ids: [Int64]) async throws(PostgresError) -> KnowledgeGraph {
        let entities = try await self.entities(ids)
        let rows = try await self.pool.query(
            """
            SELECT source_id, predicate, target_id, evidence, documents AS relation_documents, weight FROM relationship
            WHERE source_id = ANY (\(ids)) AND target_id = ANY (\(ids)) ORDER BY source_id, predicate, target_id
            """)
        return KnowledgeGraph(
            entities: entities.values.sorted { ($1.mentions, $0.id) < ($0.mentions, $1.id) },
            relations: try rows.map { row throws(PostgresError) in try Self.relation(row) })
    }

    public func graph(_ selection: GraphSelection, limit: Int) async throws(PostgresError) -> KnowledgeGraph {
        let rows = try await self.pool.query(
            """
            SELECT c.id FROM canonical_entity AS c JOIN graph_scope AS s ON s.id = c.scope
            WHERE c.merged_into IS NULL AND \(fragment: Self.condition(selection)) ORDER BY c.mentions DESC, c.id LIMIT \(Int64(limit))
            """)
        return try await self.graph(of: try rows.map { row throws(PostgresError) in try row[0, as: Int64.self] })
    }
}
