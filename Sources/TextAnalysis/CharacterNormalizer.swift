/// Rewrites one page's characters: line ends, spaces, invisible and control characters, ligatures, composed accents.
enum CharacterNormalizer {
    /// More combining marks than this on one letter is vandalism; Unicode's stream-safe format allows 30 as well.
    private static let markLimit = 30

    /// The page as UTF-8 with LF line ends. Free of NUL, control characters (but tab), bidirectional overrides and zero-width spaces.
    static func normalize(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { Self.normalize($0) }
    }

    private static func normalize(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count &+ 16)
        var starter: UInt32 = 0  // the last scalar that a mark may compose with; 0 when there is none
        var starterOffset = 0
        var marks = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                index &+= 1
                marks = 0
                switch byte {
                case 0x0D:
                    output.append(0x0A)
                    if index < bytes.count, bytes[index] == 0x0A { index &+= 1 }
                    starter = 0
                case 0x0C:
                    output.append(0x0A)
                    output.append(0x0A)
                    starter = 0
                case 0x0B:
                    output.append(0x0A)
                    starter = 0
                case 0x09, 0x0A, 0x20...0x7E:
                    starter = UInt32(byte)
                    starterOffset = output.count
                    output.append(byte)
                default:
                    break
                }
                continue
            }
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            index &+= length
            switch Self.treatment(value) {
            case .keep:
                if CanonicalComposition.isComposingMark(value), starter > 0x20,
                    let composed = CanonicalComposition.shared.compose(starter, value)
                {
                    output.removeSubrange(starterOffset...)
                    UTF8Text.append(composed, to: &output)
                    starter = composed
                } else if Self.extendsGrapheme(value) {
                    // A mark without a letter would hang on whatever precedes it; joiners after ASCII do nothing but hide text.
                    marks &+= 1
                    if marks > Self.markLimit || (value == 0x200C || value == 0x200D) && starter < 0x80 { continue }
                    UTF8Text.append(value, to: &output)
                    // A mark that did not compose blocks none of the other classes in practice; composition goes on with the starter
                    // only when nothing lies between them, which keeps this simple and never changes meaning.
                    starterOffset = output.count
                    if CanonicalComposition.isComposingMark(value) { starter = 0 } else { starter = value }
                } else {
                    marks = 0
                    starter = value
                    starterOffset = output.count
                    UTF8Text.append(value, to: &output)
                }
            case .drop:
                continue
            case .replace(let text):
                marks = 0
                output.append(contentsOf: text.utf8)
                starter = text.utf8.last.map(UInt32.init) ?? 0
                starterOffset = max(0, output.count - 1)
                if starter <= 0x20 || starter >= 0x80 { starter = 0 }
            case .softHyphen:
                // Kept as a hyphen only where the line is broken at it, so that the two halves are joined later.
                var next = index
                while next < bytes.count, bytes[next] == 0x20 { next += 1 }
                if next < bytes.count, bytes[next] == 0x0A || bytes[next] == 0x0D { output.append(0x2D) }
                starter = 0
            }
        }
        return output
    }

    private enum Treatment {
        case keep
        case drop
        case replace(StaticStringText)
        case softHyphen
    }

    /// A short ASCII or bullet replacement.
    struct StaticStringText {
        let utf8: [UInt8]
        init(_ text: String) { self.utf8 = Array(text.utf8) }
    }

    private static let space = StaticStringText(" ")
    private static let lineFeed = StaticStringText("\n")
    private static let paragraph = StaticStringText("\n\n")
    private static let hyphen = StaticStringText("-")
    private static let bullet = StaticStringText("\u{2022}")
    private static let ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"].map(StaticStringText.init)

    private static func treatment(_ value: UInt32) -> Treatment {
        switch value {
        case 0x85, 0x2028: return .replace(Self.lineFeed)
        case 0x2029: return .replace(Self.paragraph)
        case 0x80...0x9F: return .drop
        case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: return .replace(Self.space)
        case 0xAD: return .softHyphen
        case 0x34F, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: return .drop
        case 0x2010, 0x2011: return .replace(Self.hyphen)
        case 0xFB00...0xFB06: return .replace(Self.ligatures[Int(value - 0xFB00)])
        // Symbol-font bullets as PDF and Word files leave them in the private use area.
        case 0xF0B7, 0xF0A7, 0xF0D8, 0xF076, 0xF0FC, 0xF0A8: return .replace(Self.bullet)
        case 0xFDD0...0xFDEF, 0xE0000...0xE007F: return .drop
        default: return value & 0xFFFE == 0xFFFE ? .drop : .keep
        }
    }

    /// Whether the scalar belongs to the letter before it. Asked only where it can be true: the property lookup is slow.
    @inline(__always)
    private static func extendsGrapheme(_ value: UInt32) -> Bool {
        if value < 0x300 || value >= 0x370 && value < 0x483 || value >= 0x3400 && value < 0xA66F || value >= 0xAC00 && value < 0xD800 {
            return false
        }
        guard let scalar = Unicode.Scalar(value) else { return false }
        return value == 0x200D || scalar.properties.isGraphemeExtend
            || scalar.properties.generalCategory == .spacingMark || scalar.properties.isEmojiModifier
    }
}
