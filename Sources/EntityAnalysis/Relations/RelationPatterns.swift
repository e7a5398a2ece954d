/// All patterns, found by how they begin.
struct RelationPatterns: Sendable {
    static let shared = RelationPatterns()

    private(set) var vocabulary = RelationVocabulary()
    private(set) var patterns: [RelationPattern] = []
    /// Patterns that begin with a mention, by its type; and those of them that go on with `&`, whose subject may stand far before.
    private(set) var byType: [EntityType: [Int]] = [:]
    private(set) var byWord: [Int32: [Int]] = [:]
    /// Of the patterns that begin with a mention and `&`: by the first word after these.
    private(set) var byVerb: [Int32: [Int]] = [:]
    private(set) var language: [Int: String] = [:]
    private(set) var negations: Set<Int32> = []
    private(set) var leadIns: Set<Int32> = []
    private(set) var adverbs: Set<Int32> = []
    private(set) var connectives: Set<Int32> = []
    private(set) var relatives: Set<Int32> = []
    /// Lines of the tables that could not be read; none, which a test makes sure of.
    private(set) var unreadable: [String] = []

    private init() {
        self.negations = Set(self.vocabulary.members(of: "negation"))
        self.leadIns = Set(self.vocabulary.members(of: "leadin") + self.vocabulary.members(of: "role"))
        self.adverbs = Set(self.vocabulary.members(of: "adverb"))
        self.connectives = Set(self.vocabulary.members(of: "connective"))
        self.relatives = Set(self.vocabulary.members(of: "relative"))
        for (language, table) in [("en", Self.english), ("de", Self.german), ("fr", Self.french), ("es", Self.spanish)] {
            for (number, line) in table.split(separator: "\n").enumerated() {
                let rule = "\(language)\(number + 1)"
                guard let pattern = RelationPattern(line, rule: rule, vocabulary: &self.vocabulary) else {
                    self.unreadable.append(String(line))
                    continue
                }
                self.add(pattern, language: language)
            }
        }
    }

    /// Whether a verb follows the pattern's first mention.
    func hasAside(_ index: Int) -> Bool {
        let elements = self.patterns[index].elements
        if elements.count > 1, case .aside = elements[1] { return true }
        return false
    }

    private mutating func add(_ pattern: RelationPattern, language: String) {
        let index = self.patterns.count
        self.patterns.append(pattern)
        self.language[index] = language
        switch pattern.elements.first {
        case .mention(let mask):
            for type in EntityType.allCases where mask.contains(type) { self.byType[type, default: []].append(index) }
            if pattern.elements.count > 2, case .aside = pattern.elements[1] {
                for element in pattern.elements.dropFirst(2) {
                    switch element {
                    case .words(let words):
                        for word in words { self.byVerb[word, default: []].append(index) }
                    case .optionalWords(let words):
                        for word in words { self.byVerb[word, default: []].append(index) }
                        continue
                    default:
                        break
                    }
                    break
                }
            }
        case .words(let words):
            for word in words { self.byWord[word, default: []].append(index) }
        default:
            self.unreadable.append("begins with neither a mention nor a word: \(pattern.rule)")
        }
    }
}
