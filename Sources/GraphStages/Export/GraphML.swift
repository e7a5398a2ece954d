internal import Corpus

/// A graph in GraphML 1.0.
enum GraphML {
    private static let keys: [(id: String, of: String, name: String, type: String)] = [
        ("name", "node", "name", "string"), ("type", "node", "type", "string"), ("aliases", "node", "aliases", "string"),
        ("mentions", "node", "mentions", "long"), ("node_documents", "node", "documents", "long"),
        ("predicate", "edge", "predicate", "string"), ("evidence", "edge", "evidence", "long"),
        ("edge_documents", "edge", "documents", "long"), ("weight", "edge", "weight", "double"),
    ]

    static func text(_ graph: KnowledgeGraph) -> String {
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
            xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">

            """
        for key in Self.keys {
            text += "  <key id=\"\(key.id)\" for=\"\(key.of)\" attr.name=\"\(key.name)\" attr.type=\"\(key.type)\"/>\n"
        }
        text += "  <graph id=\"G\" edgedefault=\"directed\">\n"
        for entity in graph.entities {
            text += "    <node id=\"n\(entity.id)\">"
            text += Self.data("name", entity.name) + Self.data("type", entity.type)
            if !entity.aliases.isEmpty { text += Self.data("aliases", entity.aliases.joined(separator: "\n")) }
            text += Self.data("mentions", "\(entity.mentions)") + Self.data("node_documents", "\(entity.documents)") + "</node>\n"
        }
        for (index, relation) in graph.relations.enumerated() {
            text += "    <edge id=\"e\(index)\" source=\"n\(relation.source)\" target=\"n\(relation.target)\">"
            text += Self.data("predicate", relation.predicate) + Self.data("evidence", "\(relation.evidence)")
            text += Self.data("edge_documents", "\(relation.documents)") + Self.data("weight", "\(relation.weight)") + "</edge>\n"
        }
        return text + "  </graph>\n</graphml>\n"
    }

    private static func data(_ key: String, _ value: String) -> String { "<data key=\"\(key)\">\(MarkupText.escaped(value))</data>" }
}
