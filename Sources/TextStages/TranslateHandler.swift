internal import Corpus
public import Flotilla
internal import RemoteModels
internal import StageTools

/// Translates the chunks of a text. The original stays what it is: the translation stands beside it.
///
/// Every chunk is a checkpoint. A retry asks only for what is missing, and a chunk that resists it to the end is left out with a warning
/// rather than the document with all its other chunks.
public struct TranslateHandler: CacheableStage {
    public let stage: StageName = "translate"
    public let engine: String
    private let translator: any Translator
    /// ISO 639-1.
    private let target: String
    private let patience: Int

    /// - Parameters:
    ///   - target: the language to translate into: `en`, `eng`, `en-GB`.
    ///   - patience: the attempt from which on a chunk that was answered badly is left out; not above the attempts that a message has.
    package init(translator: any Translator, target: String, patience: Int = 3) {
        self.translator = translator
        self.patience = patience
        self.target = LanguageCode.short(target) ?? target
        self.engine = "\(translator.engine) to \(self.target)"
    }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let document = try CleanedDocument(stage: "clean_text", in: context)
        guard let source = LanguageCode.short(document.language) else {
            return self.output(document.language, warning: "The language of the text is not known, so it was not translated.")
        }
        guard source != self.target else {
            return self.output(source, warning: "The text is in \(LanguageCode.name(source)) already.")
        }
        if case .missing(let what) = try await self.translator.support(from: source, to: self.target) {
            return self.output(source, warning: "The text was not translated. \(what)", isPartial: true)
        }
        let chunks = try ChunkedDocument(stage: "chunk", in: context).chunks
        let (texts, failures) = try await self.translate(chunks, from: source, context)
        if let failure = self.verdict(failures, translated: texts.count, attempt: context.attempt) { throw failure }

        var warnings: [String] = []
        if let first = failures.first {
            let reason = Self.reason(first.value)
            warnings.append("\(failures.count) of \(chunks.count) chunks were not translated. The first is \(first.key): \(reason)")
        }
        let translation = DocumentTranslation(
            engine: self.engine, sourceLanguage: source, targetLanguage: self.target,
            chunks: texts.sorted { $0.key < $1.key }.map { .init(index: $0.key, text: $0.value) }, warnings: warnings,
            isPartial: !failures.isEmpty)
        return StageOutput(
            body: translation.bytes, metrics: ["chunks": Double(texts.count), "failed_chunks": Double(failures.count)],
            isPartial: translation.isPartial)
    }

    public var isExpensive: Bool { true }

    /// The attempt decides only which chunks are given up, and an output that lacks any is never cached.
    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(outputs: ["clean_text", "chunk"], parameters: ["data": self.translator.stamp], piecesStandAlone: true)
    }

    private func output(_ source: String, warning: String, isPartial: Bool = false) -> StageOutput {
        let translation = DocumentTranslation(
            engine: self.engine, sourceLanguage: source, targetLanguage: self.target, chunks: [], warnings: [warning], isPartial: isPartial)
        return StageOutput(body: translation.bytes, metrics: ["chunks": 0], isPartial: isPartial)
    }
}

extension TranslateHandler {
    /// What became of a batch: texts and failures by the chunks' indices.
    private struct Progress: Sendable {
        var texts: [Int: String] = [:]
        var failures: [Int: any Error] = [:]
    }

    /// Translates what no earlier run has kept, some batches at once.
    private func translate(
        _ chunks: [DocumentChunk], from source: String, _ context: StageContext
    ) async throws -> (texts: [Int: String], failures: [(key: Int, value: any Error)]) {
        let kept = try await context.checkpoints.recall(chunks.map { Self.key($0, source) })
        var done = Progress()
        for chunk in chunks {
            if let piece = kept[Self.key(chunk, source)] { done.texts[chunk.index] = String(decoding: piece, as: UTF8.self) }
        }
        let missing = chunks.filter { done.texts[$0.index] == nil }
        let size = max(1, self.translator.batchSize)
        var waiting = stride(from: 0, to: missing.count, by: size).map { Array(missing[$0..<min($0 + size, missing.count)]) }[...]
        try await withThrowingTaskGroup(of: Progress.self) { group in
            var running = 0
            while running > 0 || !waiting.isEmpty {
                while running < max(1, self.translator.concurrency), let batch = waiting.popFirst() {
                    running += 1
                    group.addTask { try await self.translate(batch: batch, from: source, context) }
                }
                guard let batch = try await group.next() else { break }
                running -= 1
                done.texts.merge(batch.texts) { $1 }
                done.failures.merge(batch.failures) { $1 }
                context.progress(done.texts.count + done.failures.count, chunks.count)
            }
        }
        return (done.texts, done.failures.sorted { $0.key < $1.key })
    }

    /// A batch that cannot be had as a whole is asked for chunk by chunk, so that one bad chunk takes no other with it.
    private func translate(batch: [DocumentChunk], from source: String, _ context: StageContext) async throws -> Progress {
        try Task.checkCancellation()
        var progress = Progress()
        do {
            let texts = try await self.translator.translate(batch.map(\.text), from: source, to: self.target)
            guard texts.count == batch.count else {
                throw TranslationFailure("The translator gave \(texts.count) texts for \(batch.count).")
            }
            for (chunk, text) in zip(batch, texts) {
                try await context.checkpoints.keep(Array(text.utf8), as: Self.key(chunk, source))
                progress.texts[chunk.index] = text
            }
        } catch  where Self.concernsText(error) {
            guard batch.count > 1 else { return Progress(failures: [batch[0].index: error]) }
            for chunk in batch {
                let single = try await self.translate(batch: [chunk], from: source, context)
                progress.texts.merge(single.texts) { $1 }
                progress.failures.merge(single.failures) { $1 }
            }
        }
        return progress
    }

    /// Whether other chunks may fare better. Busy servers and missing tools stop them all.
    private static func concernsText(_ error: any Error) -> Bool {
        if let error = error as? RemoteModelError { return error.code == .badAnswer || error.code == .refused }
        return error is TranslationFailure
    }

    /// What the run fails with; nil when the document can do without the chunks that failed.
    private func verdict(_ failures: [(key: Int, value: any Error)], translated: Int, attempt: Int) -> (any Error)? {
        // A chunk that is refused will be refused again. A server that refuses every one has another reason than their content.
        let refusals = failures.filter { ($0.value as? RemoteModelError)?.code == .refused }
        if let first = refusals.first, translated == 0, refusals.count == failures.count { return first.value }
        guard attempt < self.patience else { return nil }
        return failures.first { ($0.value as? RemoteModelError)?.code != .refused }?.value
    }

    private static func reason(_ error: any Error) -> String {
        (error as? any FailureClassified)?.failureMessage ?? "\(error)"
    }

    /// By its text: a text that is cut otherwise is still translated in the chunks that stayed what they were.
    private static func key(_ chunk: DocumentChunk, _ source: String) -> String { "chunk-\(source)-\(chunk.textDigest)" }
}
