internal import FlotillaCache
internal import JSONText

/// What an event ends, by the rules of now. A pure value.
struct InvalidationPlan: Hashable, Sendable {
    struct Part: Hashable, Sendable {
        var place: EndingPlace
        /// Ends by counting as stale.
        var softly = false
    }

    struct Postponed: Hashable, Sendable {
        var place: EndingPlace
        var delay: Duration
    }

    /// To be applied at once, in the order of the rules.
    var parts: [Part] = []
    var postponed: [Postponed] = []
    /// Rules that found none of the fields that one of their tags needs.
    var unfilled: [String] = []
    /// Whether any rule answers the event.
    var isAnswered = false
}

/// The enabled rules by event, with what is decided about the types.
struct InvalidationRules: Sendable {
    private let rules: [String: [InvalidationRule]]
    private let types: [String: CachePolicy]

    init(_ rules: [InvalidationRule], types: [CacheType]) {
        self.rules = Dictionary(grouping: rules.filter(\.isEnabled), by: \.event)
        self.types = Dictionary(types.map { ($0.name, $0.policy) }) { first, _ in first }
    }

    func plan(_ event: String, of owner: CacheEvent.Owner, fields: JSONValue) -> InvalidationPlan {
        var plan = InvalidationPlan()
        for rule in self.rules[event] ?? [] {
            plan.isAnswered = true
            for template in rule.tags.compactMap(TagTemplate.init) {
                let ids = template.ids(from: fields)
                if ids.isEmpty { plan.unfilled.append(rule.name) }
                let permitsDelay = !InvalidationRule.undelayedTagKinds.contains(template.kind)
                for id in ids {
                    let place = EndingPlace(owner: owner, what: .tag(kind: template.kind, id: id))
                    plan.add(place, by: rule, permitsDelay: permitsDelay)
                }
            }
            for type in rule.types {
                // A type that this program does not know ends all the same, and at once: nobody can say here that it may wait.
                let policy = self.types[type]
                let place = EndingPlace(owner: policy?.scope == .global ? .everyone : owner, what: .type(type))
                plan.add(place, by: rule, permitsDelay: policy?.permitsDelay ?? false)
            }
        }
        return plan
    }
}

extension InvalidationPlan {
    fileprivate mutating func add(_ place: EndingPlace, by rule: InvalidationRule, permitsDelay: Bool) {
        switch rule.strategy {
        case .lazy where permitsDelay:
            self.postponed.append(Postponed(place: place, delay: rule.delay))
        case .hybrid where permitsDelay:
            self.parts.append(Part(place: place, softly: true))
            self.postponed.append(Postponed(place: place, delay: rule.delay))
        case .eager, .lazy, .hybrid:
            // Rules that may not delay are refused where they are made. One that came another way does no harm.
            self.parts.append(Part(place: place))
        }
    }
}
