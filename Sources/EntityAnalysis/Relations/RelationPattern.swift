/// One way in which a sentence says something, read from a line of a table such as
/// `P & works|worked ~4 for|at O => employs 2 1 .85`.
///
/// | Element | Means |
/// |---|---|
/// | `P`, `PO`, `L` … | a mention of one of these types, numbered from 1; articles and titles before it are passed over |
/// | `works\|worked` | one of these words, folded; `@role` one word of a class |
/// | `,` `(` `)` `-` `:` `'s` | this mark; `,` stands for a dash or an opening bracket too |
/// | `word?` | may be missing |
/// | `~4` | up to four words or dates |
/// | `&` | what may stand between a subject and its verb: `, 54,`, `(…)`, `who`, `has also` |
///
/// After the arrow: the predicate, the numbers of source and target, and the confidence. Number 0 is the first person or organisation
/// of the sentence.
struct RelationPattern: Sendable {
    indirect enum Element: Sendable {
        case mention(TypeMask)
        case words([Int32])
        case optionalWords([Int32])
        case gap(Int)
        case aside
    }

    struct TypeMask: OptionSet, Sendable {
        let rawValue: UInt16

        init(rawValue: UInt16) { self.rawValue = rawValue }

        init(_ type: EntityType) {
            let bit = EntityType.allCases.firstIndex(of: type) ?? 0
            self.init(rawValue: 1 << UInt16(bit))
        }

        func contains(_ type: EntityType) -> Bool { self.contains(TypeMask(type)) }

        static let letters: [Character: TypeMask] = [
            "P": TypeMask(.person), "O": TypeMask(.organization), "L": TypeMask(.place), "D": TypeMask(.date), "M": TypeMask(.money),
            "E": TypeMask(.email), "T": TypeMask(.phone), "U": TypeMask(.url), "W": TypeMask(.law), "C": TypeMask(.caseNumber),
        ]
    }

    var elements: [Element] = []
    var predicate: RelationPredicate
    var source: Int
    var target: Int
    var confidence: Double
    /// `employs.12`: the predicate and the number of the line in its table.
    var rule: String

    /// Nil when the line is not a pattern.
    init?(_ line: Substring, rule: String, vocabulary: inout RelationVocabulary) {
        let halves = line.split(separator: "=>")
        guard halves.count == 2 else { return nil }
        let result = halves[1].split(separator: " ")
        guard result.count == 4, let predicate = Self.predicates[String(result[0])], let source = Int(result[1]),
            let target = Int(result[2]),
            let confidence = Double("0" + result[3])
        else { return nil }
        self.predicate = predicate
        self.source = source
        self.target = target
        self.confidence = confidence
        self.rule = "\(predicate.rawValue).\(rule)"
        for part in halves[0].split(separator: " ") {
            if part == "&" {
                self.elements.append(.aside)
            } else if part.first == "~", let count = Int(part.dropFirst()) {
                self.elements.append(.gap(count))
            } else if part.first?.isUppercase ?? false {
                var mask: TypeMask = []
                for letter in part {
                    guard let bit = TypeMask.letters[letter] else { return nil }
                    mask.formUnion(bit)
                }
                self.elements.append(.mention(mask))
            } else {
                let isOptional = part.last == "?" && part.count > 1
                let words = (isOptional ? part.dropLast() : part).split(separator: "|").flatMap { word in
                    word == ","
                        ? [vocabulary.add(","), vocabulary.add("(")]
                        : word.first == "@" ? vocabulary.members(of: String(word.dropFirst())) : [vocabulary.add(String(word))]
                }
                guard !words.isEmpty else { return nil }
                self.elements.append(isOptional ? .optionalWords(words) : .words(words))
            }
        }
        let mentions = self.elements.count { if case .mention = $0 { true } else { false } }
        guard max(source, target) <= mentions, source != target, min(source, target) >= 0 else { return nil }
    }

    private static let predicates: [String: RelationPredicate] = .init(
        uniqueKeysWithValues: RelationPredicate.allCases.map { ($0.rawValue, $0) })
}
