public import JSONText

/// What a document says that its mentions have to do with each other: output of the stage `build_relationships`.
public struct DocumentRelations: CorpusValue {
    /// In the order of the text.
    public var relations: [Relation]
    /// How many were found; more than ``relations`` holds when a document says more than is kept.
    public var found: Int

    /// One statement.
    public struct Relation: Sendable, Hashable {
        /// `employs`, `located_in`, …, read from source to target.
        public var predicate: String
        /// Whether source and target may change places.
        public var isSymmetric: Bool
        /// Indices into the document's mentions.
        public var source: Int
        public var target: Int
        /// UTF-8 bytes of the cleaned text: the sentence that says so.
        public var bytes: Range<Int>
        public var chunk: Int?
        /// From 1.
        public var page: Int?
        /// Of recordings: when it was said.
        public var time: TimeRange?
        /// Which rule found it.
        public var rule: String
        /// 0 to 1.
        public var confidence: Double

        public init(
            predicate: String, isSymmetric: Bool = false, source: Int, target: Int, bytes: Range<Int>, chunk: Int? = nil, page: Int? = nil,
            time: TimeRange? = nil, rule: String, confidence: Double
        ) {
            self.predicate = predicate
            self.isSymmetric = isSymmetric
            self.source = source
            self.target = target
            self.bytes = bytes
            self.chunk = chunk
            self.page = page
            self.time = time
            self.rule = rule
            self.confidence = confidence
        }
    }

    public init(relations: [Relation], found: Int? = nil) {
        self.relations = relations
        self.found = max(found ?? 0, relations.count)
    }

    public var json: JSONValue { ["found": .count(self.found), "relations": .array(self.relations.map(\.json))] }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            relations: try json.list("relations") { value throws(CorpusError) in try Relation(json: value) }, found: try json.count("found")
        )
    }
}

extension DocumentRelations.Relation {
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("predicate", .string(self.predicate)), .init("symmetric", .bool(self.isSymmetric)),
            .init("source", .count(self.source)), .init("target", .count(self.target)),
            .init("start", .count(self.bytes.lowerBound)), .init("end", .count(self.bytes.upperBound)),
        ]
        if let chunk { members.append(.init("chunk", .count(chunk))) }
        if let page { members.append(.init("page", .count(page))) }
        if let time { members += time.members }
        return .object(members + [.init("rule", .string(self.rule)), .init("confidence", .number(self.confidence))])
    }

    init(json: JSONValue) throws(CorpusError) {
        self.init(
            predicate: try json.text("predicate"), isSymmetric: json.flag("symmetric"), source: try json.count("source"),
            target: try json.count("target"), bytes: try json.range(), chunk: json.optionalCount("chunk"), page: json.optionalCount("page"),
            time: json.optionalCount("start_ms") == nil ? nil : try TimeRange(json: json), rule: try json.text("rule"),
            confidence: json["confidence"]?.number ?? 0)
    }
}
