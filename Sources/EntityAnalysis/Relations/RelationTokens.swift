/// A text as the patterns see it: words by their numbers, mentions, marks.
struct RelationToken: Sendable {
    var bytes: Range<Int>
    /// The number of a word or mark that patterns know, else ``RelationVocabulary/unknown``.
    var word: Int32
    /// The mention that stands here, or that a pronoun stands for; -1 when there is none.
    var mention: Int32 = -1
    var isMark = false
    /// Set for a pronoun, which has no mention until its antecedent is known.
    var pronoun: Pronoun?

    struct Pronoun: Sendable {
        var gender: Gender?
    }
}

/// Reads a text into tokens: one pass, each byte once.
struct RelationTokenizer {
    private let vocabulary: RelationVocabulary
    private let pronouns: [String: (gender: Gender?, isPossessive: Bool)]
    private let ly: Int32
    private(set) var tokens: [RelationToken] = []

    init(vocabulary: RelationVocabulary, language: String) {
        self.vocabulary = vocabulary
        self.ly = vocabulary.id("ly")
        self.pronouns = Self.pronouns(language)
    }

    /// - Parameter mentions: indices and bytes of mentions that do not overlap, ascending.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, mentions: [(index: Int, bytes: Range<Int>)]) {
        var index = 0
        var next = 0
        while index < bytes.count {
            if next < mentions.count, index >= mentions[next].bytes.lowerBound {
                let mention = mentions[next]
                self.tokens.append(RelationToken(bytes: mention.bytes, word: RelationVocabulary.unknown, mention: Int32(mention.index)))
                index = mention.bytes.upperBound
                next += 1
                continue
            }
            let end = next < mentions.count ? mentions[next].bytes.lowerBound : bytes.count
            index = self.readToken(bytes, from: index, to: end)
        }
    }

    private mutating func readToken(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
        let byte = bytes[start]
        if Self.isWord(byte), !Self.isPunctuation(bytes, start, end) {
            var index = start + 1
            while index < end {
                if Self.isWord(bytes[index]), !Self.isPunctuation(bytes, index, end) {
                    index += 1
                } else if bytes[index] == 0x2D, index + 1 < end, Self.isLetter(bytes[index + 1]) {
                    index += 1  // "co-founded"
                } else {
                    break
                }
            }
            self.appendWord(bytes, start..<index)
            return index
        }
        // Apostrophes: the English genitive, "n't", "l'usine".
        let apostrophe = byte == 0x27 ? 1 : byte == 0xE2 && start + 2 < end && bytes[start + 1] == 0x80 && bytes[start + 2] == 0x99 ? 3 : 0
        if apostrophe > 0 {
            let after = start + apostrophe
            let isWordEnd = after + 1 >= end || !Self.isWord(bytes[after + 1])
            if after < end, bytes[after] | 0x20 == 0x73, isWordEnd {
                self.appendMark("'s", start..<after + 1, isMark: false)
                return after + 1
            }
            if after < end, bytes[after] | 0x20 == 0x74, isWordEnd {
                self.appendMark("not", start..<after + 1, isMark: false)
                return after + 1
            }
            // "the Reeds' daughter"
            if start > 0, bytes[start - 1] | 0x20 == 0x73, after >= end || bytes[after] == 0x20 {
                self.appendMark("'s", start..<after, isMark: false)
            }
            return after
        }
        switch byte {
        case 0x2C: self.appendMark(",", start..<start + 1)
        case 0x28, 0x5B: self.appendMark("(", start..<start + 1)
        case 0x29, 0x5D: self.appendMark(")", start..<start + 1)
        case 0x3A: self.appendMark(":", start..<start + 1)
        case 0x3B: self.appendMark(";", start..<start + 1)
        case 0x26: self.appendMark("&", start..<start + 1, isMark: false)
        case 0x2D:
            let isTight = start > 0 && bytes[start - 1] > 0x20 && start + 1 < bytes.count && bytes[start + 1] > 0x20
            self.appendMark(isTight ? "-" : ",", start..<start + 1)
        case 0xE2 where start + 2 < end && bytes[start + 1] == 0x80 && (bytes[start + 2] == 0x93 || bytes[start + 2] == 0x94):
            self.appendMark(",", start..<start + 3)
        case 0x21, 0x3F, 0x7C, 0x2F: self.appendMark("/", start..<start + 1)
        default: break
        }
        return start + (byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1)
    }

    private mutating func appendMark(_ mark: String, _ range: Range<Int>, isMark: Bool = true) {
        self.tokens.append(RelationToken(bytes: range, word: self.vocabulary.id(mark), isMark: isMark))
    }

    private mutating func appendWord(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        guard range.count <= 40 else {
            self.tokens.append(RelationToken(bytes: range, word: RelationVocabulary.unknown))
            return
        }
        let raw = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
        var word = ""
        for scalar in raw.unicodeScalars { _ = Transliteration.append(scalar, next: nil, to: &word) }
        // Words that their marks tell from others: the conditional from the passive, "born" from "not".
        if word.utf8.count < range.count {
            if word == "wurde" || word == "wurden" { word = "wuerde" }
            if word == "ne" { word = "nee" }
        }
        if let pronoun = self.pronouns[word] {
            self.tokens.append(RelationToken(bytes: range, word: self.vocabulary.id(word), pronoun: .init(gender: pronoun.gender)))
            if pronoun.isPossessive { self.appendMark("'s", range, isMark: false) }
            return
        }
        var id = self.vocabulary.id(word)
        if id == RelationVocabulary.unknown, word.utf8.count > 4, word.hasSuffix("ly") { id = self.ly }
        // "wasn't" arrives as "wasn" before the apostrophe.
        if id == RelationVocabulary.unknown, word.hasSuffix("n"), range.upperBound < bytes.count,
            bytes[range.upperBound] == 0x27 || bytes[range.upperBound] == 0xE2
        {
            id = self.vocabulary.id(String(word.dropLast()))
        }
        self.tokens.append(RelationToken(bytes: range, word: id))
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x80 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }

    private static func isWord(_ byte: UInt8) -> Bool { Self.isLetter(byte) || byte >= 0x30 && byte <= 0x39 }

    /// General punctuation (U+2000 to U+206F) and the signs of Latin-1 are no letters.
    private static func isPunctuation(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ end: Int) -> Bool {
        guard bytes[index] >= 0x80, index + 1 < end else { return false }
        if bytes[index] == 0xE2 { return bytes[index + 1] == 0x80 || bytes[index + 1] == 0x81 }
        return bytes[index] == 0xC2
    }

    private static func pronouns(_ language: String) -> [String: (gender: Gender?, isPossessive: Bool)] {
        var result: [String: (gender: Gender?, isPossessive: Bool)] = [:]
        func add(_ words: String, _ gender: Gender?, possessive: Bool) {
            for word in words.split(separator: " ") { result[String(word)] = (gender, possessive) }
        }
        let isUnknown = !["en", "de", "fr", "es"].contains(language)
        if language == "en" || isUnknown {
            add("he", .male, possessive: false)
            add("she", .female, possessive: false)
            add("his", .male, possessive: true)
            add("her", .female, possessive: true)
        }
        if language == "de" || isUnknown {
            add("seine seiner seinem seinen", .male, possessive: true)
            add("ihre ihrer ihrem ihren", .female, possessive: true)
        }
        if language == "de" {
            add("er", .male, possessive: false)
            add("sie", .female, possessive: false)
            add("sein", .male, possessive: true)
            add("ihr", .female, possessive: true)
        }
        if language == "fr" {
            add("il", .male, possessive: false)
            add("elle", .female, possessive: false)
            add("son sa", nil, possessive: true)
        }
        if language == "es" {
            add("ella", .female, possessive: false)
            add("su", nil, possessive: true)
        }
        return result
    }
}
