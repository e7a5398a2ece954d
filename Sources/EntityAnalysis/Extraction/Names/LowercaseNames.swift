/// Names in texts without capitals, such as speech transcripts: only what the lists, titles and neighbours make likely.
struct LowercaseNames {
    private let text: TokenizedText
    private var spans: [NameSpan] = []

    private init(_ text: TokenizedText) {
        self.text = text
    }

    /// Whether the text has (nearly) no capitals: at most one word in fifty.
    static func applies(to text: TokenizedText) -> Bool {
        var words = 0
        var capitals = 0
        for token in text.tokens where token.kind == .word && !token.shape.contains(.spaceless) {
            words += 1
            if token.shape.contains(.hasCapital) { capitals += 1 }
        }
        return words >= 4 && capitals * 50 <= words
    }

    static func spans(in text: TokenizedText) -> [NameSpan] {
        var names = Self(text)
        var index = 0
        while index < text.count {
            guard text.isWord(index), !text.has(index, .taken) else {
                index += 1
                continue
            }
            index = max(index + 1, names.decide(index))
        }
        return names.withLaterSurnames()
    }

    private mutating func add(_ tokens: Range<Int>, _ type: EntityType, _ confidence: Double) -> Int {
        self.spans.append(NameSpan(tokens: tokens, type: type, confidence: confidence))
        return tokens.upperBound
    }

    private mutating func decide(_ index: Int) -> Int {
        self.phrase(index) ?? self.titled(index) ?? self.fullName(index) ?? self.organization(index) ?? self.place(index) ?? self.single(
            index) ?? index
    }

    private func isFree(_ index: Int) -> Bool {
        self.text.isWord(index) && !self.text.has(index, .taken) && !self.text.has(index, .blockStart)
    }

    private mutating func phrase(_ index: Int) -> Int? {
        guard let phrase = self.text.listedPhrase(at: index, before: min(self.text.count, index + 6)) else { return nil }
        let isOrganization = phrase.classes.contains(.organization)
        // "high court" and "home office" are words too; "new york" is not.
        return self.add(index..<phrase.end, isOrganization ? .organization : .place, 0.8)
    }

    private static let titles: KnownWords = """
        doctor mister missus mr mrs ms miss dr professor captain judge senator sergeant colonel lieutenant inspector detective reverend admiral congressman
        congresswoman ambassador governor mayor president chancellor madame monsieur senor senora herr frau commander constable bishop sheriff
        """

    private mutating func titled(_ index: Int) -> Int? {
        guard self.text.isWord(index, among: Self.titles) else { return nil }
        var next = index + 1
        if self.text.isMark(next, "."), self.text.isAttached(next) { next += 1 }
        guard self.isFree(next) else { return nil }
        if let end = self.nameEnd(next, afterTitle: true) { return self.add(next..<end, .person, 0.8) }
        let classes = self.text.tokens[next].classes
        guard !classes.isDisjoint(with: [.surname, .given]) || self.text.isUnknown(next),
            classes.isDisjoint(with: [.function, .saying, .placePreposition, .numberWord, .month]),
            !classes.contains(.common) || classes.contains(.frequentSurname)
        else { return nil }
        return self.add(next..<next + 1, .person, 0.7)
    }

    private mutating func fullName(_ index: Int) -> Int? {
        guard let end = self.nameEnd(index, afterTitle: false) else { return nil }
        return self.add(index..<end, .person, 0.75)
    }

    /// A given name, perhaps a second one, and a surname.
    private func nameEnd(_ index: Int, afterTitle: Bool) -> Int? {
        guard self.text.isGiven(index), !self.text.isWord(index, [.function, .numberWord]) else { return nil }
        let isWord = self.text.isWord(index, [.common, .month, .place])
        if let end = self.surnameEnd(index + 1, isCertain: !isWord || afterTitle) { return end }
        guard !isWord, self.isFree(index + 1), self.text.isGiven(index + 1), !self.text.isWord(index + 1, [.common, .function]) else {
            return nil
        }
        return self.surnameEnd(index + 2, isCertain: true)
    }

    private func surnameEnd(_ index: Int, isCertain: Bool) -> Int? {
        guard self.isFree(index) else { return nil }
        var last = index
        while last < index + 2, self.text.isWord(last, among: Self.particles) { last += 1 }
        guard self.isFree(last) else { return nil }
        let classes = self.text.tokens[last].classes
        guard classes.isDisjoint(with: [.function, .saying, .placePreposition, .datePreposition, .numberWord, .month, .weekday]) else {
            return nil
        }
        if last > index { return classes.contains(.common) ? nil : last + 1 }
        if classes.contains(.common) { return isCertain && classes.contains(.frequentSurname) ? last + 1 : nil }
        if classes.contains(.surname) { return last + 1 }
        return isCertain && (self.text.isUnknown(last) && !classes.contains(.place))
            && self.text.tokens[last].end - self.text.tokens[last].start > 3 ? last + 1 : nil
    }

    private static let particles: KnownWords = "van von de der den del da di du bin ibn mac o"

    /// manchester university, university of manchester, kestrel marine limited.
    private mutating func organization(_ index: Int) -> Int? {
        if self.text.isWord(index, among: Self.heads) {
            var next = index + 1
            guard self.text.isWord(next, among: Self.of) else { return nil }
            next += 1
            if let phrase = self.text.listedPhrase(at: next, before: min(self.text.count, next + 6)), phrase.classes.contains(.place) {
                return self.add(index..<phrase.end, .organization, 0.75)
            }
            guard self.isFree(next), self.text.isWord(next, .place), !self.text.isWord(next, .common) else { return nil }
            return self.add(index..<next + 1, .organization, 0.75)
        }
        guard self.text.isWord(index, [.place, .surname]),
            !self.text.isWord(index, [.common, .function]) || self.text.isWord(index, .majorPlace)
        else { return nil }
        var next = index + 1
        while next < index + 3, self.isFree(next), !self.text.isWord(next, [.function, .saying]), !self.text.isWord(next, among: Self.tails)
        { next += 1 }
        guard self.isFree(next), self.text.isWord(next, among: Self.tails), next > index,
            next == index + 1 || self.text.isWord(index, .place) || self.text.isWord(next, among: Self.firms)
        else { return nil }
        return self.add(index..<next + 1, .organization, 0.65)
    }

    private static let of: KnownWords = "of"
    private static let heads: KnownWords = "university bank museum bishopric parliament government ministry embassy"
    private static let firms: KnownWords = "limited incorporated corporation university council"
    private static let tails: KnownWords =
        "limited incorporated corporation university college council police hospital cathedral museum airlines authority trust"

    private static let movement: KnownWords = "in at near to from of outside around through left reached via between and"
    private static let heading: KnownWords = "port lake mount fort cape"

    private mutating func place(_ index: Int) -> Int? {
        let isLocated = self.text.isWord(index - 1, among: Self.movement)
        if isLocated, self.text.isWord(index, among: Self.heading), self.isFree(index + 1),
            self.text.isWord(index + 1, [.place, .surname, .given]) || self.text.isUnknown(index + 1),
            !self.text.isWord(index + 1, [.function, .saying])
        {
            return self.add(index..<index + 2, .place, 0.65)
        }
        guard self.text.isWord(index, .place) else { return nil }
        let token = self.text.tokens[index]
        guard token.end - token.start >= 4, !token.classes.contains(.function) else { return nil }
        if token.classes.contains(.common) { return nil }
        if token.classes.isDisjoint(with: [.given, .surname]) { return self.add(index..<index + 1, .place, 0.75) }
        if token.classes.contains(.majorPlace), !token.classes.contains(.given) || isLocated {
            return self.add(index..<index + 1, .place, 0.7)
        }
        return isLocated && !token.classes.contains(.given) ? self.add(index..<index + 1, .place, 0.6) : nil
    }

    private mutating func single(_ index: Int) -> Int? {
        let token = self.text.tokens[index]
        let size = token.end - token.start
        if token.classes.contains(.organization), size >= 3, token.classes.isDisjoint(with: [.common, .function, .given, .surname]) {
            return self.add(index..<index + 1, .organization, 0.6)
        }
        guard size >= 4, token.classes.contains(.given),
            token.classes.isDisjoint(with: [.common, .function, .place, .month, .weekday, .unit, .demonym, .currency])
        else { return nil }
        return self.add(index..<index + 1, .person, 0.45)
    }

    /// Surnames of the people named in full, alone: all but those that are words.
    private func withLaterSurnames() -> [NameSpan] {
        var surnames: Set<UInt64> = []
        for span in self.spans where span.type == .person {
            let last = span.tokens.upperBound - 1
            if !self.text.isWord(last, [.common, .function]) { surnames.insert(self.text.tokens[last].hash) }
        }
        var result = self.spans
        var covered = 0
        var next = 0
        for index in self.text.tokens.indices where self.text.isWord(index) {
            while next < self.spans.count, self.spans[next].tokens.lowerBound <= index {
                covered = max(covered, self.spans[next].tokens.upperBound)
                next += 1
            }
            guard index >= covered, !self.text.has(index, .taken), surnames.contains(self.text.tokens[index].hash) else { continue }
            result.append(NameSpan(tokens: index..<index + 1, type: .person, confidence: 0.6))
        }
        return result.sorted { $0.tokens.lowerBound < $1.tokens.lowerBound }
    }
}
