extension NameComparison {
    static func organizations(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) -> NameComparison {
        if left.words == right.words { return Self.legalForms(left, right) }
        if let result = Self.acronyms(left, right, tokens) ?? Self.acronyms(right, left, tokens) { return result }
        if Self.joined(left.words, tokens) == Self.joined(right.words, tokens) {
            return Self.legalForms(left, right, score: 0.96, reasons: .joined)
        }
        if left.words.count == right.words.count {
            let likeness = Self.aligned(left.words[...], right.words[...], tokens: &tokens)
            if likeness.score >= 0.8 {
                // One edit weighs less in a long name.
                let length = left.words.reduce(0) { $0 + tokens[$1].scalars.count }
                let score = likeness.score >= 0.9 && length >= 16 && left.words.count > 1 ? max(likeness.score, 0.93) : likeness.score
                return Self.legalForms(left, right, score: score, reasons: likeness.reason)
            }
            if left.words.sorted() == right.words.sorted() { return NameComparison(score: 0.88, reasons: .reordered) }
        }
        return Self.shortened(left, right, tokens: &tokens)
    }

    /// Names that are alike: their legal forms may still say that they are two.
    private static func legalForms(
        _ left: ParsedName, _ right: ParsedName, score: Double = 1, reasons: NameReasons = []
    ) -> NameComparison {
        if left.legalForm == right.legalForm { return NameComparison(score: score, reasons: reasons.isEmpty ? .sameWords : reasons) }
        guard left.legalForm.isEmpty || right.legalForm.isEmpty else {
            var result = NameComparison(score: min(score, 0.86), reasons: reasons.union(.differentLegalForms))
            result.isForReview = true
            // Two companies in one cluster is what must not come about by way of the name that has no legal form.
            result.isCompatible = false
            return result
        }
        var result = NameComparison(score: score * 0.97, reasons: reasons.union(.legalForm))
        result.isPartial = true
        return result
    }

    /// `PAHA` and `Port Alder Harbour Authority`; nil when `short` is not a single word or means something else.
    private static func acronyms(_ short: ParsedName, _ long: ParsedName, _ tokens: TokenTable) -> NameComparison? {
        guard let id = short.acronym, long.words.count > 1 else { return nil }
        let acronym = tokens[id].text
        guard
            acronym == long.initials || acronym == long.allInitials
                || !long.legalForm.isEmpty
                    && acronym == long.initials + (long.legalForm.first.map { String($0) } ?? "")
        else {
            // "Alder" and "Alder Shipping" are for `shortened`; a word of capitals is no part of a name.
            guard long.words.contains(id) else {
                var result = NameComparison()
                result.isCompatible = short.letterCase != .mixed
                result.isPartial = true
                return short.letterCase == .upper ? result : nil
            }
            return nil
        }
        let score = acronym.utf8.count >= 3 ? short.letterCase == .mixed ? 0.86 : short.letterCase == .upper ? 0.94 : 0.92 : 0.85
        var result = NameComparison(score: score, reasons: .acronym)
        result.isPartial = true
        return result
    }

    /// The words of one are among the other's in their order: `Marrowstone` and `Marrowstone Shipping`.
    private static func shortened(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) -> NameComparison {
        let short = left.words.count < right.words.count ? left : right
        let long = left.words.count < right.words.count ? right : left
        var position = 0
        var extra: [Int] = []
        var weakest = 1.0
        for id in long.words {
            if position < short.words.count {
                let likeness = tokens.likeness(short.words[position], id).score
                if likeness >= 0.9 {
                    weakest = min(weakest, likeness)
                    position += 1
                    continue
                }
            }
            extra.append(id)
        }
        guard position == short.words.count, !extra.isEmpty else { return Self.unrelated(short, long, tokens) }
        if extra.contains(where: { tokens[$0].isNumber }) { return NameComparison(score: 0.5, reasons: .differentNumbers) }
        if extra.contains(where: { NameWords.partWords.contains(tokens[$0].text) }) {
            var result = NameComparison(score: 0.7, reasons: .shortened)
            result.isPartial = true
            return result
        }
        // A generic word alone ("University", "Bank") names nothing.
        let isGeneric = short.words.allSatisfy { Self.genericWords.contains(tokens[$0].text) }
        let isBeginning = zip(short.words, long.words).allSatisfy { tokens.likeness($0, $1).score >= 0.9 }
        // "Oakmere Council" and "Oakmere County Council" are two councils: only what is cut off at the end is left out in speech.
        let base = isGeneric ? 0.8 : isBeginning ? 0.88 : 0.82
        var result = NameComparison(score: base * weakest, reasons: .shortened)
        result.isPartial = true
        result.needsDocument = true
        if !short.legalForm.isEmpty, !long.legalForm.isEmpty, short.legalForm != long.legalForm {
            result.score = min(result.score, 0.6)
            result.isCompatible = false
            result.reasons.insert(.differentLegalForms)
        }
        return result
    }

    private static func unrelated(_ short: ParsedName, _ long: ParsedName, _ tokens: TokenTable) -> NameComparison {
        .conflict
    }

    static let genericWords: Set<String> = [
        "bank", "university", "authority", "board", "council", "committee", "company", "department", "ministry", "agency", "institute",
        "court",
        "police", "hospital", "school", "college", "church", "club", "group", "foundation", "association", "union", "service", "services",
        "center",
        "commission", "office", "society", "museum", "national", "international", "federal", "harbor", "city", "county", "state", "party",
        "press",
        "shipping", "holdings", "fund", "trust", "company", "universitat", "universite", "universidad", "banco", "banque", "ministerium",
    ]
}
