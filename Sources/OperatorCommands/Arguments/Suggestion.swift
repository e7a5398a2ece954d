/// Finds what a mistyped word was meant to be.
enum Suggestion {
    /// `; did you mean X?`, or nothing when no known word is near.
    static func sentence(_ word: String, among known: [String]) -> String {
        self.nearest(word, among: known).map { "; did you mean \($0)?" } ?? ""
    }

    static func nearest(_ word: String, among known: [String]) -> String? {
        let best = known.map { (word: $0, distance: self.distance(word, $0)) }.min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        guard let best, best.distance <= max(1, min(word.count, best.word.count) / 3) else {
            // A beginning that fits only one word says enough.
            let beginnings = word.count >= 2 ? known.filter { $0.hasPrefix(word) } : []
            return beginnings.count == 1 ? beginnings[0] : nil
        }
        return best.word
    }

    /// How many letters must be changed, added, removed or swapped with their neighbour.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(64))
        let right = Array(right.utf8.prefix(64))
        var before = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for i in 0..<left.count {
            var row = [i + 1]
            for j in 0..<right.count {
                var cost = min(last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            (before, last) = (last, row)
        }
        return last[right.count]
    }
}
