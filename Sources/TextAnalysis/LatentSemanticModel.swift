/// Latent semantic analysis beside hashed words: texts that use related words lie near each other even where they share none, and
/// texts that share rare words lie nearer still.
///
/// A vector has two parts. The first comes from a truncated singular value decomposition of the corpus (log frequency times rarity);
/// it carries 0.6 of the squared length. The second hashes words and letter groups to 768 components, weighted by the same rarity: it
/// finds names, numbers and misspellings that 256 dimensions blur (Benchmarks/relevance has the figures). New texts are folded in
/// without a new fit. Immutable and safe to share.
public struct LatentSemanticModel: Embedder {
    public struct Options: Sendable, Hashable {
        /// Latent components at most; a corpus of n texts supports at most n.
        public var dimensions: Int
        /// The most frequent terms that are kept.
        public var vocabularyLimit: Int
        public var powerIterations: Int
        public var seed: UInt64

        public init(dimensions: Int = 256, vocabularyLimit: Int = 32_768, powerIterations: Int = 4, seed: UInt64 = 1) {
            self.dimensions = max(1, dimensions)
            self.vocabularyLimit = max(1, vocabularyLimit)
            self.powerIterations = max(0, powerIterations)
            self.seed = seed
        }
    }

    /// Components of the part that hashes words and letter groups.
    public static let lexicalDimensions = 768
    /// What the latent part adds to the cosine of two texts; the lexical part adds the rest.
    static let latentShare: Float = 0.6

    /// Components of a vector: the latent ones, then the lexical ones.
    public var dimensions: Int { self.latentDimensions + Self.lexicalDimensions }
    /// Components that the decomposition yielded.
    public let latentDimensions: Int
    /// Texts that the model was fitted on.
    public let documentCount: Int
    /// Mean number of terms in those texts.
    public let averageLength: Float
    /// "lsa-256-768-" (the dimensions of both parts) and a fingerprint of the fitted values.
    public let modelID: String

    /// Row of each term hash in the tables below.
    let rows: TermTable
    /// In how many of the texts each term occurs.
    let documentFrequencies: [UInt32]
    /// What a term weighs, from its spread over the corpus: 1 for a term of one text, near 0 for one that is everywhere alike.
    let weights: [Float]
    /// Per term: the factor of its row in `projection`.
    let scales: [Float]
    /// Terms by dimensions, as signed bytes: a fourth of the memory, and the same numbers before and after storage.
    let projection: [Int8]

    init(
        latentDimensions: Int, documentCount: Int, averageLength: Float, hashes: [UInt64], documentFrequencies: [UInt32], weights: [Float],
        scales: [Float], projection: [Int8]
    ) {
        self.latentDimensions = latentDimensions
        self.documentCount = documentCount
        self.averageLength = averageLength
        self.rows = TermTable(hashes)
        self.documentFrequencies = documentFrequencies
        self.weights = weights
        self.scales = scales
        self.projection = projection
        var hash = Hash64()
        for value in hashes { hash.combine(UInt32(truncatingIfNeeded: value)) }
        for value in scales { hash.combine(value.bitPattern) }
        hash.combine(UInt32(truncatingIfNeeded: documentCount))
        let digits = String(hash.value, radix: 16)
        self.modelID = "lsa-\(latentDimensions)-\(Self.lexicalDimensions)-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    public func embed(_ texts: [String]) async throws -> [[Float]] {
        texts.map(self.vector(for:))
    }

    /// The vector of one text: of unit length, or zeros for a text without words.
    public func vector(for text: String) -> [Float] {
        let latent = self.latentVector(for: text)
        let lexical = LexicalVector.make(text, dimensions: Self.lexicalDimensions) { term in
            self.rows[term].map { self.weights[$0] } ?? 1
        }
        let share = Self.latentShare.squareRoot()
        let rest = (1 - Self.latentShare).squareRoot()
        var vector = latent.map { $0 * share } + lexical.map { $0 * rest }
        VectorMath.normalize(&vector)
        return vector
    }

    /// The latent part alone: of unit length, or zeros when the model knows none of the text's terms.
    func latentVector(for text: String) -> [Float] {
        let dimensions = self.latentDimensions
        var counts: [Int: Float] = [:]
        for term in TermTokenizer.terms(text) {
            if let row = self.rows[term] { counts[row, default: 0] += 1 }
        }
        var vector = [Float](repeating: 0, count: dimensions)
        vector.withUnsafeMutableBufferPointer { vector in
            self.projection.withUnsafeBufferPointer { projection in
                // In the order of rows, so that the same text gives the same bits in every process.
                for (row, count) in counts.sorted(by: { $0.key < $1.key }) {
                    let factor = Self.localWeight(count) * self.weights[row] * self.scales[row]
                    let start = row * dimensions
                    for index in 0..<dimensions { vector[index] += factor * Float(projection[start + index]) }
                }
            }
        }
        VectorMath.normalize(&vector)
        return vector
    }

    /// How many of the fitted texts hold the term; 0 for one that is not in the vocabulary.
    public func documentFrequency(of term: UInt64) -> Int {
        self.rows[term].map { Int(self.documentFrequencies[$0]) } ?? 0
    }

    static func localWeight(_ count: Float) -> Float { Float(Logarithm.log(1 + Double(count))) }
}

/// Finds the row of a term hash: open addressing over two arrays, a third of the memory of a dictionary.
struct TermTable: Sendable {
    /// The hashes in row order.
    let hashes: [UInt64]
    private let slots: [Int32]

    init(_ hashes: [UInt64]) {
        self.hashes = hashes
        var size = 16
        while size < hashes.count * 2 { size *= 2 }
        var slots = [Int32](repeating: -1, count: size)
        for (row, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(truncatingIfNeeded: row)
        }
        self.slots = slots
    }

    subscript(hash: UInt64) -> Int? {
        let mask = self.slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while self.slots[slot] >= 0 {
            let row = Int(self.slots[slot])
            if self.hashes[row] == hash { return row }
            slot = (slot + 1) & mask
        }
        return nil
    }
}
