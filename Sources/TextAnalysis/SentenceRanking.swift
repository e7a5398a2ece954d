/// Ranks sentences by directed centrality and picks some that differ.
struct SentenceRanking {
    private let candidates: [SummaryCandidate]
    private let vectors: [[(term: UInt64, weight: Float)]]
    private let scores: [Double]

    /// Likeness below this share of the range counts as none: it is chance.
    private static let threshold = 0.1

    init(_ candidates: [SummaryCandidate], forward: Double) {
        self.candidates = candidates
        let weights = TermWeights(candidates.map(\.terms))
        self.vectors = candidates.map { Self.vector($0.terms, weights) }
        self.scores = Self.centrality(self.vectors, forward: forward)
    }

    /// At most `limit` sentences of `length` scalars in all, at least one, in the order of the text.
    func select(limit: Int, length: Int, centralityShare: Double) -> [(index: Int, score: Double)] {
        guard !self.candidates.isEmpty else { return [] }
        let low = self.scores.min() ?? 0
        let range = max(1e-9, (self.scores.max() ?? 0) - low)
        var nearest = [Double](repeating: 0, count: self.candidates.count)
        var taken = [Bool](repeating: false, count: self.candidates.count)
        var chosen: [Int] = []
        var used = 0
        while chosen.count < limit {
            var best: (index: Int, value: Double)?
            for index in self.candidates.indices where !taken[index] {
                if !chosen.isEmpty, self.candidates[index].scalars > length - used { continue }
                // Nearly the same words as a chosen sentence: a repetition, whatever its centrality.
                if nearest[index] > 0.8 { continue }
                let value = centralityShare * (self.scores[index] - low) / range - (1 - centralityShare) * nearest[index]
                if value > best?.value ?? -.infinity { best = (index, value) }
            }
            guard let best else { break }
            taken[best.index] = true
            chosen.append(best.index)
            used += min(self.candidates[best.index].scalars, length)
            for index in self.candidates.indices where !taken[index] {
                nearest[index] = max(nearest[index], Double(Self.dot(self.vectors[index], self.vectors[best.index])))
            }
        }
        return chosen.sorted().map { ($0, self.scores[$0]) }
    }

    /// For each sentence the sum of its likeness to later ones times `forward`, and to earlier ones times `1 - forward`.
    private static func centrality(_ vectors: [[(term: UInt64, weight: Float)]], forward: Double) -> [Double] {
        // Through an index of terms: only pairs that share a term are touched.
        var postings: [UInt64: [(sentence: Int, weight: Float)]] = [:]
        var pairs: [(first: Int, second: Int, value: Float)] = []
        var row = [Float](repeating: 0, count: vectors.count)
        var touched: [Int] = []
        var largest: Float = 0
        for (index, vector) in vectors.enumerated() {
            touched.removeAll(keepingCapacity: true)
            for entry in vector {
                for posting in postings[entry.term] ?? [] {
                    if row[posting.sentence] == 0 { touched.append(posting.sentence) }
                    row[posting.sentence] += posting.weight * entry.weight
                }
                postings[entry.term, default: []].append((index, entry.weight))
            }
            for other in touched {
                pairs.append((other, index, row[other]))
                // A repeated sentence must not set the scale.
                if row[other] < 0.95 { largest = max(largest, row[other]) }
                row[other] = 0
            }
        }
        var scores = [Double](repeating: 0, count: vectors.count)
        let cut = largest * Float(Self.threshold)
        for pair in pairs where pair.value > cut {
            let value = Double(min(pair.value, largest) - cut)
            scores[pair.first] += forward * value
            scores[pair.second] += (1 - forward) * value
        }
        // Among sentences alike in nothing the earlier one leads.
        let count = Double(max(1, vectors.count))
        for index in scores.indices { scores[index] += 0.05 * Double(largest) * (1 - Double(index) / count) }
        return scores
    }

    private static func vector(_ terms: [UInt64], _ weights: TermWeights) -> [(term: UInt64, weight: Float)] {
        var counts: [UInt64: Float] = [:]
        for term in terms { counts[term, default: 0] += 1 }
        var vector = counts.map { (term: $0.key, weight: $0.value * weights.weight($0.key)) }.sorted { $0.term < $1.term }
        let norm = vector.reduce(Float(0)) { $0 + $1.weight * $1.weight }.squareRoot()
        if norm > 0 { for index in vector.indices { vector[index].weight /= norm } }
        return vector
    }

    private static func dot(_ first: [(term: UInt64, weight: Float)], _ second: [(term: UInt64, weight: Float)]) -> Float {
        var sum: Float = 0
        var left = 0
        var right = 0
        while left < first.count, right < second.count {
            if first[left].term == second[right].term {
                sum += first[left].weight * second[right].weight
                left += 1
                right += 1
            } else if first[left].term < second[right].term {
                left += 1
            } else {
                right += 1
            }
        }
        return sum
    }
}
