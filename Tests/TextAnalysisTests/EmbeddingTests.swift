import Testing

@testable import TextAnalysis

@Suite struct EmbeddingTests {
    static let corpus = [
        "The river flooded the town after heavy rain.", "Heavy rain made the river rise and water entered houses of the town.",
        "The invoice is payable within thirty days.", "Please pay the invoice by bank transfer within the period of payment.",
        "The telescope observed distant galaxies.", "Astronomers use a telescope to study galaxies and stars.",
        "Bread dough rises overnight before baking.", "Bake the bread in a hot oven until the crust is dark.",
    ]

    @Test func `vectors are of unit length and related texts are nearer`() throws {
        let model = try #require(LatentSemanticModel.fit(Self.corpus))
        let vectors = Self.corpus.map(model.vector(for:))
        for vector in vectors {
            #expect(vector.count == model.dimensions)
            #expect(abs(VectorMath.dot(vector, vector) - 1) < 1e-3)
        }
        for pair in stride(from: 0, to: 8, by: 2) {
            for other in 0..<8 where other / 2 != pair / 2 {
                #expect(VectorMath.dot(vectors[pair], vectors[pair + 1]) > VectorMath.dot(vectors[pair], vectors[other]))
            }
        }
    }

    @Test func `a fit is reproducible and survives storage bit for bit`() throws {
        let first = try #require(LatentSemanticModel.fit(Self.corpus))
        let second = try #require(LatentSemanticModel.fit(Self.corpus))
        #expect(first.modelID == second.modelID)
        let bytes = first.serialized()
        let restored = try LatentSemanticModel(serialized: bytes)
        #expect(restored.modelID == first.modelID)
        #expect(restored.documentCount == 8)
        #expect(restored.vector(for: "river water") == first.vector(for: "river water"))
        #expect(restored.serialized() == bytes)
    }

    @Test func `damaged models are refused`() throws {
        let bytes = try #require(LatentSemanticModel.fit(Self.corpus)).serialized()
        for cut in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 97)) {
            #expect(throws: EmbeddingModelError.self) { try LatentSemanticModel(serialized: Array(bytes.prefix(cut))) }
            var altered = bytes
            altered[cut] ^= 0x41
            #expect(throws: EmbeddingModelError.self) { try LatentSemanticModel(serialized: altered) }
        }
        var huge = Array(bytes.prefix(12)) + [0xFF, 0xFF, 0xFF, 0xFF] + Array(bytes.dropFirst(16))
        #expect(throws: EmbeddingModelError.self) { try LatentSemanticModel(serialized: huge) }
        huge = []
        #expect(throws: EmbeddingModelError.self) { try LatentSemanticModel(serialized: huge) }
    }

    @Test func `tiny and odd corpora have a model or none, never a trap`() throws {
        #expect(LatentSemanticModel.fit([]) == nil)
        #expect(LatentSemanticModel.fit(["", " "]) == nil)
        #expect(LatentSemanticModel.fit(["one"]) == nil)
        let single = try #require(LatentSemanticModel.fit(["two words"]))
        #expect(!VectorMath.isZero(single.vector(for: "words")))
        let same = try #require(LatentSemanticModel.fit([String](repeating: "the same river boat", count: 12)))
        #expect(VectorMath.dot(same.vector(for: "same boat"), same.vector(for: "the same river boat")) > 0.5)
        _ = LatentSemanticModel.fit(HostileText.all)
    }

    @Test func `hashing works from the first document`() async throws {
        let embedder = HashingEmbedder()
        let vectors = try await embedder.embed(["certificate of origin", "certificates of origin", "river boat", ""])
        #expect(vectors.allSatisfy { $0.count == 1024 })
        #expect(VectorMath.dot(vectors[0], vectors[1]) > 0.6)
        #expect(VectorMath.dot(vectors[0], vectors[2]) < 0.2)
        #expect(VectorMath.isZero(vectors[3]))
    }

    @Test func `stemming, folding and pairs of characters`() {
        func same(_ first: String, _ second: String) -> Bool { TermTokenizer.terms(first) == TermTokenizer.terms(second) }
        #expect(same("connections", "connected"))
        #expect(same("Éléphant", "elephant"))
        #expect(same("relational", "relate"))
        #expect(same("Ελλάδα", "ελλαδα"))
        #expect(same("STRASSE", "Straße"))
        #expect(same("hopping", "hop") && same("ponies", "pony"))
        #expect(TermTokenizer.terms("予算決定").count == 3)
        #expect(TermTokenizer.terms("to be or not to be").count > 0)
        #expect(TermTokenizer.terms("don't stop").count == 2)
    }

    @Test func `sign codes and stored vectors keep the angle`() throws {
        let model = try #require(LatentSemanticModel.fit(Self.corpus))
        let vector = model.vector(for: Self.corpus[0])
        #expect(SignCode.bitString(of: vector).utf8.count == 256)
        let restored = try #require(QuantizedVector.decode(QuantizedVector.encode(vector)))
        #expect(restored.count == vector.count)
        #expect(VectorMath.dot(restored, vector) > 0.99)
        #expect(QuantizedVector.decode([1, 2]) == nil)
        #expect(QuantizedVector.decode([0, 0, 0xC0, 0x7F, 1]) == nil)
        #expect(QuantizedVector.decode(QuantizedVector.encode([])) == [])
    }

    @Test func `the decomposition finds known singular values`() {
        var matrix = SparseMatrix(columnCount: 3)
        matrix.appendRow([(0, 3)])
        matrix.appendRow([(1, 2)])
        matrix.appendRow([(0, 0), (2, 1)])
        let found = TruncatedSVD(of: matrix, rank: 3, seed: 7).singularValues
        #expect(found.count == 3)
        for (value, expected) in zip(found, [Float(3), 2, 1]) { #expect(abs(value - expected) < 1e-4) }
    }

    @Test func `fusion puts hits of both kinds first and drops what matches in nothing`() {
        let scores = RankFusion.scores([
            FusionCandidate(cosine: 0.9, lexical: 5), FusionCandidate(cosine: 0.9, lexical: 0), FusionCandidate(cosine: nil, lexical: 5),
            FusionCandidate(cosine: 0.005, lexical: 0), FusionCandidate(cosine: .nan, lexical: .infinity),
        ])
        #expect(scores[0] > scores[1] && scores[0] > scores[2])
        #expect(scores[3] == 0)
        #expect(scores.allSatisfy { $0.isFinite && $0 <= 1 })
        #expect(RankFusion.reciprocalRanks([["a", "b"], ["b", "c"]]).map(\.item) == ["b", "a", "c"])
    }
}
