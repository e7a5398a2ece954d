public import Corpus
public import PostgresClient

/// Which part of the graph is meant.
public struct GraphSelection: Sendable, Hashable {
    public var tenantID: String?
    public var jobID: String?
    /// Only what this document names.
    public var document: PostgresUUID?
    /// `person`, `organization`, …
    public var type: String?

    public init(tenantID: String? = nil, jobID: String? = nil, document: PostgresUUID? = nil, type: String? = nil) {
        self.tenantID = tenantID
        self.jobID = jobID
        self.document = document
        self.type = type
    }
}

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
}

/// An entity in a list.
public struct EntityRecord: Sendable, Hashable {
    public var entity: KnowledgeGraph.Entity
    public var tenantID: String?
    public var jobID: String?
}

/// One place where an entity is named.
public struct MentionRecord: Sendable, Hashable {
    /// As the text has it.
    public var text: String
    public var place: GraphPlace
    /// 0 to 1.
    public var confidence: Double
}

/// A relationship, seen from one of its entities.
public struct RelationRecord: Sendable, Hashable {
    public var relation: KnowledgeGraph.Relation
    public var other: KnowledgeGraph.Entity
}

/// One place that supports a relationship.
public struct EvidenceRecord: Sendable, Hashable {
    public var rule: String
    /// 0 to 1.
    public var confidence: Double
    public var place: GraphPlace
}

/// Two entities that may be one.
public struct CandidateRecord: Sendable, Hashable {
    public var left: KnowledgeGraph.Entity
    public var right: KnowledgeGraph.Entity
    /// 0 to 1.
    public var score: Double
}

/// Entities around one, with how many steps away each is.
public struct Neighbourhood: Sendable, Hashable {
    public var graph: KnowledgeGraph
    /// By entity; the one in the middle has 0.
    public var distances: [Int64: Int]
    /// Entities with more relationships than were followed: the strongest were.
    public var cut: Set<Int64>
}

/// How two entities hang together.
public struct GraphPath: Sendable, Hashable {
    /// From the first to the last; at least two.
    public var entities: [KnowledgeGraph.Entity]
    /// One a step; its direction may be against the path's.
    public var relations: [KnowledgeGraph.Relation]
    /// The sum of the steps' costs: 1 to 2 for what a rule found, 3 to 4 for what only stands near.
    public var cost: Double
}
