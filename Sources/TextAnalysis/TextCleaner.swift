/// Turns extracted pages into one clean text.
///
/// In this order: mojibake is repaired; characters are normalised (line ends, spaces, invisible and control characters, ligatures,
/// composed accents); headers, footers and page numbers that repeat across pages go; words hyphenated at line ends are joined;
/// hard-wrapped paragraphs become one line each; blank runs become one blank line. Headings, lists, tables, quotations and fenced code
/// keep their lines. Never fails, whatever the input; linear in its size.
public struct TextCleaner: Sendable {
    /// What may be switched off.
    public struct Options: Sendable, Hashable {
        public var repairsMojibake = true
        public var removesRepeatedLines = true
        public var reflowsParagraphs = true

        public init() {}
    }

    public let options: Options

    public init(options: Options = Options()) {
        self.options = options
    }

    /// Cleans the pages in the order given. Every page has a span in the result, an empty one if nothing was left of it.
    public func clean(_ pages: [PageText]) -> CleanedText {
        var repaired = 0
        var prepared: [(bytes: [UInt8], shapes: [LineShape])] = []
        prepared.reserveCapacity(pages.count)
        for page in pages {
            var text = page.text
            if self.options.repairsMojibake, let fixed = MojibakeRepair.repair(text) {
                text = fixed.text
                repaired += fixed.count
            }
            let bytes = CharacterNormalizer.normalize(text)
            let shapes = bytes.withUnsafeBufferPointer { buffer in
                Lines.split(buffer, in: 0..<buffer.count).map { LineShape(buffer, line: $0) }
            }
            prepared.append((bytes, shapes))
        }
        var removed = 0
        if self.options.removesRepeatedLines {
            let repeated = RepeatedLines(pages: prepared)
            for index in prepared.indices where !repeated.dropped[index].isEmpty {
                let dropped = repeated.dropped[index]
                removed += dropped.count
                prepared[index].shapes = prepared[index].shapes.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
            }
        }
        var output: [UInt8] = []
        output.reserveCapacity(prepared.reduce(0) { $0 + $1.bytes.count })
        var spans: [PageSpan] = []
        spans.reserveCapacity(pages.count)
        let reflow = self.options.reflowsParagraphs ? ParagraphReflow(hyphenation: Hyphenation(pages: prepared)) : nil
        for (page, content) in zip(pages, prepared) {
            let before = output.count
            if before > 0 { output.append(contentsOf: [0x0A, 0x0A]) }
            let start = output.count
            if let reflow {
                reflow.write(content.bytes, shapes: content.shapes, to: &output)
            } else {
                Self.writeLines(content.bytes, shapes: content.shapes, to: &output)
            }
            if output.count == start {
                output.removeSubrange(before...)
                spans.append(PageSpan(number: page.number, bytes: before..<before))
            } else {
                spans.append(PageSpan(number: page.number, bytes: start..<output.count))
            }
        }
        return CleanedText(
            text: String(decoding: output, as: UTF8.self), pages: spans, removedLineCount: removed, repairedCharacterCount: repaired)
    }

    /// The lines as they are, without trailing spaces and with blank runs collapsed.
    private static func writeLines(_ bytes: [UInt8], shapes: [LineShape], to output: inout [UInt8]) {
        let start = output.count
        var pendingBlank = false
        for shape in shapes {
            if shape.isBlank {
                pendingBlank = output.count > start
                continue
            }
            if output.count > start { output.append(contentsOf: pendingBlank ? [0x0A, 0x0A] : [0x0A]) }
            pendingBlank = false
            output.append(contentsOf: repeatElement(0x20, count: min(shape.indent, 40)))
            output.append(contentsOf: bytes[shape.content])
        }
    }
}
