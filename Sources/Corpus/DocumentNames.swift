public import JSONText

/// The names in a document, each once: output of the stage `resolve_entities`.
public struct DocumentNames: CorpusValue {
    /// By type and name.
    public var names: [Name]

    /// A name, as often as the document has it.
    public struct Name: Sendable, Hashable {
        public var type: String
        /// As the mentions' `normal`.
        public var name: String
        public var count: Int
        /// Other names near this one, sorted: what tells two people of the same name apart.
        public var context: [String]

        public init(type: String, name: String, count: Int, context: [String] = []) {
            self.type = type
            self.name = name
            self.count = count
            self.context = context
        }
    }

    public init(names: [Name]) {
        self.names = names
    }

    public var json: JSONValue {
        [
            "names": .array(
                self.names.map { name in
                    [
                        "type": .string(name.type), "name": .string(name.name), "count": .count(name.count),
                        "context": .texts(name.context),
                    ]
                })
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            names: try json.list("names") { value throws(CorpusError) in
                Name(
                    type: try value.text("type"), name: try value.text("name"), count: try value.count("count"),
                    context: value.texts("context"))
            })
    }
}
