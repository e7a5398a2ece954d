/// Whether a page's text layer is good, or its picture has to be read.
enum PageDecision: Sendable, Hashable {
    case textLayer
    case ocr

    /// - Parameters:
    ///   - text: the page's text layer.
    ///   - imageCoverage: the share of the page under its largest picture, 0 to 1.
    init(text: String, imageCoverage: Double) {
        let shape = TextShape(text)
        if shape.letters < 25 {
            self = .ocr
        } else if imageCoverage > 0.6 && shape.letters < 200 {
            self = .ocr
        } else {
            // Fonts without a mapping to Unicode give private use characters, replacement characters, or "(cid:588)".
            self = shape.strange * 20 > shape.visible ? .ocr : .textLayer
        }
    }
}

/// Counts of what a text is made of.
struct TextShape: Sendable, Hashable {
    /// Letters and digits.
    private(set) var letters = 0
    /// Everything but white space.
    private(set) var visible = 0
    /// Characters that stand for a glyph nobody can name.
    private(set) var strange = 0

    init(_ text: String) {
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
