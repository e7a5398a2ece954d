internal import Corpus
internal import EntityAnalysis
internal import Flotilla
internal import JSONText

/// Asks a source for each chunk and keeps what it answers, so that a retry asks only for what is missing.
struct ChunkedExtraction {
    let source: any ChunkEntitySource
    let language: String

    /// What was found, with offsets into the document's text.
    func run(_ document: GraphInput, _ context: StageContext) async throws -> [EntityMention] {
        let kept = try await context.checkpoints.all()
        var found: [[EntityMention]?] = document.chunks.map { chunk in
            // A piece that cannot be read was made by something else: the chunk is asked for again.
            kept[Self.key(chunk)].flatMap { try? KeptMentions(bytes: $0).mentions }
        }
        var missing = document.chunks.indices.filter { found[$0] == nil }[...]
        var done = document.chunks.count - missing.count
        try await withThrowingTaskGroup(of: (place: Int, mentions: [EntityMention]).self) { group in
            func ask() {
                guard let place = missing.popFirst() else { return }
                let text = document.chunks[place].text
                group.addTask { (place, try await self.source.mentions(in: text, language: self.language)) }
            }
            for _ in 0..<max(1, self.source.concurrency) { ask() }
            while let (place, mentions) = try await group.next() {
                try await context.checkpoints.keep(KeptMentions(mentions: mentions).bytes, as: Self.key(document.chunks[place]))
                found[place] = mentions
                done += 1
                context.progress(done, document.chunks.count)
                ask()
            }
        }
        return zip(document.chunks, found).flatMap { chunk, mentions in
            ExtractEntitiesHandler.checked(mentions ?? [], in: document.text, at: chunk.bytes.clamped(to: 0..<document.text.count))
        }
    }

    private static func key(_ chunk: DocumentChunk) -> String { "chunk-\(chunk.index)" }
}

/// What a source found in one chunk, as it is kept.
struct KeptMentions: CorpusValue {
    var mentions: [EntityMention]

    init(mentions: [EntityMention]) { self.mentions = mentions }

    var json: JSONValue {
        DocumentMentions(
            mentions: self.mentions.map {
                DocumentMentions.Mention(
                    type: $0.type.rawValue, text: $0.text, normal: $0.normal, bytes: $0.bytes, confidence: $0.confidence)
            }
        ).json
    }

    init(json: JSONValue) throws(CorpusError) {
        self.mentions = try DocumentMentions(json: json).mentions.compactMap { EntityMention($0) }
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
