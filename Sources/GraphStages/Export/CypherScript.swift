internal import Corpus

/// Who is to read a Cypher script.
public enum CypherDialect: String, Sendable, Hashable, CaseIterable {
    /// Neo4j 5 and what speaks like it: entities also get their type as a label.
    case neo4j
    /// Kùzu, which wants tables declared.
    case kuzu
}

/// A graph as Cypher statements, one a line, that can be run again without making anything twice.
enum CypherScript {
    static func text(_ graph: KnowledgeGraph, dialect: CypherDialect) -> String {
        var lines: [String] = []
        let predicates = Set(graph.relations.map { Self.name($0.predicate, uppercase: true) }).sorted()
        switch dialect {
        case .neo4j: lines.append("CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (e:Entity) REQUIRE e.id IS UNIQUE;")
        case .kuzu:
            lines.append(
                "CREATE NODE TABLE IF NOT EXISTS Entity (id INT64, name STRING, type STRING, aliases STRING[], mentions INT64, "
                    + "documents INT64, PRIMARY KEY (id));")
            for predicate in predicates {
                lines.append(
                    "CREATE REL TABLE IF NOT EXISTS `\(predicate)` (FROM Entity TO Entity, evidence INT64, documents INT64, weight DOUBLE);"
                )
            }
        }
        for entity in graph.entities {
            var line =
                "MERGE (e:Entity {id: \(entity.id)}) SET e.name = \(Self.literal(entity.name, dialect)), e.type = \(Self.literal(entity.type, dialect))"
            // An empty list has no type that every engine could tell.
            if !entity.aliases.isEmpty {
                line += ", e.aliases = [\(entity.aliases.map { Self.literal($0, dialect) }.joined(separator: ", "))]"
            }
            line += ", e.mentions = \(entity.mentions), e.documents = \(entity.documents)"
            if dialect == .neo4j { line += ", e:`\(Self.name(entity.type, uppercase: false))`" }
            lines.append(line + ";")
        }
        for relation in graph.relations {
            lines.append(
                "MATCH (a:Entity {id: \(relation.source)}), (b:Entity {id: \(relation.target)}) "
                    + "MERGE (a)-[r:`\(Self.name(relation.predicate, uppercase: true))`]->(b) SET r.evidence = \(relation.evidence), "
                    + "r.documents = \(relation.documents), r.weight = \(relation.weight);")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// A string literal. Whatever could end it, or the line, is escaped.
    static func literal(_ text: String, _ dialect: CypherDialect) -> String {
        var literal = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": literal += "\\'"
            case "\\": literal += "\\\\"
            // Kùzu knows no escapes for these.
            case _ where dialect == .kuzu && (0x09...0x0D).contains(scalar.value): literal += " "
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case "\t": literal += "\\t"
            // Other control characters and line separators.
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value):
                literal += "\u{FFFD}"
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "'"
    }

    /// A label or type of a relationship: letters, digits and underscores only.
    static func name(_ word: String, uppercase: Bool) -> String {
        let parts = word.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let name = uppercase ? parts.map { $0.uppercased() }.joined(separator: "_") : parts.map(\.capitalized).joined()
        return name.first.map { $0.isNumber ? "_" + name : name } ?? "_"
    }
}

extension Substring {
    fileprivate var capitalized: String { self.prefix(1).uppercased() + self.dropFirst().lowercased() }
}
