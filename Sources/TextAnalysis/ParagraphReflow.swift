/// Joins the lines of hard-wrapped paragraphs and leaves headings, lists, tables, quotations and code as they stand.
struct ParagraphReflow {
    let hyphenation: Hyphenation

    /// Lines longer than this are paragraphs already: the text is not hard-wrapped.
    private static let longestWrap = 200
    private static let shortestWrap = 35

    /// Writes the page's lines to `output`: paragraphs on one line, at most one blank line in a row, none at the ends.
    func write(_ page: [UInt8], shapes: [LineShape], to output: inout [UInt8]) {
        page.withUnsafeBufferPointer { bytes in
            let width = Self.wrapWidth(shapes)
            let start = output.count
            var pendingBlank = false
            var inFence = false
            var previous: LineShape?
            for index in shapes.indices {
                let shape = shapes[index]
                if shape.isFence { inFence.toggle() }
                guard !shape.isBlank else {
                    pendingBlank = output.count > start
                    previous = nil
                    continue
                }
                if pendingBlank {
                    output.append(contentsOf: [0x0A, 0x0A])
                    pendingBlank = false
                } else if let previous {
                    switch inFence || shape.isFence ? .breakLine : self.seam(bytes, previous, shape, width: width) {
                    case .breakLine: output.append(0x0A)
                    case .space: output.append(0x20)
                    case .nothing: break
                    case .dropHyphen: output.removeLast()
                    }
                }
                Self.append(bytes, shape, verbatim: inFence || shape.isTable, to: &output)
                previous = shape
            }
        }
    }

    private enum Seam { case breakLine, space, nothing, dropHyphen }

    private func seam(_ bytes: UnsafeBufferPointer<UInt8>, _ line: LineShape, _ next: LineShape, width: Int) -> Seam {
        if line.isTable || next.isTable || next.isListItem || line.isQuoted || next.isQuoted { return .breakLine }
        let lineHeading = HeadingShape(bytes, line)
        if let lineHeading, lineHeading.isStrong || !next.startsLower { return .breakLine }
        if HeadingShape(bytes, next) != nil, line.endsSentence || line.length < width * 7 / 10 { return .breakLine }
        if Hyphenation.broken(bytes, line, next) != nil {
            return self.hyphenation.keepsHyphen(bytes, line, next) ? .nothing : .dropHyphen
        }
        let isSpaceless = UTF8Text.isSpacelessScript(line.lastScalar)
        guard width > 0 else { return .breakLine }
        let room = line.length + 1 + (isSpaceless ? 1 : next.firstWordLength)
        let joins: Bool
        if line.endsSentence && !next.startsLower {
            // The next word would not have fitted, or the line is as good as full: a paragraph's last line is rarely so long.
            joins = room > width || line.length * 100 >= width * 92
        } else if next.startsLower {
            joins = line.length * 100 >= width * 40 || line.lastScalar == 0x2C
        } else {
            joins = room * 100 > width * 78
        }
        guard joins else { return .breakLine }
        let first = UTF8Text.scalar(bytes, at: next.content.lowerBound).value
        return isSpaceless && UTF8Text.isSpacelessScript(first) ? .nothing : .space
    }

    /// The width at which the page's text is wrapped, in scalars; 0 when it is not.
    private static func wrapWidth(_ shapes: [LineShape]) -> Int {
        let lengths = shapes.filter { !$0.isBlank && !$0.isTable }.map(\.length).sorted()
        guard lengths.count >= 2, let longest = lengths.last else { return 0 }
        let typical = lengths.count < 10 ? longest : lengths[lengths.count * 9 / 10]
        return typical >= Self.shortestWrap && typical <= Self.longestWrap ? typical : 0
    }

    /// Writes one line. Prose loses repeated spaces; tables and code keep their columns.
    private static func append(_ bytes: UnsafeBufferPointer<UInt8>, _ shape: LineShape, verbatim: Bool, to output: inout [UInt8]) {
        if verbatim || shape.isListItem {
            for _ in 0..<min(shape.indent, 40) { output.append(0x20) }
        }
        if verbatim {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[shape.content]))
            return
        }
        var index = shape.content.lowerBound
        while index < shape.content.upperBound {
            let byte = bytes[index]
            index &+= 1
            if byte == 0x20 || byte == 0x09 {
                if output.last != 0x20 { output.append(0x20) }
            } else {
                output.append(byte)
            }
        }
    }
}
