/// Words that must be put in, taken out or changed to make the reference of what was recognised.
struct WordErrorRate {
    let errors: Int
    /// Words of the reference.
    let words: Int
    var rate: Double { Double(self.errors) / Double(max(1, self.words)) }

    /// Case and punctuation do not count.
    init(of text: String, reference: String) {
        let found = Self.words(text)
        let wanted = Self.words(reference)
        var row = Array(0...found.count)
        for (index, word) in wanted.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for position in found.indices {
                let next = row[position + 1]
                row[position + 1] = min(min(next, row[position]) + 1, diagonal + (found[position] == word ? 0 : 1))
                diagonal = next
            }
        }
        self.errors = row[found.count]
        self.words = wanted.count
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
    }
}
