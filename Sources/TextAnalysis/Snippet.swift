/// An extract of a text around the words of a query.
public struct Snippet: Sendable, Hashable {
    /// One line, without line breaks and tabs.
    public var text: String
    /// The matching words, as half-open ranges of UTF-8 bytes of ``text``; ascending, apart.
    public var highlights: [Range<Int>]
    /// Where the best match begins in the source text, in UTF-8 bytes; 0 when no word matches.
    public var matchOffset: Int

    /// The text with marks around the matching words.
    public func marked(_ open: String, _ close: String) -> String {
        let bytes = Array(self.text.utf8)
        var output: [UInt8] = []
        var position = 0
        for range in self.highlights where range.lowerBound >= position && range.upperBound <= bytes.count {
            output += bytes[position..<range.lowerBound]
            output += open.utf8
            output += bytes[range]
            output += close.utf8
            position = range.upperBound
        }
        output += bytes[position...]
        return String(decoding: output, as: UTF8.self)
    }

    /// Makes the extract of about `length` bytes that holds the most different terms of the query; the beginning where none matches.
    public init(of source: String, terms: [UInt64], length: Int = 240) {
        let wanted = Set(terms)
        var matches: [(term: UInt64, bytes: Range<Int>)] = []
        TermTokenizer.forEachTerm(source) { term, range in
            if wanted.contains(term) { matches.append((term, range)) }
        }
        let window = Self.window(matches, length: max(20, length))
        var source = source
        let (text, shown) = source.withUTF8 { Self.cut($0, around: window, length: max(20, length)) }
        self.text = text
        self.matchOffset = matches.isEmpty ? 0 : window.lowerBound
        var highlights: [Range<Int>] = []
        for match in matches where match.bytes.lowerBound >= shown.offset && match.bytes.upperBound <= shown.end {
            let range = match.bytes.lowerBound - shown.offset + shown.prefix..<match.bytes.upperBound - shown.offset + shown.prefix
            // Pairs of characters overlap: they are one highlight.
            if let last = highlights.last, last.upperBound >= range.lowerBound {
                highlights[highlights.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                highlights.append(range)
            }
        }
        self.highlights = highlights
    }

    /// The span of matches, at most `length` bytes, with the most different terms, then the most matches, then the earliest.
    private static func window(_ matches: [(term: UInt64, bytes: Range<Int>)], length: Int) -> Range<Int> {
        var best: (terms: Int, matches: Int, range: Range<Int>)?
        var counts: [UInt64: Int] = [:]
        var first = 0
        for last in matches.indices {
            counts[matches[last].term, default: 0] += 1
            while first < last, matches[last].bytes.upperBound - matches[first].bytes.lowerBound > length {
                let term = matches[first].term
                counts[term] = (counts[term] ?? 1) > 1 ? (counts[term] ?? 1) - 1 : nil
                first += 1
            }
            let found = (counts.count, last - first + 1)
            if let best, (best.terms, best.matches) >= found { continue }
            best = (found.0, found.1, matches[first].bytes.lowerBound..<matches[last].bytes.upperBound)
        }
        return best?.range ?? 0..<0
    }

    /// The bytes around `window`, cut at spaces where some are near, with an ellipsis where text is left out.
    private static func cut(
        _ bytes: UnsafeBufferPointer<UInt8>, around window: Range<Int>, length: Int
    ) -> (text: String, shown: (offset: Int, prefix: Int, end: Int)) {
        let slack = max(0, length - window.count)
        var start = max(0, window.lowerBound - slack / 3)
        var end = min(bytes.count, max(start + length, window.upperBound))
        if start > 0 {
            var space = start
            while space < window.lowerBound, bytes[space] != 0x20, bytes[space] != 0x0A { space += 1 }
            start = space < window.lowerBound ? space + 1 : start
            while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        }
        if end < bytes.count {
            var space = end
            while space > window.upperBound, bytes[space] != 0x20, bytes[space] != 0x0A { space -= 1 }
            end = space > window.upperBound ? space : end
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        }
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x0A || bytes[start] == 0x09 { start += 1 }
        let ellipsis = Array("…".utf8)
        var output: [UInt8] = start > 0 ? ellipsis : []
        let prefix = output.count
        for byte in bytes[start..<end] { output.append(byte < 0x20 ? 0x20 : byte) }
        if end < bytes.count { output += ellipsis }
        return (String(decoding: output, as: UTF8.self), (start, prefix, max(start, end)))
    }
}
