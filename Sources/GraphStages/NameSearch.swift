/// Finds names in a text by its UTF-8 bytes: as they are, or else whatever their case and white space.
///
/// A name is found only as whole words: `Ann` is not in `Announcement`. Scripts that put no spaces between words have no such rule.
struct NameSearch: Sendable {
    /// One byte of the folded text, and the bytes of the text that it stands for.
    private struct Folded: Sendable {
        var byte: UInt8
        var start: Int32
        var end: Int32
    }

    private let bytes: [UInt8]
    private let folded: [Folded]
    /// For each byte, whether it belongs to a letter, digit or mark of a script with spaces.
    private let isWord: [Bool]

    init(_ text: String) {
        self.bytes = Array(text.utf8)
        var folded: [Folded] = []
        var isWord: [Bool] = []
        folded.reserveCapacity(self.bytes.count)
        isWord.reserveCapacity(self.bytes.count)
        for scalar in text.unicodeScalars {
            let start = isWord.count
            let length = UTF8.width(scalar)
            isWord.append(contentsOf: repeatElement(Self.isWord(scalar), count: length))
            let end = Int32(start + length)
            if scalar.properties.isWhitespace {
                // One space for many.
                if folded.last?.byte == 0x20 {
                    folded[folded.count - 1].end = end
                } else {
                    folded.append(Folded(byte: 0x20, start: Int32(start), end: end))
                }
            } else {
                for byte in scalar.properties.lowercaseMapping.utf8 { folded.append(Folded(byte: byte, start: Int32(start), end: end)) }
            }
        }
        self.folded = folded
        self.isWord = isWord
    }

    /// The form in which names that differ in case and white space only are equal; without white space around it.
    static func key(_ name: String) -> String {
        name.split { $0.isWhitespace }.map { $0.lowercased() }.joined(separator: " ")
    }

    /// All places of a name, from the left, not overlapping.
    func places(of name: String) -> (ranges: [Range<Int>], isExact: Bool) {
        let exact = Array(name.utf8)
        var found: [Range<Int>] = []
        var index = 0
        while !exact.isEmpty, index + exact.count <= self.bytes.count {
            let range = index..<index + exact.count
            if self.bytes[range].elementsEqual(exact), self.isWhole(range) {
                found.append(range)
                index = range.upperBound
            } else {
                index += 1
            }
        }
        if !found.isEmpty { return (found, true) }

        let key = Self.foldedName(name)
        index = 0
        while !key.isEmpty, index + key.count <= self.folded.count {
            let match = self.folded[index..<index + key.count]
            let range = Int(self.folded[index].start)..<Int(self.folded[index + key.count - 1].end)
            if match.first?.byte == key[0], match.lazy.map(\.byte).elementsEqual(key), self.isWhole(range) {
                found.append(range)
                index += key.count
            } else {
                index += 1
            }
        }
        return (found, false)
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
