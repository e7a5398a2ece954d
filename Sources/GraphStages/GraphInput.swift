internal import Corpus
internal import Flotilla
internal import StageTools

/// What other pipelines made of the document that a graph message speaks of.
struct GraphInput {
    let cleaned: CleanedDocument
    let chunks: [DocumentChunk]
    /// UTF-8 of the cleaned text.
    let text: [UInt8]

    /// - Throws: ``StageFailure`` when the document was not processed in this version.
    init(_ context: StageContext) throws {
        do {
            self.cleaned = try CleanedDocument(stage: "clean_text", in: context)
            self.chunks = try ChunkedDocument(stage: "chunk", in: context).chunks
        } catch let error as MissingStageOutput {
            throw StageFailure(
                .badInput,
                "The document \(context.identity.documentUUID) has no output of \(error.stage) in version "
                    + "\(context.message.processingVersion): its own pipeline must be done before the graph's.")
        }
        self.text = Array(self.cleaned.text.utf8)
    }
}
