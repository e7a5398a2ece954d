/// Recognises lines that are headings by their own look: Markdown, numbering, chapter words, capitals.
struct HeadingShape {
    /// 1 is the highest; at most 6.
    let level: Int
    /// The heading's words without marks such as `##`.
    let title: Range<Int>
    /// Whether the look alone is proof. A weak heading also needs blank lines around it.
    let isStrong: Bool

    private static let longest = 120

    init?(_ bytes: UnsafeBufferPointer<UInt8>, _ shape: LineShape) {
        let content = shape.content
        guard !content.isEmpty, shape.length <= Self.longest, !shape.isTable, !shape.isQuoted else { return nil }
        if bytes[content.lowerBound] == 0x23 {
            var index = content.lowerBound
            while index < content.upperBound, bytes[index] == 0x23 { index += 1 }
            let level = index - content.lowerBound
            guard level <= 6, index < content.upperBound, bytes[index] == 0x20 else { return nil }
            while index < content.upperBound, bytes[index] == 0x20 { index += 1 }
            var end = content.upperBound
            while end > index, bytes[end - 1] == 0x23 || bytes[end - 1] == 0x20 { end -= 1 }
            guard index < end else { return nil }
            self.level = level
            self.title = index..<end
            self.isStrong = true
            return
        }
        switch shape.lastScalar {
        case 0x2E, 0x2C, 0x3B, 0x3A, 0x21, 0x2026, 0x3002, 0xFF0C, 0xFF1B: return nil
        default: break
        }
        if let level = Self.numberingLevel(bytes, content) {
            self.level = min(6, level)
            self.title = content
            self.isStrong = level >= 2
            return
        }
        if Self.startsWithDivisionWord(bytes, content), shape.length <= 80 {
            self.level = 1
            self.title = content
            self.isStrong = true
            return
        }
        if Self.isAllCapitals(bytes, content), shape.length <= 80 {
            self.level = 1
            self.title = content
            self.isStrong = false
            return
        }
        return nil
    }

    /// The depth of "2.3.1 Title"; nil when the line is not numbered so.
    private static func numberingLevel(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        var level = 0
        while index < range.upperBound, bytes[index] >= 0x30, bytes[index] <= 0x39 {
            let start = index
            while index < range.upperBound, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
            guard index - start <= 3 else { return nil }
            level += 1
            guard index < range.upperBound, bytes[index] == 0x2E else { break }
            index += 1
        }
        guard level > 0, index < range.upperBound, bytes[index] == 0x20 else { return nil }
        while index < range.upperBound, bytes[index] == 0x20 { index += 1 }
        guard index < range.upperBound else { return nil }
        let (first, _) = UTF8Text.scalar(bytes, at: index)
        guard UTF8Text.isUppercase(first) || UTF8Text.isSpacelessScript(first) else { return nil }
        // "12 March 2024" and "3 Examples were found in the last run of the" are not headings: level 1 must be short.
        return level > 1 || range.count <= 70 ? level : nil
    }

    private static let divisionWords = [
        "chapter", "section", "article", "appendix", "part", "annex", "schedule", "kapitel", "abschnitt", "anhang", "chapitre", "annexe",
        "capítulo", "artículo", "capitolo", "articolo", "hoofdstuk", "rozdział", "глава", "раздел", "приложение",
    ].map { Array($0.utf8) }

    /// "Chapter 3 …", "Article IV".
    private static func startsWithDivisionWord(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        var word: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound, bytes[index] != 0x20, word.count < 24 {
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            let lower = value < 0x80 || value >= 0x410 && value <= 0x42F ? UTF8Text.folded(value) : value
            UTF8Text.append(lower, to: &word)
            index += length
        }
        guard index < range.upperBound, Self.divisionWords.contains(word) else { return false }
        while index < range.upperBound, bytes[index] == 0x20 { index += 1 }
        guard index < range.upperBound else { return false }
        let start = index
        while index < range.upperBound, bytes[index] != 0x20, bytes[index] != 0x3A, bytes[index] != 0x2E { index += 1 }
        let token = bytes[start..<index]
        let isNumber = token.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        let isRoman = token.allSatisfy { "IVXLC".utf8.contains($0) }
        let isLetter = token.count == 1 && token.allSatisfy { $0 >= 0x41 && $0 <= 0x5A }
        return isNumber || isRoman || isLetter
    }

    private static func isAllCapitals(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        var capitals = 0
        var others = 0
        var index = range.lowerBound
        while index < range.upperBound {
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            index += length
            if UTF8Text.isUppercase(value) {
                capitals += 1
            } else if UTF8Text.isLowercase(value) {
                return false
            } else if value != 0x20 {
                others += 1
            }
        }
        return capitals >= 4 && others * 2 <= capitals
    }
}
