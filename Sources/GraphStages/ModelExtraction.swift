package import EntityAnalysis
package import JSONText

/// What a model found in one chunk, checked against it.
package struct ModelExtraction: Sendable, Hashable {
    /// In the order of the text, not overlapping. UTF-8 bytes of the chunk.
    package var mentions: [EntityMention]
    /// Between mentions, by their places in ``mentions``. UTF-8 bytes of the chunk.
    package var relations: [ExtractedRelation]

    package init(mentions: [EntityMention] = [], relations: [ExtractedRelation] = []) {
        self.mentions = mentions
        self.relations = relations
    }

    /// The form in which it is kept between two runs of a stage.
    package var json: JSONValue {
        [
            "mentions": .array(
                self.mentions.map { mention in
                    [
                        "type": .string(mention.type.rawValue), "text": .string(mention.text), "normal": .string(mention.normal),
                        "start": .integer(Int64(mention.bytes.lowerBound)), "end": .integer(Int64(mention.bytes.upperBound)),
                        "confidence": .number(mention.confidence),
                    ]
                }),
            "relations": .array(
                self.relations.map { relation in
                    [
                        "predicate": .string(relation.predicate.rawValue), "rule": .string(relation.rule),
                        "source": .integer(Int64(relation.source)), "target": .integer(Int64(relation.target)),
                        "start": .integer(Int64(relation.bytes.lowerBound)), "end": .integer(Int64(relation.bytes.upperBound)),
                        "confidence": .number(relation.confidence),
                    ]
                }),
        ]
    }

    /// Nil when it was written by something else, or damaged: the chunk is to be asked for again.
    package init?(json: JSONValue) {
        guard let mentions = json["mentions"]?.array, let relations = json["relations"]?.array else { return nil }
        self.init()
        for mention in mentions {
            guard let type = mention["type"]?.string.flatMap(EntityType.init), let text = mention["text"]?.string,
                let normal = mention["normal"]?.string, let bytes = Self.range(mention), let confidence = mention["confidence"]?.number
            else { return nil }
            self.mentions.append(EntityMention(type: type, text: text, bytes: bytes, normal: normal, confidence: confidence))
        }
        for relation in relations {
            guard let predicate = relation["predicate"]?.string.flatMap(RelationPredicate.init), let rule = relation["rule"]?.string,
                let source = self.place(relation["source"]), let target = self.place(relation["target"]),
                let bytes = Self.range(relation), let confidence = relation["confidence"]?.number
            else { return nil }
            self.relations.append(
                ExtractedRelation(
                    predicate: predicate, source: source, target: target, confidence: confidence, bytes: bytes, rule: rule))
        }
    }

    package var bytes: [UInt8] { self.json.jsonBytes }

    /// Nil as with JSON, and for what is no JSON.
    package init?(bytes: [UInt8]) {
        // Damage and another shape mean the same: ask again.
        guard let json = try? JSONValue(parsing: bytes) else { return nil }
        self.init(json: json)
    }

    private func place(_ value: JSONValue?) -> Int? {
        value?.integer.flatMap { Int(exactly: $0) }.flatMap { self.mentions.indices.contains($0) ? $0 : nil }
    }

    private static func range(_ value: JSONValue) -> Range<Int>? {
        guard let start = value["start"]?.integer, let end = value["end"]?.integer, start >= 0, start <= end else { return nil }
        return Int(start)..<Int(end)
    }
}
