public import PostgresClient
public import TextAnalysis
internal import Threading

/// Which model makes vectors now: a fixed one where the configuration names one, else the one that was last fitted on the corpus, else
/// hashing, which needs no corpus.
public final class CorpusEmbedders: Sendable {
    /// A model that answers searches, with the number under which its vectors are stored.
    struct Current: Sendable {
        let embedder: any Embedder
        /// Nil when it has no row yet: nothing was indexed with it.
        let number: Int16?
        /// The fitted model, for its term statistics.
        let statistics: LatentSemanticModel?
    }

    private let pool: PostgresPool
    private let fixed: (any Embedder)?
    /// A model is several megabytes: it is read once.
    private let loaded = Lock<LatentSemanticModel?>(nil)
    private static let fallback = HashingEmbedder()

    /// - Parameter fixed: an embedder for good, such as a remote model. Then nothing is fitted.
    public init(pool: PostgresPool, fixed: (any Embedder)? = nil) {
        self.pool = pool
        self.fixed = fixed
    }

    /// Whether vectors come from a model that is not fitted here.
    public var isFixed: Bool { self.fixed != nil }

    /// The model for new vectors and queries. One short query; the model itself is read only after a change.
    ///
    /// - Throws: `PostgresError`. A stored model that is damaged is passed over: hashing answers until the next fit.
    public func embedder() async throws(PostgresError) -> any Embedder { try await self.current().embedder }

    func current() async throws(PostgresError) -> Current {
        if let fixed { return Current(embedder: fixed, number: try await self.number(of: fixed.modelID), statistics: nil) }
        let rows = try await self.pool.query("SELECT number, id FROM embedding_model WHERE is_current AND kind = 'lsa'")
        guard let row = rows.first else { return try await self.fallbackModel() }
        let id = try row["id", as: String.self]
        let number = try row["number", as: Int16.self]
        if let model = self.loaded.withLock({ $0 }), model.modelID == id {
            return Current(embedder: model, number: number, statistics: model)
        }
        let bodies = try await self.pool.query("SELECT body FROM embedding_model WHERE number = \(number)")
        // Replaced between the two queries, or damaged: searching by words and hashing still works.
        guard let bytes = try bodies.first?[0, as: [UInt8]?.self], let model = try? LatentSemanticModel(serialized: bytes) else {
            return try await self.fallbackModel()
        }
        self.loaded.withLock { $0 = model }
        return Current(embedder: model, number: number, statistics: model)
    }

    /// The number of a model, given one if it is of a kind without a body; nil for a fitted model that was replaced.
    func number(ofModel id: String, dimensions: Int, in transaction: PostgresConnection) async throws(PostgresError) -> Int16? {
        let found = try await transaction.query("SELECT number FROM embedding_model WHERE id = \(id) FOR KEY SHARE")
        if let row = found.first { return try row[0, as: Int16.self] }
        guard !id.hasPrefix("lsa-"), dimensions > 0 else { return nil }
        try await transaction.query(
            """
            INSERT INTO embedding_model (id, kind, dimensions) VALUES (\(StorableText.of(id)), 'other', \(Int32(clamping: dimensions)))
            ON CONFLICT (id) DO NOTHING
            """)
        return try await transaction.query("SELECT number FROM embedding_model WHERE id = \(StorableText.of(id)) FOR KEY SHARE").first?[
            0, as: Int16.self]
    }

    private func fallbackModel() async throws(PostgresError) -> Current {
        Current(embedder: Self.fallback, number: try await self.number(of: Self.fallback.modelID), statistics: nil)
    }

    private func number(of id: String) async throws(PostgresError) -> Int16? {
        try await self.pool.query("SELECT number FROM embedding_model WHERE id = \(id)").first?[0, as: Int16.self]
    }
}
