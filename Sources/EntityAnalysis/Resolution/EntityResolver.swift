/// Decides which name forms are names of one thing: normalise, find pairs that share a key, compare, then cluster.
///
/// Read in this order: ``NameNormalizer`` and `ParsedName` (what a name says), `NameBlocks` (which pairs are compared),
/// `NameComparison` (how alike two names are), `ResolutionUnits` and `ResolutionClusters` (which of them become one).
///
/// A merge needs a score of ``Options/autoMerge`` with one member and no member that speaks against it. A short form that fits several
/// full names is merged with none of them, unless documents or context point at one. Nothing is merged across types.
public struct EntityResolver: Sendable {
    public struct Options: Sendable, Hashable {
        /// From this score on two forms are merged. 0 to 1.
        public var autoMerge: Double
        /// From this score on two entities are shown to a person as perhaps the same. 0 to 1, at most ``autoMerge``.
        public var review: Double
        /// How many candidates one entity may have; those with the highest scores are kept.
        public var candidatesPerEntity: Int

        public init(autoMerge: Double = 0.92, review: Double = 0.80, candidatesPerEntity: Int = 20) {
            self.autoMerge = autoMerge
            self.review = min(review, autoMerge)
            self.candidatesPerEntity = candidatesPerEntity
        }
    }

    private let options: Options

    public init(options: Options = Options()) {
        self.options = options
    }

    /// Which forms are the same thing. The result does not depend on the order of the forms; only indices follow it.
    ///
    /// Decisions of people go first. Pairs in `same` are one cluster, pairs in `different` never are, neither directly nor by way of
    /// others. Where decisions contradict each other, `different` holds, and of the chain of `same` pairs the one that would break it is
    /// left out. A decided `same` may join types; the cluster then has the type of its most frequent form. Pairs with an index out of
    /// range, or twice the same, are ignored.
    ///
    /// Clusters are sorted by type and name of their first form, candidates by falling score.
    public func resolve(_ forms: [NameForm], decisions: ResolutionDecisions = .init()) -> Resolution {
        let order = forms.indices.sorted { Self.isBefore(forms[$0], forms[$1]) ?? ($0 < $1) }
        var position = Array(repeating: 0, count: forms.count)
        for (rank, index) in order.enumerated() { position[index] = rank }
        func positions(_ pairs: [ResolutionDecisions.Pair]) -> [(Int, Int)] {
            pairs.compactMap { pair in
                guard forms.indices.contains(pair.left), forms.indices.contains(pair.right), pair.left != pair.right else { return nil }
                let left = position[pair.left]
                let right = position[pair.right]
                return (min(left, right), max(left, right))
            }
        }
        let sorted = order.map { forms[$0] }
        var tokens = TokenTable()
        let units = ResolutionUnits(
            sorted, same: positions(decisions.same), different: positions(decisions.different), tokens: &tokens)
        let clusters = ResolutionClusters(units, tokens: tokens, options: self.options)
        return Self.result(clusters, units, sorted, order)
    }

    /// 0 to 1, with reasons for people: `same initials`, `acronym`. What speaks for it stands first.
    ///
    /// The documents and the context of the forms are weighed too. Whether the forms are merged depends on the other forms as well.
    public func similarity(_ left: NameForm, _ right: NameForm) -> (score: Double, reasons: [String]) {
        guard left.type == right.type else { return (0, NameReasons.differentTypes.texts) }
        guard left.qualifier == right.qualifier else { return (0, NameReasons.differentQualifiers.texts) }
        var tokens = TokenTable()
        let units = ResolutionUnits([left, right], same: [], different: [], tokens: &tokens)
        guard units.units.count == 2, left.type.isNamed else {
            return units.units.count == 1 ? (1, NameReasons.equal.texts) : (0, [])
        }
        let comparison = NameComparison(units.names[0], units.names[1], tokens: &tokens)
            .weighed(units.units[0].evidence, units.units[1].evidence)
        return (comparison.score, comparison.reasons.texts)
    }

    /// Nil when nothing but the index tells the two apart.
    private static func isBefore(_ left: NameForm, _ right: NameForm) -> Bool? {
        if left.type != right.type { return left.type < right.type }
        if left.name != right.name { return left.name < right.name }
        if left.qualifier != right.qualifier { return left.qualifier < right.qualifier }
        if left.count != right.count { return left.count > right.count }
        if left.documents != right.documents { return left.documents.sorted().lexicographicallyPrecedes(right.documents.sorted()) }
        if left.context != right.context { return left.context.sorted().lexicographicallyPrecedes(right.context.sorted()) }
        return nil
    }

    private static func result(
        _ clusters: ResolutionClusters, _ units: ResolutionUnits, _ forms: [NameForm], _ order: [Int]
    ) -> Resolution {
        let members = clusters.members.map { cluster in cluster.flatMap { units.units[$0].forms }.sorted() }
        let sorted = members.indices.sorted { members[$0][0] < members[$1][0] }
        var number = Array(repeating: 0, count: members.count)
        for (new, old) in sorted.enumerated() { number[old] = new }
        return Resolution(
            clusters: sorted.map { cluster in
                let shown = ClusterName(members[cluster].map { (forms[$0], units.names[units.nameOfForm[$0]]) })
                return .init(type: shown.type, name: shown.name, forms: members[cluster].map { order[$0] }.sorted())
            },
            candidates: clusters.candidates().map { pair in
                let left = number[pair.left]
                let right = number[pair.right]
                return .init(left: min(left, right), right: max(left, right), score: pair.score)
            }.sorted { $0.score == $1.score ? ($0.left, $0.right) < ($1.left, $1.right) : $0.score > $1.score })
    }
}
