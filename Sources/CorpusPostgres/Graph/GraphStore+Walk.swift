public import Corpus
public import PostgresClient

extension GraphStore {
    /// Relationships of an entity that a walk follows at most, the strongest; hubs have thousands.
    public static let fanOut = 200
    /// Entities that a neighbourhood holds at most.
    public static let neighbourhoodLimit = 2_000

    /// What lies up to `depth` steps (1 to 4) around an entity, with the relationships among all of it. Nil when there is no such entity.
    public func neighbours(of id: Int64, depth: Int) async throws(PostgresError) -> Neighbourhood? {
        guard let center = try await self.entity(id)?.entity.id else { return nil }
        var distances = [center: 0]
        var cut: Set<Int64> = []
        var frontier = [center]
        for distance in 1...min(max(depth, 1), 4) where !frontier.isEmpty {
            let steps = try await self.steps(from: frontier)
            cut.formUnion(steps.cut)
            var next: [Int64] = []
            for step in steps.all where distances[step.to] == nil {
                guard distances.count < Self.neighbourhoodLimit else {
                    cut.insert(step.from)
                    continue
                }
                distances[step.to] = distance
                next.append(step.to)
            }
            frontier = next
        }
        let graph = try await self.graph(of: Array(distances.keys))
        return Neighbourhood(graph: graph, distances: distances, cut: cut)
    }

    /// The cheapest way from one entity to another: few steps, and rather over what a rule found than over what only stands near.
    ///
    /// Searched from both ends, a step at a time, over the ``fanOut`` strongest relationships of each entity.
    /// - Parameter maximumSteps: 1 to 8.
    /// - Returns: nil when they do not hang together within so many steps, or an entity does not exist.
    public func path(from source: Int64, to target: Int64, maximumSteps: Int = 6) async throws(PostgresError) -> GraphPath? {
        guard let source = try await self.entity(source)?.entity.id, let target = try await self.entity(target)?.entity.id,
            source != target
        else { return nil }
        let steps = min(max(maximumSteps, 1), 8)
        var search = PathSearch(from: source, to: target)
        for round in 0..<steps {
            // The smaller side first; both together make no more than the steps allowed.
            let side: PathSearch.Side = round % 2 == 0 ? .source : .target
            let frontier = search.frontier(side)
            guard !frontier.isEmpty else { continue }
            search.extend(side, with: try await self.steps(from: frontier).all)
        }
        guard let found = search.best() else { return nil }
        let entities = try await self.entities(found.entities)
        return GraphPath(
            entities: found.entities.compactMap { entities[$0] }, relations: found.steps.map(\.relation), cost: found.cost)
    }

    /// One step of each of these entities over its strongest relationships.
    private func steps(from entities: [Int64]) async throws(PostgresError) -> (all: [GraphStep], cut: Set<Int64>) {
        let rows = try await self.pool.query(
            """
            SELECT n.id AS from_id, r.other, r.source_id, r.predicate, r.target_id, r.evidence, r.documents AS relation_documents, r.weight,
                r.cost
            FROM unnest(\(entities)) AS n (id) CROSS JOIN LATERAL (
                (SELECT *, target_id AS other FROM relationship WHERE source_id = n.id ORDER BY cost LIMIT \(Int64(Self.fanOut)))
                UNION ALL
                (SELECT *, source_id AS other FROM relationship WHERE target_id = n.id ORDER BY cost LIMIT \(Int64(Self.fanOut)))
            ) AS r
            """)
        var steps: [GraphStep] = []
        steps.reserveCapacity(rows.count)
        var counts: [Int64: Int] = [:]
        for row in rows {
            let from = try row["from_id", as: Int64.self]
            counts[from, default: 0] += 1
            steps.append(
                GraphStep(
                    from: from, to: try row["other", as: Int64.self], cost: try row["cost", as: Double.self],
                    relation: try Self.relation(row)))
        }
        steps.sort { $0.cost != $1.cost ? $0.cost < $1.cost : ($0.from, $0.to) < ($1.from, $1.to) }
        return (steps, Set(counts.filter { $0.value >= Self.fanOut }.keys))
    }

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

    /// The whole graph of a selection, for an export.
    ///
    /// - Parameter limit: entities at most, the most named.
    public func graph(_ selection: GraphSelection, limit: Int = 1_000_000) async throws(PostgresError) -> KnowledgeGraph {
        let rows = try await self.pool.query(
            """
            SELECT c.id FROM canonical_entity AS c JOIN graph_scope AS s ON s.id = c.scope
            WHERE c.merged_into IS NULL AND \(fragment: Self.condition(selection)) ORDER BY c.mentions DESC, c.id LIMIT \(Int64(limit))
            """)
        return try await self.graph(of: try rows.map { row throws(PostgresError) in try row[0, as: Int64.self] })
    }
}
