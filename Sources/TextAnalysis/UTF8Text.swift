/// Reading scalars from UTF-8 bytes, without `Character` and without trapping on any bytes.
///
/// Every hot path of this module walks bytes: iterating a `String` by `Character` costs 20 to 50 times as much.
package enum UTF8Text {
    /// The scalar that starts at `index` and its length in bytes; U+FFFD of length 1 where the bytes are not UTF-8.
    @inline(__always)
    package static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (value: UInt32, length: Int) {
        let first = bytes[index]
        if first < 0x80 { return (UInt32(first), 1) }
        let left = bytes.count &- index
        if first >= 0xC2, first < 0xE0, left >= 2, bytes[index &+ 1] & 0xC0 == 0x80 {
            return ((UInt32(first) & 0x1F) << 6 | UInt32(bytes[index &+ 1]) & 0x3F, 2)
        }
        if first >= 0xE0, first < 0xF0, left >= 3, bytes[index &+ 1] & 0xC0 == 0x80, bytes[index &+ 2] & 0xC0 == 0x80 {
            let high = (UInt32(first) & 0x0F) << 12 | (UInt32(bytes[index &+ 1]) & 0x3F) << 6
            return (high | UInt32(bytes[index &+ 2]) & 0x3F, 3)
        }
        if first >= 0xF0, first < 0xF5, left >= 4, bytes[index &+ 1] & 0xC0 == 0x80, bytes[index &+ 2] & 0xC0 == 0x80,
            bytes[index &+ 3] & 0xC0 == 0x80
        {
            let high = (UInt32(first) & 0x07) << 18 | (UInt32(bytes[index &+ 1]) & 0x3F) << 12
            return (high | (UInt32(bytes[index &+ 2]) & 0x3F) << 6 | UInt32(bytes[index &+ 3]) & 0x3F, 4)
        }
        return (0xFFFD, 1)
    }

    /// The scalar that ends just before `index`; nil at the start.
    static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, before index: Int) -> UInt32? {
        guard index > 0, index <= bytes.count else { return nil }
        var start = index - 1
        while start > 0, index - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return Self.scalar(bytes, at: start).value
    }

    @inline(__always)
    package static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        if value < 0x80 {
            bytes.append(UInt8(value))
        } else if value < 0x800 {
            bytes.append(UInt8(0xC0 | value >> 6))
            bytes.append(UInt8(0x80 | value & 0x3F))
        } else if value < 0x10000 {
            bytes.append(UInt8(0xE0 | value >> 12))
            bytes.append(UInt8(0x80 | value >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | value & 0x3F))
        } else {
            bytes.append(UInt8(0xF0 | value >> 18 & 0x07))
            bytes.append(UInt8(0x80 | value >> 12 & 0x3F))
            bytes.append(UInt8(0x80 | value >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | value & 0x3F))
        }
    }

    /// How many scalars lie in `range`: the bytes that are not continuation bytes.
    static func scalarCount(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> Int {
        var count = 0
        var index = range.lowerBound
        while index < range.upperBound {
            count &+= bytes[index] & 0xC0 != 0x80 ? 1 : 0
            index &+= 1
        }
        return count
    }

    package static func isLetter(_ value: UInt32) -> Bool {
        if value < 0x80 { return value | 0x20 >= 0x61 && value | 0x20 <= 0x7A }
        if value < 0xAA { return false }
        if value <= 0x24F { return value != 0xD7 && value != 0xF7 && (value >= 0xC0 || value == 0xAA || value == 0xB5 || value == 0xBA) }
        if value >= 0x400 && value <= 0x52F { return value < 0x482 || value > 0x489 }
        if value >= 0x3041 && value <= 0x30FF { return value != 0x30FB && value != 0x30A0 && (value < 0x3097 || value > 0x309C) }
        if value >= 0x3400 && value <= 0x4DBF || value >= 0x4E00 && value <= 0x9FFF || value >= 0xAC00 && value <= 0xD7A3 { return true }
        return Unicode.Scalar(value)?.properties.isAlphabetic ?? false
    }

    @inline(__always)
    static func isDigit(_ value: UInt32) -> Bool {
        if value < 0x80 { return value >= 0x30 && value <= 0x39 }
        return value >= 0x660 && value <= 0x669 || value >= 0x6F0 && value <= 0x6F9 || value >= 0x966 && value <= 0x96F
    }

    package static func isLowercase(_ value: UInt32) -> Bool {
        if value < 0x80 { return value >= 0x61 && value <= 0x7A }
        return Unicode.Scalar(value)?.properties.isLowercase ?? false
    }

    package static func isUppercase(_ value: UInt32) -> Bool {
        if value < 0x80 { return value >= 0x41 && value <= 0x5A }
        return Unicode.Scalar(value)?.properties.isUppercase ?? false
    }

    /// Whether words are written without spaces around this scalar (Han, kana, CJK punctuation and full-width forms).
    @inline(__always)
    package static func isSpacelessScript(_ value: UInt32) -> Bool {
        value >= 0x2E80
            && (value <= 0x312F || value >= 0x31A0 && value <= 0x4DBF || value >= 0x4E00 && value <= 0x9FFF
                || value >= 0xF900 && value <= 0xFAFF || value >= 0xFF00 && value <= 0xFFEF || value >= 0x20000 && value <= 0x3134F)
    }

    /// A lower-case, accent-free form for comparing words: é to e, Ä to a, Σ to σ. Full case mapping is not attempted.
    package static func folded(_ value: UInt32) -> UInt32 {
        if value < 0x80 { return value >= 0x41 && value <= 0x5A ? value | 0x20 : value }
        if value < 0xC0 { return value }
        if value < 0x250 || value >= 0x1E00 && value < 0x2000 { return FoldTable.shared.lookup(value) }
        if value >= 0x410 && value <= 0x42F { return value + 0x20 }
        if value >= 0x400 && value <= 0x40F { return value == 0x401 ? 0x435 : value + 0x50 }
        if value == 0x451 { return 0x435 }
        if value >= 0x391 && value <= 0x3A9 { return value + 0x20 }
        if value >= 0x386 && value <= 0x3CE {
            switch value {
            case 0x386, 0x3AC: return 0x3B1
            case 0x388, 0x3AD: return 0x3B5
            case 0x389, 0x3AE: return 0x3B7
            case 0x38A, 0x3AA, 0x3AF, 0x3CA, 0x390: return 0x3B9
            case 0x38C, 0x3CC: return 0x3BF
            case 0x38E, 0x3AB, 0x3CD, 0x3CB, 0x3B0: return 0x3C5
            case 0x38F, 0x3CE: return 0x3C9
            case 0x3C2: return 0x3C3
            default: return value
            }
        }
        if value >= 0x460 && value <= 0x52F || value >= 0x10A0 && value <= 0x10FF || value >= 0x531 && value <= 0x556 {
            guard let scalar = Unicode.Scalar(value) else { return value }
            return scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? value
        }
        return value
    }
}

/// Folds Latin letters: built once from the standard library's own case mapping and canonical equivalence.
private struct FoldTable: Sendable {
    static let shared = FoldTable()
    private let latin: [UInt32]
    private let additional: [UInt32]

    init() {
        // `é == e + U+0301` for String, so a dictionary of base and mark pairs answers "what is this letter without its mark".
        var bases: [String: UInt32] = [:]
        let marks: [UInt32] = [
            0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x309, 0x30A, 0x30B, 0x30C, 0x30F, 0x311, 0x31B, 0x323, 0x324, 0x325,
            0x326, 0x327, 0x328, 0x32D, 0x32E, 0x330, 0x331,
        ]
        for base in UInt32(0x61)...0x7A {
            for mark in marks { bases[Self.string(base, mark)] = base }
        }
        var vietnamese: [String: UInt32] = [:]
        for (base, mark) in [(UInt32(0x61), UInt32(0x302)), (0x61, 0x306), (0x65, 0x302), (0x6F, 0x302), (0x6F, 0x31B), (0x75, 0x31B)] {
            for second in marks { vietnamese[Self.string(base, mark, second)] = base }
        }
        bases.merge(vietnamese) { first, _ in first }
        func fold(_ value: UInt32) -> UInt32 {
            guard let scalar = Unicode.Scalar(value) else { return value }
            let lower = scalar.properties.lowercaseMapping
            if let base = bases[lower] { return base }
            let single = lower.unicodeScalars.first?.value ?? value
            switch single {
            case 0xF8: return 0x6F  // ø
            case 0x142: return 0x6C  // ł
            case 0x111: return 0x64  // đ
            case 0x131: return 0x69  // ı
            default: return single
            }
        }
        self.latin = (UInt32(0xC0)..<0x250).map(fold)
        self.additional = (UInt32(0x1E00)..<0x2000).map(fold)
    }

    @inline(__always)
    func lookup(_ value: UInt32) -> UInt32 {
        if value >= 0xC0 && value < 0x250 { return self.latin[Int(value) - 0xC0] }
        if value >= 0x1E00 && value < 0x2000 { return self.additional[Int(value) - 0x1E00] }
        return value
    }

    private static func string(_ values: UInt32...) -> String {
        var text = ""
        for case let scalar? in values.map({ Unicode.Scalar($0) }) { text.unicodeScalars.append(scalar) }
        return text
    }
}
