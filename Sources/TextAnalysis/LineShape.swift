/// What one line looks like: the facts on which re-flowing and block parsing decide. A pure function of the line's bytes.
struct LineShape {
    /// The line without its leading and trailing spaces.
    let content: Range<Int>
    /// Spaces before the content; a tab counts as four.
    let indent: Int
    /// Scalars in the content.
    let length: Int
    let isTable: Bool
    let isListItem: Bool
    let isQuoted: Bool
    let isFence: Bool
    let startsLower: Bool
    let startsUpper: Bool
    /// The last scalar that is not a closing quote or bracket.
    let lastScalar: UInt32
    let firstWordLength: Int

    var isBlank: Bool { self.content.isEmpty }

    /// Whether the line ends as a sentence does.
    var endsSentence: Bool {
        switch self.lastScalar {
        case 0x2E, 0x21, 0x3F, 0x3A, 0x3B, 0x2026, 0x3002, 0xFF01, 0xFF1F, 0x964, 0x61F, 0x6D4: true
        default: false
        }
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, line: Range<Int>) {
        var start = line.lowerBound
        var end = line.upperBound
        var indent = 0
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 {
            indent += bytes[start] == 0x09 ? 4 : 1
            start += 1
        }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        self.content = start..<end
        self.indent = indent
        guard start < end else {
            self.length = 0
            self.isTable = false
            self.isListItem = false
            self.isQuoted = false
            self.isFence = false
            self.startsLower = false
            self.startsUpper = false
            self.lastScalar = 0
            self.firstWordLength = 0
            return
        }
        var length = 0
        var gaps = 0
        var bars = 0
        var tabs = 0
        var run = 0
        var firstWord = -1
        var index = start
        while index < end {
            let byte = bytes[index]
            if byte == 0x20 {
                run &+= 1
                if firstWord < 0 { firstWord = length }
            } else {
                if run >= 3 { gaps &+= 1 }
                run = 0
                if byte == 0x7C { bars &+= 1 }
                if byte == 0x09 { tabs &+= 1 }
            }
            length &+= byte & 0xC0 != 0x80 ? 1 : 0
            index &+= 1
        }
        self.length = length
        self.firstWordLength = firstWord < 0 ? length : firstWord
        self.isTable = tabs > 0 || bars >= 2 || gaps >= 2 || gaps == 1 && length <= 100 && indent < 8
        self.isQuoted = bytes[start] == 0x3E
        self.isFence =
            end - start >= 3 && bytes[start] == bytes[start + 1] && bytes[start] == bytes[start + 2]
            && (bytes[start] == 0x60 || bytes[start] == 0x7E)
        self.isListItem = Self.listMarkerEnd(bytes, start..<end) != nil
        let first = UTF8Text.scalar(bytes, at: start).value
        self.startsLower = UTF8Text.isLowercase(first)
        self.startsUpper = UTF8Text.isUppercase(first)
        var last = end
        var scalar: UInt32 = 0
        for _ in 0..<4 {
            guard last > start, let before = UTF8Text.scalar(bytes, before: last) else { break }
            scalar = before
            switch before {
            case 0x22, 0x27, 0x29, 0x5D, 0x7D, 0x2019, 0x201D, 0xBB, 0x300D, 0x300F, 0xFF09:
                last -= before < 0x80 ? 1 : before < 0x800 ? 2 : 3
                continue
            default: break
            }
            break
        }
        self.lastScalar = scalar
    }

    /// Where the text after a bullet or an item number begins; nil when the line does not start with one.
    static func listMarkerEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
        guard range.count >= 2 else { return nil }
        let (first, length) = UTF8Text.scalar(bytes, at: range.lowerBound)
        var index = range.lowerBound + length
        switch first {
        case 0x2A, 0x2B, 0x2D, 0x2022, 0x2023, 0x25AA, 0x25AB, 0x25CF, 0x25CB, 0x25E6, 0x25A0, 0x25A1, 0x2013, 0x2014, 0xB7, 0x2043,
            0x2219, 0x25B8, 0x25BA, 0x2713, 0x2714:
            guard index < range.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 else { return nil }
            while index < range.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
            // "--- " and "- - -" are rules, not items.
            return index < range.upperBound && bytes[index] != bytes[range.lowerBound] ? index : nil
        default: break
        }
        // "(3) ", "12. ", "4) ", "a) ", "iv. "
        index = range.lowerBound
        let bracketed = bytes[index] == 0x28
        if bracketed { index += 1 }
        let bodyStart = index
        while index < range.upperBound, index - bodyStart < 4, bytes[index] >= 0x30 && bytes[index] <= 0x39 { index += 1 }
        if index == bodyStart {
            while index < range.upperBound, index - bodyStart < 4, Self.isRomanOrLetter(bytes[index]) { index += 1 }
            let count = index - bodyStart
            // A single letter or a small roman number; "he." is a word, and "I." may be a sentence's end but not its start.
            if count == 0 { return nil }
            if count > 1, !bytes[bodyStart..<index].allSatisfy({ "ivxIVX".utf8.contains($0) }) { return nil }
            if count == 1, !bracketed, index < range.upperBound, bytes[index] == 0x2E, bytes[bodyStart] < 0x61 { return nil }
        }
        guard index > bodyStart, index < range.upperBound else { return nil }
        guard bytes[index] == 0x29 || bytes[index] == 0x2E && !bracketed else { return nil }
        index += 1
        guard index < range.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 else { return nil }
        while index < range.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        return index < range.upperBound ? index : nil
    }

    private static func isRomanOrLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
}

/// Splits bytes at LF.
enum Lines {
    /// The lines of `range` without their line feeds, in order; one empty line for an empty range.
    static func split(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = range.lowerBound
        var index = start
        while index < range.upperBound {
            if bytes[index] == 0x0A {
                lines.append(start..<index)
                start = index &+ 1
            }
            index &+= 1
        }
        lines.append(start..<range.upperBound)
        return lines
    }
}
