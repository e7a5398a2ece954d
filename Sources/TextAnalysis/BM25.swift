/// Okapi BM25 over candidate texts: how well they match a query word by word.
public struct BM25: Sendable {
    public static let k1: Float = 1.2
    public static let b: Float = 0.75

    private let documentCount: Double
    private let averageLength: Float

    /// - Parameters:
    ///   - documentCount: texts in the corpus.
    ///   - averageLength: their mean number of terms.
    public init(documentCount: Int, averageLength: Float) {
        self.documentCount = Double(max(1, documentCount))
        self.averageLength = max(1, averageLength)
    }

    /// The score of a text's terms for a query's; 0 when they share none. `documentFrequency` says how many texts hold a term.
    public func score(query: [UInt64], text: [UInt64], documentFrequency: (UInt64) -> Int) -> Float {
        var counts: [UInt64: Float] = [:]
        for term in query { counts[term] = 0 }
        for term in text where counts[term] != nil { counts[term, default: 0] += 1 }
        let norm = Self.k1 * (1 - Self.b + Self.b * Float(text.count) / self.averageLength)
        var score: Float = 0
        var seen: Set<UInt64> = []
        for term in query where seen.insert(term).inserted {
            let count = counts[term, default: 0]
            guard count > 0 else { continue }
            score += self.inverseFrequency(documentFrequency(term)) * count * (Self.k1 + 1) / (count + norm)
        }
        return score
    }

    /// ln(1 + (N - n + 0.5) / (n + 0.5)); positive for every n up to N.
    public func inverseFrequency(_ documents: Int) -> Float {
        let count = min(Double(max(0, documents)), self.documentCount)
        return Float(Logarithm.log(1 + (self.documentCount - count + 0.5) / (count + 0.5)))
    }
}
