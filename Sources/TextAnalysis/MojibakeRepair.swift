/// Puts right UTF-8 that some program read as Latin-1 or Windows-1252 ("Ã©" for "é").
enum MojibakeRepair {
    /// The repaired text and how many characters changed, or nil when the text is not clearly mojibake.
    ///
    /// Clear means: nearly every non-ASCII character takes part in such a sequence. "NÃO" and "10 Â°C" typed by a person do not
    /// qualify, since there the neighbours are no UTF-8 continuation or other accented letters stand alone.
    static func repair(_ text: String) -> (text: String, count: Int)? {
        var text = text
        var total = 0
        // Text that went through the mistake twice is repaired twice.
        for _ in 0..<2 {
            guard let (repaired, count) = Self.repairOnce(&text) else { break }
            text = repaired
            total += count
        }
        return total > 0 ? (text, total) : nil
    }

    private static func repairOnce(_ text: inout String) -> (String, Int)? {
        text.withUTF8 { bytes -> (String, Int)? in
            var good = 0
            var other = 0
            var index = 0
            while index < bytes.count {
                if bytes[index] < 0x80 {
                    index &+= 1
                    continue
                }
                if let found = Self.sequence(bytes, at: index) {
                    good += 1
                    index += found.length
                } else {
                    other += 1
                    index += UTF8Text.scalar(bytes, at: index).length
                }
            }
            guard good > 0, other == 0 || good >= 3 && other * 5 <= good else { return nil }
            var output: [UInt8] = []
            output.reserveCapacity(bytes.count)
            index = 0
            while index < bytes.count {
                if bytes[index] < 0x80 {
                    output.append(bytes[index])
                    index += 1
                } else if let found = Self.sequence(bytes, at: index) {
                    UTF8Text.append(found.value, to: &output)
                    index += found.length
                } else {
                    let length = UTF8Text.scalar(bytes, at: index).length
                    output.append(contentsOf: bytes[index..<index + length])
                    index += length
                }
            }
            return (String(decoding: output, as: UTF8.self), good)
        }
    }

    /// The character that the scalars at `index` would be if each stood for one byte, and how many bytes of `text` they take.
    private static func sequence(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (value: UInt32, length: Int)? {
        let lead = UTF8Text.scalar(bytes, at: index)
        guard let first = Self.byte(lead.value), first >= 0xC2, first < 0xF5 else { return nil }
        let following = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3
        var value = UInt32(first) & (first < 0xE0 ? 0x1F : first < 0xF0 ? 0x0F : 0x07)
        var position = index + lead.length
        for _ in 0..<following {
            guard position < bytes.count else { return nil }
            let next = UTF8Text.scalar(bytes, at: position)
            guard let byte = Self.byte(next.value), byte >= 0x80, byte < 0xC0 else { return nil }
            value = value << 6 | UInt32(byte) & 0x3F
            position += next.length
        }
        let smallest: UInt32 = following == 1 ? 0x80 : following == 2 ? 0x800 : 0x10000
        guard value >= smallest, Unicode.Scalar(value) != nil else { return nil }
        return (value, position - index)
    }

    /// The byte that Windows-1252 (or Latin-1, for C1 controls) shows as this scalar.
    private static func byte(_ value: UInt32) -> UInt8? {
        if value >= 0x80 && value <= 0xFF { return UInt8(value) }
        switch value {
        case 0x20AC: return 0x80
        case 0x201A: return 0x82
        case 0x0192: return 0x83
        case 0x201E: return 0x84
        case 0x2026: return 0x85
        case 0x2020: return 0x86
        case 0x2021: return 0x87
        case 0x02C6: return 0x88
        case 0x2030: return 0x89
        case 0x0160: return 0x8A
        case 0x2039: return 0x8B
        case 0x0152: return 0x8C
        case 0x017D: return 0x8E
        case 0x2018: return 0x91
        case 0x2019: return 0x92
        case 0x201C: return 0x93
        case 0x201D: return 0x94
        case 0x2022: return 0x95
        case 0x2013: return 0x96
        case 0x2014: return 0x97
        case 0x02DC: return 0x98
        case 0x2122: return 0x99
        case 0x0161: return 0x9A
        case 0x203A: return 0x9B
        case 0x0153: return 0x9C
        case 0x017E: return 0x9E
        case 0x0178: return 0x9F
        default: return nil
        }
    }
}
