/// Finds names in a text by its UTF-8 bytes: as they are, or else whatever their case and white space.
///
/// A name is found only as whole words: `Ann` is not in `Announcement`. Scripts that put no spaces between words have no such rule.
struct NameSearch: Sendable {
    private let bytes: [UInt8]
    private let folded: [UInt8]
    /// For each byte of the folded text, the bytes of the text that it stands for.
    private let origins: [Range<Int32>]
    /// For each byte, whether it belongs to a letter, digit or mark of a script with spaces.
    private let isWord: [Bool]

    init(_ text: String) {
        self.bytes = Array(text.utf8)
        var folded: [UInt8] = []
        var origins: [Range<Int32>] = []
        var isWord: [Bool] = []
        folded.reserveCapacity(self.bytes.count)
        origins.reserveCapacity(self.bytes.count)
        isWord.reserveCapacity(self.bytes.count)
        for scalar in text.unicodeScalars {
            let start = Int32(isWord.count)
            let end = start + Int32(UTF8.width(scalar))
            isWord.append(contentsOf: repeatElement(Self.isWord(scalar), count: UTF8.width(scalar)))
            if !scalar.properties.isWhitespace {
                for byte in scalar.properties.lowercaseMapping.utf8 {
                    folded.append(byte)
                    origins.append(start..<end)
                }
            } else if folded.last == 0x20, let last = origins.popLast() {
                // One space for many.
                origins.append(last.lowerBound..<end)
            } else {
                folded.append(0x20)
                origins.append(start..<end)
            }
        }
        self.folded = folded
        self.origins = origins
        self.isWord = isWord
    }

    /// The form in which names that differ in case and white space only are equal; without white space around it.
    static func key(_ name: String) -> String {
        name.split { $0.isWhitespace }.map { $0.lowercased() }.joined(separator: " ")
    }

    /// All places of a name, from the left, not overlapping.
    func places(of name: String) -> (ranges: [Range<Int>], isExact: Bool) {
        let exact = self.places(of: Array(name.utf8), in: self.bytes) { $0 }
        if !exact.isEmpty { return (exact, true) }
        let folded = self.places(of: Self.foldedName(name), in: self.folded) {
            Int(self.origins[$0.lowerBound].lowerBound)..<Int(self.origins[$0.upperBound - 1].upperBound)
        }
        return (folded, false)
    }

    /// In time proportional to both lengths together, however much they repeat themselves (Knuth, Morris and Pratt).
    private func places(of name: [UInt8], in text: [UInt8], origin: (Range<Int>) -> Range<Int>) -> [Range<Int>] {
        guard !name.isEmpty, name.count <= text.count else { return [] }
        // For each beginning of the name, how long its longest own ending is that is a beginning as well.
        var borders = [Int](repeating: 0, count: name.count)
        var length = 0
        for index in 1..<max(1, name.count) {
            while length > 0, name[index] != name[length] { length = borders[length - 1] }
            if name[index] == name[length] { length += 1 }
            borders[index] = length
        }
        var found: [Range<Int>] = []
        var matched = 0
        for (index, byte) in text.enumerated() {
            while matched > 0, byte != name[matched] { matched = borders[matched - 1] }
            if byte == name[matched] { matched += 1 }
            guard matched == name.count else { continue }
            matched = borders[matched - 1]
            let range = origin(index + 1 - name.count..<index + 1)
            if self.isWhole(range), range.lowerBound >= found.last?.upperBound ?? 0 { found.append(range) }
        }
        return found
    }

    /// The text at a range that ``places(of:)`` gave.
    func text(_ range: Range<Int>) -> String { String(decoding: self.bytes[range], as: UTF8.self) }

    private static func foldedName(_ name: String) -> [UInt8] {
        let words = name.unicodeScalars.split { $0.properties.isWhitespace }
        return Array(words.map { $0.map(\.properties.lowercaseMapping).joined() }.joined(separator: " ").utf8)
    }

    /// Neither end lies within a word, nor within a character.
    private func isWhole(_ range: Range<Int>) -> Bool { self.isEdge(range.lowerBound) && self.isEdge(range.upperBound) }

    private func isEdge(_ offset: Int) -> Bool {
        guard offset > 0, offset < self.bytes.count else { return true }
        return self.bytes[offset] & 0xC0 != 0x80 && !(self.isWord[offset - 1] && self.isWord[offset]) && !self.isWithinNumber(offset)
    }

    /// Whether the offset lies beside the point or comma of `1,200.00`.
    private func isWithinNumber(_ offset: Int) -> Bool {
        [offset - 1, offset].contains { place in
            guard place > 0, place + 1 < self.bytes.count, self.bytes[place] == 0x2C || self.bytes[place] == 0x2E else { return false }
            return Self.isDigit(self.bytes[place - 1]) && Self.isDigit(self.bytes[place + 1])
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Thai, Lao, Burmese, Khmer; Chinese, Japanese and Korean.
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x2E80...0xD7FF, 0xF900...0xFAFF, 0x20000...0x3FFFF: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .nonspacingMark, .spacingMark: return true
        default: return scalar.properties.isAlphabetic
        }
    }
}
