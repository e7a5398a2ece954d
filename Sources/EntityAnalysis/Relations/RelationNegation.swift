/// Whether a sentence denies what a pattern found in it, or only supposes it.
struct RelationNegation {
    /// How far before its subject a sentence may open with "if" or "it is not true that".
    private static let reach = 8

    private let patterns: RelationPatterns
    private let tokens: [RelationToken]
    private let mentions: [EntityMention]
    private let openers: Set<Int32>
    private let that: Set<Int32>
    private let beside: Set<Int32>
    private let may: Int32
    private let datePrepositions: Set<Int32>

    init(_ patterns: RelationPatterns, tokens: [RelationToken], mentions: [EntityMention]) {
        self.patterns = patterns
        self.tokens = tokens
        self.mentions = mentions
        func ids(_ words: String) -> Set<Int32> {
            Set(words.split(separator: " ").map { patterns.vocabulary.id(String($0)) }).subtracting([RelationVocabulary.unknown])
        }
        self.openers = ids("if whether unless suppose supposing imagine wenn falls ob si")
        self.that = ids("that dass que")
        self.beside = ids("not neither nor no nobody none denied denies deny nicht weder kein keine ni")
        self.may = patterns.vocabulary.id("may")
        self.datePrepositions = ids("in on since of by im en")
    }

    func isDenied(_ match: RelationMatcher.Match, in segment: Range<Int>) -> Bool {
        let last = min(max(match.end, (match.positions.max() ?? match.end) + 1), segment.upperBound)
        for position in match.start..<last where self.isNegation(position) { return true }
        // "zahlte Reed nicht", "ne travaille pas": the denial may stand right behind.
        if last < segment.upperBound, self.isNegation(last), self.tokens[last].word != self.may,
            self.beside.contains(self.tokens[last].word)
        {
            return true
        }
        var index = match.start - 1
        var hasThat = false
        while index >= segment.lowerBound, match.start - index <= Self.reach {
            let token = self.tokens[index]
            if token.isMark { return false }
            if token.mention < 0 {
                if self.openers.contains(token.word) { return true }
                if match.start - index <= 2, self.beside.contains(token.word) { return true }
                if self.that.contains(token.word), match.start - index <= 2 { hasThat = true }
                if hasThat, self.isNegation(index) { return true }
            }
            index -= 1
        }
        return false
    }

    private func isNegation(_ position: Int) -> Bool {
        let token = self.tokens[position]
        guard token.mention < 0, !token.isMark, self.patterns.negations.contains(token.word) else { return false }
        // "in May" is no permission.
        return token.word != self.may || position == 0 || !self.datePrepositions.contains(self.tokens[position - 1].word)
    }
}
