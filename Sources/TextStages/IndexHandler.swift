internal import Corpus
public import Flotilla
internal import StageTools
internal import TextAnalysis

/// Computes a vector for each chunk, for search by meaning.
///
/// Only the vectors of a server's model are worth a cache. Those of the corpus' own model are large, made in milliseconds, and of no use as soon
/// as the model is fitted anew.
public struct IndexHandler: CacheableStage {
    public let stage: StageName = "index"
    public let engine: String
    private let isRemote: Bool
    private let embedder: @Sendable () async throws -> any Embedder

    /// - Parameters:
    ///   - engine: names a remote model with its server: another server's model of the same name may be another.
    ///   - isRemote: whether the embedder asks a server.
    ///   - embedder: asked once a run: a model fitted on the corpus is replaced as the corpus grows.
    package init(_ choice: EmbedderChoice) {
        self.engine = choice.name
        self.isRemote = choice.isRemote
        self.embedder = choice.embedder
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

    public var isExpensive: Bool { self.isRemote }

    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        guard self.isRemote else { return nil }
        let embedder = try await self.embedder()
        return StageInputs(outputs: ["chunk"], parameters: ["model": embedder.modelID, "dimensions": "\(embedder.dimensions)"])
    }

    /// What a chunk is about is often only in the headings above it.
    private static func text(_ chunk: DocumentChunk) -> String {
        chunk.headingPath.isEmpty ? chunk.text : chunk.headingPath.joined(separator: " > ") + "\n" + chunk.text
    }
}
