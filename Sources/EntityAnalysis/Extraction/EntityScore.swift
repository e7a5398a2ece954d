/// How well found mentions agree with the true ones: a mention counts only with its exact bytes and type.
public struct EntityScore: Sendable, Hashable {
    public struct Counts: Sendable, Hashable {
        /// In both.
        public var correct = 0
        /// In what was found.
        public var found = 0
        /// In the truth.
        public var expected = 0

        public init() {}

        /// 0 to 1; 0 where nothing was found.
        public var precision: Double { self.found > 0 ? Double(self.correct) / Double(self.found) : 0 }
        /// 0 to 1; 0 where nothing was to be found.
        public var recall: Double { self.expected > 0 ? Double(self.correct) / Double(self.expected) : 0 }
        /// The harmonic mean of both.
        public var f1: Double {
            self.found + self.expected > 0 ? 2 * Double(self.correct) / Double(self.found + self.expected) : 0
        }
    }

    public private(set) var types: [EntityType: Counts] = [:]

    public init() {}

    /// All types together.
    public var micro: Counts {
        self.types.values.reduce(into: Counts()) { sum, counts in
            sum.correct += counts.correct
            sum.found += counts.found
            sum.expected += counts.expected
        }
    }

    /// Adds what one text gave.
    public mutating func add(found: [EntityMention], expected: [EntityMention]) {
        self.add(found: found.map { ($0.type, $0.bytes) }, expected: expected.map { ($0.type, $0.bytes) })
    }

    /// Adds what one sentence gave, by its tokens.
    public mutating func add(found: LabelledSentence, expected: LabelledSentence) {
        self.add(found: found.spans.map { ($0.type, $0.tokens) }, expected: expected.spans.map { ($0.type, $0.tokens) })
    }

    private mutating func add(found: [(EntityType, Range<Int>)], expected: [(EntityType, Range<Int>)]) {
        struct Span: Hashable {
            var type: EntityType
            var range: Range<Int>
        }
        let truth = Set(expected.map { Span(type: $0.0, range: $0.1) })
        for span in truth { self.types[span.type, default: Counts()].expected += 1 }
        for span in Set(found.map { Span(type: $0.0, range: $0.1) }) {
            self.types[span.type, default: Counts()].found += 1
            if truth.contains(span) { self.types[span.type, default: Counts()].correct += 1 }
        }
    }
}
