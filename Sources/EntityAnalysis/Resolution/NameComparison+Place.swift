extension NameComparison {
    static func places(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) -> NameComparison {
        var result: NameComparison
        if left.words == right.words {
            result = NameComparison(score: 1, reasons: .sameWords)
        } else if let canonical = left.canonical, canonical == right.canonical {
            result = NameComparison(score: 0.97, reasons: .exonym)
        } else if Self.joined(left.words, tokens) == Self.joined(right.words, tokens) {
            result = NameComparison(score: 0.96, reasons: .joined)
        } else if left.canonical != nil, right.canonical != nil {
            // Two places that are known by name: one letter between them means something.
            return .conflict
        } else {
            let likeness = Self.aligned(left.words[...], right.words[...], tokens: &tokens)
            guard likeness.score >= 0.8 else { return .conflict }
            let length = left.words.reduce(0) { $0 + tokens[$1].scalars.count }
            result = NameComparison(
                score: likeness.score >= 0.91 && length >= 10 && left.words.count > 1 ? max(likeness.score, 0.93) : likeness.score,
                reasons: likeness.reason)
        }
        return Self.qualified(result, left, right, tokens)
    }

    /// `Port Alder, Maine` and `Port Alder, Oregon` are two places; `Port Alder` may be either.
    private static func qualified(
        _ result: NameComparison, _ left: ParsedName, _ right: ParsedName, _ tokens: TokenTable
    ) -> NameComparison {
        guard left.qualifiers != right.qualifiers else { return result }
        var result = result
        let first = Set(left.qualifiers)
        let second = Set(right.qualifiers)
        if first.isEmpty || second.isEmpty || first.isSubset(of: second) || second.isSubset(of: first) {
            result.score *= 0.96
            result.isPartial = true
            result.reasons.insert(.fewerQualifiers)
            return result
        }
        let isOverlapping = !first.isDisjoint(with: second)
        return NameComparison(score: isOverlapping ? 0.82 : 0.5, reasons: result.reasons.union(.differentPlaces))
    }
}
