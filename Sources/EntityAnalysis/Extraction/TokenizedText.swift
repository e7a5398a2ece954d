/// A text as tokens, with its bytes.
struct TokenizedText: Sendable {
    let bytes: [UInt8]
    var tokens: [Token]

    var count: Int { self.tokens.count }

    func string(_ range: Range<Int>) -> String { String(decoding: self.bytes[range], as: UTF8.self) }

    /// The token as written.
    func text(_ index: Int) -> String { self.string(self.tokens[index].start..<self.tokens[index].end) }

    /// The token in lower case.
    func lower(_ index: Int) -> String { self.text(index).lowercased() }

    /// From the first byte of the first token to the last byte of the last.
    func span(_ tokens: Range<Int>) -> Range<Int> { self.tokens[tokens.lowerBound].start..<self.tokens[tokens.upperBound - 1].end }

    func isMark(_ index: Int, _ mark: Unicode.Scalar) -> Bool {
        index >= 0 && index < self.tokens.count && self.tokens[index].kind == .mark && self.tokens[index].mark == mark
    }

    func isWord(_ index: Int) -> Bool { index >= 0 && index < self.tokens.count && self.tokens[index].kind == .word }

    func isNumber(_ index: Int) -> Bool { index >= 0 && index < self.tokens.count && self.tokens[index].kind == .number }

    func isWord(_ index: Int, _ classes: WordClasses) -> Bool {
        self.isWord(index) && !self.tokens[index].classes.isDisjoint(with: classes)
    }

    func isWord(_ index: Int, among words: KnownWords) -> Bool { self.isWord(index) && words.contains(self.tokens[index].hash) }

    func has(_ index: Int, _ shape: TokenShape) -> Bool {
        index >= 0 && index < self.tokens.count && self.tokens[index].shape.contains(shape)
    }

    /// Whether the token touches the one before it.
    func isAttached(_ index: Int) -> Bool {
        index > 0 && index < self.tokens.count && self.tokens[index].start == self.tokens[index - 1].end
    }

    /// The number as written, if the token is one of at most 4 digits without separators.
    func smallNumber(_ index: Int) -> Int? {
        guard self.isNumber(index) else { return nil }
        let token = self.tokens[index]
        guard token.end - token.start <= 4 else { return nil }
        var value = 0
        for byte in self.bytes[token.start..<token.end] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// The text with every run of spaces and line breaks as one space, without soft hyphens.
    func collapsed(_ range: Range<Int>) -> String {
        var result = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in self.string(range).unicodeScalars where scalar.value != 0xAD && scalar.value != 0x200B {
            if scalar.properties.isWhitespace {
                pendingSpace = !result.isEmpty
            } else {
                if pendingSpace { result.append(" ") }
                pendingSpace = false
                result.append(scalar)
            }
        }
        return String(result)
    }

    mutating func take(_ range: Range<Int>) {
        for index in range { self.tokens[index].shape.insert(.taken) }
    }
}

/// A few words to compare tokens with, whatever their case and accents.
struct KnownWords: Sendable, ExpressibleByStringLiteral {
    private let hashes: Set<UInt64>

    /// Words with spaces between them.
    init(stringLiteral words: String) { self.hashes = Set(words.split(separator: " ").map { WordHash.of($0) }) }

    func contains(_ hash: UInt64) -> Bool { self.hashes.contains(hash) }
}
