/// Walks over JSON text (RFC 8259) in one pass without building anything.
///
/// Strict: no comments, no trailing commas, no control characters in strings, no leading zeros, no lone escape of half a surrogate pair is
/// turned into text. It never reads outside `bytes` and never recurses deeper than `maximumDepth`.
public struct JSONScanner: Sendable {
    /// The text.
    public let bytes: [UInt8]
    /// The offset of the next byte.
    public private(set) var offset: Int
    /// How deeply arrays and objects may nest.
    public let maximumDepth: Int

    public init(_ bytes: [UInt8], maximumDepth: Int = 128) {
        self.bytes = bytes
        self.offset = 0
        self.maximumDepth = maximumDepth
    }

    /// The next byte, or nil at the end.
    public var next: UInt8? { self.offset < self.bytes.count ? self.bytes[self.offset] : nil }

    /// Steps over blanks.
    public mutating func skipBlanks() {
        while self.offset < self.bytes.count {
            switch self.bytes[self.offset] {
            case 0x20, 0x09, 0x0A, 0x0D: self.offset += 1
            default: return
            }
        }
    }

    /// Steps over `byte` if it comes next.
    public mutating func take(_ byte: UInt8) -> Bool {
        guard self.next == byte else { return false }
        self.offset += 1
        return true
    }

    /// Steps over `byte`, which must come next.
    public mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard self.take(byte) else { throw self.unexpected() }
    }

    /// Throws unless only blanks are left.
    public mutating func expectEnd() throws(JSONError) {
        self.skipBlanks()
        if self.offset < self.bytes.count { throw JSONError(.trailingBytes, offset: self.offset) }
    }

    private func unexpected() -> JSONError {
        JSONError(self.offset < self.bytes.count ? .unexpectedByte : .unexpectedEnd, offset: self.offset)
    }

    // MARK: Values

    /// Steps over one value of any kind and returns where it stands.
    public mutating func skipValue(depth: Int = 0) throws(JSONError) -> Range<Int> {
        self.skipBlanks()
        let start = self.offset
        switch self.next {
        case UInt8(ascii: "\""): _ = try self.skipString()
        case UInt8(ascii: "{"):
            if depth >= self.maximumDepth { throw JSONError(.tooDeep, offset: start) }
            self.offset += 1
            try self.skipMembers(depth: depth + 1)
        case UInt8(ascii: "["):
            if depth >= self.maximumDepth { throw JSONError(.tooDeep, offset: start) }
            self.offset += 1
            try self.skipElements(depth: depth + 1)
        case UInt8(ascii: "t"): try self.skipWord("true")
        case UInt8(ascii: "f"): try self.skipWord("false")
        case UInt8(ascii: "n"): try self.skipWord("null")
        default: _ = try self.skipNumber()
        }
        return start..<self.offset
    }

    private mutating func skipMembers(depth: Int) throws(JSONError) {
        self.skipBlanks()
        if self.take(UInt8(ascii: "}")) { return }
        while true {
            self.skipBlanks()
            _ = try self.skipString()
            self.skipBlanks()
            try self.expect(UInt8(ascii: ":"))
            _ = try self.skipValue(depth: depth)
            self.skipBlanks()
            if self.take(UInt8(ascii: ",")) { continue }
            return try self.expect(UInt8(ascii: "}"))
        }
    }

    private mutating func skipElements(depth: Int) throws(JSONError) {
        self.skipBlanks()
        if self.take(UInt8(ascii: "]")) { return }
        while true {
            _ = try self.skipValue(depth: depth)
            self.skipBlanks()
            if self.take(UInt8(ascii: ",")) { continue }
            return try self.expect(UInt8(ascii: "]"))
        }
    }

    private mutating func skipWord(_ word: StaticString) throws(JSONError) {
        let count = word.utf8CodeUnitCount
        for index in 0..<count {
            guard self.next == word.utf8Start[index] else { throw self.unexpected() }
            self.offset += 1
        }
    }

    /// Steps over a number and returns where it stands and whether it has a fraction or an exponent.
    public mutating func skipNumber() throws(JSONError) -> (range: Range<Int>, isInteger: Bool) {
        let start = self.offset
        _ = self.take(UInt8(ascii: "-"))
        if self.take(UInt8(ascii: "0")) {
            if let byte = self.next, Self.isDigit(byte) { throw JSONError(.invalidNumber, offset: self.offset) }
        } else {
            try self.skipDigits()
        }
        var isInteger = true
        if self.take(UInt8(ascii: ".")) {
            isInteger = false
            try self.skipDigits()
        }
        if self.take(UInt8(ascii: "e")) || self.take(UInt8(ascii: "E")) {
            isInteger = false
            if !self.take(UInt8(ascii: "+")) { _ = self.take(UInt8(ascii: "-")) }
            try self.skipDigits()
        }
        return (start..<self.offset, isInteger)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private mutating func skipDigits() throws(JSONError) {
        let start = self.offset
        while let byte = self.next, Self.isDigit(byte) { self.offset += 1 }
        if self.offset == start { throw self.unexpected() }
    }

    // MARK: Strings

    /// Steps over a string and returns its content's range, quotes left out, and whether it holds escapes.
    public mutating func skipString() throws(JSONError) -> (content: Range<Int>, hasEscapes: Bool) {
        try self.expect(UInt8(ascii: "\""))
        let start = self.offset
        var hasEscapes = false
        while true {
            self.skipPlainText()
            guard self.offset < self.bytes.count else { break }
            let byte = self.bytes[self.offset]
            if byte == UInt8(ascii: "\"") {
                defer { self.offset += 1 }
                return (start..<self.offset, hasEscapes)
            }
            if byte < 0x20 { throw JSONError(.invalidString, offset: self.offset) }
            self.offset += 1
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try self.skipEscape()
            } else if byte >= 0x80 {
                try self.skipMultibyte(lead: byte)
            }
        }
        throw JSONError(.unexpectedEnd, offset: self.offset)
    }

    /// Steps over the bytes that a string holds as they are: ASCII but quotes, backslashes and control bytes.
    private mutating func skipPlainText() {
        let start = self.offset
        self.offset = self.bytes.withUnsafeBytes { bytes in
            var offset = start
            // Eight at a time. In `special` the lowest byte with its high bit set is the first that is not plain; those above it may be wrong.
            let ones: UInt64 = 0x0101_0101_0101_0101
            while offset + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
                let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
                let isZero = ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
                let isControl = (word &- (ones &* 0x20)) & ~word
                let special = (isZero | isControl | word) & (ones &* 0x80)
                if special != 0 { return offset + special.trailingZeroBitCount / 8 }
                offset += 8
            }
            while offset < bytes.count {
                let byte = bytes[offset]
                if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
                offset += 1
            }
            return offset
        }
    }

    private mutating func skipEscape() throws(JSONError) {
        guard let kind = self.next else { throw JSONError(.unexpectedEnd, offset: self.offset) }
        self.offset += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            for _ in 0..<4 {
                guard let byte = self.next, Self.hexValue(byte) != nil else { throw JSONError(.invalidString, offset: self.offset) }
                self.offset += 1
            }
        default: throw JSONError(.invalidString, offset: self.offset - 1)
        }
    }

    /// The well-formed sequences of table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing above U+10FFFF.
    private mutating func skipMultibyte(lead: UInt8) throws(JSONError) {
        let start = self.offset - 1
        var second: ClosedRange<UInt8> = 0x80...0xBF
        let following: Int
        switch lead {
        case 0xC2...0xDF: following = 1
        case 0xE0: (following, second) = (2, 0xA0...0xBF)
        case 0xED: (following, second) = (2, 0x80...0x9F)
        case 0xE1...0xEF: following = 2
        case 0xF0: (following, second) = (3, 0x90...0xBF)
        case 0xF4: (following, second) = (3, 0x80...0x8F)
        case 0xF1...0xF3: following = 3
        default: throw JSONError(.invalidUTF8, offset: start)
        }
        for index in 0..<following {
            guard let byte = self.next, (index == 0 ? second : 0x80...0xBF).contains(byte) else {
                throw JSONError(.invalidUTF8, offset: start)
            }
            self.offset += 1
        }
    }

    static func hexValue(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// The text of a string that ``skipString()`` accepted. A lone half of a surrogate pair becomes U+FFFD.
    public func text(of content: Range<Int>, hasEscapes: Bool) -> String {
        guard hasEscapes else { return String(decoding: self.bytes[content], as: UTF8.self) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(content.count)
        var index = content.lowerBound
        while index < content.upperBound {
            let byte = self.bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                decoded.append(byte)
                continue
            }
            let kind = self.bytes[index]
            index += 1
            switch kind {
            case UInt8(ascii: "b"): decoded.append(0x08)
            case UInt8(ascii: "f"): decoded.append(0x0C)
            case UInt8(ascii: "n"): decoded.append(0x0A)
            case UInt8(ascii: "r"): decoded.append(0x0D)
            case UInt8(ascii: "t"): decoded.append(0x09)
            case UInt8(ascii: "u"):
                var unit = self.codeUnit(at: index)
                index += 4
                var scalar = UInt32(unit)
                if unit >= 0xD800, unit < 0xDC00, index + 6 <= content.upperBound, self.bytes[index] == UInt8(ascii: "\\"),
                    self.bytes[index + 1] == UInt8(ascii: "u")
                {
                    let high = unit
                    unit = self.codeUnit(at: index + 2)
                    if unit >= 0xDC00, unit < 0xE000 {
                        scalar = 0x10000 + (UInt32(high - 0xD800) << 10) + UInt32(unit - 0xDC00)
                        index += 6
                    }
                }
                decoded.append(contentsOf: Character(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
            default: decoded.append(kind)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private func codeUnit(at index: Int) -> UInt16 {
        var unit: UInt16 = 0
        for offset in 0..<4 { unit = unit << 4 | (Self.hexValue(self.bytes[index + offset]) ?? 0) }
        return unit
    }
}
