/// `Port Alder, Maine`: a place followed by the larger one that it lies in. Told from lists such as `Millbrook, Port Alder and Oakmere`.
struct RelationPlaces {
    /// Town, county, state, country. Longer rows are lists.
    private static let longestChain = 4

    private let patterns: RelationPatterns
    private let tokens: [RelationToken]
    private let mentions: [EntityMention]
    private let comma: Int32

    init(_ patterns: RelationPatterns, _ tokens: [RelationToken], _ mentions: [EntityMention]) {
        self.patterns = patterns
        self.tokens = tokens
        self.mentions = mentions
        self.comma = patterns.vocabulary.id(",")
    }

    /// - Parameter positions: of a segment's mentions, ascending.
    func found(_ positions: [Int]) -> [SegmentReader.Found] {
        var result: [SegmentReader.Found] = []
        var start = 0
        while start < positions.count {
            var end = start + 1
            while end < positions.count, self.isPlace(positions[start]), self.isPlace(positions[end]),
                self.isRow(positions[end - 1], positions[end])
            {
                end += 1
            }
            let chain = positions[start..<end]
            if chain.count > 1, chain.count <= Self.longestChain,
                !self.isContinued(positions[end - 1], next: end < positions.count ? positions[end] : nil)
            {
                for (part, whole) in zip(chain, chain.dropFirst()) {
                    result.append(.init(predicate: .locatedIn, source: part, target: whole, confidence: 0.8, rule: "located_in.row"))
                }
            }
            start = end
        }
        return result
    }

    private func isPlace(_ position: Int) -> Bool {
        self.mentions[Int(self.tokens[position].mention)].type == .place
    }

    private func isRow(_ left: Int, _ right: Int) -> Bool {
        right == left + 2 && self.tokens[left + 1].word == self.comma
    }

    /// Another place follows after "and": the row is a list.
    private func isContinued(_ last: Int, next: Int?) -> Bool {
        guard let next, next - last <= 3, self.isPlace(next) else { return false }
        return (last + 1..<next).contains { self.patterns.connectives.contains(self.tokens[$0].word) }
    }
}
