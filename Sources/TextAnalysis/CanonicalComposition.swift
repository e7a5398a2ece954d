/// Composes a base letter and a combining mark into one scalar where Unicode has one (NFC for the scripts in everyday documents:
/// Latin, Greek, Cyrillic, Arabic, Devanagari, kana, and Hangul by arithmetic). Other sequences are left as they are.
struct CanonicalComposition: Sendable {
    static let shared = CanonicalComposition()
    /// Keyed by the composed string: `String` compares by canonical equivalence, so the decomposed spelling finds it too.
    private let composed: [String: UInt32]

    private init() {
        var table: [String: UInt32] = [:]
        let ranges: [ClosedRange<UInt32>] = [
            0xC0...0x24F, 0x385...0x3CE, 0x3D3...0x3D4, 0x400...0x4F9, 0x622...0x6D3, 0x929...0x934, 0x1E00...0x1EFF, 0x1F00...0x1FFC,
            0x3040...0x30FE,
        ]
        for range in ranges {
            for value in range {
                guard let scalar = Unicode.Scalar(value) else { continue }
                let key = String(Character(scalar))
                // Ascending order, first wins: U+03AC before its duplicate U+1F71.
                if table[key] == nil { table[key] = value }
            }
        }
        self.composed = table
    }

    /// The single scalar canonically equal to `base` followed by `mark`, or nil.
    func compose(_ base: UInt32, _ mark: UInt32) -> UInt32? {
        if base >= 0x1100, base <= 0x1112, mark >= 0x1161, mark <= 0x1175 {
            return 0xAC00 + ((base - 0x1100) * 21 + (mark - 0x1161)) * 28
        }
        if base >= 0xAC00, base <= 0xD7A3, (base - 0xAC00) % 28 == 0, mark >= 0x11A8, mark <= 0x11C2 {
            return base + (mark - 0x11A7)
        }
        guard let first = Unicode.Scalar(base), let second = Unicode.Scalar(mark) else { return nil }
        var key = String(Character(first))
        key.unicodeScalars.append(second)
        return self.composed[key]
    }

    /// Whether a mark can take part in a composition: cheap enough to ask for each scalar.
    @inline(__always)
    static func isComposingMark(_ value: UInt32) -> Bool {
        value >= 0x300 && value <= 0x345 || value >= 0x653 && value <= 0x655 || value == 0x93C || value == 0x3099 || value == 0x309A
            || value >= 0x1161 && value <= 0x1175 || value >= 0x11A8 && value <= 0x11C2
    }
}
