/// The words of all names, each once, with what comparing them needs; and how alike two of them are, computed once.
struct TokenTable {
    struct Token {
        var text: String
        var scalars: [UInt32]
        var sound: String
        var spelling: String
        /// What remains equal when a scanner misreads: `rn` for `m`, `1` for `l`.
        var shape: String
        var isInitial: Bool { self.scalars.count == 1 }
        var isNumber: Bool
    }

    private(set) var tokens: [Token] = []
    private var ids: [String: Int] = [:]
    private var likenesses: [UInt64: WordLikeness] = [:]

    mutating func id(_ text: String) -> Int {
        if let id = self.ids[text] { return id }
        let id = self.tokens.count
        self.tokens.append(
            Token(
                text: text, scalars: text.unicodeScalars.map(\.value), sound: PhoneticKey.sound(text), spelling: PhoneticKey.spelling(text),
                shape: Self.shape(text), isNumber: text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } || Self.ordinals.contains(text)))
        self.ids[text] = id
        return id
    }

    subscript(id: Int) -> Token { self.tokens[id] }

    func text(_ ids: some Sequence<Int>) -> String {
        ids.map { self.tokens[$0].text }.joined(separator: " ")
    }

    /// How alike two words are. Symmetric.
    mutating func likeness(_ left: Int, _ right: Int) -> WordLikeness {
        if left == right { return .equal }
        let pair = UInt64(min(left, right)) << 32 | UInt64(max(left, right))
        if let known = self.likenesses[pair] { return known }
        let likeness = WordLikeness(self.tokens[left], self.tokens[right])
        self.likenesses[pair] = likeness
        return likeness
    }

    /// Number words that make two names two things: `Fund II`, `Second Street`.
    private static let ordinals: Set<String> = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
        "ten", "first", "second", "third", "fourth", "fifth", "1st", "2nd", "3rd", "4th", "5th", "erste", "zweite", "dritte",
    ]

    private static func shape(_ text: String) -> String {
        var shape: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0"): shape.append(UInt8(ascii: "o"))
            case UInt8(ascii: "1"), UInt8(ascii: "i"): shape.append(UInt8(ascii: "l"))
            case UInt8(ascii: "5"): shape.append(UInt8(ascii: "s"))
            case UInt8(ascii: "8"): shape.append(UInt8(ascii: "b"))
            case UInt8(ascii: "n") where shape.last == UInt8(ascii: "r"): shape[shape.count - 1] = UInt8(ascii: "m")
            case UInt8(ascii: "v") where shape.last == UInt8(ascii: "v"): shape[shape.count - 1] = UInt8(ascii: "w")
            case UInt8(ascii: "l") where shape.last == UInt8(ascii: "c"): shape[shape.count - 1] = UInt8(ascii: "d")
            default: shape.append(byte)
            }
        }
        return String(decoding: shape, as: UTF8.self)
    }
}

/// What two words have in common.
struct WordLikeness {
    /// 0 to 1.
    var score: Double
    var reason: NameReasons

    static let equal = WordLikeness(score: 1, reason: [])

    init(score: Double, reason: NameReasons) {
        self.score = score
        self.reason = reason
    }

    /// Scores stand in bands: from .97 one word, from .92 very likely, from .85 for a person to look at.
    init(_ left: TokenTable.Token, _ right: TokenTable.Token) {
        let shorter = min(left.scalars.count, right.scalars.count)
        // Numbers and initials are equal or they are not.
        if left.isNumber || right.isNumber || shorter < 2 {
            self.init(score: 0, reason: [])
            return
        }
        if left.spelling == right.spelling {
            self.init(score: 0.97, reason: .spelling)
            return
        }
        if left.shape == right.shape, shorter > 3 {
            self.init(score: 0.94, reason: .misread)
            return
        }
        let winkler = StringDistance.jaroWinkler(left.scalars, right.scalars)
        if left.sound == right.sound, left.sound.utf8.count > 1, winkler >= 0.8 {
            self.init(score: left.sound.utf8.count >= 4 && shorter >= 6 ? 0.93 : 0.87, reason: .sound)
            return
        }
        guard winkler > 0.75, left.scalars.count <= 64, right.scalars.count <= 64 else {
            self.init(score: winkler * 0.8, reason: [])
            return
        }
        switch (StringDistance.edits(left.scalars, right.scalars), shorter) {
        case (1, 7...): self.init(score: 0.91, reason: .misspelt)
        case (1, 5...): self.init(score: 0.87, reason: .misspelt)
        case (2, 10...): self.init(score: 0.86, reason: .misspelt)
        default: self.init(score: winkler * 0.8, reason: [])
        }
    }
}
