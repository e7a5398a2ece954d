/// What documents and neighbours say about two names: numbers for each name, compared without their texts.
struct ContextEvidence {
    /// Ascending, without repetitions.
    var documents: [Int32] = []
    var neighbours: [Int32] = []
    /// The number that this name has where it is a neighbour of others.
    var own: Set<Int32> = []

    /// 0 (nothing) to 1: a shared document counts two fifths, shared neighbours the rest.
    func support(for other: ContextEvidence) -> (value: Double, sharesDocument: Bool, sharesNeighbours: Bool) {
        let sharesDocument = Self.common(self.documents, other.documents) > 0
        let common = Self.common(self.neighbours, other.neighbours)
        var neighbours = 0.0
        if common > 0 {
            let all = self.neighbours.count + other.neighbours.count - common
            neighbours = min(1, Double(common) / Double(all) / 0.3)
        }
        return ((sharesDocument ? 0.4 : 0) + 0.6 * neighbours, sharesDocument, common > 0)
    }

    /// Whether one is a neighbour of the other: two spellings side by side are rather two things.
    func isNamed(with other: ContextEvidence) -> Bool {
        self.neighbours.contains { other.own.contains($0) } || other.neighbours.contains { self.own.contains($0) }
    }

    mutating func formUnion(_ other: ContextEvidence) {
        self.documents = Self.union(self.documents, other.documents)
        self.neighbours = Self.union(self.neighbours, other.neighbours)
        self.own.formUnion(other.own)
    }

    private static func common(_ left: [Int32], _ right: [Int32]) -> Int {
        var count = 0
        var first = 0
        var second = 0
        while first < left.count, second < right.count {
            if left[first] == right[second] {
                count += 1
                first += 1
                second += 1
            } else if left[first] < right[second] {
                first += 1
            } else {
                second += 1
            }
        }
        return count
    }

    private static func union(_ left: [Int32], _ right: [Int32]) -> [Int32] {
        left.isEmpty ? right : right.isEmpty ? left : Set(left).union(right).sorted()
    }
}
