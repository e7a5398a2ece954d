/// How alike a name is to what somebody typed.
package enum NameLikeness {
    /// Less is another name.
    package static let threshold = 0.5

    /// The words of a name in lower case.
    package static func words(_ name: String) -> [String] {
        name.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(16).map { String($0.prefix(64)) }
    }

    /// 0 to 1: how well each of the typed words is found among the name's, less a little for words that nobody typed.
    package static func of(_ typed: [String], _ name: [String]) -> Double {
        guard !typed.isEmpty, !name.isEmpty else { return 0 }
        let found = typed.map { word in name.map { Self.likeness(word, $0) }.max() ?? 0 }.reduce(0, +) / Double(typed.count)
        let unasked = Double(max(0, name.count - typed.count)) / Double(name.count)
        return found * (1 - 0.2 * unasked)
    }

    private static func likeness(_ left: String, _ right: String) -> Double {
        if left == right { return 1 }
        if right.hasPrefix(left), left.count >= 3 { return 0.9 }
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        let similarity = 1 - Double(Self.distance(left, right)) / Double(max(left.count, right.count))
        return similarity >= 0.6 ? similarity : 0
    }

    /// Edits that turn one into the other.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var row = Array(0...right.count)
        for (index, scalar) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for place in right.indices {
                let next = row[place + 1]
                row[place + 1] = min(min(next, row[place]) + 1, diagonal + (right[place] == scalar ? 0 : 1))
                diagonal = next
            }
        }
        return row[right.count]
    }
}
