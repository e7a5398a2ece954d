/// Reduces names to what is compared: no case, no marks, Latin letters, no punctuation.
public enum NameNormalizer {
    /// Names with more scalars than this are compared as wholes, not by their words.
    static let longestName = 240
    static let mostWords = 24

    /// A name in lower case and Latin letters without marks; words separated by one space, punctuation left out.
    ///
    /// `Łódź` gives `lodz`, `Горбачёв` gives `gorbachev`, `O'Neill` gives `oneill`. Scripts that are not transliterated are kept.
    /// A name without any letter or digit gives an empty string.
    public static func fold(_ name: String) -> String {
        Self.words(name).map(\.text).joined(separator: " ")
    }

    /// The normal form in which equal names are equal: without titles, legal forms, articles and word separators that do not matter.
    ///
    /// `Dr. Margaret HALE` and `Hale, Margaret` have one key, and so have `Acme Ltd` and `The Acme Limited`. Names that are equal
    /// although they are spelt differently need ``EntityResolver/similarity(_:_:)``.
    public static func key(_ name: String, type: EntityType) -> String {
        guard type.isNamed else { return name }
        var tokens = TokenTable()
        return ParsedName(name, type: type, tokens: &tokens).key
    }

    /// One word of a name with what is lost in folding.
    struct Word {
        var text: String
        /// The separator before it.
        var before: Separator
        var isUppercase: Bool
        var isCapitalized: Bool
        /// How many scalars of it are letters or digits.
        var length: Int
    }

    enum Separator: Equatable { case start, space, dot, hyphen, comma, bracket }

    /// The words of a name in order; at most ``mostWords``, of the first ``longestName`` scalars.
    static func words(_ name: String) -> [Word] {
        var words: [Word] = []
        var word = Word(text: "", before: .start, isUppercase: true, isCapitalized: false, length: 0)
        var separator = Separator.start
        let scalars = Array(name.unicodeScalars.prefix(Self.longestName))
        var index = 0
        func finish() {
            guard !word.text.isEmpty else { return }
            words.append(word)
            separator = .space
        }
        while index < scalars.count, words.count < Self.mostWords {
            let scalar = scalars[index]
            if Self.isWordScalar(scalar) {
                if word.text.isEmpty {
                    word = Word(text: "", before: separator, isUppercase: true, isCapitalized: scalar.properties.isUppercase, length: 0)
                }
                if scalar.properties.isLowercase { word.isUppercase = false }
                word.length += 1
                index += Transliteration.append(scalar, next: index + 1 < scalars.count ? scalars[index + 1] : nil, to: &word.text)
                continue
            }
            index += 1
            // "O'Neill", "d’Arc": one word.
            if scalar.value == 0x27 || scalar.value == 0x2019 || scalar.value == 0x2BC || scalar.value == 0x60 || scalar.value == 0xB4 {
                continue
            }
            finish()
            word.text = ""
            separator = Self.stronger(separator, Self.separator(scalar))
            if scalar.value == 0x26 {
                words.append(Word(text: "and", before: .space, isUppercase: false, isCapitalized: false, length: 3))
            }
        }
        if words.count < Self.mostWords { finish() }
        return words
    }

    private static func separator(_ scalar: Unicode.Scalar) -> Separator {
        switch scalar.value {
        case 0x2E: .dot
        case 0x2D, 0x2010, 0x2011, 0x2013: .hyphen
        case 0x2C, 0x3B, 0xFF0C, 0x3001: .comma
        case 0x28, 0x29, 0x5B, 0x5D: .bracket
        default: .space
        }
    }

    private static func stronger(_ left: Separator, _ right: Separator) -> Separator {
        if left == .start || left == .comma || left == .bracket { return left }
        if right == .comma || right == .bracket { return right }
        // "J. Smith": a space after a full stop separates more than the stop.
        return right == .space || left == .start ? .space : left == .space && right != .space ? right : right
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return scalar.value >= 0x30 && scalar.value <= 0x39 || scalar.value | 0x20 >= 0x61 && scalar.value | 0x20 <= 0x7A
        }
        let properties = scalar.properties
        return properties.isAlphabetic || properties.numericType == .decimal
            || properties.generalCategory == .nonspacingMark || properties.generalCategory == .spacingMark
    }
}
