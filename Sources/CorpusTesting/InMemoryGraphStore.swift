public import Corpus
public import EntityAnalysis
internal import Threading

/// A knowledge graph in memory, with the behaviour that ``GraphContract`` asks of every store. Forgets all when the process ends.
///
/// Keeps what papers say and what people decided, and computes the rest anew for each question: plain, and slow for large graphs.
public final class InMemoryGraphStore: GraphStore {
    let state = Lock(InMemoryGraph())
    let resolve: @Sendable ([NameForm], ResolutionDecisions) -> Resolution

    /// - Parameter resolve: says which names mean the same thing; its result must not depend on their order.
    public init(
        resolve: @escaping @Sendable ([NameForm], ResolutionDecisions) -> Resolution = { EntityResolver().resolve($0, decisions: $1) }
    ) {
        self.resolve = resolve
    }

    /// Puts a document into the graph, in place of what an older version of it said.
    public func add(_ paper: GraphPaper) {
        self.state.withLock { $0.add(paper, self.resolve) }
    }

    /// Takes a document out of the graph.
    public func remove(_ document: String) {
        self.state.withLock { $0.remove(document, self.resolve) }
    }

    public func entities(_ selection: GraphSelection, limit: Int, offset: Int) async throws -> [EntityRecord] {
        Array(self.state.withLock { $0.records(selection) }.dropFirst(max(0, offset)).prefix(min(max(0, limit), 10_000)))
    }

    public func count(_ selection: GraphSelection) async throws -> Int { self.state.withLock { $0.records(selection).count } }

    public func entity(_ id: Int64) async throws -> EntityRecord? {
        self.state.withLock { graph in graph.living(id).flatMap { graph.record($0) } }
    }

    public func entities(named name: String, _ selection: GraphSelection, limit: Int) async throws -> [EntityRecord] {
        self.state.withLock { Array($0.records(selection, named: name).prefix(limit)) }
    }

    public func mentions(of entity: Int64, limit: Int) async throws -> [MentionRecord] {
        self.state.withLock { Array($0.mentions(of: entity).prefix(limit)) }
    }

    public func relations(of entity: Int64, limit: Int) async throws -> [RelationRecord] {
        self.state.withLock { graph in
            guard let entity = graph.living(entity) else { return [] }
            return graph.walk().steps(of: entity).prefix(limit).compactMap { step in
                graph.record(step.other).map { RelationRecord(relation: step.relation, other: $0.entity) }
            }
        }
    }

    public func evidence(for relation: KnowledgeGraph.Relation, limit: Int) async throws -> [EvidenceRecord] {
        self.state.withLock { Array($0.evidence(for: relation).prefix(limit)) }
    }

    public func neighbours(of id: Int64, depth: Int) async throws -> Neighbourhood? {
        self.state.withLock { graph in
            guard let center = graph.living(id) else { return nil }
            let walk = graph.walk()
            let depth = min(max(depth, GraphBounds.depths.lowerBound), GraphBounds.depths.upperBound)
            let distances = walk.distances(from: center, depth: depth)
            return Neighbourhood(
                graph: graph.graph(of: Set(distances.keys)), distances: distances, cut: walk.cut(distances, depth: depth))
        }
    }

    public func path(from source: Int64, to target: Int64, maximumSteps: Int) async throws -> GraphPath? {
        self.state.withLock { graph in
            guard let source = graph.living(source), let target = graph.living(target), source != target else { return nil }
            let steps = min(max(maximumSteps, GraphBounds.steps.lowerBound), GraphBounds.steps.upperBound)
            guard let path = graph.walk().path(from: source, to: target, steps: steps) else { return nil }
            return GraphPath(
                entities: path.entities.compactMap { graph.record($0)?.entity }, relations: path.relations,
                cost: path.relations.map(\.cost).reduce(0, +))
        }
    }

    public func graph(_ selection: GraphSelection, limit: Int) async throws -> KnowledgeGraph {
        self.state.withLock { graph in graph.graph(of: Set(graph.records(selection).prefix(limit).map(\.entity.id))) }
    }

    public func candidates(_ selection: GraphSelection, limit: Int) async throws -> [CandidateRecord] {
        self.state.withLock { Array($0.candidates(selection).prefix(limit)) }
    }

    public func merge(_ ids: [Int64], actor: String, reason: String) async throws -> Int64 {
        try self.state.withLock { try $0.merge(ids, self.resolve) }
    }

    public func keepApart(_ left: Int64, _ right: Int64, actor: String, reason: String) async throws {
        try self.state.withLock { try $0.keepApart(left, right, self.resolve) }
    }

    public func split(_ id: Int64, names: [String], documents: [String], actor: String, reason: String) async throws -> Int64 {
        try self.state.withLock { try $0.split(id, names: names, documents: documents, self.resolve) }
    }

    /// Always 0: every change is resolved at once.
    public func waitingScopes() async throws -> Int { 0 }

    public func refresh(limit: Int) async throws -> Int { 0 }
}
