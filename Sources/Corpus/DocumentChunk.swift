public import JSONText

/// A span of a document's text, small enough to be found and cited by itself.
public struct DocumentChunk: CorpusValue {
    /// From 0, in the order of the text.
    public var index: Int
    public var text: String
    /// UTF-8 bytes of the cleaned text.
    public var bytes: Range<Int>
    /// Pages that the chunk touches, from 1.
    public var firstPage: Int
    public var lastPage: Int
    /// Of recordings: when it was said or seen.
    public var time: TimeRange?
    /// The headings it stands under, outermost first.
    public var headingPath: [String]
    /// Roughly how many tokens a language model would count.
    public var tokenEstimate: Int

    public init(
        index: Int, text: String, bytes: Range<Int>, firstPage: Int, lastPage: Int, time: TimeRange? = nil, headingPath: [String] = [],
        tokenEstimate: Int = 0
    ) {
        self.index = index
        self.text = text
        self.bytes = bytes
        self.firstPage = firstPage
        self.lastPage = lastPage
        self.time = time
        self.headingPath = headingPath
        self.tokenEstimate = tokenEstimate
    }

    public var json: JSONValue {
        [
            "index": .count(self.index), "start": .count(self.bytes.lowerBound), "end": .count(self.bytes.upperBound),
            "first_page": .count(self.firstPage), "last_page": .count(self.lastPage), "heading_path": .texts(self.headingPath),
            "start_ms": self.time.map { .count($0.start) } ?? .null, "end_ms": self.time.map { .count($0.end) } ?? .null,
            "tokens": .count(self.tokenEstimate), "text": .string(self.text),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            index: try json.count("index"), text: try json.text("text"), bytes: try json.range(), firstPage: try json.count("first_page"),
            lastPage: try json.count("last_page"),
            time: json.optionalCount("start_ms") == nil ? nil : try TimeRange(json: json), headingPath: json.texts("heading_path"),
            tokenEstimate: json["tokens"]?.integer.flatMap { Int(exactly: $0) } ?? 0)
    }
}

/// Output of the stage `chunk`.
public struct ChunkedDocument: CorpusValue {
    public var chunks: [DocumentChunk]

    public init(chunks: [DocumentChunk]) {
        self.chunks = chunks
    }

    public var json: JSONValue { ["chunks": .array(self.chunks.map(\.json))] }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(chunks: try json.list("chunks") { value throws(CorpusError) in try DocumentChunk(json: value) })
    }
}
