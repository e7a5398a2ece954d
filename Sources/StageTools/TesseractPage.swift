/// Recognised text of one page, from tesseract's table of words.
package struct TesseractPage: Sendable, Hashable {
    /// Lines and paragraphs as tesseract saw them.
    package var text = ""
    package var words = 0
    /// Mean of the words' confidence, 0 to 100; 0 without words.
    package var confidence = 0.0
    /// Rises with the number of words and their confidence: of two readings of one page the better has more.
    package var score = 0.0

    /// Reads `tesseract … tsv`: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
    package init(tsv: String) {
        var total = 0.0
        var place: (block: Substring, paragraph: Substring, line: Substring)?
        for row in tsv.split(whereSeparator: \.isNewline) {
            let fields = row.split(separator: "\t", maxSplits: 11, omittingEmptySubsequences: false)
            guard fields.count == 12, fields[0] == "5", let confidence = Double(fields[10]), confidence >= 0 else { continue }
            let word = fields[11].filter { $0 != " " }
            // Below this it is texture, not text.
            guard !word.isEmpty, confidence >= 10 else { continue }
            if let place {
                if place.block != fields[2] || place.paragraph != fields[3] {
                    self.text += "\n\n"
                } else {
                    self.text += place.line == fields[4] ? " " : "\n"
                }
            }
            place = (fields[2], fields[3], fields[4])
            self.text += word
            self.words += 1
            total += confidence
            self.score += max(0, confidence - 30)
        }
        self.confidence = self.words > 0 ? total / Double(self.words) : 0
    }

    package init() {}

    /// Whether it is worth trying the page again in another way.
    package var isDoubtful: Bool { self.words < 5 || self.confidence < 90 }

    /// Whether it may lie on its side, or upside down.
    package var isPoor: Bool { self.words < 5 || self.confidence < 70 }

    /// The better of two readings of one page; this one when they are equal.
    package func or(_ other: TesseractPage) -> TesseractPage { other.score > self.score ? other : self }
}
