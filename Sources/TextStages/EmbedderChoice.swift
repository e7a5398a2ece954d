public import TextAnalysis

/// What a pipeline's stage `index` embeds with.
public struct EmbedderChoice: Sendable {
    /// Names it in records. The model fitted on the corpus changes as the corpus grows: it is named as such.
    public var name: String
    /// Whether it asks a server, whose vectors are worth remembering.
    public var isRemote: Bool
    /// Asked once a document for the model in force.
    public var embedder: @Sendable () async throws -> any Embedder

    public init(name: String, isRemote: Bool = false, embedder: @escaping @Sendable () async throws -> any Embedder) {
        self.name = name
        self.isRemote = isRemote
        self.embedder = embedder
    }

    /// One embedder for good; the hashing one needs nothing and is the same everywhere.
    public static func always(_ embedder: any Embedder = HashingEmbedder()) -> EmbedderChoice {
        EmbedderChoice(name: embedder.modelID) { embedder }
    }
}
