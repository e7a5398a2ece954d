import Corpus
import JSONText

extension KnowledgeGraph.Entity {
    var json: JSONValue {
        [
            "id": .integer(self.id), "type": .string(self.type), "name": .string(self.name),
            "aliases": .array(self.aliases.map { .string($0) }), "mentions": .count(self.mentions), "documents": .count(self.documents),
        ]
    }
}

extension KnowledgeGraph.Relation {
    var json: JSONValue {
        [
            "source": .integer(self.source), "predicate": .string(self.predicate), "target": .integer(self.target),
            "evidence": .count(self.evidence), "documents": .count(self.documents), "weight": .number(self.weight),
        ]
    }

    /// `employs`, as people read it.
    var words: String { self.predicate.replacing("_", with: " ") }
}

extension GraphPlace {
    var json: JSONValue {
        [
            "document_uuid": .string(self.documentUUID), "filename": .optional(self.filename), "title": .optional(self.title),
            "chunk": .optional(self.chunkIndex), "page": .optional(self.page), "start_ms": .optional(self.time?.start),
            "end_ms": .optional(self.time?.end), "first_byte": .count(self.bytes.lowerBound), "end_byte": .count(self.bytes.upperBound),
            "snippet": .string(self.snippet),
        ]
    }

    /// `report.pdf, page 3` or `talk.mp3, 1:02`.
    var cited: String {
        let file = self.filename ?? self.documentUUID
        if let time { return "\(file), \(Moment.text(time.start))" }
        return self.page.map { "\(file), page \($0)" } ?? file
    }
}

extension EvidenceRecord {
    var json: JSONValue {
        ["rule": .string(self.rule), "confidence": .number(self.confidence), "place": self.place.json]
    }
}

/// Entities as rows.
func entityTable(_ entities: [KnowledgeGraph.Entity], empty: String) -> Table {
    var table = Table(
        [.right("ID"), .flexible("NAME"), .left("TYPE"), .right("MENTIONS"), .right("DOCUMENTS"), .flexible("ALSO")], empty: empty)
    for entity in entities {
        table.rows.append([
            "\(entity.id)", entity.name, entity.type, "\(entity.mentions)", "\(entity.documents)",
            entity.aliases.isEmpty ? "-" : entity.aliases.prefix(6).joined(separator: " · "),
        ])
    }
    return table
}
