internal import Corpus
public import Flotilla
public import FlotillaPostgres
internal import PostgresClient

/// What the pipelines' stages leave in the corpus tables, each in the transaction that completes the stage.
public enum CorpusProjections {
    /// For `PostgresStageStore(pool:projections:)`: `detect`, `extract_text`, `clean_text`, `chunk`, `summarize`, `index`, `translate`.
    public static func documents(_ store: CorpusStore) -> [StageName: PostgresStageStore.Projection] {
        var projections = Self.texts(store)
        projections["detect"] = { transaction, work, output in
            let file = try DetectedFile(bytes: output.body)
            var facts = Self.facts(of: work)
            facts.contentSHA256 = file.sha256
            facts.mimeType = file.mimeType
            facts.bytes = file.bytes
            facts.pageCount = file.pages
            try await store.write(facts, of: try Self.uuid(work), version: work.processingVersion, in: transaction)
        }
        projections["extract_text"] = { transaction, work, output in
            let document = try ExtractedDocument(bytes: output.body)
            var facts = Self.facts(of: work)
            facts.pageCount = document.pages.count
            facts.title = document.title
            try await store.write(facts, of: try Self.uuid(work), version: work.processingVersion, in: transaction)
        }
        return projections
    }

    /// The same for recordings: `probe`, `transcribe`, `keyframes`, `ocr_frames`, and the stages of texts.
    public static func recordings(_ store: CorpusStore) -> [StageName: PostgresStageStore.Projection] {
        var projections = Self.texts(store)
        projections["probe"] = { transaction, work, output in
            let file = try MediaFile(bytes: output.body)
            var facts = Self.facts(of: work)
            facts.contentSHA256 = file.sha256
            facts.mimeType = file.mimeType
            facts.bytes = file.bytes
            facts.title = file.title
            facts.durationMs = file.durationMs
            try await store.write(facts, of: try Self.uuid(work), version: work.processingVersion, in: transaction)
        }
        projections["transcribe"] = { transaction, work, output in
            let transcript = try Transcript(bytes: output.body)
            var facts = Self.facts(of: work)
            // What was really decoded; nothing at all where there is no sound.
            if transcript.durationMs > 0 { facts.durationMs = transcript.durationMs }
            let uuid = try Self.uuid(work)
            try await store.write(facts, of: uuid, version: work.processingVersion, in: transaction)
            try await store.replace(
                transcript.segments.map { TimedText(time: $0.time, text: $0.text, confidence: $0.confidence) }, source: .speech, of: uuid,
                version: work.processingVersion, in: transaction)
        }
        projections["keyframes"] = { transaction, work, output in
            try await store.replace(
                try VideoFrames(bytes: output.body), of: try Self.uuid(work), version: work.processingVersion, in: transaction)
        }
        projections["ocr_frames"] = { transaction, work, output in
            let screen = try ScreenText(bytes: output.body)
            try await store.replace(
                screen.spans.map { TimedText(time: $0.time, text: $0.text, confidence: $0.confidence / 100) }, source: .screen,
                of: try Self.uuid(work), version: work.processingVersion, in: transaction)
        }
        return projections
    }

    /// For `PostgresStageStore(clearing:)`: a version that is shown as a whole begins with nothing of an older one.
    public static func clearing(_ store: CorpusStore) -> PostgresStageStore.Clearing {
        { transaction, work in
            try await store.clear(try Self.uuid(work), before: work.processingVersion, in: transaction)
        }
    }

    /// What documents and recordings have in common: `clean_text`, `chunk`, `summarize`, `index`, `translate`.
    private static func texts(_ store: CorpusStore) -> [StageName: PostgresStageStore.Projection] {
        [
            "clean_text": { transaction, work, output in
                let document = try CleanedDocument(bytes: output.body)
                var facts = Self.facts(of: work)
                facts.title = document.title
                facts.language = document.language
                facts.category = document.category
                let uuid = try Self.uuid(work)
                try await store.write(facts, of: uuid, version: work.processingVersion, in: transaction)
                try await store.write(pages: document.pages, of: uuid, version: work.processingVersion, in: transaction)
            },
            "chunk": { transaction, work, output in
                let uuid = try Self.uuid(work)
                try await store.write(Self.facts(of: work), of: uuid, version: work.processingVersion, in: transaction)
                let chunks = try ChunkedDocument(bytes: output.body).chunks
                try await store.replaceChunks(chunks, of: uuid, version: work.processingVersion, in: transaction)
            },
            "summarize": { transaction, work, output in
                var facts = DocumentFacts()
                facts.summary = try DocumentSummary(bytes: output.body).text
                try await store.write(facts, of: try Self.uuid(work), version: work.processingVersion, in: transaction)
            },
            "index": { transaction, work, output in
                let vectors = try ChunkVectors(bytes: output.body)
                try await store.write(vectors, of: try Self.uuid(work), version: work.processingVersion, in: transaction)
            },
            "translate": { transaction, work, output in
                try await store.replace(
                    try DocumentTranslation(bytes: output.body), of: try Self.uuid(work), version: work.processingVersion, in: transaction)
            },
        ]
    }

    private static func facts(of work: StageWork) -> DocumentFacts {
        var facts = DocumentFacts()
        facts.tenantID = work.envelope.tenantID
        facts.jobID = work.envelope.jobID
        facts.filename = work.envelope.filename
        facts.uri = work.envelope.path
        return facts
    }

    private static func uuid(_ work: StageWork) throws(PostgresError) -> PostgresUUID {
        guard let uuid = PostgresUUID(work.identity.documentUUID) else {
            throw PostgresError(.invalidArgument, "the document's name is not a UUID")
        }
        return uuid
    }
}
