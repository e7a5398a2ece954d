/// Counts of what a text is made of.
package struct TextShape: Sendable, Hashable {
    /// Letters and digits.
    package private(set) var letters = 0
    /// Everything but white space.
    package private(set) var visible = 0
    /// Characters that stand for a glyph nobody can name.
    package private(set) var strange = 0

    package init(_ text: String) {
        for scalar in text.unicodeScalars {
            let value = scalar.value
            if value <= 0x20 || value == 0xA0 { continue }
            self.visible += 1
            if (value >= 0xE000 && value <= 0xF8FF) || value == 0xFFFD || value >= 0xF0000 || (value >= 0x80 && value < 0xA0) {
                self.strange += 1
            } else if value < 0x80 {
                let lower = value | 0x20
                if (lower >= 0x61 && lower <= 0x7A) || (value >= 0x30 && value <= 0x39) { self.letters += 1 }
            } else if scalar.properties.isAlphabetic {
                self.letters += 1
            }
        }
        // "(cid:588)" is one glyph, written with nine characters.
        var rest = text.utf8[...]
        while let start = rest.firstIndex(of: 0x28) {
            rest = rest[rest.index(after: start)...]
            if rest.starts(with: "cid:".utf8) {
                self.strange += 9
                self.letters = max(0, self.letters - 6)
            }
        }
    }
}
