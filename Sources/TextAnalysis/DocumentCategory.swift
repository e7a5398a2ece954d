/// What kind of document a text is.
public enum DocumentCategory: String, Sendable, Hashable, CaseIterable {
    case invoice, contract, letter, email, report, resume, paper, legal, manual, table, presentation, form, news, other
}

/// A category with what speaks for it.
public struct CategoryGuess: Sendable, Hashable {
    public var category: DocumentCategory
    /// 0 to 1: the share of the evidence that is for this category. 0 for `other`.
    public var score: Double
    /// The signs that were found, strongest first; for people.
    public var reasons: [String]

    public init(category: DocumentCategory, score: Double, reasons: [String]) {
        self.category = category
        self.score = score
        self.reasons = reasons
    }
}
