/// A word, a number or a mark of a text.
struct Token: Sendable {
    enum Kind: UInt8, Sendable {
        case word, number, mark
        /// An address that was found before the words were.
        case opaque
    }

    /// UTF-8 bytes.
    var start: Int
    var end: Int
    var kind: Kind
    var shape: TokenShape = []
    var classes: WordClasses = []
    /// ``WordHash`` of a word.
    var hash: UInt64 = 0
    /// What mark it is; every dash is `-`, every apostrophe `'`, every other quotation mark `"`.
    var mark: Unicode.Scalar = "\0"
}

/// How a token is written and where it stands.
struct TokenShape: OptionSet, Sendable {
    let rawValue: UInt16

    static let capital = Self(rawValue: 1 << 0)
    /// At least two letters and none of them small.
    static let allCapitals = Self(rawValue: 1 << 1)
    /// One capital letter.
    static let initial = Self(rawValue: 1 << 2)
    /// Letters with full stops between them: U.S., B.V.
    static let dotted = Self(rawValue: 1 << 3)
    static let hasDigit = Self(rawValue: 1 << 4)
    static let spaceBefore = Self(rawValue: 1 << 5)
    static let lineStart = Self(rawValue: 1 << 6)
    /// Nothing belongs together across it: an empty line before, or a line that ended early.
    static let blockStart = Self(rawValue: 1 << 7)
    static let sentenceStart = Self(rawValue: 1 << 8)
    /// `'s` after a name.
    static let possessive = Self(rawValue: 1 << 9)
    /// Written without spaces: Han, kana.
    static let spaceless = Self(rawValue: 1 << 10)
    /// In capitals next to others in capitals: says nothing about being a name.
    static let shouted = Self(rawValue: 1 << 11)
    /// Part of a pattern, or of something that must not be taken for one.
    static let taken = Self(rawValue: 1 << 12)
    static let hasCapital = Self(rawValue: 1 << 13)
}
