/// Tries patterns on the tokens of one segment.
struct RelationMatcher {
    struct Match {
        var pattern: Int
        /// Positions of the numbered mentions, in order.
        var positions: [Int]
        var start: Int
        var end: Int
        var factor = 1.0
    }

    /// How often one pattern may try to go on from one place. Ends what gaps and asides could multiply.
    private static let mostSteps = 400
    private static let longestAside = 16
    /// How far before its verb a subject may stand that another verb has too: "Hale joined Acme and lives in Port Alder".
    private static let carriedDistance = 25

    private let patterns: RelationPatterns
    private let tokens: [RelationToken]
    private let mentions: [EntityMention]
    private let language: String
    private var segment = 0..<0
    private var steps = 0
    private var positions: [Int] = []
    private let comma: Int32
    private let open: Int32
    private let close: Int32
    private let hyphen: Int32
    private let based: Int32
    private let genitive: Int32
    /// Forms of "to be".
    private let forms: Set<Int32>
    private let ofs: Set<Int32>
    private let datePrepositions: Set<Int32>

    init(_ patterns: RelationPatterns, tokens: [RelationToken], mentions: [EntityMention], language: String) {
        self.patterns = patterns
        self.tokens = tokens
        self.mentions = mentions
        self.language = ["en", "de", "fr", "es"].contains(language) ? language : ""
        let vocabulary = patterns.vocabulary
        self.comma = vocabulary.id(",")
        self.open = vocabulary.id("(")
        self.close = vocabulary.id(")")
        self.hyphen = vocabulary.id("-")
        self.based = vocabulary.id("based")
        self.genitive = vocabulary.id("'s")
        self.forms = Set((RelationVocabulary.classes["be"] ?? []).map { vocabulary.id($0) })
        self.ofs = Set(["of", "von", "de"].map { vocabulary.id($0) })
        self.datePrepositions = Set(["in", "on", "since", "en", "im", "am"].map { vocabulary.id($0) }).subtracting([
            RelationVocabulary.unknown
        ])
    }

    /// All matches in the segment, in the order of their starts; at most `limit`.
    mutating func matches(in segment: Range<Int>, limit: Int) -> [Match] {
        self.segment = segment
        var found: [Match] = []
        var subjects: [EntityType: Int] = [:]
        for start in segment {
            guard found.count < limit else { break }
            let token = self.tokens[start]
            if token.mention >= 0 {
                let type = self.mentions[Int(token.mention)].type
                for pattern in self.patterns.byType[type] ?? [] { self.attempt(pattern, element: 1, at: start + 1, subject: start, &found) }
                if subjects[type] == nil || start - (subjects[type] ?? 0) > Self.carriedDistance { subjects[type] = start }
            } else if token.word != RelationVocabulary.unknown {
                for pattern in self.patterns.byWord[token.word] ?? [] { self.attempt(pattern, element: 0, at: start, subject: nil, &found) }
                if self.patterns.connectives.contains(token.word) { self.carry(start + 1, subjects, &found) }
            }
        }
        return found
    }

    /// The verb after "and" has the subject of the sentence.
    private mutating func carry(_ start: Int, _ subjects: [EntityType: Int], _ found: inout [Match]) {
        let verb = self.skipAdverbs(start)
        guard verb < self.segment.upperBound, self.tokens[verb].mention < 0, self.tokens[verb].word != RelationVocabulary.unknown else {
            return
        }
        for index in self.patterns.byVerb[self.tokens[verb].word] ?? [] {
            guard case .mention(let mask) = self.patterns.patterns[index].elements[0] else { continue }
            let subject = subjects.filter { mask.contains($0.key) && start - $0.value <= Self.carriedDistance }.map(\.value).min()
            guard let subject else { continue }
            let count = found.count
            self.attempt(index, element: 2, at: verb, subject: subject, &found)
            if found.count > count { found[count].factor = 0.85 }
        }
    }

    private mutating func attempt(_ index: Int, element: Int, at start: Int, subject: Int?, _ found: inout [Match]) {
        if !self.language.isEmpty, self.patterns.language[index] != self.language { return }
        if let subject, self.isPartOfSubject(subject), self.patterns.hasAside(index) { return }
        self.steps = Self.mostSteps
        self.positions.removeAll(keepingCapacity: true)
        if let subject { self.positions.append(subject) }
        guard let end = self.follow(self.patterns.patterns[index].elements, element, start) else { return }
        found.append(Match(pattern: index, positions: self.positions, start: subject ?? start, end: end))
    }

    /// "A friend of Ann works for": whose verb follows is the friend. "A friend of Ann, who works for" is not meant.
    private func isPartOfSubject(_ subject: Int) -> Bool {
        guard subject > self.segment.lowerBound, self.ofs.contains(self.tokens[subject - 1].word), subject + 1 < self.segment.upperBound
        else {
            return false
        }
        let next = self.tokens[subject + 1]
        return !next.isMark && !self.patterns.relatives.contains(next.word)
    }

    /// The position after the rest of a pattern, when it fits from `position` on.
    private mutating func follow(_ elements: [RelationPattern.Element], _ element: Int, _ position: Int) -> Int? {
        guard element < elements.count else { return position }
        self.steps -= 1
        guard self.steps > 0 else { return nil }
        switch elements[element] {
        case .mention(let mask):
            guard let slot = self.slot(mask, at: position) else { return nil }
            self.positions.append(slot)
            if let end = self.follow(elements, element + 1, slot + 1) { return end }
            self.positions.removeLast()
            return nil
        case .words(let words):
            guard position < self.segment.upperBound, words.contains(self.tokens[position].word), self.tokens[position].mention < 0 else {
                return nil
            }
            return self.follow(elements, element + 1, position + 1)
        case .optionalWords(let words):
            if position < self.segment.upperBound, self.tokens[position].mention < 0, words.contains(self.tokens[position].word),
                let end = self.follow(elements, element + 1, position + 1)
            {
                return end
            }
            return self.follow(elements, element + 1, position)
        case .gap(let count):
            for length in 0...count {
                if let end = self.follow(elements, element + 1, position + length) { return end }
                guard position + length < self.segment.upperBound, self.mayStandInGap(position + length) else { return nil }
            }
            return nil
        case .aside:
            for next in self.continuations(position) {
                if let end = self.follow(elements, element + 1, next) { return end }
            }
            return nil
        }
    }

    private func mayStandInGap(_ position: Int) -> Bool {
        let token = self.tokens[position]
        // "lost her job at"
        if token.pronoun != nil { return position + 1 < self.segment.upperBound && self.tokens[position + 1].word == self.genitive }
        if token.mention >= 0 { return self.mentions[Int(token.mention)].type == .date }
        // Another verb, or another owner, than the pattern's own: "where Ann lived was in", "her cousin's boss".
        if self.forms.contains(token.word) { return false }
        if token.word == self.genitive, self.tokens[position - 1].pronoun == nil { return false }
        return !token.isMark && !self.patterns.relatives.contains(token.word)
    }

    /// The mention at `position`, or after articles, titles and words like `company` there.
    func slot(_ mask: RelationPattern.TypeMask, at position: Int) -> Int? {
        var index = position
        // "bought Boston-based Acme"
        if index + 3 < self.segment.upperBound, self.tokens[index].mention >= 0, self.tokens[index + 1].word == self.hyphen,
            self.tokens[index + 2].word == self.based
        {
            index += 3
        }
        var isLeadIn = true
        for _ in 0...4 {
            guard index < self.segment.upperBound else { return nil }
            let token = self.tokens[index]
            if token.mention >= 0 {
                return isLeadIn && mask.contains(self.mentions[Int(token.mention)].type) ? index : nil
            }
            guard !token.isMark, token.pronoun == nil else { return nil }
            isLeadIn =
                self.patterns.leadIns.contains(token.word)
                || isLeadIn && index > position && self.ofs.contains(token.word)
            index += 1
        }
        return nil
    }

    private func skipAdverbs(_ position: Int) -> Int {
        var index = position
        while index < self.segment.upperBound, index < position + 3, self.tokens[index].mention < 0,
            self.patterns.adverbs.contains(self.tokens[index].word)
        {
            index += 1
        }
        return index
    }

    /// Where a verb may follow its subject: at once, after adverbs, after what stands between commas or in brackets.
    private func continuations(_ position: Int) -> [Int] {
        var result = [position]
        guard position < self.segment.upperBound else { return result }
        func add(_ index: Int) {
            result.append(index)
            let verb = self.skipAdverbs(index)
            if verb > index { result.append(verb) }
        }
        let verb = self.skipAdverbs(position)
        if verb > position { result.append(verb) }
        let first = self.tokens[position]
        if first.word == self.comma || first.word == self.open, first.mention < 0 {
            let closer = first.word == self.comma ? self.comma : self.close
            if position + 1 < self.segment.upperBound, self.patterns.relatives.contains(self.tokens[position + 1].word) {
                add(position + 1)
            }
            var index = position + 1
            var commas = 0
            while index < self.segment.upperBound, index <= position + Self.longestAside, commas < 2 {
                if self.tokens[index].word == closer, self.tokens[index].mention < 0 {
                    add(index + 1)
                    commas += 1
                }
                index += 1
            }
        } else if self.datePrepositions.contains(first.word), position + 1 < self.segment.upperBound,
            self.tokens[position + 1].mention >= 0,
            self.mentions[Int(self.tokens[position + 1].mention)].type == .date
        {
            let isComma = position + 2 < self.segment.upperBound && self.tokens[position + 2].word == self.comma
            add(position + (isComma ? 3 : 2))
        }
        return result
    }
}
