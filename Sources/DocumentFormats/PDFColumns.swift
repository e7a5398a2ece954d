internal import XMLText

/// Reading order of pages set in columns, from the word boxes of `pdftotext -bbox-layout`.
///
/// Poppler's own order mixes the columns of a page with a narrow gutter (40 % of the words out of place at 24 points). A page is taken as
/// columns only when an empty stripe runs down it and both sides are full lines of prose; a table's columns are not.
enum PDFColumns {
    /// What the boxes of a file say.
    struct Layout {
        /// The pages that are set in columns, in reading order; the others are left out.
        var columns: [FormatPage]
        var title: String?
        /// Nil when the boxes end before the file does.
        var pageCount: Int?
    }

    /// A page of fewer words has no columns.
    static let fewestWords = 60

    static func layout(path: String, limits: FormatLimits) throws -> Layout {
        let bytes = try FileReader(path: path, limits: limits).readAll()
        let reader = BoxReader(limits: limits)
        do {
            try XMLParser.parse(bytes, handler: reader, limits: XMLLimits(depth: 32))
        } catch {
            // Control characters in a text layer make the boxes ill-formed; the pages until there are still right.
            guard error.code == .malformed else { throw FormatError(.tooLarge, error.description) }
            return Layout(columns: reader.found, title: nil, pageCount: nil)
        }
        return Layout(columns: reader.found, title: reader.title, pageCount: reader.number)
    }

    /// The pages that are set in columns, in reading order; the others are left out.
    static func read(path: String, limits: FormatLimits) throws -> FormatDocument {
        FormatDocument(pages: try Self.layout(path: path, limits: limits).columns)
    }

    struct Word {
        var left: Double
        var top: Double
        var right: Double
        var bottom: Double
        var text: String
        var middle: Double { (self.top + self.bottom) / 2 }
        var height: Double { self.bottom - self.top }
    }

    /// The text in reading order, or nil when the page has one column.
    static func order(_ words: [Word], pageWidth: Double) -> String? {
        guard words.count >= Self.fewestWords, pageWidth > 0, pageWidth < 20_000 else { return nil }
        let rows = Self.rows(words)
        guard rows.count >= 10, let gutter = Self.gutter(rows, pageWidth: pageWidth) else { return nil }
        // Rows that cross the gutter are headings over both columns: they end a band.
        var text: [String] = []
        var left: [[Word]] = []
        var right: [[Word]] = []
        var sides = (left: 0, right: 0)
        func endBand() {
            text += Self.paragraphs(left) + Self.paragraphs(right)
            left = []
            right = []
        }
        for row in rows {
            if row.contains(where: { $0.left < gutter - 1 && $0.right > gutter + 1 }) {
                endBand()
                text += Self.paragraphs([row])
                continue
            }
            let leftWords = row.filter { $0.right <= gutter + 1 }
            let rightWords = row.filter { $0.right > gutter + 1 }
            if !leftWords.isEmpty { left.append(leftWords) }
            if !rightWords.isEmpty { right.append(rightWords) }
            sides.left += leftWords.isEmpty ? 0 : 1
            sides.right += rightWords.isEmpty ? 0 : 1
        }
        endBand()
        return sides.left >= 5 && sides.right >= 5 ? text.joined(separator: "\n") : nil
    }

    /// Words whose middles lie on one line, from the top; each row from the left.
    private static func rows(_ words: [Word]) -> [[Word]] {
        var rows: [[Word]] = []
        for word in words.sorted(by: { $0.middle < $1.middle }) {
            if let last = rows.last?.first, word.middle - last.middle < min(last.height, word.height) * 0.5 {
                rows[rows.count - 1].append(word)
            } else {
                rows.append([word])
            }
        }
        return rows.map { $0.sorted { $0.left < $1.left } }
    }

    /// The middle of an empty stripe near the page's middle with prose on both sides.
    private static func gutter(_ rows: [[Word]], pageWidth: Double) -> Double? {
        let width = Int(pageWidth)
        var crossed = [Int](repeating: 0, count: width + 1)
        for row in rows {
            var isCrossed = [Bool](repeating: false, count: width + 1)
            for (index, word) in row.enumerated() {
                // The space to the next word belongs to the line, unless it is wider than two letters.
                var end = word.right
                if index + 1 < row.count, row[index + 1].left - word.right < word.height * 0.8 { end = row[index + 1].left }
                let from = min(max(Int(word.left), 0), width)
                let to = min(max(Int(end), from), width)
                for x in from...to { isCrossed[x] = true }
            }
            for x in 0...width where isCrossed[x] { crossed[x] += 1 }
        }
        let allowed = rows.count / 10
        var best: (start: Int, count: Int)?
        var start: Int?
        for x in width * 3 / 10...width * 7 / 10 {
            if crossed[x] <= allowed {
                let first = start ?? x
                start = first
                if x - first + 1 > best?.count ?? 0 { best = (first, x - first + 1) }
            } else {
                start = nil
            }
        }
        guard let best, best.count >= 7 else { return nil }
        let gutter = Double(best.start) + Double(best.count) / 2
        // Prose fills its lines, cells of a table do not.
        for side in [0, 1] {
            let lines = rows.compactMap { row -> (from: Double, to: Double, ink: Double)? in
                let words = row.filter { side == 0 ? $0.right <= gutter : $0.left >= gutter }
                guard let first = words.first, let last = words.last else { return nil }
                return (first.left, last.right, words.reduce(0) { $0 + $1.right - $1.left })
            }
            guard lines.count * 5 >= rows.count * 2, let from = lines.map(\.from).min(), let to = lines.map(\.to).max(), to > from else {
                return nil
            }
            let fill = lines.reduce(0) { $0 + $1.ink } / (Double(lines.count) * (to - from))
            guard fill > 0.55, to - from > pageWidth * 0.15 else { return nil }
        }
        return gutter
    }

    private static func paragraphs(_ rows: [[Word]]) -> [String] {
        var lines: [String] = []
        var previous: Word?
        for row in rows {
            guard let first = row.first else { continue }
            if let previous, first.top - previous.bottom > previous.height * 0.7 { lines.append("") }
            lines.append(row.map(\.text).joined(separator: " "))
            previous = first
        }
        if !lines.isEmpty { lines.append("") }
        return lines
    }

    private final class BoxReader: XMLEventHandler {
        private(set) var found: [FormatPage] = []
        private(set) var title: String?
        private(set) var number = 0
        private let limits: FormatLimits
        private var width = 0.0
        private var words: [Word] = []
        /// The word that has begun and not ended.
        private var word: Word?
        private var text: String?

        init(limits: FormatLimits) {
            self.limits = limits
        }

        func start(_ name: XMLName, _ attributes: XMLAttributes) {
            switch name.local {
            case "title": self.text = ""
            case "page":
                self.number += 1
                self.width = attributes["width"].flatMap { Double($0) } ?? 0
                self.words = []
                self.word = nil
            case "word":
                self.word = nil
                guard self.words.count < 50_000, let left = attributes["xMin"].flatMap({ Double($0) }),
                    let top = attributes["yMin"].flatMap({ Double($0) }), let right = attributes["xMax"].flatMap({ Double($0) }),
                    let bottom = attributes["yMax"].flatMap({ Double($0) }),
                    [left, top, right, bottom].allSatisfy({ $0.magnitude < 100_000 })
                else { return }
                self.word = Word(left: left, top: top, right: right, bottom: bottom, text: "")
                self.text = ""
            default: break
            }
        }

        func end(_ name: XMLName) {
            if name.local == "word", var word = self.word, let text = self.text {
                word.text = text
                self.words.append(word)
                self.word = nil
                self.text = nil
            }
            if name.local == "title" {
                self.title = self.text
                self.text = nil
            }
            if name.local == "page", self.found.count < self.limits.pages, let text = PDFColumns.order(self.words, pageWidth: self.width) {
                self.found.append(FormatPage(number: self.number, text: text))
            }
        }

        func characters(_ text: String) {
            self.text?.append(text)
        }
    }
}
