public import FlotillaCache

/// Says which cached values end when something happens, and when. A row of `cache_invalidation_rule`.
///
/// A rule names tags and types, never patterns: what it ends can be read from it, and it costs one write a tag or type.
public struct InvalidationRule: Sendable, Hashable {
    /// Lower-case letters, digits, `.`, `_` and `-`, at most 80.
    public var name: String
    /// The ``CacheEvent/name`` that it answers. Any number of rules may answer the same one.
    public var event: String
    /// `kind:id` or `kind:{field}`, such as `job:{job_id}` and `corpus:all`: tags of the event's tenant. A field that is an array ends a tag for
    /// each element; one that an event lacks ends nothing.
    public var tags: [String]
    /// Names of types: all the tenant's values of these, or everybody's if the type is of global scope.
    public var types: [String]
    public var strategy: CachePolicy.Invalidation
    /// Of lazy and hybrid rules, from a millisecond to an hour; zero for eager ones.
    public var delay: Duration
    public var isEnabled: Bool
    /// For people.
    public var summary: String?

    public init(
        name: String, event: String, tags: [String] = [], types: [String] = [], strategy: CachePolicy.Invalidation = .eager,
        delay: Duration = .zero, isEnabled: Bool = true, summary: String? = nil
    ) {
        self.name = name
        self.event = event
        self.tags = tags
        self.types = types
        self.strategy = strategy
        self.delay = delay
        self.isEnabled = isEnabled
        self.summary = summary
    }

    /// Kinds of tags whose values decide who may do what, or are money: they end at once, whatever a rule says.
    public static let undelayedTagKinds: Set<String> = ["user", "access", "session", "billing"]

    /// Checks that the rule can be stored and does not contradict what is decided about its types.
    ///
    /// - Parameter known: all cache types; others cannot be named.
    /// - Throws: ``CacheStoreError`` with `.invalid` and the first mistake.
    public func validate(known: [CacheType] = CacheType.all) throws(CacheStoreError) {
        func refuse(_ reason: String) -> CacheStoreError { CacheStoreError(.invalid, "the rule \(self.name.prefix(80)) \(reason)") }
        guard RowName.isValid(self.name) else {
            throw refuse("needs another name: lower-case letters, digits, '.', '_' and '-', at most 80")
        }
        guard CacheEvents.isName(self.event) else { throw refuse("answers no possible event: \(self.event.prefix(80))") }
        guard (1...32).contains(self.tags.count + self.types.count) else { throw refuse("must end 1 to 32 tags and types") }
        for tag in self.tags where TagTemplate(tag) == nil {
            throw refuse("cannot end \(tag.prefix(130)): a tag is kind:id or kind:{field}, without wildcards")
        }
        for type in self.types where !known.contains(where: { $0.name == type }) {
            throw refuse("names a cache type that does not exist: \(type.prefix(40))")
        }
        guard self.strategy != .eager else {
            guard self.delay == .zero else { throw refuse("is eager and has a delay") }
            return
        }
        guard (.milliseconds(1) ... .seconds(3_600)).contains(self.delay) else {
            throw refuse("is \(self.strategy.rawValue) and needs a delay of a millisecond to an hour")
        }
        for type in known where !type.policy.permitsDelay && self.types.contains(type.name) {
            throw refuse("delays the end of \(type.name), which decides who may do what, or is money: it must be eager")
        }
        for tag in self.tags where Self.undelayedTagKinds.contains(TagTemplate(tag)?.kind ?? "") {
            throw refuse("delays the end of \(tag), which decides who may do what, or is money: it must be eager")
        }
    }
}

/// Names of rules and jobs. The tables check the same.
enum RowName {
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 80 else { return false }
        guard (0x61...0x7A).contains(first) || (0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
        }
    }
}
