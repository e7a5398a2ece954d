/// Loops that recognisers get caught in, seen in the words alone.
enum Repetition {
    /// The words with each phrase of up to eight words that follows itself four times or more said once. Twice and three times is how
    /// people talk.
    static func collapsed(_ words: [String]) -> [String] {
        let keys = words.map(Self.key)
        var result: [String] = []
        var index = 0
        while index < words.count {
            if let loop = Self.loop(keys, at: index) {
                result += words[index..<index + loop.length]
                index += loop.length * loop.times
            } else {
                result.append(words[index])
                index += 1
            }
        }
        return result
    }

    /// Whether a second segment says nothing but what the first did, in four words or more.
    static func isSameSentence(_ first: String, _ second: String) -> Bool {
        let words = second.split(separator: " ").map { Self.key(String($0)) }
        return words.count >= 4 && words == first.split(separator: " ").map { Self.key(String($0)) }
    }

    /// The shortest phrase that repeats itself from `start` on, at least four times.
    private static func loop(_ keys: [String], at start: Int) -> (length: Int, times: Int)? {
        for length in 1...8 {
            guard start + length * 4 <= keys.count else { return nil }
            // Numbers are read out digit by digit: "zero zero zero zero" is none. Asked first: to count them from each of them would take time with
            // the square of their number.
            if keys[start..<start + length].allSatisfy(Self.isNumber) { continue }
            var times = 1
            while start + length * (times + 1) <= keys.count,
                keys[start..<start + length].elementsEqual(keys[(start + length * times)..<(start + length * (times + 1))])
            { times += 1 }
            if times >= 4 { return (length, times) }
        }
        return nil
    }

    private static func key(_ word: String) -> String {
        let bare = word.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "'" }
        return bare.isEmpty ? word : bare
    }

    private static func isNumber(_ word: String) -> Bool {
        word.contains { $0.isNumber }
            || ["zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"].contains(word)
    }
}
