/// Entities and what they have to do with each other, as a value: what exports write.
public struct KnowledgeGraph: Sendable, Hashable {
    /// Ids are unique.
    public var entities: [Entity]
    /// Both ends are among ``entities``.
    public var relations: [Relation]

    /// One person, organisation, place or other thing.
    public struct Entity: Sendable, Hashable {
        public var id: Int64
        public var type: String
        public var name: String
        /// Other names of it, the most frequent first.
        public var aliases: [String]
        public var mentions: Int
        public var documents: Int

        public init(id: Int64, type: String, name: String, aliases: [String] = [], mentions: Int = 0, documents: Int = 0) {
            self.id = id
            self.type = type
            self.name = name
            self.aliases = aliases
            self.mentions = mentions
            self.documents = documents
        }
    }

    /// One relationship, with all its evidence together.
    public struct Relation: Sendable, Hashable {
        public var source: Int64
        /// `employs`, `located_in`, …, read from source to target.
        public var predicate: String
        public var target: Int64
        /// Places that say so.
        public var evidence: Int
        public var documents: Int
        /// 0 to 1.
        public var weight: Double

        public init(source: Int64, predicate: String, target: Int64, evidence: Int = 1, documents: Int = 1, weight: Double = 1) {
            self.source = source
            self.predicate = predicate
            self.target = target
            self.evidence = evidence
            self.documents = documents
            self.weight = weight
        }

        /// Whether it says more than that both are named near each other.
        public var isTyped: Bool { self.predicate != "co_occurs" }

        /// What a step over it costs a path: 1 to 2, and 3 to 4 where the two are only named near each other.
        public var cost: Double { (self.isTyped ? 2 : 4) - self.weight }
    }

    public init(entities: [Entity], relations: [Relation]) {
        self.entities = entities
        self.relations = relations
    }
}
