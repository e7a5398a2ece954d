import Glibc

/// Which of tesseract's languages to read a document with.
package enum OpticalLanguages {
    /// The message's language first if its data is installed, then the configured ones; English when nothing is left.
    package static func choose(hint: String?, configured: [String], isInstalled: (String) -> Bool = OpticalLanguages.isInstalled) -> String
    {
        var chosen: [String] = []
        if let hint = hint?.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).first,
            let code = Self.codes[String(hint)] ?? Self.code(hint),
            isInstalled(code)
        {
            chosen.append(code)
        }
        for code in configured where !chosen.contains(code) && Self.code(code[...]) != nil && isInstalled(code) { chosen.append(code) }
        return chosen.isEmpty ? "eng" : chosen.prefix(4).joined(separator: "+")
    }

    package static func isInstalled(_ code: String) -> Bool {
        let folders = [
            getenv("TESSDATA_PREFIX").map { String(cString: $0) } ?? "", "/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata",
        ]
        return folders.contains { !$0.isEmpty && access("\($0)/\(code).traineddata", R_OK) == 0 }
    }

    /// Letters and `_` only: the code becomes part of a path.
    private static func code(_ text: Substring) -> String? {
        let isCode = text.utf8.count >= 3 && text.utf8.count <= 12 && text.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x5F }
        return isCode ? String(text) : nil
    }

    private static let codes = [
        "ar": "ara", "bg": "bul", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa", "et": "est", "fa": "fas",
        "fi": "fin",
        "fr": "fra", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "id": "ind", "it": "ita", "ja": "jpn", "ko": "kor", "lt": "lit",
        "lv": "lav",
        "nb": "nor", "nl": "nld", "no": "nor", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp",
        "sv": "swe",
        "th": "tha", "tr": "tur", "uk": "ukr", "vi": "vie", "zh": "chi_sim",
    ]
}
