/// The lines of tesseract's table of words that are text and not texture.
///
/// Foliage, stripes and noise are read as words too, but of one or two letters and without confidence.
struct TesseractLines: Sendable {
    /// How sure a line must be.
    struct Bar: Sendable, Hashable {
        /// Mean confidence of the line's words, 0 to 100.
        var line: Double
        /// How sure a line of fewer than six letters and digits must be: textures are read as such.
        var shortLine: Double
        /// Letters and digits of its longest word that is read with certainty.
        var letters: Int

        static let page = Bar(line: 60, shortLine: 88, letters: 2)
        /// For text that is looked for anywhere in a picture.
        static let sparse = Bar(line: 85, shortLine: 92, letters: 4)
    }

    private(set) var lines: [ScreenLine] = []

    /// Reads `tesseract … tsv`: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
    init(tsv: String, width: Int, height: Int, bar: Bar) {
        var words: [Word] = []
        var place: [Substring] = []
        for row in tsv.split(whereSeparator: \.isNewline) {
            let fields = row.split(separator: "\t", maxSplits: 11, omittingEmptySubsequences: false)
            guard fields.count == 12, fields[0] == "5", let confidence = Double(fields[10]), let left = Int(fields[6]),
                let top = Int(fields[7]), let tall = Int(fields[9]), [left, top, tall].allSatisfy(Self.places.contains)
            else { continue }
            if place != Array(fields[2...4]) {
                self.add(words, width: width, height: height, bar: bar)
                words = []
                place = Array(fields[2...4])
            }
            let text = fields[11].filter { !$0.isWhitespace }
            guard confidence >= Self.leastConfidence, !text.isEmpty else { continue }
            words.append(Word(text: text, confidence: confidence, left: left, top: top, height: tall))
        }
        self.add(words, width: width, height: height, bar: bar)
    }

    /// Pixels that a picture can have, and no number with which one cannot reckon.
    private static let places = -1_000_000...1_000_000

    private struct Word {
        var text: String
        var confidence: Double
        var left: Int
        var top: Int
        var height: Int
        var letters: Int { self.text.unicodeScalars.count { $0.properties.isAlphabetic || $0.properties.numericType != nil } }
    }

    /// Words below this are left out of their line: a logo before a title, a stroke at its end.
    private static let leastConfidence = 35.0
    private static let certain = 70.0

    private mutating func add(_ words: [Word], width: Int, height: Int, bar: Bar) {
        let characters = words.reduce(0) { $0 + $1.text.unicodeScalars.count }
        let letters = words.reduce(0) { $0 + $1.letters }
        let isSure = words.contains { $0.confidence >= Self.certain && $0.letters >= bar.letters }
        guard let first = words.first, letters * 10 >= characters * 6, isSure else { return }
        let confidence = words.reduce(0) { $0 + $1.confidence * Double($1.text.unicodeScalars.count) } / Double(characters)
        guard confidence >= (letters < 6 ? bar.shortLine : bar.line) else { return }
        let top = words.map(\.top).min() ?? first.top
        let bottom = words.map { $0.top + $0.height }.max() ?? first.top
        self.lines.append(
            ScreenLine(
                text: words.map(\.text).joined(separator: " "), confidence: confidence, left: first.left * 1000 / max(1, width),
                top: top * 1000 / max(1, height), height: (bottom - top) * 1000 / max(1, height)))
    }
}
