/// A model without training: words and letter groups hashed to fixed dimensions. Works from the first document; the same everywhere.
///
/// Weaker than ``LatentSemanticModel`` once there is a corpus, since it knows neither rarity nor related words.
public struct HashingEmbedder: Embedder {
    public let dimensions: Int
    public var modelID: String { "hash-ngram-\(self.dimensions)" }

    /// - Parameter dimensions: at least 16; 1,024 by default.
    public init(dimensions: Int = 1024) {
        self.dimensions = max(16, dimensions)
    }

    public func embed(_ texts: [String]) async throws -> [[Float]] {
        texts.map(self.vector(for:))
    }

    /// The vector of one text: of unit length, or zeros for a text without words.
    public func vector(for text: String) -> [Float] {
        LexicalVector.make(text, dimensions: self.dimensions) { _ in 1 }
    }
}
