public import HTTPClient
internal import JSONText
public import TextAnalysis

/// Vectors from any server that speaks OpenAI's `/v1/embeddings`.
public struct RemoteEmbedder: Embedder {
    public struct Configuration: Sendable {
        /// The address up to `/v1`; `/embeddings` is added.
        public var baseURL: String
        public var model: String
        /// What the model gives; anything else is refused, since it could not be compared with what is stored.
        public var dimensions: Int
        /// Sent as a bearer token.
        public var apiKey: String?
        /// Texts in one request.
        public var batchSize = 64
        /// UTF-8 bytes of one text that are sent; models read no more.
        public var textLimit = 24_000
        public var timeout: Duration = .seconds(60)

        public init(baseURL: String, model: String, dimensions: Int, apiKey: String? = nil) {
            self.baseURL = baseURL
            self.model = model
            self.dimensions = dimensions
            self.apiKey = apiKey
        }
    }

    public var modelID: String { self.configuration.model }
    public var dimensions: Int { self.configuration.dimensions }
    /// The model and where it is, for records: two servers may give one name to two models.
    public var engine: String { "\(self.modelID) at \(self.server.place)" }
    private let configuration: Configuration
    private let server: RemoteModelServer

    public init(_ configuration: Configuration, caller: HTTPCaller) {
        self.configuration = configuration
        self.server = RemoteModelServer(
            .embedding, baseURL: configuration.baseURL, apiKey: configuration.apiKey, timeout: configuration.timeout, caller: caller)
    }

    /// - Throws: ``RemoteModelError``, `CancellationError`. Nothing is kept of what came before.
    public func embed(_ texts: [String]) async throws -> [[Float]] {
        var vectors: [[Float]] = []
        for start in stride(from: 0, to: texts.count, by: max(1, self.configuration.batchSize)) {
            vectors += try await self.batch(Array(texts[start..<min(start + max(1, self.configuration.batchSize), texts.count)]))
        }
        return vectors
    }

    private func batch(_ texts: [String]) async throws -> [[Float]] {
        let inputs = texts.map {
            JSONValue.string($0.utf8.count <= self.configuration.textLimit ? $0 : Self.cut($0, self.configuration.textLimit))
        }
        let body = JSONValue.object([
            .init("model", .string(self.configuration.model)), .init("input", .array(inputs)), .init("encoding_format", "float"),
        ])
        // Twenty digits a number are generous.
        let limit = min(256 << 20, 1 << 20 + texts.count.multipliedReportingOverflow(by: self.dimensions * 24).partialValue)
        return try self.vectors(try await self.server.post("/embeddings", body, responseLimit: limit), count: texts.count)
    }

    func vectors(_ answer: JSONValue, count: Int) throws(RemoteModelError) -> [[Float]] {
        guard let data = answer["data"]?.array, data.count == count else {
            throw RemoteModelError(.embedding, .badAnswer, "The embedding server's answer is not a list of \(count) vectors.")
        }
        var vectors = [[Float]](repeating: [], count: count)
        for (position, item) in data.enumerated() {
            let index = item["index"]?.integer.flatMap { Int(exactly: $0) } ?? position
            guard vectors.indices.contains(index), vectors[index].isEmpty, let numbers = item["embedding"]?.array else {
                throw RemoteModelError(.embedding, .badAnswer, "The embedding server's answer has a vector without numbers or place.")
            }
            guard numbers.count == self.dimensions else {
                throw RemoteModelError(
                    .embedding, .wrongDimensions,
                    "The model \(self.modelID) gives \(numbers.count) dimensions, but \(self.dimensions) are configured; nothing was stored."
                )
            }
            var vector = numbers.compactMap { $0.number.map { Float($0) } }
            guard vector.count == numbers.count, vector.allSatisfy(\.isFinite) else {
                throw RemoteModelError(
                    .embedding, .badAnswer, "The embedding server's answer has a vector with something else than numbers.")
            }
            VectorMath.normalize(&vector)
            vectors[index] = vector
        }
        return vectors
    }

    /// Cut between two characters.
    private static func cut(_ text: String, _ limit: Int) -> String {
        var bytes = Array(text.utf8.prefix(limit))
        while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
        if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
