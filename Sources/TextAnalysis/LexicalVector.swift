/// Words and groups of four letters hashed to fixed dimensions: the part of a vector that matches spelling rather than meaning.
enum LexicalVector {
    /// A vector of unit length, or zeros for a text without words. `weight` is what a term's rarity makes it worth, at most 1.
    ///
    /// The letter groups of a word weigh as much as the word, so "certificates", "certification" and "certifcate" stay near each other.
    static func make(_ text: String, dimensions: Int, weight: (UInt64) -> Float) -> [Float] {
        var words: [UInt64: Float] = [:]
        var grams: [UInt64: Float] = [:]
        var text = text
        text.makeContiguousUTF8()
        let source = text
        text.withUTF8 { bytes in
            var letters: [UInt32] = []
            TermTokenizer.forEachTerm(source) { term, range in
                guard !StopWords.hashes.contains(term) else { return }
                words[term, default: 0] += 1
                letters.removeAll(keepingCapacity: true)
                letters.append(Self.edge)
                var index = range.lowerBound
                while index < range.upperBound {
                    let (value, length) = UTF8Text.scalar(bytes, at: index)
                    letters.append(UTF8Text.folded(value))
                    index += length
                }
                letters.append(Self.edge)
                guard letters.count > 4 else { return }
                let share = weight(term) / Float(letters.count - 3).squareRoot()
                for start in 0...letters.count - 4 {
                    var hash = Hash64()
                    hash.combine(UInt8(1))  // hashes of groups are another space than hashes of words
                    for offset in 0..<4 { hash.combine(letters[start + offset]) }
                    grams[hash.value, default: 0] += share
                }
            }
        }
        var vector = [Float](repeating: 0, count: dimensions)
        // Sorted, since adding Floats in a dictionary's order would give other last bits in each process.
        for (term, count) in words.sorted(by: { $0.key < $1.key }) {
            Self.add(term, count * (BM25.k1 + 1) / (count + BM25.k1) * weight(term), to: &vector)
        }
        for (gram, sum) in grams.sorted(by: { $0.key < $1.key }) { Self.add(gram, sum / (1 + 0.3 * sum), to: &vector) }
        VectorMath.normalize(&vector)
        return vector
    }

    private static let edge: UInt32 = 0x5F

    private static func add(_ hash: UInt64, _ weight: Float, to vector: inout [Float]) {
        vector[Int(hash % UInt64(vector.count))] += hash >> 63 == 0 ? weight : -weight
    }
}
