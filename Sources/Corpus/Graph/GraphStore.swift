/// The knowledge graph, for those who look at it and correct it. Its writers are the stages, each in the transaction of its own store.
///
/// Names are compared within a scope: one tenant's job, or a document without a job. Ids of merged entities stay valid: every method
/// takes them for what they were merged into. Methods throw ``GraphError`` where they say so, and what the database throws.
public protocol GraphStore: Sendable {
    /// Entities, most named first, then by id.
    ///
    /// - Parameter limit: at most 10,000.
    func entities(_ selection: GraphSelection, limit: Int, offset: Int) async throws -> [EntityRecord]

    /// How many entities there are.
    func count(_ selection: GraphSelection) async throws -> Int

    /// An entity by its id, or what it was merged into; nil when there is none.
    func entity(_ id: Int64) async throws -> EntityRecord?

    /// Entities of this name: those called so, else those with such an alias, both in any case; else those whose names are the same but for
    /// marks, script and punctuation (`Mueller` and `Müller`); else those whose names are like it, most alike first.
    ///
    /// - Parameter limit: at most so many.
    func entities(named name: String, _ selection: GraphSelection, limit: Int) async throws -> [EntityRecord]

    /// Where the entity is named, by document and place.
    func mentions(of entity: Int64, limit: Int) async throws -> [MentionRecord]

    /// The entity's relationships, strongest first: those that say something before those that only stand near.
    func relations(of entity: Int64, limit: Int) async throws -> [RelationRecord]

    /// What supports a relationship, surest first.
    func evidence(for relation: KnowledgeGraph.Relation, limit: Int) async throws -> [EvidenceRecord]

    /// What lies up to `depth` steps (1 to 4) around an entity, with the relationships among all of it; nil when there is no such entity.
    ///
    /// Bounded by ``GraphBounds``; what was left out is said.
    func neighbours(of id: Int64, depth: Int) async throws -> Neighbourhood?

    /// The cheapest way from one entity to another: few steps, and rather over what a rule found than over what only stands near.
    ///
    /// - Parameter maximumSteps: 1 to 8.
    /// - Returns: nil when they do not hang together within so many steps, when they are one, or when one does not exist.
    func path(from source: Int64, to target: Int64, maximumSteps: Int) async throws -> GraphPath?

    /// The graph of a selection, for an export: entities, most named first, and all relationships among them.
    ///
    /// - Parameter limit: entities at most.
    func graph(_ selection: GraphSelection, limit: Int) async throws -> KnowledgeGraph

    /// Pairs of entities that may be one, likeliest first.
    func candidates(_ selection: GraphSelection, limit: Int) async throws -> [CandidateRecord]

    /// Records that a person said that these entities are one, and makes them one.
    ///
    /// The decision holds for the names that they have now, against all that is computed later, until a newer decision contradicts it.
    /// - Parameter ids: at least two; merged ones stand for what they were merged into.
    /// - Returns: the entity that all are now.
    /// - Throws: ``GraphError``.
    func merge(_ ids: [Int64], actor: String, reason: String) async throws -> Int64

    /// Records that a person said that two entities are not one, which they are not now either.
    ///
    /// - Throws: ``GraphError``; `.sameEntity` when they are one: then it takes a split.
    func keepApart(_ left: Int64, _ right: Int64, actor: String, reason: String) async throws

    /// Records that a person said that some of an entity's names, or its names as some documents use them, are another entity, and makes
    /// them another.
    ///
    /// - Parameters:
    ///   - names: aliases of the entity, in any case.
    ///   - documents: UUIDs of the documents whose use of the entity's names is meant.
    /// - Returns: the entity that was split off.
    /// - Throws: ``GraphError``.
    func split(_ id: Int64, names: [String], documents: [String], actor: String, reason: String) async throws -> Int64

    /// Scopes with names that wait for a resolution.
    func waitingScopes() async throws -> Int

    /// Resolves scopes that wait for it. Several processes may call it at once.
    ///
    /// - Parameter limit: scopes at most.
    /// - Returns: how many were resolved.
    @discardableResult
    func refresh(limit: Int) async throws -> Int
}

/// What is taken where a caller says nothing.
extension GraphStore {
    public func entities(_ selection: GraphSelection = .init()) async throws -> [EntityRecord] {
        try await self.entities(selection, limit: 50, offset: 0)
    }

    public func count() async throws -> Int { try await self.count(GraphSelection()) }

    public func entities(named name: String, _ selection: GraphSelection = .init()) async throws -> [EntityRecord] {
        try await self.entities(named: name, selection, limit: 20)
    }

    public func mentions(of entity: Int64) async throws -> [MentionRecord] { try await self.mentions(of: entity, limit: 50) }

    public func relations(of entity: Int64) async throws -> [RelationRecord] { try await self.relations(of: entity, limit: 50) }

    public func evidence(for relation: KnowledgeGraph.Relation) async throws -> [EvidenceRecord] {
        try await self.evidence(for: relation, limit: 5)
    }

    public func path(from source: Int64, to target: Int64) async throws -> GraphPath? {
        try await self.path(from: source, to: target, maximumSteps: 6)
    }

    public func graph(_ selection: GraphSelection = .init()) async throws -> KnowledgeGraph {
        try await self.graph(selection, limit: 1_000_000)
    }

    public func candidates(_ selection: GraphSelection = .init()) async throws -> [CandidateRecord] {
        try await self.candidates(selection, limit: 50)
    }

    public func split(_ id: Int64, names: [String], actor: String, reason: String) async throws -> Int64 {
        try await self.split(id, names: names, documents: [], actor: actor, reason: reason)
    }

    public func split(_ id: Int64, documents: [String], actor: String, reason: String) async throws -> Int64 {
        try await self.split(id, names: [], documents: documents, actor: actor, reason: reason)
    }

    @discardableResult
    public func refresh() async throws -> Int { try await self.refresh(limit: 16) }
}
