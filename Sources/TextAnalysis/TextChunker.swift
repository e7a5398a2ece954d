/// Cuts a cleaned text into chunks along its structure.
///
/// Every non-blank byte of the text is in at least one chunk; chunks ascend; each is a slice of the text. A chunk ends at the soft
/// limit or at a heading, prose is cut between sentences, tables and lists stay whole up to the hard limit. Never fails; linear.
public struct TextChunker: Sendable {
    public struct Options: Sendable, Hashable {
        /// Scalars at which a chunk is full. At least 50.
        public var softLimit: Int
        /// Scalars that a chunk never exceeds, but for a single character (grapheme) that is longer. At least the soft limit.
        public var hardLimit: Int
        /// Whether a chunk of prose begins with the last sentence of the one before, where both are in one section.
        public var overlapsBySentence: Bool

        public init(softLimit: Int = 1200, hardLimit: Int = 2000, overlapsBySentence: Bool = true) {
            self.softLimit = max(50, softLimit)
            self.hardLimit = max(self.softLimit, hardLimit)
            self.overlapsBySentence = overlapsBySentence
        }
    }

    public let options: Options

    public init(options: Options = Options()) {
        self.options = options
    }

    public func chunks(of cleaned: CleanedText) -> [TextChunk] {
        var text = cleaned.text
        text.makeContiguousUTF8()
        let atoms = ChunkAtoms(text: text, limit: self.options.hardLimit)
        var packer = ChunkPacker(options: self.options, atoms: atoms.atoms)
        packer.pack()
        var chunks: [TextChunk] = []
        chunks.reserveCapacity(packer.ranges.count)
        text.withUTF8 { bytes in
            for (index, piece) in packer.ranges.enumerated() {
                chunks.append(
                    TextChunk(
                        index: index, text: String(decoding: UnsafeBufferPointer(rebasing: bytes[piece.bytes]), as: UTF8.self),
                        bytes: piece.bytes, firstPage: cleaned.page(at: piece.bytes.lowerBound) ?? 1,
                        lastPage: cleaned.page(at: piece.bytes.upperBound - 1) ?? 1, headingPath: atoms.path(piece.section),
                        tokenEstimate: Self.tokenEstimate(bytes, piece.bytes)))
            }
        }
        return chunks
    }

    private static func tokenEstimate(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
        var wide = 0
        var narrow = 0
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] < 0x80 {
                narrow &+= 1
                index &+= 1
                continue
            }
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            if UTF8Text.isSpacelessScript(value) { wide &+= 1 } else { narrow &+= value < 0x250 ? 1 : 2 }
            index &+= length
        }
        return max(1, wide + (narrow + 3) / 4)
    }
}

/// The smallest parts that chunks are packed from: headings, sentences, whole lists and tables or their lines, and forced cuts.
struct ChunkAtoms {
    struct Atom {
        enum Kind { case heading, sentence, whole }
        let kind: Kind
        let bytes: Range<Int>
        let scalars: Int
        /// Index into the sections.
        let section: Int
    }

    private(set) var atoms: [Atom] = []
    /// For each section its heading titles, outermost first.
    private var sections: [[String]] = [[]]

    func path(_ section: Int) -> [String] { self.sections[section] }

    init(text: String, limit: Int) {
        var text = text
        var stack: [(level: Int, title: String)] = []
        let blocks = text.withUTF8 { BlockParser.blocks($0) }
        text.withUTF8 { bytes in
            for block in blocks {
                switch block.kind {
                case .heading(let level):
                    while let last = stack.last, last.level >= level { stack.removeLast() }
                    stack.append((level, String(decoding: UnsafeBufferPointer(rebasing: bytes[block.title]), as: UTF8.self)))
                    self.sections.append(stack.map(\.title))
                    self.add(bytes, .heading, block.bytes, limit: limit)
                case .paragraph:
                    for sentence in SentenceSplitter.sentences(bytes, in: block.bytes) {
                        self.add(bytes, .sentence, sentence, limit: limit)
                    }
                case .list, .table, .code:
                    if UTF8Text.scalarCount(bytes, in: block.bytes) <= limit {
                        self.add(bytes, .whole, block.bytes, limit: limit)
                    } else {
                        for line in Lines.split(bytes, in: block.bytes) {
                            let content = LineShape(bytes, line: line).content
                            if !content.isEmpty { self.add(bytes, .whole, content, limit: limit) }
                        }
                    }
                }
            }
        }
    }

    /// Adds one atom, or several when it is longer than the limit: cut at a space where there is one near, else between graphemes.
    private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: Atom.Kind, _ range: Range<Int>, limit: Int) {
        var start = range.lowerBound
        let section = self.sections.count - 1
        while start < range.upperBound {
            var index = start
            var scalars = 0
            var space = 0
            while index < range.upperBound, scalars < limit {
                if bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x09 { space = index }
                index &+= 1
                while index < range.upperBound, bytes[index] & 0xC0 == 0x80 { index &+= 1 }
                scalars &+= 1
            }
            if index < range.upperBound {
                if space > start + (index - start) * 3 / 4 {
                    index = space
                } else {
                    index = Self.graphemeBoundary(bytes, before: index, after: start)
                }
                scalars = UTF8Text.scalarCount(bytes, in: start..<index)
            }
            self.atoms.append(Atom(kind: kind, bytes: start..<index, scalars: scalars, section: section))
            start = index
            while start < range.upperBound, bytes[start] == 0x20 || bytes[start] == 0x0A || bytes[start] == 0x09 { start += 1 }
        }
    }

    /// Bytes before a cut that are looked at: people's longest graphemes have some dozens.
    private static let window = 1_024

    /// The last grapheme boundary at or before `offset` and after `start`, or `offset` itself when there is none near.
    ///
    /// Whether a place is a boundary can depend on everything before it: a run of joined pictures has no end. Only a window is looked at, as a
    /// text of its own, so that a hostile run costs no more than any other text.
    private static func graphemeBoundary(_ bytes: UnsafeBufferPointer<UInt8>, before offset: Int, after start: Int) -> Int {
        if bytes[offset] < 0x80, bytes[offset - 1] < 0x80 { return offset }
        var position = max(start, offset - Self.window)
        while position < offset, bytes[position] & 0xC0 == 0x80 { position += 1 }
        // With the scalar behind the cut, which may belong to the one before it.
        var end = offset + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        var boundary: Int?
        for character in String(decoding: UnsafeBufferPointer(rebasing: bytes[position..<end]), as: UTF8.self) {
            position += character.utf8.count
            if position > offset { break }
            boundary = position
        }
        // No boundary near: a run of joiners or jamo as long as that is no text. A scalar boundary keeps the promise on size.
        return boundary ?? offset
    }
}

/// Packs atoms into chunks. A pure value: ranges in, ranges out.
struct ChunkPacker {
    struct Piece {
        var bytes: Range<Int>
        var section: Int
    }

    private let options: TextChunker.Options
    private let atoms: [ChunkAtoms.Atom]
    private(set) var ranges: [Piece] = []

    /// A sentence longer than this is not repeated in the next chunk.
    private static let longestOverlap = 300

    init(options: TextChunker.Options, atoms: [ChunkAtoms.Atom]) {
        self.options = options
        self.atoms = atoms
    }

    mutating func pack() {
        var start = 0
        while start < self.atoms.count {
            let end = self.end(from: start)
            let overlap = self.overlap(before: start)
            let first = overlap ?? start
            // The section of the chunk is that of its first body text: a heading at the end belongs to what follows.
            let body = (start..<end).first { self.atoms[$0].kind != .heading } ?? start
            self.ranges.append(
                Piece(bytes: self.atoms[first].bytes.lowerBound..<self.atoms[end - 1].bytes.upperBound, section: self.atoms[body].section))
            start = end
        }
    }

    /// The atom after the last one of the chunk that starts at `start`; always greater than `start`.
    private func end(from start: Int) -> Int {
        var budget = self.options.hardLimit
        if let overlap = self.overlap(before: start) { budget -= self.atoms[start].bytes.lowerBound - self.atoms[overlap].bytes.lowerBound }
        var size = 0
        var index = start
        var bodySize = 0
        while index < self.atoms.count {
            let atom = self.atoms[index]
            // The space between is part of the slice.
            let added = atom.scalars + (index > start ? atom.bytes.lowerBound - self.atoms[index - 1].bytes.upperBound : 0)
            if index > start {
                if size + added > budget { break }
                if atom.kind == .heading {
                    // A new section starts a new chunk, but a run of headings and tiny sections stays together.
                    if bodySize >= self.options.softLimit / 3 { break }
                    // Never end with a heading whose text is in the next chunk.
                    if let next = self.firstBody(after: index), size + added + self.size(index + 1, next) > self.options.softLimit {
                        break
                    }
                } else if size >= self.options.softLimit || size + added > self.options.softLimit && bodySize > 0 {
                    // Overshooting is allowed for a table or list that fits, or when little is in the chunk so far.
                    if atom.kind != .whole && size >= self.options.softLimit / 2 || size >= self.options.softLimit { break }
                }
            }
            size += added
            if atom.kind != .heading { bodySize += atom.scalars }
            index += 1
        }
        // A heading left at the end goes with its section, unless the chunk is nothing else.
        var end = index
        if end < self.atoms.count {
            while end - 1 > start, self.atoms[end - 1].kind == .heading { end -= 1 }
            if self.atoms[end - 1].kind == .heading { end = index }
        }
        return max(end, start + 1)
    }

    private func firstBody(after index: Int) -> Int? {
        var next = index + 1
        while next < self.atoms.count, next < index + 8 {
            if self.atoms[next].kind != .heading { return next }
            next += 1
        }
        return nil
    }

    private func size(_ first: Int, _ last: Int) -> Int {
        (first...last).reduce(0) { $0 + self.atoms[$1].scalars + 2 }
    }

    /// The sentence to repeat at the beginning of the chunk that starts at `start`.
    private func overlap(before start: Int) -> Int? {
        guard self.options.overlapsBySentence, start > 0, start < self.atoms.count else { return nil }
        let last = self.atoms[start - 1]
        let first = self.atoms[start]
        guard last.kind == .sentence, first.kind == .sentence, last.section == first.section,
            last.scalars <= min(Self.longestOverlap, self.options.softLimit / 4),
            first.scalars + first.bytes.lowerBound - last.bytes.lowerBound <= self.options.hardLimit
        else { return nil }
        return start - 1
    }
}
