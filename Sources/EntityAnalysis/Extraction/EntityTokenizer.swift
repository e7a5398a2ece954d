internal import TextAnalysis

/// Splits a text into words, numbers and marks; linear in its length for any bytes.
struct EntityTokenizer {
    /// A line shorter than this was ended by its writer and not by the width of the page.
    static let shortLine = 50

    private let bytes: [UInt8]
    private let opaque: [Range<Int>]
    private let lexicon = Lexicon.shared
    private var tokens: [Token] = []

    private init(_ bytes: [UInt8], opaque: [Range<Int>]) {
        self.bytes = bytes
        self.opaque = opaque
        self.tokens.reserveCapacity(bytes.count / 5)
    }

    /// `opaque` are ranges that become one token each: addresses, in order.
    static func tokenize(_ bytes: [UInt8], opaque: [Range<Int>]) -> TokenizedText {
        var tokenizer = Self(bytes, opaque: opaque)
        bytes.withUnsafeBufferPointer { tokenizer.split($0) }
        tokenizer.markShouting()
        tokenizer.markSentences()
        return TokenizedText(bytes: bytes, tokens: tokenizer.tokens)
    }

    private mutating func split(_ bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        var nextOpaque = 0
        var space = false
        var lineFeeds = 2
        var lineStart = 0
        var lineWasShort = true
        while index < bytes.count {
            if nextOpaque < self.opaque.count, self.opaque[nextOpaque].lowerBound <= index {
                let range = self.opaque[nextOpaque]
                nextOpaque += 1
                guard range.lowerBound == index else { continue }
                self.append(Token(start: index, end: range.upperBound, kind: .opaque), space, lineFeeds, lineWasShort)
                (space, lineFeeds) = (false, 0)
                index = range.upperBound
                continue
            }
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            if Self.isLineBreak(value) {
                if value != 0x0A || index == 0 || bytes[index - 1] != 0x0D {
                    if lineFeeds == 0 { lineWasShort = index - lineStart < Self.shortLine }
                    lineFeeds += 1
                }
                space = true
                index += length
                lineStart = index
                continue
            }
            if Self.isSpace(value) {
                space = true
                index += length
                continue
            }
            var token: Token
            if value < 0x80 ? value >= 0x30 && value <= 0x39 : false {
                token = Self.number(bytes, at: index)
            } else if UTF8Text.isLetter(value) {
                token = Self.word(bytes, at: index)
                self.classify(&token)
            } else {
                token = Token(start: index, end: index + length, kind: .mark, mark: Self.unified(value))
            }
            self.append(token, space, lineFeeds, lineWasShort)
            (space, lineFeeds) = (false, 0)
            index = token.end
        }
    }

    private mutating func append(_ token: Token, _ space: Bool, _ lineFeeds: Int, _ lineWasShort: Bool) {
        var token = token
        if space { token.shape.insert(.spaceBefore) }
        if lineFeeds > 0 { token.shape.insert(.lineStart) }
        if lineFeeds > 1 || lineFeeds == 1 && lineWasShort { token.shape.insert(.blockStart) }
        self.tokens.append(token)
    }

    private static func isLineBreak(_ value: UInt32) -> Bool {
        value >= 0x0A && value <= 0x0D || value == 0x85 || value == 0x2028 || value == 0x2029
    }

    private static func isSpace(_ value: UInt32) -> Bool {
        value <= 0x20 || value == 0xA0 || value == 0xAD || value == 0x1680 || value >= 0x2000 && value <= 0x200F || value == 0x202F
            || value == 0x205F || value == 0x2060 || value == 0x3000 || value == 0xFEFF
    }

    private static func unified(_ value: UInt32) -> Unicode.Scalar {
        switch value {
        case 0x2010...0x2015, 0x2212: "-"
        case 0x2018, 0x2019, 0x201B, 0x60, 0xB4: "'"
        case 0x201C...0x201F, 0xAB, 0xBB, 0x201A, 0x300C...0x300F: "\""
        case 0xFF0C, 0x3001: ","
        case 0x3002, 0xFF0E: "."
        default: Unicode.Scalar(value) ?? "\u{FFFD}"
        }
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Token {
        var end = start + 1
        while end < bytes.count {
            let byte = bytes[end]
            if byte >= 0x30, byte <= 0x39 {
                end += 1
            } else if byte == 0x2E || byte == 0x2C || byte == 0x27, end + 1 < bytes.count, bytes[end + 1] >= 0x30, bytes[end + 1] <= 0x39 {
                end += 2
            } else {
                break
            }
        }
        return Token(start: start, end: end, kind: .number)
    }

    private static func word(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Token {
        let first = UTF8Text.scalar(bytes, at: start)
        var token = Token(start: start, end: start, kind: .word)
        var hash = WordHash()
        var letters = 0
        var capitals = 0
        var index = start
        let spaceless = UTF8Text.isSpacelessScript(first.value)
        scan: while index < bytes.count {
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            if UTF8Text.isLetter(value) {
                guard UTF8Text.isSpacelessScript(value) == spaceless else { break }
                letters += 1
                if UTF8Text.isUppercase(value) { capitals += 1 }
            } else if value >= 0x30, value <= 0x39 {
                token.shape.insert(.hasDigit)
            } else if WordHash.isIgnored(value) {
                // A soft hyphen at the end of a line is not in the word that ends there.
                guard index + length < bytes.count, bytes[index + length] > 0x20 else { break }
                index += length
                continue
            } else {
                switch value {
                case 0x27, 0x2019:
                    guard Self.joinsApostrophe(bytes, start: start, at: index, next: index + length, letters: letters) else { break scan }
                case 0x2D, 0x2010, 0x2011:
                    guard Self.joinsHyphen(bytes, next: index + length) else { break scan }
                case 0x26:
                    guard capitals == letters, index + 1 < bytes.count, bytes[index + 1] >= 0x41, bytes[index + 1] <= 0x5A else {
                        break scan
                    }
                case 0x2E where letters == 1 || token.shape.contains(.dotted):
                    // Another letter and a full stop: an abbreviation. "J. Smith" and "a.Smith" are none.
                    guard letters == 1 || bytes[index - 2] == 0x2E || index - start < 9 else { break scan }
                    let next = index + 1 < bytes.count ? UTF8Text.scalar(bytes, at: index + 1) : (0, 1)
                    let after = index + 1 + next.1
                    let single =
                        UTF8Text.isLetter(next.0) && (after >= bytes.count || !UTF8Text.isLetter(UTF8Text.scalar(bytes, at: after).value))
                    guard single || token.shape.contains(.dotted) else { break scan }
                    token.shape.insert(.dotted)
                    if !single {
                        index += 1
                        break scan
                    }
                default: break scan
                }
                index += length
                if value != 0x2E { hash.combine(value == 0x2019 ? 0x27 : value == 0x26 ? 0x26 : value == 0x27 ? 0x27 : 0x2D) }
                continue
            }
            hash.combine(UTF8Text.folded(value))
            index += length
        }
        token.end = index
        token.hash = hash.value
        if capitals > 0 { token.shape.insert(.hasCapital) }
        if UTF8Text.isUppercase(first.value) {
            token.shape.insert(.capital)
            if letters == 1 { token.shape.insert(.initial) } else if capitals == letters { token.shape.insert(.allCapitals) }
        }
        if spaceless { token.shape.insert(.spaceless) }
        return token
    }

    /// Whether the apostrophe is part of the word: O'Brien and don't, but not Anna's and not l'article.
    private static func joinsApostrophe(_ bytes: UnsafeBufferPointer<UInt8>, start: Int, at index: Int, next: Int, letters: Int) -> Bool {
        guard next < bytes.count else { return false }
        let following = UTF8Text.scalar(bytes, at: next)
        guard UTF8Text.isLetter(following.value) else { return false }
        if following.value == 0x73 || following.value == 0x53 {
            let after = next + 1
            if after >= bytes.count || !UTF8Text.isLetter(UTF8Text.scalar(bytes, at: after).value) { return false }
        }
        guard index - start <= 2 else { return true }
        let first = bytes[start]
        // l'Oréal, d'une, qu'il; but D'Angelo, O'Malley and L'Aquila.
        if first >= 0x41, first <= 0x5A { return first == 0x4F || UTF8Text.isUppercase(following.value) }
        return first == 0x6F && UTF8Text.isUppercase(following.value)
    }

    /// Whether the hyphen is part of the word: Smith-Jones, Port-au-Prince and re-elect, but not London-based.
    private static func joinsHyphen(_ bytes: UnsafeBufferPointer<UInt8>, next: Int) -> Bool {
        guard next < bytes.count else { return false }
        let following = UTF8Text.scalar(bytes, at: next)
        guard UTF8Text.isLetter(following.value) else { return false }
        if UTF8Text.isUppercase(following.value) { return true }
        var index = next
        while index < bytes.count, index - next < 5, bytes[index] >= 0x61, bytes[index] <= 0x7A { index += 1 }
        return index - next < 5 && index + 1 < bytes.count && bytes[index] == 0x2D && bytes[index + 1] >= 0x41 && bytes[index + 1] <= 0x5A
    }

    private func classify(_ token: inout Token) {
        guard token.end - token.start <= Lexicon.longestWord else { return }
        token.classes = self.lexicon.classes(of: token.hash)
        if !token.classes.contains(.common) {
            var letters: [UInt8] = []
            letters.reserveCapacity(Lexicon.longestWord)
            for byte in self.bytes[token.start..<token.end] {
                guard byte | 0x20 >= 0x61, byte | 0x20 <= 0x7A else { return }
                letters.append(byte | 0x20)
            }
            if letters.count > 3, self.lexicon.isCommon(letters[...]) { token.classes.insert(.common) }
        }
    }

    /// `'s` and the words next to each other that are all in capitals.
    private mutating func markShouting() {
        for index in self.tokens.indices where self.tokens[index].kind == .word {
            let token = self.tokens[index]
            if index >= 2, token.end - token.start == 1, self.bytes[token.start] | 0x20 == 0x73, self.tokens[index - 1].mark == "'",
                self.tokens[index - 1].end == token.start, self.tokens[index - 2].end == self.tokens[index - 1].start
            {
                self.tokens[index].shape.insert(.possessive)
                self.tokens[index - 1].shape.insert(.possessive)
            }
            guard token.shape.contains(.allCapitals), index + 1 < self.tokens.count, self.tokens[index + 1].shape.contains(.allCapitals),
                !self.tokens[index + 1].shape.contains(.lineStart)
            else { continue }
            self.tokens[index].shape.insert(.shouted)
            self.tokens[index + 1].shape.insert(.shouted)
        }
    }

    private mutating func markSentences() {
        for index in self.tokens.indices where self.startsSentence(index) { self.tokens[index].shape.insert(.sentenceStart) }
    }

    private func startsSentence(_ index: Int) -> Bool {
        guard index > 0, !self.tokens[index].shape.contains(.blockStart) else { return true }
        let previous = self.tokens[index - 1]
        guard previous.kind == .mark else { return false }
        switch previous.mark {
        case "!", "?", ":", ";", "\u{2026}", "\u{2022}", "*", "|": return true
        case "\"": return self.tokens[index].shape.isDisjoint(with: .spaceBefore) || self.tokens[index - 1].shape.contains(.sentenceStart)
        case "(", "[", "-", "'": return previous.shape.contains(.sentenceStart)
        case ")": return false
        case ".":
            guard self.tokens[index].shape.contains(.spaceBefore), index >= 2 else { return index < 2 }
            let word = self.tokens[index - 2]
            guard word.kind == .word, word.end == previous.start else { return true }
            if word.shape.contains(.initial) { return false }
            // "Mr. Pell" goes on; "the captain. Pell" does not.
            return !(word.shape.contains(.capital) && word.end - word.start <= 4 && word.classes.contains(.title))
                && !word.classes.contains(.caseWord)
        default: return false
        }
    }
}
