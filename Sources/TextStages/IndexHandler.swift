internal import Corpus
public import Flotilla
internal import StageTools
package import TextAnalysis

/// Computes a vector for each chunk, for search by meaning.
public struct IndexHandler: StageHandler {
    public let stage: StageName = "index"
    public let engine: String
    private let embedder: @Sendable () async throws -> any Embedder

    /// - Parameter embedder: asked once a run: a model fitted on the corpus is replaced as the corpus grows.
    package init(engine: String, embedder: @escaping @Sendable () async throws -> any Embedder) {
        self.engine = engine
        self.embedder = embedder
    }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let chunks = try ChunkedDocument(stage: "chunk", in: context).chunks
        let embedder = try await self.embedder()
        var vectors: [[Float]] = []
        vectors.reserveCapacity(chunks.count)
        // Small enough to be cancelled between two, large enough for a remote model to be worth the way.
        for start in stride(from: 0, to: chunks.count, by: 256) {
            try Task.checkCancellation()
            let batch = chunks[start..<min(start + 256, chunks.count)]
            let computed = try await embedder.embed(batch.map(Self.text))
            guard computed.count == batch.count, computed.allSatisfy({ $0.count == embedder.dimensions }) else {
                throw StageFailure(
                    .toolFailed, "The embedder \(embedder.modelID) gave vectors of another number or length than it promised.")
            }
            vectors += computed
            context.progress(vectors.count, chunks.count)
        }
        let result = ChunkVectors(modelID: embedder.modelID, dimensions: embedder.dimensions, vectors: vectors)
        return StageOutput(body: result.bytes, metrics: ["vectors": Double(vectors.count)])
    }

    /// What a chunk is about is often only in the headings above it.
    private static func text(_ chunk: DocumentChunk) -> String {
        chunk.headingPath.isEmpty ? chunk.text : chunk.headingPath.joined(separator: " > ") + "\n" + chunk.text
    }
}
