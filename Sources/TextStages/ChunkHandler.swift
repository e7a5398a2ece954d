internal import Corpus
public import Flotilla
internal import StageTools
internal import TextAnalysis

/// Cuts the text into spans that can be found and cited: each knows its pages and its place.
public struct ChunkHandler: CacheableStage {
    public let stage: StageName = "chunk"
    public let engine = "flotilla-text 1"

    package init() {}

    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? { StageInputs(outputs: ["clean_text"]) }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let document = try CleanedDocument(stage: "clean_text", in: context)
        let chunks = TextChunker().chunks(of: CleanedText(document)).map { chunk in
            DocumentChunk(
                index: chunk.index, text: chunk.text, bytes: chunk.bytes, firstPage: chunk.firstPage, lastPage: chunk.lastPage,
                time: document.time(of: chunk.bytes), headingPath: chunk.headingPath, tokenEstimate: chunk.tokenEstimate)
        }
        guard !chunks.isEmpty else { throw StageFailure(.empty, "There is no text to cut into chunks.") }
        return StageOutput(body: ChunkedDocument(chunks: chunks).bytes, metrics: ["chunks": Double(chunks.count)])
    }
}
