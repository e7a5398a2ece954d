/// Where a document says something.
public struct GraphPlace: Sendable, Hashable {
    public var documentUUID: String
    public var filename: String?
    public var title: String?
    public var chunkIndex: Int?
    /// From 1.
    public var page: Int?
    /// Of recordings.
    public var time: TimeRange?
    /// UTF-8 bytes of the cleaned text.
    public var bytes: Range<Int>
    /// One line of text around it; empty when the document's chunks are gone.
    public var snippet: String

    public init(
        documentUUID: String, filename: String?, title: String?, chunkIndex: Int?, page: Int?, time: TimeRange?, bytes: Range<Int>,
        snippet: String
    ) {
        self.documentUUID = documentUUID
        self.filename = filename
        self.title = title
        self.chunkIndex = chunkIndex
        self.page = page
        self.time = time
        self.bytes = bytes
        self.snippet = snippet
    }
}

/// An entity in a list.
public struct EntityRecord: Sendable, Hashable {
    public var entity: KnowledgeGraph.Entity
    public var tenantID: String?
    public var jobID: String?

    public init(entity: KnowledgeGraph.Entity, tenantID: String?, jobID: String?) {
        self.entity = entity
        self.tenantID = tenantID
        self.jobID = jobID
    }
}

/// One place where an entity is named.
public struct MentionRecord: Sendable, Hashable {
    /// As the text has it.
    public var text: String
    public var place: GraphPlace
    /// 0 to 1.
    public var confidence: Double

    public init(text: String, place: GraphPlace, confidence: Double) {
        self.text = text
        self.place = place
        self.confidence = confidence
    }
}

/// A relationship, seen from one of its entities.
public struct RelationRecord: Sendable, Hashable {
    public var relation: KnowledgeGraph.Relation
    public var other: KnowledgeGraph.Entity

    public init(relation: KnowledgeGraph.Relation, other: KnowledgeGraph.Entity) {
        self.relation = relation
        self.other = other
    }
}

/// One place that supports a relationship.
public struct EvidenceRecord: Sendable, Hashable {
    public var rule: String
    /// 0 to 1.
    public var confidence: Double
    public var place: GraphPlace

    public init(rule: String, confidence: Double, place: GraphPlace) {
        self.rule = rule
        self.confidence = confidence
        self.place = place
    }
}

/// Two entities that may be one.
public struct CandidateRecord: Sendable, Hashable {
    public var left: KnowledgeGraph.Entity
    public var right: KnowledgeGraph.Entity
    /// 0 to 1.
    public var score: Double

    public init(left: KnowledgeGraph.Entity, right: KnowledgeGraph.Entity, score: Double) {
        self.left = left
        self.right = right
        self.score = score
    }
}

/// Entities around one, with how many steps away each is.
public struct Neighbourhood: Sendable, Hashable {
    public var graph: KnowledgeGraph
    /// By entity; the one in the middle has 0.
    public var distances: [Int64: Int]
    /// Entities less than the depth away that have further neighbours, which are not among these: the strongest are.
    public var cut: Set<Int64>

    public init(graph: KnowledgeGraph, distances: [Int64: Int], cut: Set<Int64>) {
        self.graph = graph
        self.distances = distances
        self.cut = cut
    }
}

/// How two entities hang together.
public struct GraphPath: Sendable, Hashable {
    /// From the first to the last; at least two.
    public var entities: [KnowledgeGraph.Entity]
    /// One a step; its direction may be against the path's.
    public var relations: [KnowledgeGraph.Relation]
    /// The sum of the steps' costs: 1 to 2 for what a rule found, 3 to 4 for what only stands near.
    public var cost: Double

    public init(entities: [KnowledgeGraph.Entity], relations: [KnowledgeGraph.Relation], cost: Double) {
        self.entities = entities
        self.relations = relations
        self.cost = cost
    }
}
