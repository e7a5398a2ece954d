/// Finds headers, footers and page numbers: lines at the edge of a page that come back on most pages.
struct RepeatedLines {
    /// How many lines from the top and from the bottom of a page are looked at.
    static let edge = 3
    private static let longestLine = 200

    /// For each page the indices (into its lines) to drop.
    let dropped: [Set<Int>]

    /// Looks at the first and last three non-blank lines of each page. Digits are equal to each other, so that "Page 3 of 9" repeats.
    ///
    /// A line is dropped when it stands at the same edge of at least 60 % of at least three pages that have text. A page never loses
    /// its last text: where all of its lines repeat, all stay.
    init(pages: [(bytes: [UInt8], shapes: [LineShape])], share: Double = 0.6) {
        var dropped = [Set<Int>](repeating: [], count: pages.count)
        var edges: [(top: [Int], bottom: [Int])] = []
        var counts: [String: Int] = [:]
        var keys: [[String]] = []
        var pagesWithText = 0
        for page in pages {
            let filled = page.shapes.indices.filter { !page.shapes[$0].isBlank }
            if !filled.isEmpty { pagesWithText += 1 }
            let top = Array(filled.prefix(Self.edge))
            // On a short page a line counts at both edges: a lone footer is then both the first and the last line.
            let bottom = Array(filled.suffix(Self.edge))
            edges.append((top, bottom))
            var pageKeys: [String] = []
            page.bytes.withUnsafeBufferPointer { bytes in
                pageKeys =
                    top.map { "T" + Self.key(bytes, page.shapes[$0]) } + bottom.map { "B" + Self.key(bytes, page.shapes[$0]) }
            }
            for key in Set(pageKeys) { counts[key, default: 0] += 1 }
            keys.append(pageKeys)
        }
        let needed = max(3, Int((Double(pagesWithText) * share).rounded(.up)))
        if pagesWithText >= 3 {
            for index in pages.indices {
                let lines = edges[index].top + edges[index].bottom
                var repeated: Set<Int> = []
                for (line, key) in zip(lines, keys[index]) where key.utf8.count > 1 && counts[key, default: 0] >= needed {
                    repeated.insert(line)
                }
                let filled = pages[index].shapes.filter { !$0.isBlank }.count
                if repeated.count < filled { dropped[index] = repeated }
            }
        }
        self.dropped = dropped
    }

    /// The line folded to lower case, each run of digits one `#`, each run of spaces one space; empty for a line that is too long.
    private static func key(_ bytes: UnsafeBufferPointer<UInt8>, _ shape: LineShape) -> String {
        guard shape.length <= Self.longestLine else { return "" }
        var output: [UInt8] = []
        var index = shape.content.lowerBound
        while index < shape.content.upperBound {
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            index += length
            if UTF8Text.isDigit(value) {
                if output.last != 0x23 { output.append(0x23) }
            } else if value == 0x20 || value == 0x09 {
                if output.last != 0x20 { output.append(0x20) }
            } else {
                UTF8Text.append(UTF8Text.folded(value), to: &output)
            }
        }
        // A page number in roman letters is a page number.
        if output.count <= 6, !output.isEmpty, output.allSatisfy({ "ivxlc".utf8.contains($0) }) { return "#" }
        return String(decoding: output, as: UTF8.self)
    }
}
