/// What the word lists know about a word. A word may be many things: `may` is a given name, a month and a verb.
struct WordClasses: OptionSet, Sendable {
    let rawValue: UInt64

    static let given = Self(rawValue: 1 << 0)
    static let surname = Self(rawValue: 1 << 1)
    /// A word of everyday English.
    static let common = Self(rawValue: 1 << 2)
    /// Never part of a name by itself: pronouns, articles, conjunctions, auxiliary verbs.
    static let function = Self(rawValue: 1 << 3)
    /// Before a person: Mr, Dr, Captain.
    static let title = Self(rawValue: 1 << 4)
    /// Makes the words around it an organisation: University, Council.
    static let organizationHead = Self(rawValue: 1 << 5)
    /// Ends the name of an organisation: Ltd, GmbH.
    static let organizationTail = Self(rawValue: 1 << 6)
    static let organization = Self(rawValue: 1 << 7)
    static let place = Self(rawValue: 1 << 8)
    /// Begins the name of a place: Port, Lake.
    static let placeHead = Self(rawValue: 1 << 9)
    /// Ends the name of a place: Street, River.
    static let placeTail = Self(rawValue: 1 << 10)
    /// Within a person's name: van, de, bin.
    static let particle = Self(rawValue: 1 << 11)
    static let month = Self(rawValue: 1 << 12)
    static let weekday = Self(rawValue: 1 << 13)
    static let demonym = Self(rawValue: 1 << 14)
    /// What people do: said, told, answered.
    static let saying = Self(rawValue: 1 << 15)
    static let currency = Self(rawValue: 1 << 16)
    static let magnitude = Self(rawValue: 1 << 17)
    /// What is counted, so that the number before it is no year.
    static let unit = Self(rawValue: 1 << 18)
    static let lawUnit = Self(rawValue: 1 << 19)
    static let lawHead = Self(rawValue: 1 << 20)
    /// A law known by its letters: GDPR, BGB.
    static let lawAcronym = Self(rawValue: 1 << 21)
    static let caseWord = Self(rawValue: 1 << 22)
    static let phoneWord = Self(rawValue: 1 << 23)
    static let numberWord = Self(rawValue: 1 << 24)
    /// What follows is where something is: in, at, near.
    static let placePreposition = Self(rawValue: 1 << 25)
    /// What follows is when something is: in, since, until.
    static let datePreposition = Self(rawValue: 1 << 26)
    /// Begins a name of several words in the lists.
    static let phraseStart = Self(rawValue: 1 << 27)
    /// Capitalised in letters and forms although it names nobody: Dear, Subject, Invoice.
    static let label = Self(rawValue: 1 << 28)
    /// Joins the parts of an organisation's name: of, for, de.
    static let joiner = Self(rawValue: 1 << 29)
    /// A large or well-known place, which goes before a person of the same name: London, Paris.
    static let majorPlace = Self(rawValue: 1 << 30)
    /// Somebody's relative or office, before a name: husband, treasurer.
    static let role = Self(rawValue: 1 << 31)
    /// An everyday word that is a frequent surname all the same: Reed, Porter.
    static let frequentSurname = Self(rawValue: 1 << 32)

    /// The names of the classes in `word-classes.txt`.
    static let named: [String: WordClasses] = [
        "function": .function, "title": .title, "organization-head": .organizationHead, "organization-tail": .organizationTail,
        "place-head": .placeHead, "place-tail": .placeTail, "particle": .particle, "month": .month, "weekday": .weekday,
        "demonym": .demonym, "saying": .saying, "currency": .currency, "magnitude": .magnitude, "unit": .unit, "law-unit": .lawUnit,
        "law-head": .lawHead, "law-acronym": .lawAcronym, "case-word": .caseWord, "phone-word": .phoneWord, "number-word": .numberWord,
        "place-preposition": .placePreposition, "date-preposition": .datePreposition, "label": .label, "joiner": .joiner, "role": .role,
    ]
}
