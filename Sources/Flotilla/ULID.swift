internal import Threading

/// Names that sort by the time at which they were made: 48 bits of milliseconds and 80 random ones, in Crockford's base 32 (26 characters).
public enum ULID {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// A new name.
    public static func next() -> String {
        var generator = SystemRandomNumberGenerator()
        return self.make(milliseconds: UInt64(clamping: WallClock.microseconds / 1_000), using: &generator)
    }

    /// A name of that time, with that randomness.
    package static func make(milliseconds: UInt64, using generator: inout some RandomNumberGenerator) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(26)
        for shift in stride(from: 45, through: 0, by: -5) { text.append(self.alphabet[Int(milliseconds >> UInt64(shift) & 31)]) }
        let (high, low): (UInt64, UInt64) = (generator.next(), generator.next())
        for shift in stride(from: 35, through: 0, by: -5) { text.append(self.alphabet[Int(high >> UInt64(shift) & 31)]) }
        for shift in stride(from: 35, through: 0, by: -5) { text.append(self.alphabet[Int(low >> UInt64(shift) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
