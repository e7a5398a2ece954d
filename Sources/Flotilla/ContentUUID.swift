/// A UUID computed from what something is, so that every process gives the same thing the same name.
public struct ContentUUID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, the first one in the highest place.
    public let high: UInt64
    /// The last eight bytes, the first one in the highest place.
    public let low: UInt64

    /// The first 16 bytes of the SHA-256 of the parts, each with its length before it, marked as version 8 (RFC 9562).
    public init(of parts: [String]) {
        var hash = ContentHash()
        for part in parts { hash.add(part) }
        self = hash.finish()
    }

    fileprivate init(marking digest: InlineArray<8, UInt32>) {
        let high = UInt64(digest[0]) << 32 | UInt64(digest[1])
        let low = UInt64(digest[2]) << 32 | UInt64(digest[3])
        self.high = high & ~0xF000 | 0x8000
        self.low = low & ~(0b11 << 62) | 0b10 << 62
    }

    /// Reads what ``description`` writes; nil if it is anything else.
    public init?(canonical text: String) {
        var text = text
        guard let halves = text.withUTF8({ Self.halves(of: $0) }) else { return nil }
        (self.high, self.low) = halves
    }

    private static func halves(of text: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64)? {
        guard text.count == 36 else { return nil }
        var halves: (high: UInt64, low: UInt64) = (0, 0)
        for (index, byte) in text.enumerated() {
            if Self.isDash(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if index < 18 { halves.high = halves.high << 4 | UInt64(digit) } else { halves.low = halves.low << 4 | UInt64(digit) }
        }
        return halves
    }

    private static func isDash(_ index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }

    /// Lower-case text with dashes.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { text in
            self.write(to: text)
            return 36
        }
    }

    /// Writes the text to the first 36 bytes.
    fileprivate func write(to text: UnsafeMutableBufferPointer<UInt8>) {
        let digits: StaticString = "0123456789abcdef"
        var (half, shift) = (self.high, 60)
        for index in 0..<36 {
            if Self.isDash(index) {
                text[index] = UInt8(ascii: "-")
                continue
            }
            text[index] = digits.utf8Start[Int(half >> UInt64(shift) & 15)]
            (half, shift) = shift == 0 ? (self.low, 60) : (half, shift - 4)
        }
    }
}

/// Gathers what a ``ContentUUID`` is computed from, part by part.
struct ContentHash {
    private var bytes: [UInt8] = []

    init() { self.bytes.reserveCapacity(192) }

    mutating func add(_ part: String) {
        var part = part
        part.withUTF8 { self.add($0) }
    }

    /// Adds the text of a UUID.
    mutating func add(_ part: ContentUUID) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { text in
            part.write(to: text)
            self.add(UnsafeBufferPointer(text))
        }
    }

    mutating func add(_ part: UnsafeBufferPointer<UInt8>) {
        let count = UInt32(truncatingIfNeeded: part.count)
        for shift in stride(from: 24, through: 0, by: -8) { self.bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
        self.bytes.append(contentsOf: part)
    }

    consuming func finish() -> ContentUUID { ContentUUID(marking: self.bytes.withUnsafeBytes { SHA256.words(of: $0) }) }
}
