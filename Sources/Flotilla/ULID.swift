internal import Threading

/// A name that sorts by the time at which it was made: 48 bits of milliseconds since 1970 and 80 random bits in Crockford's base 32.
public struct ULID: Hashable, Sendable, CustomStringConvertible {
    /// 26 characters.
    public let description: String

    /// - Parameter milliseconds: since 1970; cut to 48 bits.
    public init(milliseconds: Int64, using generator: inout some RandomNumberGenerator) {
        let alphabet: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        var text: [UInt8] = []
        text.reserveCapacity(26)
        func append(_ value: UInt64, digits: Int) {
            for digit in stride(from: digits - 1, through: 0, by: -1) {
                text.append(alphabet.utf8Start[Int(value >> UInt64(digit * 5) & 31)])
            }
        }
        append(UInt64(truncatingIfNeeded: milliseconds) & 0xFFFF_FFFF_FFFF, digits: 10)
        append(generator.next(), digits: 8)
        append(generator.next(), digits: 8)
        self.description = String(decoding: text, as: UTF8.self)
    }

    /// A name made now, by the wall clock and the system's generator.
    public static func make() -> ULID {
        var generator = SystemRandomNumberGenerator()
        return ULID(milliseconds: WallClock.microseconds / 1_000, using: &generator)
    }
}
