/// Decides the doubtful names of a text by the certain ones: who was "Margaret Hale" is "Hale" later, and what was defined as PAHA stays so.
struct NameConsistency {
    private let text: TokenizedText
    private let capitalizesNouns: Bool
    /// From the key of a whole name to its type.
    private var names: [UInt64: EntityType] = [:]
    /// Hashes of single words that are parts of the names of people.
    private var personParts: Set<UInt64> = []

    private init(_ text: TokenizedText, capitalizesNouns: Bool) {
        self.text = text
        self.capitalizesNouns = capitalizesNouns
    }

    /// All names of the text, in order.
    static func resolve(_ findings: NameFindings, in text: TokenizedText, capitalizesNouns: Bool) -> [NameSpan] {
        var consistency = Self(text, capitalizesNouns: capitalizesNouns)
        var spans = findings.spans
        let acronyms = consistency.acronyms(of: spans)
        spans.append(contentsOf: acronyms)
        consistency.learn(spans)
        spans = spans.map(consistency.corrected)
        var undecided: [Range<Int>] = []
        for range in findings.undecided where !acronyms.contains(where: { $0.tokens == range }) {
            if let span = consistency.decide(range) { spans.append(span) } else { undecided.append(range) }
        }
        // What the context of one place shows holds for all: a second round with what the first one learned.
        consistency.learn(spans)
        for range in undecided { if let span = consistency.known(range) { spans.append(span) } }
        return spans.sorted { $0.tokens.lowerBound < $1.tokens.lowerBound }
    }

    private mutating func learn(_ spans: [NameSpan]) {
        for span in spans.sorted(by: { $0.confidence > $1.confidence }) where span.confidence >= 0.5 {
            let key = self.text.key(span.tokens)
            if self.names[key] == nil { self.names[key] = span.type }
            if span.type == .organization { self.learnShortForms(span.tokens) }
            guard span.type == .person else { continue }
            for index in span.tokens where self.text.isWord(index) && !self.text.isWord(index, .particle) && !self.text.has(index, .initial)
            {
                self.personParts.insert(self.text.tokens[index].hash)
            }
        }
    }

    /// "Harrow Freight LLC" is "Harrow Freight" too.
    private mutating func learnShortForms(_ tokens: Range<Int>) {
        var end = tokens.upperBound
        while end > tokens.lowerBound,
            self.text.isMark(end - 1, ".") || self.text.isMark(end - 1, ",") || self.text.isWord(end - 1, .organizationTail)
        { end -= 1 }
        guard end > tokens.lowerBound, end < tokens.upperBound else { return }
        let words = (tokens.lowerBound..<end).filter { self.text.isWord($0) }
        guard words.count > 1 || !self.text.isPlainWord(tokens.lowerBound) else { return }
        let key = self.text.key(tokens.lowerBound..<end)
        if self.names[key] == nil { self.names[key] = .organization }
    }

    /// "Port Alder Harbour Authority (PAHA)".
    private func acronyms(of spans: [NameSpan]) -> [NameSpan] {
        spans.compactMap { span in
            let index = span.tokens.upperBound + 1
            guard span.type == .organization, self.text.isMark(index - 1, "("), self.text.isMark(index + 1, ")"),
                self.text.has(index, .allCapitals),
                self.isAcronym(index, of: span.tokens)
            else { return nil }
            return NameSpan(tokens: index..<index + 1, type: .organization, confidence: 0.92)
        }
    }

    /// Whether at least the first letter and half of the others are initials of the name, in order.
    private func isAcronym(_ index: Int, of tokens: Range<Int>) -> Bool {
        let letters = Array(self.text.lower(index).unicodeScalars)
        let initials = tokens.filter { self.text.isWord($0) }.compactMap { self.text.lower($0).unicodeScalars.first }
        guard let first = letters.first, initials.contains(first) else { return false }
        var position = 0
        var matched = 0
        for letter in letters {
            guard let found = initials[position...].firstIndex(of: letter) else { continue }
            matched += 1
            position = found + 1
        }
        return matched * 2 > letters.count
    }

    /// A weak guess gives way to what the text is sure of elsewhere.
    private func corrected(_ span: NameSpan) -> NameSpan {
        guard span.confidence <= 0.6 else { return span }
        let key = self.text.key(span.tokens)
        guard let type = self.names[key], type != span.type else { return span }
        return NameSpan(tokens: span.tokens, type: type, confidence: 0.6)
    }

    private func known(_ range: Range<Int>) -> NameSpan? {
        if let type = self.names[self.text.key(range)] { return NameSpan(tokens: range, type: type, confidence: 0.85) }
        let words = range.filter { self.text.isWord($0) }
        guard words.count == 1, let word = words.first, self.personParts.contains(self.text.tokens[word].hash) else { return nil }
        // "Price" and "Bell" begin sentences too.
        if self.text.has(word, .sentenceStart), self.text.isWord(word, .common), !self.isPersonal(word), !self.precedesVerb(word) {
            return nil
        }
        return NameSpan(tokens: word..<word + 1, type: .person, confidence: 0.85)
    }

    private func decide(_ range: Range<Int>) -> NameSpan? {
        if let known = self.known(range) { return known }
        let words = range.filter { self.text.isWord($0) }
        guard words.count == 1, let word = words.first, !self.text.has(word, .shouted) else { return nil }
        let token = self.text.tokens[word]
        let tokens = word..<word + 1
        if token.classes.contains(.given),
            token.classes.isDisjoint(with: [.common, .place, .title]) || self.isPersonal(word) && !token.shape.contains(.sentenceStart)
        {
            return NameSpan(tokens: tokens, type: .person, confidence: 0.6)
        }
        guard token.end - token.start >= 3, !token.shape.contains(.allCapitals), !token.shape.contains(.hasDigit),
            self.text.isUnknown(word) || token.classes.contains(.surname) && !token.classes.contains(.common)
        else { return nil }
        if self.isPersonal(word) || self.isBesidePerson(word) { return NameSpan(tokens: tokens, type: .person, confidence: 0.55) }
        guard !self.capitalizesNouns, token.classes.isDisjoint(with: [.given]) else { return nil }
        if self.text.isGoverned(word) || self.isEndOfJourney(word) { return NameSpan(tokens: tokens, type: .place, confidence: 0.6) }
        if self.text.followsPlacePreposition(word),
            !self.text.isWord(word - 1, among: Self.articles) || !token.shape.contains(.sentenceStart)
        {
            return NameSpan(tokens: tokens, type: .place, confidence: 0.55)
        }
        if self.text.isMark(word + 1, ","), self.text.isWord(word + 2, .place), self.text.has(word + 2, .capital) {
            return NameSpan(tokens: tokens, type: .place, confidence: 0.6)
        }
        return nil
    }

    private static let articles: KnownWords = "the"

    /// "Price read a letter": a small word of substance follows, as after a subject and not after a noun.
    private func precedesVerb(_ index: Int) -> Bool {
        self.text.isWord(index + 1) && !self.text.has(index + 1, .capital) && !self.text.isWord(index + 1, .function)
            && !self.text.has(index + 1, .blockStart)
    }

    /// Followed by what people do, or preceded by what they are.
    private func isPersonal(_ index: Int) -> Bool {
        self.text.isWord(index + 1, .saying) && !self.text.isWord(index - 1, .placePreposition)
            || self.text.isWord(index - 1, .role) && !self.text.has(index - 1, .capital) && !self.text.has(index, .blockStart)
    }

    /// "From Leith to Valdoria": both.
    private func isEndOfJourney(_ index: Int) -> Bool {
        if self.text.isWord(index - 1, among: Self.from) {
            return self.text.isWord(index + 1, among: Self.to) && self.text.isNamePart(index + 2)
        }
        return self.text.isWord(index - 1, among: Self.to) && self.text.isNamePart(index - 2)
            && self.text.isWord(index - 3, among: Self.from)
    }

    private static let from: KnownWords = "from"
    private static let to: KnownWords = "to"

    /// "Kamau and Lindgren", one of whom is known.
    private func isBesidePerson(_ index: Int) -> Bool {
        if self.text.isWord(index + 1, among: Self.and), self.text.isWord(index + 2),
            self.personParts.contains(self.text.tokens[index + 2].hash)
        {
            return true
        }
        return self.text.isWord(index - 1, among: Self.and) && self.text.isWord(index - 2)
            && self.personParts.contains(self.text.tokens[index - 2].hash)
    }

    private static let and: KnownWords = "and"
}
