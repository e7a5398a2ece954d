/// Text as PostgreSQL can hold it.
enum StorableText {
    /// `text` with U+FFFD for each NUL.
    static func of(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    static func of(_ text: String?) -> String? { text.map { Self.of($0) } }
}

/// PostgreSQL's text search configurations by language.
enum SearchConfiguration {
    private static let names = [
        "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
        "fr": "french", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nl": "dutch",
        "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "tr": "turkish",
    ]

    /// The configuration whose stemmer knows the language; "simple" for languages without one. What nobody could tell is taken as English,
    /// whose stemmer does no harm elsewhere. All are part of PostgreSQL 14 and later.
    static func name(language: String?) -> String {
        guard let language, language != "und" else { return "english" }
        return Self.names[language] ?? "simple"
    }

    /// The configurations in which a query is read: as it stands, and stemmed as the documents are. Two words tell no language.
    static func names(languages: [String]) -> [String] {
        Set(["simple", "english"] + languages.map { Self.name(language: $0) }).sorted()
    }
}
