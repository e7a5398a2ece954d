/// A run of lines of one kind in a cleaned text.
struct TextBlock {
    enum Kind: Hashable {
        case heading(level: Int)
        case paragraph
        case list
        case table
        case code
    }

    let kind: Kind
    /// Bytes of the block, from its first to its last non-blank byte.
    let bytes: Range<Int>
    /// The heading's words; equals `bytes` for other kinds.
    let title: Range<Int>
}

/// Divides a cleaned text into headings, paragraphs, lists, tables and code.
enum BlockParser {
    static func blocks(_ bytes: UnsafeBufferPointer<UInt8>) -> [TextBlock] {
        let shapes = Lines.split(bytes, in: 0..<bytes.count).map { LineShape(bytes, line: $0) }
        var blocks: [TextBlock] = []
        var index = 0
        while index < shapes.count {
            let shape = shapes[index]
            if shape.isBlank {
                index += 1
                continue
            }
            if shape.isFence {
                let start = index
                index += 1
                while index < shapes.count, !shapes[index].isFence { index += 1 }
                // A fence that is never closed is a line of its own, not the rest of the document.
                if index >= shapes.count {
                    blocks.append(Self.block(.code, shape, shape))
                    index = start + 1
                } else {
                    blocks.append(Self.block(.code, shape, shapes[index]))
                    index += 1
                }
                continue
            }
            if let heading = Self.heading(bytes, shapes, index) {
                blocks.append(
                    TextBlock(
                        kind: .heading(level: heading.level),
                        bytes: shape.content.lowerBound..<shapes[index + heading.lines - 1].content.upperBound, title: heading.title))
                index += heading.lines
                continue
            }
            let kind: TextBlock.Kind = shape.isTable ? .table : shape.isListItem ? .list : .paragraph
            var last = index
            var next = index + 1
            while next < shapes.count, !shapes[next].isFence {
                let candidate = shapes[next]
                if candidate.isBlank {
                    // A loose list or a table with a gap goes on after one blank line; a paragraph does not.
                    guard kind == .list, next + 1 < shapes.count, shapes[next + 1].isListItem, shapes[next + 1].length < 400 else { break }
                    next += 1
                    continue
                }
                let sameKind =
                    switch kind {
                    case .table: candidate.isTable
                    case .list: candidate.isListItem && !candidate.isTable || candidate.indent > shape.indent && !candidate.isTable
                    default: !candidate.isTable && !candidate.isListItem
                    }
                guard sameKind, Self.heading(bytes, shapes, next) == nil else { break }
                last = next
                next += 1
            }
            blocks.append(Self.block(kind, shape, shapes[last]))
            index = last + 1
        }
        return blocks
    }

    private static func block(_ kind: TextBlock.Kind, _ first: LineShape, _ last: LineShape) -> TextBlock {
        let bytes = first.content.lowerBound..<last.content.upperBound
        return TextBlock(kind: kind, bytes: bytes, title: bytes)
    }

    /// The heading that starts at line `index`, and how many lines it takes (2 with a Setext underline).
    private static func heading(
        _ bytes: UnsafeBufferPointer<UInt8>, _ shapes: [LineShape], _ index: Int
    ) -> (level: Int, title: Range<Int>, lines: Int)? {
        let shape = shapes[index]
        guard shape.length <= 120, !shape.isTable else { return nil }
        let following = index + 1 < shapes.count ? shapes[index + 1] : nil
        if let following, !shape.isListItem, let level = Self.underline(bytes, following) { return (level, shape.content, 2) }
        let blankBefore = index == 0 || shapes[index - 1].isBlank
        let blankAfter = following?.isBlank ?? true
        let next = shapes[min(index + 1, shapes.count)...].prefix(4).first { !$0.isBlank }
        if let heading = HeadingShape(bytes, shape) {
            if heading.isStrong { return (heading.level, heading.title, 1) }
            guard blankBefore, let next else { return nil }
            if shape.isListItem {
                // "1. Scope" on its own before a paragraph is a heading; before "2. Price" it is a list.
                return blankAfter && !next.isListItem && next.length > shape.length ? (heading.level, heading.title, 1) : nil
            }
            if blankAfter || next.length > shape.length || next.startsLower == false && HeadingShape(bytes, next) == nil {
                return (heading.level, heading.title, 1)
            }
            return nil
        }
        // A short line alone before a longer paragraph, without a full stop: "Terms of delivery".
        guard blankBefore, !shape.isListItem, !shape.isQuoted, shape.length <= 80, shape.length >= 3, let next,
            !next.isListItem || blankAfter,
            !next.isTable || blankAfter,
            shape.startsUpper || UTF8Text.isSpacelessScript(UTF8Text.scalar(bytes, at: shape.content.lowerBound).value)
        else { return nil }
        switch shape.lastScalar {
        case 0x2E, 0x2C, 0x3B, 0x3A, 0x21, 0x2026, 0x3002, 0xFF0C, 0xFF1B, 0x2D: return nil
        default: break
        }
        // "Total: 120" and "Dear Ms Jones," are no headings; nor is a lone sentence of twelve words.
        var words = 1
        for byte in bytes[shape.content] {
            if byte == 0x20 { words += 1 }
            if byte == 0x3A || byte == 0x40 { return nil }
        }
        guard words <= 12, next.length >= max(60, shape.length * 3 / 2), next.startsUpper || blankAfter else { return nil }
        return blankAfter || next.length > 100 ? (2, shape.content, 1) : nil
    }

    /// The level of a Setext underline (`===` 1, `---` 2).
    private static func underline(_ bytes: UnsafeBufferPointer<UInt8>, _ shape: LineShape) -> Int? {
        guard shape.content.count >= 3 else { return nil }
        let first = bytes[shape.content.lowerBound]
        guard first == 0x3D || first == 0x2D, bytes[shape.content].allSatisfy({ $0 == first }) else { return nil }
        return first == 0x3D ? 1 : 2
    }
}
