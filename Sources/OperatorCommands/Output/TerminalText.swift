/// Makes text from strangers harmless for a terminal and for the eye.
///
/// Escape sequences, control characters, marks that turn the direction of writing, invisible characters and tags are shown as what they
/// are (`\u{1B}`, `\n`), so that data can neither move the cursor nor look like other data.
enum TerminalText {
    /// One line.
    static func line(_ text: String) -> String { self.escaped(text, keepsLines: false) }

    /// Text of several lines: line feeds and tabs stay.
    static func lines(_ text: String) -> String { self.escaped(text, keepsLines: true) }

    private static func escaped(_ text: String, keepsLines: Bool) -> String {
        guard text.unicodeScalars.contains(where: { self.isDangerous($0, keepsLines: keepsLines) }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard self.isDangerous(scalar, keepsLines: keepsLines) else {
                result.append(scalar)
                continue
            }
            switch scalar {
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            default: result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
            }
        }
        return String(result)
    }

    static func isDangerous(_ scalar: Unicode.Scalar, keepsLines: Bool) -> Bool {
        switch scalar.value {
        case 0x0A, 0x09: !keepsLines
        case 0x00...0x1F, 0x7F...0x9F: true
        // Soft hyphen, Arabic letter mark, zero-width space, direction marks, line and paragraph separators, embeddings and overrides,
        // invisible operators and isolates, byte order mark, annotations. Joiners (200C, 200D) stay: languages need them.
        case 0xAD, 0x61C, 0x180E, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE0FFF, 0xFFFE...0xFFFF: true
        default: false
        }
    }

    /// JSON text with the same characters written as `\uXXXX`: equal for every reader, and harmless on a terminal.
    static func json(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { self.isDangerous($0, keepsLines: false) }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard self.isDangerous(scalar, keepsLines: false) else {
                result.append(scalar)
                continue
            }
            for unit in scalar.utf16 {
                let digits = String(unit, radix: 16)
                result.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
            }
        }
        return String(result)
    }

    /// How many columns a terminal uses for text that ``line(_:)`` has made harmless.
    static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + self.width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // East Asian wide and full-width blocks, and pictures.
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// The beginning of a line that fits `columns`, with `…` for what was cut.
    static func cut(_ text: String, to columns: Int) -> String {
        guard self.width(text) > columns, columns > 0 else { return text }
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            let width = self.width(scalar)
            if used + width > columns - 1 { break }
            result.append(scalar)
            used += width
        }
        return String(result) + "…"
    }
}
