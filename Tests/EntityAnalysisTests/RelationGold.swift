import EntityAnalysis
import Testing

/// A sentence with its mentions and what it says about them.
struct RelationSentence {
    var language: String
    var text: String
    var mentions: [EntityMention] = []
    var expected: Set<Triple> = []

    struct Triple: Hashable {
        var predicate: RelationPredicate
        var source: Int
        var target: Int

        init(_ predicate: RelationPredicate, _ source: Int, _ target: Int) {
            self.predicate = predicate
            self.source = predicate.isSymmetric ? min(source, target) : source
            self.target = predicate.isSymmetric ? max(source, target) : target
        }
    }

    /// Reads `en | [p person Ann Reed] lives in [l place Millbrook]. => lives_in(p,l)`.
    init(_ line: String) throws {
        let parts = line.split(separator: "|", maxSplits: 1)
        self.language = parts[0].filter { $0 != " " }
        let halves = parts[1].split(separator: "=>")
        self.text = ""
        var ids: [String: Int] = [:]
        var rest = halves[0].drop { $0 == " " }
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            self.text += rest[..<open]
            let words = rest[rest.index(after: open)..<close].split(separator: " ", maxSplits: 2).map(String.init)
            let type = try #require(EntityType(rawValue: words[1]))
            let start = self.text.utf8.count
            self.text += words[2]
            ids[words[0]] = self.mentions.count
            self.mentions.append(
                EntityMention(type: type, text: words[2], bytes: start..<self.text.utf8.count, normal: words[2], confidence: 1))
            rest = rest[rest.index(after: close)...]
        }
        self.text += rest
        while self.text.last == " " { self.text.removeLast() }
        for relation in halves[1].split(separator: ";") {
            let fields = relation.split { " (),".contains($0) }.map(String.init)
            if fields == ["none"] { continue }
            let predicate = try #require(RelationPredicate(rawValue: fields[0]), "\(line)")
            let source = try #require(ids[fields[1]], "\(line)")
            let target = try #require(ids[fields[2]], "\(line)")
            self.expected.insert(Triple(predicate, source, target))
        }
    }

    /// What the extractor finds, without weak ties.
    func found(by extractor: RelationExtractor = .init()) -> Set<Triple> {
        Set(
            extractor.relations(in: self.text, mentions: self.mentions, language: self.language)
                .filter { $0.predicate != .coOccurs }.map { Triple($0.predicate, $0.source, $0.target) })
    }
}

/// True and false positives, and what was missed.
struct Tally {
    var right = 0
    var wrong = 0
    var missed = 0

    var precision: Double { self.right + self.wrong == 0 ? 1 : Double(self.right) / Double(self.right + self.wrong) }
    var recall: Double { self.right + self.missed == 0 ? 1 : Double(self.right) / Double(self.right + self.missed) }
    var f1: Double { self.precision + self.recall == 0 ? 0 : 2 * self.precision * self.recall / (self.precision + self.recall) }
}
