/// Finds what a text says about the things that are named in it.
///
/// Read in this order: `RelationTokens` (the text as words, marks and mentions), `RelationSegment` (sentences, or windows of
/// transcripts), `RelationPatterns` (the tables of what says what), `RelationMatcher`, then this file, which weighs what was found.
public struct RelationExtractor: Sendable {
    /// Name and version of these rules; stored with what they find. A change of the tables that changes results changes the number.
    public static let engine = "flotilla-relations 1"

    public struct Options: Sendable, Hashable {
        /// Typed relations of one sentence; those found first are kept.
        public var typedPerSentence: Int
        /// Weak ties of one sentence; those of nearest mentions are kept.
        public var coOccurrencesPerSentence: Int
        /// Relations of one text; what stands later is left out.
        public var relationsPerText: Int

        public init(typedPerSentence: Int = 200, coOccurrencesPerSentence: Int = 60, relationsPerText: Int = 50_000) {
            self.typedPerSentence = typedPerSentence
            self.coOccurrencesPerSentence = coOccurrencesPerSentence
            self.relationsPerText = relationsPerText
        }
    }

    private let options: Options

    public init(options: Options = Options()) {
        self.options = options
    }

    /// Typed relations where a pattern says so, and ``RelationPredicate/coOccurs`` for the other pairs of a sentence.
    ///
    /// Sorted by place, then predicate. For two things in one sentence there is at most one relation of a predicate. A sentence that
    /// denies something, asks for it or makes it a condition gives no typed relation. Where a text has no sentence marks, as transcripts
    /// of speech, windows of 30 words are read instead.
    /// - Parameters:
    ///   - mentions: in any order; those with bytes outside the text are left out, and of overlapping ones the first, then the longest stays.
    ///   - language: `en`, `de`, `fr`, `es`; any other tries the patterns of all four.
    public func relations(in text: String, mentions: [EntityMention], language: String = "und") -> [ExtractedRelation] {
        let used = Self.used(mentions, length: text.utf8.count)
        guard used.count > 1 else { return [] }
        var text = text
        text.makeContiguousUTF8()
        let patterns = RelationPatterns.shared
        var tokenizer = RelationTokenizer(vocabulary: patterns.vocabulary, language: language)
        let utf8 = text
        let segments = text.withUTF8 { bytes in
            tokenizer.read(bytes, mentions: used)
            return RelationSegment.segments(utf8, bytes, tokens: tokenizer.tokens, mentions: used)
        }
        var tokens = tokenizer.tokens
        RelationPronouns.resolve(&tokens, segments, mentions)
        var reader = SegmentReader(patterns, tokens: tokens, mentions: mentions, language: language, options: self.options)
        var relations: [ExtractedRelation] = []
        for index in segments.indices {
            guard relations.count < self.options.relationsPerText else { break }
            relations += reader.relations(of: segments[index], before: index > 0 ? segments[index - 1] : nil)
        }
        if relations.count > self.options.relationsPerText { relations.removeLast(relations.count - self.options.relationsPerText) }
        return relations.sorted { left, right in
            if left.bytes.lowerBound != right.bytes.lowerBound { return left.bytes.lowerBound < right.bytes.lowerBound }
            if left.bytes.upperBound != right.bytes.upperBound { return left.bytes.upperBound < right.bytes.upperBound }
            if left.predicate != right.predicate { return left.predicate < right.predicate }
            return (left.source, left.target) < (right.source, right.target)
        }
    }

    /// Mentions within the text that do not overlap, ascending.
    private static func used(_ mentions: [EntityMention], length: Int) -> [(index: Int, bytes: Range<Int>)] {
        let sorted = mentions.indices.filter {
            !mentions[$0].bytes.isEmpty && mentions[$0].bytes.lowerBound >= 0 && mentions[$0].bytes.upperBound <= length
        }.sorted {
            let left = mentions[$0].bytes
            let right = mentions[$1].bytes
            return left.lowerBound == right.lowerBound
                ? left.upperBound == right.upperBound ? $0 < $1 : left.upperBound > right.upperBound : left.lowerBound < right.lowerBound
        }
        var end = 0
        return sorted.compactMap { index in
            guard mentions[index].bytes.lowerBound >= end else { return nil }
            end = mentions[index].bytes.upperBound
            return (index, mentions[index].bytes)
        }
    }
}
