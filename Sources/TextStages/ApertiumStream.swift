/// Apertium's stream format, as far as plain text needs it: a backslash before what has a meaning, brackets around what is not to be touched.
enum ApertiumStream {
    /// A sentence end that is taken off again; without it the last full stop of a text gets lost.
    private static let end = ".[]"
    /// Words longer than this take the analyser seconds, and are in no dictionary.
    private static let longestWord = 120

    /// One segment without line ends, ready to be sent.
    static func encode(_ segment: String) -> String {
        var text = ""
        var word = ""
        for scalar in segment.unicodeScalars where scalar != "\0" {
            if scalar.properties.isWhitespace {
                text += Self.encode(word: word)
                word = ""
                text.unicodeScalars.append(scalar)
            } else {
                word.unicodeScalars.append(scalar)
            }
        }
        return text + Self.encode(word: word) + Self.end
    }

    /// What came back for a segment; nil when it was not translated to its end.
    static func decode(_ output: Substring, of segment: String) -> String? {
        guard output.hasSuffix("[]") else { return nil }
        var text = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in output.unicodeScalars {
            if isEscaped {
                text.append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar != "[" && scalar != "]" {
                text.append(scalar)
            }
        }
        // The added full stop, unless a word such as an abbreviation has swallowed it.
        let stops = segment.unicodeScalars.reversed().prefix { $0 == "." }.count
        if text.reversed().prefix(while: { $0 == "." }).count > stops { text.removeLast() }
        return String(text)
    }

    private static func encode(word: String) -> String {
        if word.utf8.count > Self.longestWord || Self.isName(word) { return "[\(Self.escape(word, within: "[]\\"))]" }
        // An unescaped tilde speaks to the last program of the chain, and an escaped one is lost there.
        return Self.escape(word, within: "\\^$/[]{}@<>").split(separator: "~", omittingEmptySubsequences: false).joined(separator: "[~]")
    }

    /// Addresses, paths and identifiers have no translation.
    private static func isName(_ word: String) -> Bool {
        let bytes = word.utf8
        if bytes.contains(0x5F) || bytes.contains(0x5C) { return word.contains(where: \.isLetter) }
        if let at = bytes.firstIndex(of: 0x40), at != bytes.startIndex, bytes.index(after: at) != bytes.endIndex { return true }
        return word.contains("://") || word.hasPrefix("www.")
    }

    private static func escape(_ text: String, within special: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if special.unicodeScalars.contains(scalar) { escaped.append("\\") }
            escaped.append(scalar)
        }
        return String(escaped)
    }
}
