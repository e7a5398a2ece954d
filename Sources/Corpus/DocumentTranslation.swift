public import JSONText

/// A document's text in another language: output of the stage `translate`. The original stays as it is.
public struct DocumentTranslation: CorpusValue {
    /// What translated it, with its version or model.
    public var engine: String
    /// ISO 639-1.
    public var sourceLanguage: String
    public var targetLanguage: String
    /// One for each chunk of the original that was translated, by the chunk's index; ascending.
    public var chunks: [Chunk]
    /// What was not translated and why, for people.
    public var warnings: [String]
    public var isPartial: Bool

    public struct Chunk: Sendable, Hashable {
        /// Of the chunk in the original.
        public var index: Int
        public var text: String

        public init(index: Int, text: String) {
            self.index = index
            self.text = text
        }
    }

    public init(
        engine: String, sourceLanguage: String, targetLanguage: String, chunks: [Chunk], warnings: [String] = [], isPartial: Bool = false
    ) {
        self.engine = engine
        self.sourceLanguage = sourceLanguage
        self.targetLanguage = targetLanguage
        self.chunks = chunks
        self.warnings = warnings
        self.isPartial = isPartial
    }

    public var json: JSONValue {
        [
            "engine": .string(self.engine), "source_language": .string(self.sourceLanguage),
            "target_language": .string(self.targetLanguage),
            "chunks": .array(self.chunks.map { ["index": .count($0.index), "text": .string($0.text)] }),
            "warnings": .texts(self.warnings), "is_partial": .bool(self.isPartial),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            engine: try json.text("engine"), sourceLanguage: try json.text("source_language"),
            targetLanguage: try json.text("target_language"),
            chunks: try json.list("chunks") { value throws(CorpusError) in
                Chunk(index: try value.count("index"), text: try value.text("text"))
            },
            warnings: json.texts("warnings"), isPartial: json.flag("is_partial"))
    }
}
