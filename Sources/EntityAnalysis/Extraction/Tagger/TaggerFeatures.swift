internal import TextAnalysis

/// What the tagger sees of a word.
struct TaggerWord {
    var hash: UInt64
    var shape: UInt64
    /// Hashes of the first one, two and three letters, and of the last one to four.
    var prefixes: [UInt64]
    var suffixes: [UInt64]
    var classes: WordClasses
    var isCapital: Bool

    /// The classes that say something about names.
    private static let telling: WordClasses = [
        .given, .surname, .common, .function, .title, .organizationHead, .organizationTail, .organization, .place, .majorPlace, .placeHead,
        .placeTail,
        .particle, .month, .weekday, .demonym, .saying, .placePreposition, .role, .joiner,
    ]

    /// From the bytes of one token.
    init(_ bytes: some Sequence<UInt8>) {
        var folded: [UInt32] = []
        var shape = WordHash()
        var lastShape: UInt32 = 0
        var isCapital = false
        let buffer = Array(bytes.prefix(64))
        buffer.withUnsafeBufferPointer { buffer in
            var index = 0
            while index < buffer.count {
                let (value, length) = UTF8Text.scalar(buffer, at: index)
                index += length
                let kind: UInt32 =
                    value >= 0x30 && value <= 0x39 ? 0x64 : UTF8Text.isUppercase(value) ? 0x58 : UTF8Text.isLetter(value) ? 0x78 : value
                if folded.isEmpty { isCapital = kind == 0x58 }
                if kind != lastShape { shape.combine(kind) }
                lastShape = kind
                if !WordHash.isIgnored(value) { folded.append(kind == 0x64 ? 0x30 : UTF8Text.folded(value)) }
            }
        }
        // "J." and "U.S." as the tokens of others have them.
        var letters = folded[...]
        if letters.count > 1, letters.last == 0x2E { letters.removeLast() }
        func hash(_ slice: ArraySlice<UInt32>) -> UInt64 {
            var hash = WordHash()
            for value in slice { hash.combine(value) }
            return hash.value
        }
        self.hash = hash(letters)
        self.shape = shape.value
        self.prefixes = (1...3).filter { $0 < letters.count }.map { hash(letters.prefix($0)) }
        self.suffixes = (1...4).filter { $0 < letters.count }.map { hash(letters.suffix($0)) }
        self.classes = Lexicon.shared.classes(of: self.hash).intersection(Self.telling)
        self.isCapital = isCapital
    }
}

/// The features of the words of a sentence as hashes.
enum TaggerFeatures {
    private static let edge: UInt64 = 0x5EED_0000_0000_ED6E

    @inline(__always)
    private static func mix(_ kind: UInt64, _ value: UInt64) -> UInt64 {
        var hash = (kind &* 0x9E37_79B9_7F4A_7C15) ^ value
        hash = (hash ^ hash >> 32) &* 0xFF51_AFD7_ED55_8CCD
        return hash ^ hash >> 29
    }

    /// Of the word at `index`, whatever the labels are.
    static func fixed(_ words: [TaggerWord], at index: Int, into features: inout [UInt64]) {
        features.removeAll(keepingCapacity: true)
        func word(_ offset: Int) -> TaggerWord? { words.indices.contains(index + offset) ? words[index + offset] : nil }
        let current = words[index]
        let before = word(-1)
        let after = word(1)
        let beforeHash = before?.hash ?? Self.edge
        let afterHash = after?.hash ?? Self.edge
        features.append(Self.mix(1, 0))
        features.append(Self.mix(2, current.hash))
        features.append(Self.mix(3, beforeHash))
        features.append(Self.mix(4, afterHash))
        features.append(Self.mix(5, word(-2)?.hash ?? Self.edge))
        features.append(Self.mix(6, word(2)?.hash ?? Self.edge))
        features.append(Self.mix(7, Self.mix(beforeHash, current.hash)))
        features.append(Self.mix(8, Self.mix(current.hash, afterHash)))
        features.append(Self.mix(9, current.shape))
        features.append(Self.mix(10, before?.shape ?? Self.edge))
        features.append(Self.mix(11, after?.shape ?? Self.edge))
        features.append(Self.mix(12, Self.mix(before?.shape ?? Self.edge, Self.mix(current.shape, after?.shape ?? Self.edge))))
        for (position, hash) in current.prefixes.enumerated() { features.append(Self.mix(20 + UInt64(position), hash)) }
        for (position, hash) in current.suffixes.enumerated() { features.append(Self.mix(30 + UInt64(position), hash)) }
        features.append(Self.mix(40, current.classes.rawValue))
        features.append(Self.mix(41, before?.classes.rawValue ?? Self.edge))
        features.append(Self.mix(42, after?.classes.rawValue ?? Self.edge))
        features.append(Self.mix(43, Self.mix(current.shape, current.classes.rawValue)))
        features.append(Self.mix(44, Self.mix(beforeHash, current.shape)))
        features.append(Self.mix(45, Self.mix(afterHash, current.shape)))
        var bits = current.classes.rawValue
        while bits != 0 {
            features.append(Self.mix(46, UInt64(bits.trailingZeroBitCount) << 1 | (current.isCapital ? 1 : 0)))
            bits &= bits - 1
        }
        if index == 0 { features.append(Self.mix(47, current.isCapital ? 1 : 0)) }
    }

    static let labelDependentCount = 5

    /// Of the word and the labels of the two before it.
    static func labelDependent(_ word: TaggerWord, _ previous: Int, _ secondPrevious: Int) -> [UInt64] {
        let one = UInt64(previous)
        let two = UInt64(previous * TaggerLabel.count + secondPrevious)
        return [
            Self.mix(60, one), Self.mix(61, two), Self.mix(62, Self.mix(one, word.hash)), Self.mix(63, Self.mix(one, word.shape)),
            Self.mix(64, Self.mix(one, word.classes.rawValue)),
        ]
    }
}
