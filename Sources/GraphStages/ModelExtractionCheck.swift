internal import EntityAnalysis
internal import JSONText
internal import TextAnalysis

/// Keeps of a model's answer what the chunk bears out.
///
/// What the text does not name is no mention, whoever asked the model for it; nested and doubled finds become one; relations hold between
/// mentions only, of the kinds that they can hold between.
struct ModelExtractionCheck: Sendable {
    private let search: NameSearch
    private let sentences: [Range<Int>]
    private let length: Int

    /// UTF-8 bytes of a name; longer ones are sentences.
    private static let longestName = 200
    private static let exactConfidence = 0.8
    private static let foldedConfidence = 0.65
    /// Of relations between mentions of one sentence, of neighbouring ones, and of others.
    private static let relationConfidences = [0.7, 0.6]
    private static let farConfidence = 0.45
    /// Mentions of one name that are looked at for the nearest pair.
    private static let nearest = 40

    init(_ chunk: String) {
        self.search = NameSearch(chunk)
        self.sentences = SentenceSplitter.sentences(in: chunk)
        self.length = chunk.utf8.count
    }

    /// - Parameter answer: of the shape of ``ModelEntityExtractor/schema``.
    func extraction(_ answer: JSONValue) -> ModelExtraction {
        let (mentions, places) = self.mentions(answer["entities"]?.array ?? [])
        return ModelExtraction(mentions: mentions, relations: self.relations(answer["relations"]?.array ?? [], mentions, places))
    }

    // MARK: Mentions

    private struct Find {
        var type: EntityType
        var key: String
        var bytes: Range<Int>
        var isExact: Bool
    }

    /// The mentions in the order of the text, and the places among them of each name.
    private func mentions(_ entities: [JSONValue]) -> ([EntityMention], [String: [Int]]) {
        var finds: [Find] = []
        var seen: Set<String> = []
        for entity in entities {
            guard let type = entity["type"]?.string.flatMap(EntityType.init), let name = entity["text"]?.string else { continue }
            let key = NameSearch.key(name)
            guard !key.isEmpty, key.utf8.count <= Self.longestName, Self.isPlausible(key, as: type), seen.insert(key).inserted else {
                continue
            }
            let places = self.search.places(of: Self.trimmed(name))
            finds += places.ranges.map { Find(type: type, key: key, bytes: $0, isExact: places.isExact) }
        }
        // The longest first: "Berlin" within "Universität Berlin" is no mention of its own.
        finds.sort { ($1.bytes.count, $0.bytes.lowerBound) < ($0.bytes.count, $1.bytes.lowerBound) }
        var isTaken = [Bool](repeating: false, count: self.length)
        var kept = finds.filter { find in
            guard !isTaken[find.bytes].contains(true) else { return false }
            for index in find.bytes { isTaken[index] = true }
            return true
        }
        kept.sort { $0.bytes.lowerBound < $1.bytes.lowerBound }
        var places: [String: [Int]] = [:]
        for (index, find) in kept.enumerated() { places[find.key, default: []].append(index) }
        let mentions = kept.map { find in
            let text = self.search.text(find.bytes)
            return EntityMention(
                type: find.type, text: text, bytes: find.bytes, normal: Self.normal(text, find.type),
                confidence: find.isExact ? Self.exactConfidence : Self.foldedConfidence)
        }
        return (mentions, places)
    }

    /// Whether a text can be of a type at all.
    private static func isPlausible(_ name: String, as type: EntityType) -> Bool {
        let digits = name.unicodeScalars.count { $0.properties.numericType != nil }
        let hasLetters = name.unicodeScalars.contains(where: \.properties.isAlphabetic)
        return switch type {
        case .person, .organization, .place: hasLetters
        case .email: name.contains("@") && name.contains(".") && !name.contains(" ")
        case .url: name.contains(".") && !name.contains(" ") && !name.contains("@")
        case .phone: digits >= 5
        case .caseNumber: digits >= 1
        case .date, .money, .law: digits >= 1 || hasLetters
        }
    }

    private static func normal(_ text: String, _ type: EntityType) -> String {
        let plain = text.split { $0.isWhitespace }.joined(separator: " ")
        return type == .email ? plain.lowercased() : plain
    }

    private static func trimmed(_ text: String) -> String {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    // MARK: Relations

    private struct Triple: Hashable {
        var predicate: RelationPredicate
        var source: Int
        var target: Int
    }

    private func relations(_ found: [JSONValue], _ mentions: [EntityMention], _ places: [String: [Int]]) -> [ExtractedRelation] {
        var seen: Set<Triple> = []
        var relations: [ExtractedRelation] = []
        for relation in found {
            guard let predicate = relation["predicate"]?.string.flatMap(RelationPredicate.init),
                RelationPredicate.stated.contains(predicate),
                let sources = relation["source"]?.string.flatMap({ places[NameSearch.key($0)] }),
                let targets = relation["target"]?.string.flatMap({ places[NameSearch.key($0)] }),
                var pair = Self.nearest(sources, targets, mentions)
            else { continue }
            guard predicate.sources.contains(mentions[pair.source].type), predicate.targets.contains(mentions[pair.target].type) else {
                continue
            }
            if predicate.isSymmetric, pair.source > pair.target { pair = (pair.target, pair.source) }
            guard seen.insert(Triple(predicate: predicate, source: pair.source, target: pair.target)).inserted else { continue }
            let evidence = self.evidence(mentions[pair.source].bytes, mentions[pair.target].bytes)
            relations.append(
                ExtractedRelation(
                    predicate: predicate, source: pair.source, target: pair.target, confidence: evidence.confidence, bytes: evidence.bytes,
                    rule: "model.\(predicate.rawValue)"))
        }
        return relations
    }

    /// The pair with the fewest bytes between; nil when both are one mention only.
    private static func nearest(_ sources: [Int], _ targets: [Int], _ mentions: [EntityMention]) -> (source: Int, target: Int)? {
        var best: (source: Int, target: Int)?
        var shortest = Int.max
        for source in sources.prefix(Self.nearest) {
            for target in targets.prefix(Self.nearest) where source != target {
                let distance = abs(mentions[source].bytes.lowerBound - mentions[target].bytes.lowerBound)
                if distance < shortest { (best, shortest) = ((source, target), distance) }
            }
        }
        return best
    }

    /// From the beginning of the first mention's sentence to the end of the last one's.
    private func evidence(_ left: Range<Int>, _ right: Range<Int>) -> (bytes: Range<Int>, confidence: Double) {
        let first = min(left.lowerBound, right.lowerBound)
        let last = max(left.upperBound, right.upperBound)
        guard let from = self.sentences.lastIndex(where: { $0.lowerBound <= first }),
            let to = self.sentences.firstIndex(where: { $0.upperBound >= last }), from <= to
        else { return (first..<last, Self.farConfidence) }
        let distance = to - from
        return (
            self.sentences[from].lowerBound..<self.sentences[to].upperBound,
            distance < Self.relationConfidences.count ? Self.relationConfidences[distance] : Self.farConfidence
        )
    }
}
