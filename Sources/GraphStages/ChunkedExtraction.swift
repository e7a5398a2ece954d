internal import Corpus
internal import EntityAnalysis
internal import Flotilla
internal import JSONText
internal import StageTools

/// Asks a source for each chunk and keeps what it answers, so that a retry asks only for what is missing.
struct ChunkedExtraction {
    let source: any ChunkEntitySource
    let language: String

    /// What was found, with offsets into the document's text.
    func run(_ document: GraphInput, _ context: StageContext) async throws -> ChunkExtraction {
        let kept = try await context.checkpoints.recall(document.chunks.map { self.key($0) })
        var found: [ChunkExtraction?] = document.chunks.map { chunk in
            // A piece that cannot be read was made by something else: the chunk is asked for again.
            kept[self.key(chunk)].flatMap { try? KeptExtraction(bytes: $0).findings }
        }
        var missing = document.chunks.indices.filter { found[$0] == nil }[...]
        var done = document.chunks.count - missing.count
        try await withThrowingTaskGroup(of: (place: Int, findings: ChunkExtraction).self) { group in
            func ask() {
                guard let place = missing.popFirst() else { return }
                let text = document.chunks[place].text
                group.addTask { (place, try await self.source.extract(text, language: self.language)) }
            }
            for _ in 0..<max(1, self.source.concurrency) { ask() }
            while let (place, findings) = try await group.next() {
                try await context.checkpoints.keep(KeptExtraction(findings: findings).bytes, as: self.key(document.chunks[place]))
                found[place] = findings
                done += 1
                context.progress(done, document.chunks.count)
                ask()
            }
        }
        var all = ChunkExtraction()
        for (chunk, findings) in zip(document.chunks, found) {
            guard let findings else { continue }
            all.add(findings, in: document.text, at: chunk.bytes.clamped(to: 0..<document.text.count))
        }
        return all
    }

    /// By its text: what was found in a chunk holds wherever the chunk stands, however the rest of the text is cut.
    private func key(_ chunk: DocumentChunk) -> String { "chunk-\(self.language)-\(chunk.textDigest)" }
}

extension ChunkExtraction {
    /// Takes over what was found in a part of the text, without mentions that name nothing or are not what the text has there, and without
    /// what was said of those.
    mutating func add(_ part: ChunkExtraction, in text: [UInt8], at window: Range<Int>) {
        var places: [Int: Int] = [:]
        for (index, mention) in part.mentions.enumerated() {
            guard mention.bytes.lowerBound >= 0, mention.bytes.upperBound <= window.count, !mention.bytes.isEmpty, !mention.normal.isEmpty
            else { continue }
            var moved = mention
            moved.bytes = mention.bytes.lowerBound + window.lowerBound..<mention.bytes.upperBound + window.lowerBound
            guard text[moved.bytes].elementsEqual(mention.text.utf8) else { continue }
            places[index] = self.mentions.count
            self.mentions.append(moved)
        }
        for relation in part.relations {
            guard let source = places[relation.source], let target = places[relation.target], relation.bytes.lowerBound >= 0,
                relation.bytes.upperBound <= window.count
            else { continue }
            var moved = relation
            moved.source = source
            moved.target = target
            moved.bytes = relation.bytes.lowerBound + window.lowerBound..<relation.bytes.upperBound + window.lowerBound
            self.relations.append(moved)
        }
    }
}

/// What a source found in one chunk, as it is kept.
struct KeptExtraction: CorpusValue {
    var findings: ChunkExtraction

    init(findings: ChunkExtraction) { self.findings = findings }

    var json: JSONValue {
        DocumentMentions(
            mentions: self.findings.mentions.map {
                DocumentMentions.Mention(
                    type: $0.type.rawValue, text: $0.text, normal: $0.normal, bytes: $0.bytes, confidence: $0.confidence)
            },
            statements: self.findings.relations.map {
                DocumentRelations.Relation(
                    predicate: $0.predicate.rawValue, isSymmetric: $0.predicate.isSymmetric, source: $0.source, target: $0.target,
                    bytes: $0.bytes, rule: $0.rule, confidence: $0.confidence)
            }
        ).json
    }

    init(json: JSONValue) throws(CorpusError) {
        let kept = try DocumentMentions(json: json)
        self.findings = ChunkExtraction(
            // A piece is read by the engine that wrote it, which knows all of its types.
            mentions: kept.mentions.compactMap { EntityMention($0) },
            relations: kept.statements.compactMap { statement in
                RelationPredicate(rawValue: statement.predicate).map {
                    ExtractedRelation(
                        predicate: $0, source: statement.source, target: statement.target, confidence: statement.confidence,
                        bytes: statement.bytes, rule: statement.rule)
                }
            })
    }
}

extension EntityMention {
    /// Nil for a type that this version does not know.
    init?(_ mention: DocumentMentions.Mention) {
        guard let type = EntityType(rawValue: mention.type) else { return nil }
        self.init(
            type: type, text: mention.text, bytes: mention.bytes, normal: mention.normal, confidence: mention.confidence)
    }
}
