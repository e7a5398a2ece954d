/// What language a text is in.
public struct LanguageGuess: Sendable, Hashable {
    /// ISO 639-1 code such as "de"; "und" when the text is too short, too mixed or of no known language.
    public var code: String
    /// 0 to 1: how sure. About the share of right answers among guesses of this confidence.
    public var confidence: Double

    public init(code: String, confidence: Double) {
        self.code = code
        self.confidence = confidence
    }

    public static let undetermined = LanguageGuess(code: "und", confidence: 0)
}

/// Guesses the language: the script first, then letter groups and small words.
///
/// Looks at no more than 64 KiB of text. Knows en de fr es it pt nl pl sv da no fi cs sk ro hu tr hr sl et lt lv id vi ca, ru uk bg sr,
/// and by their script or letters el ar fa ur he yi hi bn pa gu ta te kn ml si th lo my ka hy am km ko ja zh.
public struct LanguageDetector: Sendable {
    private static let sampleLimit = 65_536
    /// Below this the guess is "und".
    private static let floor = 0.6

    public init() {}

    public func detect(_ text: String) -> LanguageGuess {
        var sample = Self.sample(text)
        return sample.withUTF8 { bytes in
            let scripts = ScriptCount(bytes)
            guard scripts.letters >= 3, let script = scripts.dominant else { return .undetermined }
            let share = Double(script.count) / Double(scripts.letters)
            // Half the letters in the leading script is a mixed text.
            guard share >= 0.5 else { return .undetermined }
            switch script.script.languages {
            case .one(let code):
                return LanguageGuess(code: code, confidence: min(0.99, share))
            case .byLetters:
                return LanguageGuess(code: scripts.languageByLetters(script.script), confidence: min(0.97, share))
            case .byProfile:
                return Self.byProfile(bytes, isCyrillic: script.script == .cyrillic)
            }
        }
    }

    private static func byProfile(_ bytes: UnsafeBufferPointer<UInt8>, isCyrillic: Bool) -> LanguageGuess {
        let profiles = ProfileTable.shared
        let candidates = isCyrillic ? profiles.cyrillic : profiles.latin
        let evidence = profiles.evidence(bytes)
        guard evidence.words >= 1, evidence.letters >= 8 else { return .undetermined }
        let ranked = candidates.map { (language: $0, score: evidence.scores[$0]) }
            .sorted { $0.score != $1.score ? $0.score > $1.score : $0.language < $1.language }
        guard ranked.count >= 2, let best = ranked.first else { return .undetermined }
        // Neighbouring words are not independent evidence: the sum is damped before it becomes a probability.
        let letters = Double(evidence.letters)
        let scale = 0.35 / (1 + letters / 400)
        var total = 0.0
        for entry in ranked { total += Exponential.exp(Double(entry.score - best.score) * scale) }
        var confidence = 1 / total
        // Random letters and codes fit nothing well: in any real language groups of letters and small words come up all the time.
        let fit = Double(best.score) / letters
        // Scores are relative to the mean of the candidates; of four Cyrillic ones none can be far above it, so there it says nothing.
        if !isCyrillic, fit < 0.2 { confidence *= max(0, fit / 0.2) }
        guard confidence >= Self.floor else { return LanguageGuess(code: "und", confidence: confidence) }
        return LanguageGuess(code: profiles.codes[best.language], confidence: min(0.99, confidence))
    }

    /// The beginning of the text, cut between scalars; for a long text a part from the middle as well, since title pages mislead.
    private static func sample(_ text: String) -> String {
        guard text.utf8.count > Self.sampleLimit else { return text }
        let view = text.utf8
        let half = Self.sampleLimit / 2
        let middle = view.index(view.startIndex, offsetBy: view.count / 2)
        let end = view.index(middle, offsetBy: half, limitedBy: view.endIndex) ?? view.endIndex
        return String(decoding: view.prefix(half), as: UTF8.self) + " " + String(decoding: view[middle..<end], as: UTF8.self)
    }
}
