/// Decides whether a word broken at a line's end was hyphenated by the typesetter or is written with a hyphen.
struct Hyphenation {
    /// Hashes of words that the document writes with a hyphen inside a line ("well-known"), among those asked about.
    private var hyphenated: Set<UInt64> = []
    /// Hashes of words that it writes in one piece ("example"), among those asked about.
    private var joined: Set<UInt64> = []

    /// Looks through all pages for the words that are broken at some line's end; costs nothing when none is.
    init(pages: [(bytes: [UInt8], shapes: [LineShape])]) {
        var candidates: Set<UInt64> = []
        for page in pages {
            page.bytes.withUnsafeBufferPointer { bytes in
                for index in page.shapes.indices.dropLast() {
                    if let parts = Self.broken(bytes, page.shapes[index], page.shapes[index + 1]) {
                        candidates.insert(Self.hash(bytes, parts.head, parts.tail))
                    }
                }
            }
        }
        guard !candidates.isEmpty else { return }
        for page in pages {
            page.bytes.withUnsafeBufferPointer { bytes in
                for shape in page.shapes {
                    var index = shape.content.lowerBound
                    while index < shape.content.upperBound {
                        let start = index
                        var hyphen: Int?
                        while index < shape.content.upperBound, Self.isWordByte(bytes[index]) || bytes[index] == 0x2D {
                            if bytes[index] == 0x2D { hyphen = hyphen ?? index }
                            index += 1
                        }
                        if index > start {
                            if let hyphen, hyphen > start, hyphen + 1 < index {
                                let value = Self.hash(bytes, start..<hyphen, hyphen + 1..<index)
                                if candidates.contains(value) { self.hyphenated.insert(value) }
                            } else if hyphen == nil {
                                let value = Self.hash(bytes, start..<index, index..<index)
                                if candidates.contains(value) { self.joined.insert(value) }
                            }
                        } else {
                            index += 1
                        }
                    }
                }
            }
        }
    }

    /// Whether the hyphen at the end of `line` is to be kept when it is joined with `next`.
    func keepsHyphen(_ bytes: UnsafeBufferPointer<UInt8>, _ line: LineShape, _ next: LineShape) -> Bool {
        guard let parts = Self.broken(bytes, line, next) else { return true }
        let value = Self.hash(bytes, parts.head, parts.tail)
        return self.hyphenated.contains(value) && !self.joined.contains(value)
    }

    /// The two halves when `line` ends in a letter and a hyphen and `next` goes on in lower case.
    static func broken(_ bytes: UnsafeBufferPointer<UInt8>, _ line: LineShape, _ next: LineShape) -> (head: Range<Int>, tail: Range<Int>)? {
        guard !line.isBlank, next.startsLower, line.content.count >= 3, bytes[line.content.upperBound - 1] == 0x2D else { return nil }
        let end = line.content.upperBound - 1
        guard let before = UTF8Text.scalar(bytes, before: end), UTF8Text.isLetter(before) else { return nil }
        var start = end
        while start > line.content.lowerBound, Self.isWordByte(bytes[start - 1]) { start -= 1 }
        var tail = next.content.lowerBound
        while tail < next.content.upperBound, Self.isWordByte(bytes[tail]) { tail += 1 }
        return (start..<end, next.content.lowerBound..<tail)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
    }

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ head: Range<Int>, _ tail: Range<Int>) -> UInt64 {
        var hash = Hash64()
        for index in head { hash.combine(bytes[index] >= 0x41 && bytes[index] <= 0x5A ? bytes[index] | 0x20 : bytes[index]) }
        for index in tail { hash.combine(bytes[index] >= 0x41 && bytes[index] <= 0x5A ? bytes[index] | 0x20 : bytes[index]) }
        return hash.value
    }
}

/// FNV-1a with a final mix. Stable between runs and machines, unlike `Hasher`: stored models depend on it.
struct Hash64 {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    mutating func combine(_ byte: UInt8) {
        self.state = (self.state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    @inline(__always)
    mutating func combine(_ value: UInt32) {
        self.state = (self.state ^ UInt64(value)) &* 0x0000_0100_0000_01B3
    }

    @inline(__always)
    var value: UInt64 {
        var mixed = self.state
        mixed = (mixed ^ mixed >> 33) &* 0xFF51_AFD7_ED55_8CCD
        mixed = (mixed ^ mixed >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return mixed ^ mixed >> 33
    }
}
