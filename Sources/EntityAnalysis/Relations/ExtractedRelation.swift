/// What two mentions of one text have to do with each other.
public struct ExtractedRelation: Sendable, Hashable {
    public var predicate: RelationPredicate
    /// Indices into the mentions that were given.
    public var source: Int
    public var target: Int
    /// 0 to 1.
    public var confidence: Double
    /// UTF-8 bytes of the sentence, or of the two sentences, that say so.
    public var bytes: Range<Int>
    /// Which rule found it, for explaining: `works_for.title_of`.
    public var rule: String

    public init(predicate: RelationPredicate, source: Int, target: Int, confidence: Double, bytes: Range<Int>, rule: String) {
        self.predicate = predicate
        self.source = source
        self.target = target
        self.confidence = confidence
        self.bytes = bytes
        self.rule = rule
    }
}

/// What a relation says, read from source to target. The raw values are stored, and shown to people.
public enum RelationPredicate: String, Sendable, Hashable, CaseIterable, Comparable {
    /// An organisation or a person employs a person.
    case employs
    case locatedIn = "located_in"
    case owns
    case paid
    case marriedTo = "married_to"
    /// Parent, child, brother, sister, cousin.
    case relatedTo = "related_to"
    case memberOf = "member_of"
    case founded
    case livesIn = "lives_in"
    case bornIn = "born_in"
    /// Somebody or something refers to a law or a case.
    case cites
    /// A person or organisation and their e-mail address, telephone number or web page.
    case reachableAt = "reachable_at"
    /// A person, organisation or place and a date that a pattern ties to them.
    case datedAt = "dated_at"
    /// Named near each other, and nothing more is known.
    case coOccurs = "co_occurs"

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Whether source and target may change places without changing what is said.
    public var isSymmetric: Bool { self == .marriedTo || self == .relatedTo || self == .coOccurs }
}
