/// A sentence as tokens, each with what it names: the material from which a ``NameTagger`` learns.
public struct LabelledSentence: Sendable, Hashable {
    /// What a token is part of.
    public struct Label: Sendable, Hashable {
        /// ``EntityType/person``, ``EntityType/organization`` or ``EntityType/place``.
        public var type: EntityType
        /// Whether a name begins here; false where the one of the token before goes on.
        public var begins: Bool

        public init(type: EntityType, begins: Bool) {
            self.type = type
            self.begins = begins
        }
    }

    public var tokens: [String]
    /// One for each token; nil where it names nothing.
    public var labels: [Label?]

    public init(tokens: [String], labels: [Label?]) {
        precondition(tokens.count == labels.count, "a label for each token")
        self.tokens = tokens
        self.labels = labels
    }

    /// Reads a CoNLL file: a token a line, columns separated by spaces or tabs, the label in the last one, an empty line between sentences.
    ///
    /// Labels are IOB1, IOB2 or BIOES. PER, PERSON, ORG, ORGANIZATION, LOC, LOCATION, GPE, FAC and PLACE are understood in any case; other types,
    /// such as MISC, count as no name. Throws ``LabelledTextError`` with the line that cannot be read.
    public static func parse(conll text: String) throws(LabelledTextError) -> [LabelledSentence] {
        var sentences: [LabelledSentence] = []
        var current = LabelledSentence(tokens: [], labels: [])
        func finish() {
            if !current.tokens.isEmpty { sentences.append(current) }
            current = LabelledSentence(tokens: [], labels: [])
        }
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let columns = line.split(whereSeparator: \.isWhitespace)
            guard let token = columns.first, let tag = columns.last else {
                finish()
                continue
            }
            if token == "-DOCSTART-" { continue }
            guard columns.count >= 2 else { throw LabelledTextError(line: index + 1, reason: "one column: a token and a label are needed") }
            current.labels.append(try Self.label(tag, after: current.labels.last ?? nil, line: index + 1))
            current.tokens.append(String(token))
        }
        finish()
        return sentences
    }

    private static func label(_ tag: Substring, after previous: Label?, line: Int) throws(LabelledTextError) -> Label? {
        if tag == "O" || tag == "o" { return nil }
        let parts = tag.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let position = parts[0].first, parts[0].count == 1 else {
            throw LabelledTextError(line: line, reason: "'\(tag.prefix(40))' is no label: O, B-PER, I-ORG and so on are")
        }
        guard "BIESLUbiesluM".contains(position) else {
            throw LabelledTextError(line: line, reason: "'\(tag.prefix(40))' begins with none of B, I, E, S")
        }
        guard let type = Self.types[parts[1].uppercased()] else { return nil }
        let begins = "BSUbsu".contains(position) || previous?.type != type
        return Label(type: type, begins: begins)
    }

    private static let types: [String: EntityType] = [
        "PER": .person, "PERSON": .person, "PEOP": .person, "ORG": .organization, "ORGANIZATION": .organization,
        "ORGANISATION": .organization,
        "LOC": .place, "LOCATION": .place, "GPE": .place, "FAC": .place, "PLACE": .place,
    ]

    /// The names of the sentence as ranges of its tokens.
    var spans: [(tokens: Range<Int>, type: EntityType)] {
        var result: [(tokens: Range<Int>, type: EntityType)] = []
        for (index, label) in self.labels.enumerated() {
            guard let label else { continue }
            if !label.begins, let last = result.last, last.tokens.upperBound == index, last.type == label.type {
                result[result.count - 1].tokens = last.tokens.lowerBound..<index + 1
            } else {
                result.append((index..<index + 1, label.type))
            }
        }
        return result
    }
}

/// Why a file of labelled tokens cannot be read.
public struct LabelledTextError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Counted from 1.
    public let line: Int
    public let reason: String

    public var description: String { "line \(self.line): \(self.reason)" }
}
