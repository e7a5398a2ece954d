/// What two names say about being names of one thing. Symmetric; of names alone, without documents or context.
struct NameComparison {
    /// 0 to 1.
    var score = 0.0
    var reasons: NameReasons = []
    /// Whether both may stand in one entity, if something else ties them to it: `PAHA` and `Harbour Authority`.
    var isCompatible = false
    /// One says less than the other, so that it may fit several: `J. Smith` and `John Smith`.
    var isPartial = false
    /// Not to be merged where the documents are known and none has both.
    var needsDocument = false
    /// Never merged by the machine, however much the context speaks for it.
    var isForReview = false

    static let conflict = NameComparison()

    init(score: Double = 0, reasons: NameReasons = []) {
        self.score = score
        self.reasons = reasons
        self.isCompatible = score >= 0.75
    }

    init(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) {
        guard left.type == right.type else {
            self.init(score: 0, reasons: .differentTypes)
            return
        }
        if left.key == right.key {
            self.init(score: 1, reasons: .equal)
            return
        }
        guard !left.isOpaque, !right.isOpaque else {
            self.init()
            return
        }
        switch left.type {
        case .person: self = Self.people(left, right, tokens: &tokens)
        case .organization: self = Self.organizations(left, right, tokens: &tokens)
        default: self = Self.places(left, right, tokens: &tokens)
        }
    }

    /// Pairs the words of two names one to one in their order, both of one length.
    /// - Returns: the lowest likeness of a pair less a little for each other imperfect pair, and the reasons.
    static func aligned(_ left: ArraySlice<Int>, _ right: ArraySlice<Int>, tokens: inout TokenTable) -> WordLikeness {
        guard left.count == right.count, !left.isEmpty else { return WordLikeness(score: 0, reason: []) }
        var result = WordLikeness.equal
        for (first, second) in zip(left, right) where first != second {
            let likeness = tokens.likeness(first, second)
            result.score = min(result.score, likeness.score) - (result.score < 1 ? 0.03 : 0)
            result.reason.formUnion(likeness.reason)
            if result.score < 0.7 { break }
        }
        return WordLikeness(score: max(0, result.score), reason: result.reason)
    }

    static func joined(_ words: [Int], _ tokens: TokenTable) -> String {
        words.reduce(into: "") { $0 += tokens[$1].text }
    }
}
