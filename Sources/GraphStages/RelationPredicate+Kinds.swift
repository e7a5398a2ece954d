internal import EntityAnalysis

extension RelationPredicate {
    /// What may be a relation's source.
    var sources: Set<EntityType> {
        switch self {
        case .employs, .owns, .paid, .memberOf, .founded, .reachableAt: [.person, .organization]
        case .locatedIn: [.organization, .place]
        case .marriedTo, .relatedTo, .livesIn, .bornIn: [.person]
        case .datedAt: [.person, .organization, .place]
        case .cites, .coOccurs: Set(EntityType.allCases)
        }
    }

    /// What may be its target.
    var targets: Set<EntityType> {
        switch self {
        case .employs, .marriedTo, .relatedTo: [.person]
        case .locatedIn, .livesIn, .bornIn: [.place]
        case .owns: [.organization, .place]
        case .paid: [.person, .organization, .money]
        case .memberOf, .founded: [.organization]
        case .cites: [.law, .caseNumber]
        case .reachableAt: [.email, .phone, .url]
        case .datedAt: [.date]
        case .coOccurs: Set(EntityType.allCases)
        }
    }

    /// Those that a model is asked for. That two names stand near each other is not for it to say.
    static let stated = Self.allCases.filter { $0 != .coOccurs }
}
