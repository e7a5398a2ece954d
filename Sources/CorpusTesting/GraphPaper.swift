public import Corpus

/// A document for tests of graphs: each statement is a sentence of its own.
public struct GraphPaper: Sendable, Hashable {
    /// Two names and what they have to do with each other, or one name. Names are `type:name`.
    public struct Statement: Sendable, Hashable {
        public var source: String
        /// Nil where only the source is named.
        public var predicate: String?
        public var target: String?

        public init(_ source: String, _ predicate: String? = nil, _ target: String? = nil) {
            self.source = source
            self.predicate = predicate
            self.target = target
        }
    }

    /// The document's UUID.
    public var uuid: String
    public var job: String?
    public var tenant: String?
    public var version: Int
    public var statements: [Statement]
    /// Of each statement. 0 to 1.
    public var confidence: Double

    public init(
        uuid: String, job: String?, tenant: String? = nil, version: Int = 1, confidence: Double = 0.5, _ statements: [Statement]
    ) {
        self.uuid = uuid
        self.job = job
        self.tenant = tenant
        self.version = version
        self.confidence = confidence
        self.statements = statements
    }

    /// What the stages make of a paper.
    public struct Contents: Sendable, Hashable {
        public var text = ""
        public var mentions: [DocumentMentions.Mention] = []
        public var relations: [DocumentRelations.Relation] = []

        /// Each name once, with all the others as its context.
        public var names: [DocumentNames.Name] {
            var counts: [[String]: Int] = [:]
            for mention in self.mentions { counts[[mention.type, mention.normal], default: 0] += 1 }
            let context = counts.keys.map { $0[1] }.sorted()
            return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
                DocumentNames.Name(type: $0.key[0], name: $0.key[1], count: $0.value, context: context)
            }
        }

        fileprivate mutating func name(_ words: String) -> Int {
            let parts = words.split(separator: ":", maxSplits: 1).map { String($0) }
            let start = self.text.utf8.count
            self.text += parts[1]
            self.mentions.append(
                .init(type: parts[0], text: parts[1], normal: parts[1], bytes: start..<self.text.utf8.count, chunk: 0, page: 1))
            return self.mentions.count - 1
        }
    }

    public var contents: Contents {
        var contents = Contents()
        for statement in self.statements {
            let start = contents.text.utf8.count
            let source = contents.name(statement.source)
            contents.text += " and "
            if let predicate = statement.predicate, let target = statement.target {
                let target = contents.name(target)
                contents.relations.append(
                    .init(
                        predicate: predicate, isSymmetric: ["co_occurs", "related_to", "married_to"].contains(predicate), source: source,
                        target: target, bytes: start..<contents.text.utf8.count, chunk: 0, page: 1, rule: "test",
                        confidence: self.confidence))
            }
            contents.text += ".\n"
        }
        return contents
    }
}
