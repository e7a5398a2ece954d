/// Names of languages as people and files write them.
enum LanguageTag {
    /// ISO 639-1 of `de-AT`, `DE`, `ger`, `deu`; nil for nothing, for `und` and for anything that is no tag. A code of three letters that
    /// has no shorter one stays.
    static func code(_ tag: String?) -> String? {
        guard let tag else { return nil }
        let code = String(tag.lowercased().prefix { $0 != "-" && $0 != "_" })
        guard (2...3).contains(code.utf8.count), code.utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) else { return nil }
        if ["und", "mul", "zxx", "mis", "qaa"].contains(code) { return nil }
        return code.utf8.count == 2 ? code : Self.short[code] ?? code
    }

    private static let short = [
        "ara": "ar", "bul": "bg", "cat": "ca", "ces": "cs", "cze": "cs", "dan": "da", "deu": "de", "ger": "de", "ell": "el", "gre": "el",
        "eng": "en", "spa": "es", "est": "et", "fas": "fa", "per": "fa", "fin": "fi", "fra": "fr", "fre": "fr", "heb": "he", "hin": "hi",
        "hrv": "hr", "hun": "hu", "ind": "id", "isl": "is", "ice": "is", "ita": "it", "jpn": "ja", "kor": "ko", "lit": "lt", "lav": "lv",
        "nld": "nl", "dut": "nl", "nor": "no", "nob": "nb", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "slk": "sk",
        "slo": "sk", "slv": "sl", "srp": "sr", "swe": "sv", "tha": "th", "tur": "tr", "ukr": "uk", "vie": "vi", "zho": "zh", "chi": "zh",
    ]
}
