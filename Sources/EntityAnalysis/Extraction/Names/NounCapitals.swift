/// Whether a text is German, where every noun has a capital.
enum NounCapitals {
    private static let german: KnownWords =
        "der die das und den von mit ist nicht ein eine auf für zu im dem des sich auch wird werden wir sie bei"

    static func areUsual(in text: TokenizedText, language: String) -> Bool {
        guard language == "und" else { return language == "de" || language == "lb" }
        var words = 0
        var hits = 0
        for token in text.tokens where token.kind == .word {
            words += 1
            if !token.shape.contains(.allCapitals), Self.german.contains(token.hash) { hits += 1 }
        }
        return words >= 8 && hits * 8 >= words
    }
}
