internal import TextAnalysis

/// Holds what a model calls a translation against the original.
///
/// It cannot tell whether a translation is right. It catches what models do instead of translating: answer, summarise, repeat themselves,
/// give the original back.
struct TranslationCheck: Sendable {
    /// ISO 639-1.
    let source: String
    let target: String

    /// - Throws: ``TranslationFailure`` with the first thing that is wrong.
    func verify(_ lines: [String], of originals: [String]) throws(TranslationFailure) {
        guard lines.count == originals.count else {
            throw TranslationFailure("The model gave \(lines.count) lines for \(originals.count).")
        }
        for (line, original) in zip(lines, originals) {
            guard line.contains(where: { !$0.isWhitespace }) else {
                throw TranslationFailure("The model left out a line of \(original.utf8.count) bytes.")
            }
            try Self.compare(line.unicodeScalars.count, original.unicodeScalars.count, slack: 60, what: "A line")
        }
        let text = lines.joined(separator: "\n")
        let original = originals.joined(separator: "\n")
        try Self.compare(text.unicodeScalars.count, original.unicodeScalars.count, slack: 100, what: "The translation")
        try self.compareLanguages(text, original)
    }

    /// Chinese for English is a third of the characters, and the way back three times as many.
    private static func compare(_ found: Int, _ original: Int, slack: Int, what: String) throws(TranslationFailure) {
        if found > original * 5 + slack { throw TranslationFailure("\(what) is \(found) characters long for \(original): far too long.") }
        if found * 8 + slack < original { throw TranslationFailure("\(what) is \(found) characters long for \(original): far too short.") }
    }

    /// Only where the detector is sure of the original, names and numbers are not read as a language.
    private func compareLanguages(_ text: String, _ original: String) throws(TranslationFailure) {
        let detector = LanguageDetector()
        let before = detector.detect(original)
        let after = detector.detect(text)
        guard original.utf8.count >= 80, before.code == self.source, before.confidence >= 0.8 else { return }
        if after.code == self.source, after.confidence >= 0.8 {
            throw TranslationFailure("The model gave the text back in its own language, \(LanguageCode.name(self.source)).")
        }
    }
}
