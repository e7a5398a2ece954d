/// Codes and names of languages: ISO 639-1 is what we store, ISO 639-3 what some tools say.
package enum LanguageCode {
    /// `en` of `en`, `EN-US`, `eng` or `eng_US`; the three letters themselves where there are no two; nil for what is no code.
    package static func short(_ code: String) -> String? {
        let code = String(code.lowercased().prefix { $0 != "-" && $0 != "_" })
        guard (2...3).contains(code.utf8.count), code.utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }), code != "und" else { return nil }
        return Self.table.first { $0.long == code }?.short ?? code
    }

    /// `eng` of `en`; other codes as they are.
    package static func long(_ code: String) -> String { Self.table.first { $0.short == code }?.long ?? code }

    /// The language's name in English; other codes as they are.
    package static func name(_ code: String) -> String { Self.table.first { $0.short == code }?.name ?? code }

    private static let table: [(short: String, long: String, name: String)] = [
        ("af", "afr", "Afrikaans"), ("am", "amh", "Amharic"), ("an", "arg", "Aragonese"), ("ar", "ara", "Arabic"), ("be", "bel", "Belarusian"),
        ("bg", "bul", "Bulgarian"), ("bn", "ben", "Bengali"), ("br", "bre", "Breton"), ("ca", "cat", "Catalan"), ("cs", "ces", "Czech"),
        ("cy", "cym", "Welsh"), ("da", "dan", "Danish"), ("de", "deu", "German"), ("el", "ell", "Greek"), ("en", "eng", "English"),
        ("eo", "epo", "Esperanto"), ("es", "spa", "Spanish"), ("et", "est", "Estonian"), ("eu", "eus", "Basque"), ("fa", "fas", "Persian"),
        ("fi", "fin", "Finnish"), ("fr", "fra", "French"), ("ga", "gle", "Irish"), ("gl", "glg", "Galician"), ("gu", "guj", "Gujarati"),
        ("he", "heb", "Hebrew"), ("hi", "hin", "Hindi"), ("hr", "hrv", "Croatian"), ("hu", "hun", "Hungarian"), ("hy", "hye", "Armenian"),
        ("id", "ind", "Indonesian"), ("is", "isl", "Icelandic"), ("it", "ita", "Italian"), ("ja", "jpn", "Japanese"), ("ka", "kat", "Georgian"),
        ("km", "khm", "Khmer"), ("kn", "kan", "Kannada"), ("ko", "kor", "Korean"), ("lo", "lao", "Lao"), ("lt", "lit", "Lithuanian"),
        ("lv", "lav", "Latvian"), ("mk", "mkd", "Macedonian"), ("ml", "mal", "Malayalam"), ("ms", "zlm", "Malay"), ("my", "mya", "Burmese"),
        ("nb", "nob", "Norwegian Bokmål"), ("nl", "nld", "Dutch"), ("nn", "nno", "Norwegian Nynorsk"), ("no", "nor", "Norwegian"),
        ("oc", "oci", "Occitan"), ("pa", "pan", "Punjabi"), ("pl", "pol", "Polish"), ("pt", "por", "Portuguese"), ("ro", "ron", "Romanian"),
        ("ru", "rus", "Russian"), ("sc", "srd", "Sardinian"), ("sh", "hbs", "Serbo-Croatian"), ("si", "sin", "Sinhala"), ("sk", "slk", "Slovak"),
        ("sl", "slv", "Slovenian"), ("sr", "srp", "Serbian"), ("sv", "swe", "Swedish"), ("ta", "tam", "Tamil"), ("te", "tel", "Telugu"),
        ("th", "tha", "Thai"), ("tr", "tur", "Turkish"), ("uk", "ukr", "Ukrainian"), ("ur", "urd", "Urdu"), ("vi", "vie", "Vietnamese"),
        ("yi", "yid", "Yiddish"), ("zh", "zho", "Chinese"),
    ]
}
