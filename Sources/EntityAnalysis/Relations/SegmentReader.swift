/// Reads one segment after the other: what patterns find, less what is denied, plus weak ties.
struct SegmentReader {
    /// A relation in the making, by positions of tokens.
    struct Found {
        var predicate: RelationPredicate
        var source: Int
        var target: Int
        var confidence: Double
        var rule: String
    }

    /// From here down a rule says little: it gives way to any other relation of the same two.
    private static let weakRule = 0.65

    private let patterns: RelationPatterns
    private let tokens: [RelationToken]
    private let mentions: [EntityMention]
    private let options: RelationExtractor.Options
    private var matcher: RelationMatcher
    private let negation: RelationNegation
    /// The same number for mentions of one thing.
    private let things: [Int]
    private var isTranscript = false

    init(
        _ patterns: RelationPatterns, tokens: [RelationToken], mentions: [EntityMention], language: String,
        options: RelationExtractor.Options
    ) {
        self.patterns = patterns
        self.tokens = tokens
        self.mentions = mentions
        self.options = options
        self.matcher = RelationMatcher(patterns, tokens: tokens, mentions: mentions, language: language)
        self.negation = RelationNegation(patterns, tokens: tokens, mentions: mentions)
        var numbers: [String: Int] = [:]
        self.things = mentions.map { mention in
            let key = "\(mention.type.rawValue) \(mention.normal)"
            let number = numbers[key] ?? numbers.count
            numbers[key] = number
            return number
        }
    }

    mutating func relations(of segment: RelationSegment, before: RelationSegment?) -> [ExtractedRelation] {
        let positions = segment.tokens.filter { self.tokens[$0].mention >= 0 }
        guard positions.count > 1 else { return [] }
        // A transcript counts as a sentence for each window.
        self.isTranscript = segment.isTranscript
        let sentences = segment.isTranscript ? segment.tokens.count / RelationSegment.window + 1 : 1
        var found: [Found] = []
        if !segment.isQuestion {
            for match in self.matcher.matches(in: segment.tokens, limit: self.options.typedPerSentence * sentences)
            where !self.negation.isDenied(match, in: segment.tokens) {
                self.expand(match, segment.tokens, &found)
            }
        }
        found += RelationContacts.found(positions, self.tokens, self.mentions)
        found += RelationPlaces(self.patterns, self.tokens, self.mentions).found(positions)
        let typed = self.best(found)
        let weak = RelationCoOccurrence.found(
            positions.filter { self.tokens[$0].pronoun == nil }, self.tokens, self.mentions, self.things,
            typed: typed.map { ($0.source, $0.target) },
            limit: self.options.coOccurrencesPerSentence * sentences, isTranscript: segment.isTranscript)
        return (typed.prefix(self.options.typedPerSentence * sentences) + weak).map { self.relation($0, segment, before) }
    }

    /// A match, and the same for what is listed beside its ends: `Ann Reed and Tom Reed founded …`.
    private func expand(_ match: RelationMatcher.Match, _ segment: Range<Int>, _ found: inout [Found]) {
        let pattern = self.patterns.patterns[match.pattern]
        let named = segment.first { position in
            guard self.tokens[position].mention >= 0 else { return false }
            let type = self.mentions[Int(self.tokens[position].mention)].type
            return type == .person || type == .organization
        }
        func position(_ number: Int) -> Int? { number == 0 ? named : match.positions[number - 1] }
        guard let source = position(pattern.source), let target = position(pattern.target) else { return }
        let lists = RelationLists(self.patterns, self.tokens, self.mentions, segment)
        let isFirst = { (end: Int) in end == match.positions.first && end == match.start }
        let isLast = { (end: Int) in end == match.positions.last && end == match.end - 1 }
        let sources = isFirst(source) ? lists.before(source) : isLast(source) ? lists.after(source) : []
        let targets = isFirst(target) ? lists.before(target) : isLast(target) ? lists.after(target) : []
        for (one, other) in [(source, target)] + sources.map({ ($0, target) }) + targets.map({ (source, $0) }) {
            var confidence = pattern.confidence * match.factor
            if self.tokens[one].pronoun != nil || self.tokens[other].pronoun != nil { confidence *= 0.8 }
            if one != source || other != target { confidence *= 0.95 }
            found.append(Found(predicate: pattern.predicate, source: one, target: other, confidence: confidence, rule: pattern.rule))
        }
    }

    /// One relation of a predicate for two things: the surest, then the first. Weak rules give way to others.
    private func best(_ found: [Found]) -> [Found] {
        var best: [String: Found] = [:]
        for var relation in found {
            var one = self.thing(relation.source)
            var other = self.thing(relation.target)
            guard one != other else { continue }
            if relation.predicate.isSymmetric {
                if relation.source > relation.target { swap(&relation.source, &relation.target) }
                if one > other { swap(&one, &other) }
            }
            let key = "\(relation.predicate.rawValue) \(one) \(other) \(self.window(relation.source))"
            if let known = best[key],
                (known.confidence, relation.source, relation.target) >= (relation.confidence, known.source, known.target)
            {
                continue
            }
            best[key] = relation
        }
        let all = best.values.sorted { ($0.source, $0.target, $0.predicate) < ($1.source, $1.target, $1.predicate) }
        var strongest: [Pair: Double] = [:]
        var payers: Set<Int> = []
        for relation in all {
            let pair = Pair(self.thing(relation.source), self.thing(relation.target), self.window(relation.source))
            strongest[pair] = max(strongest[pair] ?? 0, relation.confidence)
            if relation.predicate == .paid, self.type(relation.target) != .money { payers.insert(self.thing(relation.source)) }
        }
        return all.filter { relation in
            let pair = Pair(self.thing(relation.source), self.thing(relation.target), self.window(relation.source))
            let most = strongest[pair] ?? 0
            if relation.confidence <= Self.weakRule, most > relation.confidence { return false }
            if relation.predicate == .memberOf || relation.predicate == .employs, most > relation.confidence + 0.001 { return false }
            // Who is paid says more than how much.
            return !(relation.predicate == .paid && self.type(relation.target) == .money && payers.contains(self.thing(relation.source)))
        }
    }

    private struct Pair: Hashable {
        var low: Int
        var high: Int
        var window: Int

        init(_ one: Int, _ other: Int, _ window: Int) {
            self.window = window
            self.low = min(one, other)
            self.high = max(one, other)
        }
    }

    private func thing(_ position: Int) -> Int { self.things[Int(self.tokens[position].mention)] }

    private func window(_ position: Int) -> Int { self.isTranscript ? position / RelationSegment.window : 0 }

    private func type(_ position: Int) -> EntityType { self.mentions[Int(self.tokens[position].mention)].type }

    private func relation(_ found: Found, _ segment: RelationSegment, _ before: RelationSegment?) -> ExtractedRelation {
        let source = Int(self.tokens[found.source].mention)
        let target = Int(self.tokens[found.target].mention)
        let surety = 0.5 + 0.5 * max(0, min(1, min(self.mentions[source].confidence, self.mentions[target].confidence)))
        return ExtractedRelation(
            predicate: found.predicate, source: source, target: target, confidence: max(0, min(1, found.confidence * surety)),
            bytes: self.evidence(found, segment, before), rule: found.rule)
    }

    /// The sentence; with the one before, where a pronoun stands for somebody named there; the window of a transcript.
    private func evidence(_ found: Found, _ segment: RelationSegment, _ before: RelationSegment?) -> Range<Int> {
        let ends = [found.source, found.target].map { self.mentions[Int(self.tokens[$0].mention)].bytes }
        if segment.isTranscript {
            let low = min(found.source, found.target)
            let high = max(found.source, found.target)
            let spare = max(0, RelationSegment.window - (high - low + 1)) / 2
            let first = max(segment.tokens.lowerBound, low - spare)
            let last = min(segment.tokens.upperBound - 1, high + spare)
            let lower = min(self.tokens[first].bytes.lowerBound, ends[0].lowerBound, ends[1].lowerBound)
            return lower..<max(self.tokens[last].bytes.upperBound, ends[0].upperBound, ends[1].upperBound)
        }
        let isBefore = ends.contains { $0.lowerBound < segment.bytes.lowerBound }
        guard isBefore else { return segment.bytes }
        let lower = min(before?.bytes.lowerBound ?? segment.bytes.lowerBound, ends[0].lowerBound, ends[1].lowerBound)
        return lower..<segment.bytes.upperBound
    }
}
