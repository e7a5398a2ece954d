public import Corpus
public import PostgresClient

extension PostgresGraphStore {
    public func path(from source: Int64, to target: Int64, maximumSteps: Int) async throws(PostgresError) -> GraphPath? {
        guard let source = try await self.entity(source)?.entity.id, let target = try await self.entity(target)?.entity.id,
            source != target
        else { return nil }
        var search = PathSearch(from: source, to: target)
        // From both ends in turn: together they make no more than the steps allowed.
        for round in 0..<min(max(maximumSteps, GraphBounds.steps.lowerBound), GraphBounds.steps.upperBound) {
            let side: PathSearch.Side = round % 2 == 0 ? .source : .target
            let frontier = search.frontier(side)
            search.extend(side, with: frontier.isEmpty ? [] : try await self.steps(from: frontier, below: search.limit))
        }
        guard let found = search.best() else { return nil }
        let entities = try await self.entities(found.entities)
        let relations = try await self.cheapestRelations(along: found.entities)
        // Somebody may have changed the graph meanwhile.
        guard relations.count == found.entities.count - 1, found.entities.allSatisfy({ entities[$0] != nil }) else { return nil }
        return GraphPath(
            entities: found.entities.compactMap { entities[$0] }, relations: relations, cost: relations.map(\.cost).reduce(0, +))
    }

    /// One step of each of these entities over its strongest relationships: the cheapest to each end, if it is cheaper than the limit.
    private func steps(
        from frontier: [(entity: Int64, cost: Double)], below limit: Double
    ) async throws(PostgresError) -> [PathSearch.Step] {
        let rows = try await self.pool.query(
            """
            SELECT DISTINCT ON (r.other) r.other, n.id, n.cost + r.cost AS total
            FROM unnest(\(frontier.map(\.entity)), \(frontier.map(\.cost))) AS n (id, cost)
            CROSS JOIN LATERAL (\(fragment: Self.strongest("n.id"))) AS r
            WHERE n.cost + r.cost < \(limit)
            ORDER BY r.other, total, n.id
            """)
        return try rows.map { row throws(PostgresError) in
            PathSearch.Step(from: try row[1, as: Int64.self], to: try row[0, as: Int64.self], cost: try row[2, as: Double.self])
        }
    }

    /// The cheapest relationship between each of these entities and the next.
    private func cheapestRelations(along entities: [Int64]) async throws(PostgresError) -> [KnowledgeGraph.Relation] {
        let rows = try await self.pool.query(
            """
            SELECT r.source_id, r.predicate, r.target_id, r.evidence, r.documents AS relation_documents, r.weight
            FROM unnest(\(Array(entities.dropLast())), \(Array(entities.dropFirst()))) WITH ORDINALITY AS step (one, other, number)
            CROSS JOIN LATERAL (
                SELECT * FROM (
                    SELECT * FROM relationship WHERE source_id = step.one AND target_id = step.other
                    UNION ALL
                    SELECT * FROM relationship WHERE source_id = step.other AND target_id = step.one
                ) AS both_ways ORDER BY cost, predicate, source_id LIMIT 1
            ) AS r ORDER BY step.number
            """)
        return try rows.map { row throws(PostgresError) in try Self.relation(row) }
    }
}
