/// A UUID as the sixteen bytes that PostgreSQL stores.
public struct PostgresUUID: Hashable, Sendable, LosslessStringConvertible {
    /// The first eight bytes, in network order.
    public let high: UInt64
    /// The last eight bytes, in network order.
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 32 hexadecimal digits, with or without hyphens; nil if it is anything else.
    public init?(_ text: String) {
        var text = text
        let value = text.withUTF8 { Self(utf8: $0) }
        guard let value else { return nil }
        self = value
    }

    init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count = 0
        for byte in text where byte != UInt8(ascii: "-") {
            guard let digit = hexadecimalDigit(byte), count < 32 else { return nil }
            if count < 16 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
            count += 1
        }
        guard count == 32 else { return nil }
        self.init(high: high, low: low)
    }

    /// Lower-case, with hyphens.
    public var description: String {
        var text = ""
        for index in 0..<32 {
            if [8, 12, 16, 20].contains(index) { text += "-" }
            let half = index < 16 ? self.high : self.low
            text += String((half >> UInt64(60 - 4 * (index % 16))) & 15, radix: 16)
        }
        return text
    }
}

extension PostgresUUID: PostgresScalar {
    public static var postgresElementType: UInt32 { 2950 }
    public static var postgresElementArrayType: UInt32 { 2951 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        bytes.appendBigEndian(self.high)
        bytes.appendBigEndian(self.low)
        return nil
    }
}

extension PostgresUUID: PostgresDecodable {
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(utf8: text) }
}

func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x61 + 10
    case 0x41...0x46: byte - 0x41 + 10
    default: nil
    }
}
