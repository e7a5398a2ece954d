internal import Corpus

/// A graph as two tables whose headings `neo4j-admin database import` understands.
enum GraphCSV {
    static func nodes(_ graph: KnowledgeGraph) -> String {
        var text = "id:ID,name,type,aliases:string[],mentions:long,documents:long,:LABEL\n"
        for entity in graph.entities {
            // Semicolons separate the elements of a list, and nothing escapes one.
            let aliases = entity.aliases.map { $0.replacing(";", with: ",") }.joined(separator: ";")
            text += "\(entity.id),\(Self.field(entity.name)),\(Self.field(entity.type)),\(Self.field(aliases)),\(entity.mentions),"
            text += "\(entity.documents),Entity;\(CypherScript.name(entity.type, uppercase: false))\n"
        }
        return text
    }

    static func relationships(_ graph: KnowledgeGraph) -> String {
        var text = ":START_ID,:END_ID,:TYPE,evidence:long,documents:long,weight:double\n"
        for relation in graph.relations {
            text += "\(relation.source),\(relation.target),\(CypherScript.name(relation.predicate, uppercase: true)),\(relation.evidence),"
            text += "\(relation.documents),\(relation.weight)\n"
        }
        return text
    }

    /// A quoted field on one line: the importer takes no line breaks within fields unless told to.
    private static func field(_ text: String) -> String {
        var field = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: field += "\"\""
            case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: field += " "
            default: field.unicodeScalars.append(scalar)
            }
        }
        return field + "\""
    }
}
