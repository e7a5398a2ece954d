/// A name taken apart: what is compared, and what only tells more about it.
struct ParsedName {
    let type: EntityType
    /// Equal keys are equal names; see ``NameNormalizer/key(_:type:)``.
    private(set) var key = ""
    /// What is compared, in order: ids in the token table.
    var words: [Int] = []
    /// People: given names and initials, and the surname with its particles.
    var given: [Int] = []
    var family: [Int] = []
    /// From a title.
    var gender: Gender?
    var hasTitle = false
    /// `jr`, `ii`; empty when the name says none.
    var generation = ""
    /// Organisations: `ltd`; empty when the name says none.
    var legalForm = ""
    /// Places: what follows the first comma or stands in brackets, each part by itself.
    var qualifiers: [Int] = []
    /// Organisations: the first letters of the words, without and with those like `of`.
    var initials = ""
    var allInitials = ""
    /// A single word that may be an acronym.
    var acronym: Int?
    /// Places: the token that stands for all names of the place.
    var canonical: Int?
    /// Has no word, or too many: equal only to itself.
    var isOpaque = false
    /// `Hale, Margaret`.
    var isInverted = false
    var letterCase = LetterCase.lower
    /// How much the name says. The fuller of two names of one thing says more.
    var specificity = 0

    enum LetterCase: Int { case lower, upper, mixed }

    init(_ name: String, type: EntityType, tokens: inout TokenTable) {
        self.type = type
        guard type.isNamed else {
            self.key = name
            self.isOpaque = true
            return
        }
        let words = name.utf8.count > NameNormalizer.longestName * 4 ? [] : NameNormalizer.words(name)
        guard !words.isEmpty, words.count < NameNormalizer.mostWords, name.unicodeScalars.count <= NameNormalizer.longestName else {
            self.key = "=" + name
            self.isOpaque = true
            return
        }
        let capitals = words.count { $0.isCapitalized }
        self.letterCase = capitals == 0 ? .lower : words.allSatisfy({ $0.isUppercase || $0.length == 0 }) ? .upper : .mixed
        switch type {
        case .person: self.parsePerson(words, tokens: &tokens)
        case .organization: self.parseOrganization(words, tokens: &tokens)
        default: self.parsePlace(words, tokens: &tokens)
        }
        if self.words.isEmpty {
            self.key = "=" + NameNormalizer.fold(name)
            self.isOpaque = true
        } else {
            self.key = self.makeKey(tokens)
        }
    }

    private func makeKey(_ tokens: TokenTable) -> String {
        switch self.type {
        case .person:
            "\(tokens.text(self.given))|\(tokens.text(self.family))|\(self.generation)|\(self.gender?.rawValue ?? "")"
        case .organization:
            "\(tokens.text(self.words))|\(self.legalForm)"
        default:
            "\(tokens.text(self.words))|\(self.qualifiers.map { tokens[$0].text }.joined(separator: ","))"
        }
    }

    /// Joins `U.S.A.` and `G.m.b.H.`: letters with nothing but full stops between them.
    static func joiningLetters(_ words: [NameNormalizer.Word]) -> [NameNormalizer.Word] {
        var result: [NameNormalizer.Word] = []
        var isRun = false
        for word in words {
            if word.before == .dot, isRun, word.length <= 2, let last = result.last, last.length < 12 {
                result[result.count - 1].text += word.text
                result[result.count - 1].length += word.length
            } else {
                result.append(word)
            }
            isRun = word.length <= 2
        }
        return result
    }
}
