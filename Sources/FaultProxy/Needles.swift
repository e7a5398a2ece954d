/// Looks for several texts in bytes that come in pieces: Knuth, Morris and Pratt's automaton, one a text.
struct Needles {
    private struct Needle {
        let bytes: [UInt8]
        /// For each length of a match, that of the longest shorter one.
        let fallback: [Int]
        var matched = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            var fallback = [Int](repeating: 0, count: bytes.count)
            var length = 0
            for index in bytes.indices.dropFirst() {
                while length > 0, bytes[index] != bytes[length] { length = fallback[length - 1] }
                if bytes[index] == bytes[length] { length += 1 }
                fallback[index] = length
            }
            self.fallback = fallback
        }

        /// Whether the text ends in these bytes.
        mutating func find(in piece: ArraySlice<UInt8>) -> Bool {
            for byte in piece {
                while self.matched > 0, self.bytes[self.matched] != byte { self.matched = self.fallback[self.matched - 1] }
                if self.bytes[self.matched] == byte { self.matched += 1 }
                if self.matched == self.bytes.count {
                    self.matched = 0
                    return true
                }
            }
            return false
        }
    }

    private var needles: [Needle]
    /// An empty text is in everything.
    private let matchesAll: Bool

    init(_ texts: [[UInt8]]) {
        self.needles = texts.filter { !$0.isEmpty }.map { Needle($0) }
        self.matchesAll = self.needles.count < texts.count || texts.isEmpty
    }

    /// Whether one of the texts ends in this piece of the request.
    mutating func find(in piece: ArraySlice<UInt8>) -> Bool {
        if self.matchesAll { return true }
        var isFound = false
        for index in self.needles.indices where self.needles[index].find(in: piece) { isFound = true }
        return isFound
    }

    /// Forgets what was matched in part: another request begins.
    mutating func restart() {
        for index in self.needles.indices { self.needles[index].matched = 0 }
    }
}
