internal import TextAnalysis

/// What a text is written in and about.
struct TextJudgement: Sendable {
    var language: String
    var languageConfidence: Double
    var category = "other"
    var categoryConfidence = 0.0

    /// - Parameter hint: the sender's word for the language; it counts when the text itself says nothing.
    init(_ text: String, title: String?, hint: String?) {
        self.language = "und"
        self.languageConfidence = 0
        if let hint = hint.flatMap(Self.code) { self.language = hint }
    }

    /// `de` of `de-AT`, `DE` or `de_DE`; nil for anything else.
    private static func code(_ hint: String) -> String? {
        let code = hint.lowercased().prefix { $0 != "-" && $0 != "_" }
        return (2...3).contains(code.utf8.count) && code.utf8.allSatisfy { $0 >= 0x61 && $0 <= 0x7A } ? String(code) : nil
    }
}
