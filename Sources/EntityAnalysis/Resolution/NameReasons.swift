/// Why two names were found alike, or why not. In words by ``texts``.
struct NameReasons: OptionSet {
    let rawValue: UInt64

    static let equal = Self(rawValue: 1 << 0)
    static let initials = Self(rawValue: 1 << 1)
    static let nickname = Self(rawValue: 1 << 2)
    static let spelling = Self(rawValue: 1 << 3)
    static let sound = Self(rawValue: 1 << 4)
    static let misspelt = Self(rawValue: 1 << 5)
    static let misread = Self(rawValue: 1 << 6)
    static let surnameOnly = Self(rawValue: 1 << 7)
    static let givenOnly = Self(rawValue: 1 << 8)
    static let shortened = Self(rawValue: 1 << 9)
    static let reordered = Self(rawValue: 1 << 10)
    static let joined = Self(rawValue: 1 << 11)
    static let acronym = Self(rawValue: 1 << 12)
    static let legalForm = Self(rawValue: 1 << 13)
    static let exonym = Self(rawValue: 1 << 14)
    static let sharedDocuments = Self(rawValue: 1 << 15)
    static let sharedContext = Self(rawValue: 1 << 16)
    static let missingNames = Self(rawValue: 1 << 17)
    static let sameWords = Self(rawValue: 1 << 18)
    static let fewerQualifiers = Self(rawValue: 1 << 19)
    static let differentTypes = Self(rawValue: 1 << 32)
    static let differentQualifiers = Self(rawValue: 1 << 33)
    static let differentGenerations = Self(rawValue: 1 << 34)
    static let differentGivenNames = Self(rawValue: 1 << 35)
    static let differentTitles = Self(rawValue: 1 << 36)
    static let differentLegalForms = Self(rawValue: 1 << 37)
    static let differentPlaces = Self(rawValue: 1 << 38)
    static let differentNumbers = Self(rawValue: 1 << 39)
    static let namedTogether = Self(rawValue: 1 << 40)
    static let oneGeneration = Self(rawValue: 1 << 41)

    private static let names: [(reason: Self, text: String)] = [
        (.equal, "same name"), (.sameWords, "same words"), (.initials, "same initials"), (.nickname, "nickname"),
        (.spelling, "other spelling of the same sounds"), (.sound, "sounds alike"), (.misspelt, "misspelt"), (.misread, "misread letters"),
        (.surnameOnly, "surname only"), (.givenOnly, "given name only"), (.shortened, "shortened"), (.missingNames, "fewer given names"),
        (.reordered, "same words in another order"), (.joined, "words joined"), (.acronym, "acronym"),
        (.legalForm, "legal form left out"), (.exonym, "name in another language"), (.fewerQualifiers, "less exact about where"),
        (.sharedDocuments, "in the same documents"), (.sharedContext, "named with the same others"),
        (.differentTypes, "different types"), (.differentQualifiers, "told apart by a person"),
        (.differentGenerations, "different generations"), (.oneGeneration, "only one says which generation"),
        (.differentGivenNames, "different given names"), (.differentTitles, "titles of different people"),
        (.differentLegalForms, "different legal forms"), (.differentPlaces, "in different places"),
        (.differentNumbers, "different numbers"), (.namedTogether, "named side by side"),
    ]

    /// What speaks for it first, then what speaks against it.
    var texts: [String] {
        Self.names.filter { self.contains($0.reason) }.map(\.text)
    }
}
