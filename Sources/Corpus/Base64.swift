internal import JSONText

/// Bytes in JSON (RFC 4648, section 4).
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            bits <<= UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? Self.digits[Int(bits >> UInt32(18 - 6 * index) & 63)] : 0x3D)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil when the text is not base64 with its padding.
    static func decode(_ text: String) -> [UInt8]? {
        let text = Array(text.utf8)
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).count { $0 == 0x3D }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        for (index, byte) in text.enumerated() {
            guard let value = index >= text.count - padding ? (byte == 0x3D ? 0 : nil) : Self.value(byte) else { return nil }
            bits = bits << 6 | value
            if index % 4 == 3 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
                bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bits = 0
            }
        }
        bytes.removeLast(padding)
        return bytes
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x41...0x5A: UInt32(byte) - 0x41
        case 0x61...0x7A: UInt32(byte) - 0x61 + 26
        case 0x30...0x39: UInt32(byte) - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}

extension JSONValue {
    /// Bytes of a member; nil when it is missing or null.
    func base64(_ name: String) throws(CorpusError) -> [UInt8]? {
        guard let text = self[name]?.string else { return nil }
        guard let bytes = Base64.decode(text) else { throw CorpusError("\"\(name)\" is not base64") }
        return bytes
    }

    func optionalCount(_ name: String) -> Int? { self[name]?.integer.flatMap { Int(exactly: $0) } }

    /// A member that may be missing or null.
    func optional<Value>(_ name: String, _ read: (JSONValue) throws(CorpusError) -> Value) throws(CorpusError) -> Value? {
        guard let member = self[name], member != .null else { return nil }
        return try read(member)
    }
}
