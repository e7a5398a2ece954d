/// Pieces of a text that is too long to be looked through at once.
enum TextWindows {
    /// Ranges that together are all of `text`, none longer than `limit`: cut after a blank line, else after a line, else between
    /// characters.
    static func cut(_ text: [UInt8], limit: Int) -> [Range<Int>] {
        var windows: [Range<Int>] = []
        var start = 0
        while start < text.count {
            let end = text.count - start <= limit ? text.count : Self.end(text, after: start, limit: start + max(4, limit))
            windows.append(start..<end)
            start = end
        }
        return windows
    }

    private static func end(_ text: [UInt8], after start: Int, limit: Int) -> Int {
        // In the last quarter, so that windows do not become small.
        let earliest = limit - (limit - start) / 4
        var line: Int?
        for place in stride(from: limit, to: earliest, by: -1) where text[place - 1] == 0x0A {
            if place >= 2, text[place - 2] == 0x0A { return place }
            line = line ?? place
        }
        if let line { return line }
        var end = limit
        while end > start + 1, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}
