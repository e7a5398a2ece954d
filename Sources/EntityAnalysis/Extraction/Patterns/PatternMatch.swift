/// What a pattern found: tokens, type and normal form.
struct PatternMatch {
    var tokens: Range<Int>
    var type: EntityType
    var normal: String
    var confidence: Double
}

/// What the patterns must know about the whole text.
struct PatternContext {
    /// ISO 639-1 or `und`.
    var language: String
    /// Whether 3/1/2024 is the first of March.
    var monthFirst: Bool

    /// Whether the language writes 1.200,50.
    var commaIsDecimal: Bool {
        [
            "de", "fr", "es", "it", "pt", "nl", "da", "sv", "no", "nb", "fi", "pl", "cs", "ru", "uk", "tr", "el", "ro", "hu", "sk", "sl",
            "hr",
        ]
        .contains(self.language)
    }
}

/// Looks for dates, money, telephone numbers, laws and case numbers from left to right.
struct PatternScanner {
    static func matches(in text: inout TokenizedText, language: String) -> [PatternMatch] {
        NonEntities.take(in: &text)
        let context = PatternContext(language: language, monthFirst: DateOrder.isMonthFirst(in: text, language: language))
        var matches: [PatternMatch] = []
        var index = 0
        while index < text.count {
            if let match = Self.match(at: index, in: text, context: context, floor: matches.last?.tokens.upperBound ?? 0) {
                text.take(match.tokens)
                matches.append(match)
                index = max(index + 1, match.tokens.upperBound)
            } else {
                index += 1
            }
        }
        return matches
    }

    private static func match(at index: Int, in text: TokenizedText, context: PatternContext, floor: Int) -> PatternMatch? {
        let token = text.tokens[index]
        guard !token.shape.contains(.taken) else { return nil }
        switch token.kind {
        case .opaque: return nil
        case .number:
            return LawPattern.match(at: index, in: text) ?? CaseNumberPattern.match(at: index, in: text)
                ?? MoneyPattern.match(at: index, in: text, context: context) ?? DatePattern.match(at: index, in: text, context: context)
                ?? PhonePattern.match(at: index, in: text)
        case .mark:
            return MoneyPattern.match(at: index, in: text, context: context) ?? PhonePattern.match(at: index, in: text)
                ?? LawPattern.match(at: index, in: text) ?? CaseNumberPattern.match(at: index, in: text)
        case .word:
            guard !token.classes.isDisjoint(with: Self.triggers) || token.shape.contains(.capital) || token.shape.contains(.hasDigit) else {
                return nil
            }
            return CaseNumberPattern.match(at: index, in: text) ?? LawPattern.match(at: index, in: text)
                ?? LawPattern.named(at: index, in: text, floor: floor) ?? MoneyPattern.match(at: index, in: text, context: context)
                ?? DatePattern.match(at: index, in: text, context: context)
        }
    }

    private static let triggers: WordClasses = [
        .month, .currency, .lawUnit, .lawHead, .lawAcronym, .caseWord, .numberWord, .datePreposition,
    ]
}
