internal import Corpus
internal import JSONText

/// A graph as one JSON object: `entities` and `relations`.
enum GraphJSON {
    static func bytes(_ graph: KnowledgeGraph) -> [UInt8] {
        let value: JSONValue = [
            "entities": .array(graph.entities.map(Self.entity)), "relations": .array(graph.relations.map(Self.relation)),
        ]
        return value.jsonBytes + [0x0A]
    }

    static func entity(_ entity: KnowledgeGraph.Entity) -> JSONValue {
        [
            "id": .integer(entity.id), "type": .string(entity.type), "name": .string(entity.name),
            "aliases": .array(entity.aliases.map { .string($0) }), "mentions": .integer(Int64(entity.mentions)),
            "documents": .integer(Int64(entity.documents)),
        ]
    }

    static func relation(_ relation: KnowledgeGraph.Relation) -> JSONValue {
        [
            "source": .integer(relation.source), "predicate": .string(relation.predicate), "target": .integer(relation.target),
            "evidence": .integer(Int64(relation.evidence)), "documents": .integer(Int64(relation.documents)),
            "weight": .number(relation.weight),
        ]
    }
}
