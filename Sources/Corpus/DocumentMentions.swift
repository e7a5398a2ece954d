public import JSONText

/// What a document names, and where: output of the stage `extract_entities`.
public struct DocumentMentions: CorpusValue {
    /// In the order of the text.
    public var mentions: [Mention]
    /// How many were found; more than ``mentions`` holds when a document names more than is kept.
    public var found: Int
    /// What a model said of the mentions while it found them; the stage `build_relationships` takes it over.
    public var statements: [DocumentRelations.Relation]

    /// One place where something is named.
    public struct Mention: Sendable, Hashable {
        /// `person`, `organization`, `place`, `date`, …
        public var type: String
        /// As the text has it.
        public var text: String
        /// The form in which equal things are equal.
        public var normal: String
        /// UTF-8 bytes of the cleaned text.
        public var bytes: Range<Int>
        /// The first chunk that holds it.
        public var chunk: Int?
        /// From 1.
        public var page: Int?
        /// Of recordings: when it was said or seen.
        public var time: TimeRange?
        /// 0 to 1.
        public var confidence: Double

        public init(
            type: String, text: String, normal: String, bytes: Range<Int>, chunk: Int? = nil, page: Int? = nil, time: TimeRange? = nil,
            confidence: Double = 1
        ) {
            self.type = type
            self.text = text
            self.normal = normal
            self.bytes = bytes
            self.chunk = chunk
            self.page = page
            self.time = time
            self.confidence = confidence
        }
    }

    public init(mentions: [Mention], found: Int? = nil, statements: [DocumentRelations.Relation] = []) {
        self.mentions = mentions
        self.statements = statements
        self.found = max(found ?? 0, mentions.count)
    }

    public var json: JSONValue {
        [
            "found": .count(self.found), "mentions": .array(self.mentions.map(\.json)),
            "statements": .array(self.statements.map(\.json)),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            mentions: try json.list("mentions") { value throws(CorpusError) in try Mention(json: value) }, found: try json.count("found"),
            statements: try json.list("statements") { value throws(CorpusError) in try DocumentRelations.Relation(json: value) })
    }
}

extension DocumentMentions.Mention {
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("type", .string(self.type)), .init("text", .string(self.text)), .init("normal", .string(self.normal)),
            .init("start", .count(self.bytes.lowerBound)), .init("end", .count(self.bytes.upperBound)),
        ]
        if let chunk { members.append(.init("chunk", .count(chunk))) }
        if let page { members.append(.init("page", .count(page))) }
        if let time { members += time.members }
        return .object(members + [.init("confidence", .number(self.confidence))])
    }

    init(json: JSONValue) throws(CorpusError) {
        self.init(
            type: try json.text("type"), text: try json.text("text"), normal: try json.text("normal"), bytes: try json.range(),
            chunk: json.optionalCount("chunk"), page: json.optionalCount("page"),
            time: json.optionalCount("start_ms") == nil ? nil : try TimeRange(json: json),
            confidence: json["confidence"]?.number ?? 1)
    }
}
