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
        Self.folders.contains { access("\($0)/\(code).traineddata", R_OK) == 0 }
    }

    private static var folders: [String] {
        [getenv("TESSDATA_PREFIX").map { String(cString: $0) } ?? "", "/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata"]
            .filter { !$0.isEmpty }
    }

    /// Changes when the data of one of the languages (as ``choose(hint:configured:isInstalled:)`` gives them) is replaced.
    package static func stamp(of languages: String) -> String {
        let codes = languages.split(separator: "+").map(String.init) + ["osd"]
        return FileStamp.of(
            codes.map { code in
                Self.folders.map { "\($0)/\(code).traineddata" }.first { access($0, R_OK) == 0 } ?? code
            })
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
