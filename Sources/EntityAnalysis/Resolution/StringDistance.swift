/// How alike two short words are, by their letters.
enum StringDistance {
    /// Jaro-Winkler similarity, 0 to 1: 1 for equal words, 0 when nothing matches. Two empty words are equal.
    static func jaroWinkler(_ left: [UInt32], _ right: [UInt32]) -> Double {
        if left == right { return 1 }
        guard !left.isEmpty, !right.isEmpty else { return 0 }
        let reach = max(0, max(left.count, right.count) / 2 - 1)
        var taken = [Bool](repeating: false, count: right.count)
        var matched: [UInt32] = []
        for index in left.indices {
            let low = max(0, index - reach)
            let high = min(right.count - 1, index + reach)
            guard low <= high else { continue }
            for other in low...high where !taken[other] && right[other] == left[index] {
                taken[other] = true
                matched.append(left[index])
                break
            }
        }
        guard !matched.isEmpty else { return 0 }
        var transposed = 0
        var position = 0
        for index in right.indices where taken[index] {
            if right[index] != matched[position] { transposed += 1 }
            position += 1
        }
        let common = Double(matched.count)
        let jaro = (common / Double(left.count) + common / Double(right.count) + (common - Double(transposed / 2)) / common) / 3
        var prefix = 0
        while prefix < min(4, left.count, right.count), left[prefix] == right[prefix] { prefix += 1 }
        return jaro + Double(prefix) * 0.1 * (1 - jaro)
    }

    /// How many letters must be put in, left out, replaced or swapped with their neighbour, up to 3; 3 means three or more.
    static func edits(_ left: [UInt32], _ right: [UInt32]) -> Int {
        if left == right { return 0 }
        guard abs(left.count - right.count) < 3 else { return 3 }
        var before: [Int] = []
        var previous = Array(0...right.count)
        for row in 1...max(1, left.count) where row <= left.count {
            var current = [row]
            current.reserveCapacity(right.count + 1)
            var least = row
            for column in 1...max(1, right.count) where column <= right.count {
                let isEqual = left[row - 1] == right[column - 1]
                var cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (isEqual ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    cost = min(cost, before[column - 2] + 1)
                }
                current.append(cost)
                least = min(least, cost)
            }
            if least >= 3 { return 3 }
            before = previous
            previous = current
        }
        return min(3, previous[right.count])
    }
}
