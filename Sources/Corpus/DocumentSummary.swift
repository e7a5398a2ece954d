public import JSONText

/// Output of the stage `summarize`.
public struct DocumentSummary: CorpusValue {
    public var text: String
    /// The sentences of ``text`` and where each stands in the cleaned text, UTF-8 bytes; empty when a model wrote the summary.
    public var sentences: [Sentence]

    public struct Sentence: Sendable, Hashable {
        public var text: String
        public var bytes: Range<Int>
        /// From 1; nil when unknown.
        public var page: Int?

        public init(text: String, bytes: Range<Int>, page: Int? = nil) {
            self.text = text
            self.bytes = bytes
            self.page = page
        }
    }

    public init(text: String, sentences: [Sentence] = []) {
        self.text = text
        self.sentences = sentences
    }

    public var json: JSONValue {
        [
            "text": .string(self.text),
            "sentences": .array(
                self.sentences.map { sentence in
                    [
                        "text": .string(sentence.text), "start": .count(sentence.bytes.lowerBound),
                        "end": .count(sentence.bytes.upperBound),
                        "page": sentence.page.map { .count($0) } ?? .null,
                    ]
                }),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            text: try json.text("text"),
            sentences: try json.list("sentences") { value throws(CorpusError) in
                Sentence(text: try value.text("text"), bytes: try value.range(), page: value["page"]?.integer.flatMap { Int(exactly: $0) })
            })
    }
}
