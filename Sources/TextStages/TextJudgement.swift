internal import TextAnalysis

/// What a text is written in, and what kind of document it is.
package struct TextJudgement: Sendable {
    package var language: String
    package var languageConfidence: Double
    package var category: String
    package var categoryConfidence: Double

    /// - Parameter hint: the sender's word for the language; it counts when the text itself says nothing.
    package init(_ text: String, mimeType: String, pages: Int, hint: String?) {
        let language = LanguageDetector().detect(text)
        self.language = language.code
        self.languageConfidence = language.confidence
        if language.code == LanguageGuess.undetermined.code, let hint = hint.flatMap(Self.code) { self.language = hint }
        let category = DocumentCategorizer().categorize(text, mimeType: mimeType, pageCount: pages)
        self.category = category.category.rawValue
        self.categoryConfidence = category.score
    }

    /// `de` of `de-AT`, `DE` or `de_DE`; nil for anything else.
    private static func code(_ hint: String) -> String? {
        let code = hint.lowercased().prefix { $0 != "-" && $0 != "_" }
        return (2...3).contains(code.utf8.count) && code.utf8.allSatisfy { $0 >= 0x61 && $0 <= 0x7A } ? String(code) : nil
    }
}
