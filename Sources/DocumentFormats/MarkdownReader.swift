/// Markdown as a reader would see it: the words without the marks.
enum MarkdownReader {
    static func read(_ bytes: [UInt8], charset: String? = nil, guess: String? = nil, limits: FormatLimits) throws(FormatError)
        -> FormatDocument
    {
        let decoded = try Charset.decode(bytes, declared: charset, guess: guess)
        var pages = PageBuilder(limits)
        if let warning = decoded.warning { pages.warn(warning) }
        var title: String?
        var paragraph: [String] = []
        var isInFence = false
        var lines = unixLines(decoded.text).split(separator: "\n", omittingEmptySubsequences: false)
        if lines.first == "---", let end = lines.dropFirst().firstIndex(where: { $0 == "---" || $0 == "..." }), end < 100 {
            for line in lines[1..<end] where line.hasPrefix("title:") {
                title = trimmed(line.dropFirst(6).filter { $0 != "\"" && $0 != "'" })
            }
            lines.removeSubrange(0...end)
        }
        func flush() {
            pages.paragraph(paragraph.joined(separator: "\n"))
            paragraph = []
        }
        for line in lines {
            let content = trimmed(line)
            if content.hasPrefix("```") || content.hasPrefix("~~~") {
                flush()
                isInFence.toggle()
            } else if isInFence {
                paragraph.append(String(line))
            } else if content.isEmpty || Self.isRule(content) {
                // The line between a table's head and its body keeps them together.
                if !content.hasPrefix("|") { flush() }
            } else if content.hasPrefix("#"), let text = Self.heading(content) {
                flush()
                if title == nil { title = text }
                pages.paragraph(text)
            } else {
                paragraph.append(
                    Self.inline(
                        content.hasPrefix("|") ? Self.row(content) : content.hasPrefix("> ") ? String(content.dropFirst(2)) : content))
            }
        }
        flush()
        return pages.finish(title: title)
    }

    private static func heading(_ line: String) -> String? {
        let marks = line.prefix { $0 == "#" }
        guard marks.count <= 6, line.dropFirst(marks.count).hasPrefix(" ") else { return nil }
        var text = trimmed(line.dropFirst(marks.count))
        while text.hasSuffix("#") { text.removeLast() }
        return inline(trimmed(text))
    }

    private static func isRule(_ line: String) -> Bool {
        // A rule, the underline of a heading, or the line between a table's head and body.
        line.utf8.count >= 3 && line.utf8.allSatisfy { [0x2D, 0x3D, 0x2A, 0x5F, 0x7C, 0x3A, 0x20].contains($0) }
    }

    private static func row(_ line: String) -> String {
        line.split(separator: "|").map { trimmed($0) }.joined(separator: " | ")
    }

    /// Links and pictures by their text, emphasis and code without marks.
    private static func inline(_ line: String) -> String {
        let bytes = Array(line.utf8)
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x5C, index + 1 < bytes.count, bytes[index + 1] < 0x41 || bytes[index + 1] > 0x7A || bytes[index + 1] == 0x5F {
                output.append(bytes[index + 1])
                index += 2
            } else if byte == 0x21, index + 1 < bytes.count, bytes[index + 1] == 0x5B {
                index += 1
            } else if byte == 0x5B, let close = bytes.firstRange(of: [0x5D, 0x28], from: index, before: index + 1_000),
                let end = bytes.firstRange(of: [0x29], from: close, before: close + 4_000)
            {
                output.append(contentsOf: bytes[index + 1..<close].filter { $0 != 0x5B && $0 != 0x2A && $0 != 0x60 })
                index = end + 1
            } else if byte == 0x60
                || (byte == 0x2A && (index + 1 < bytes.count && bytes[index + 1] != 0x20 || index > 0 && bytes[index - 1] != 0x20))
            {
                index += 1
            } else if byte == 0x5F, index + 1 < bytes.count, bytes[index + 1] == 0x5F {
                index += 2
            } else {
                output.append(byte)
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
