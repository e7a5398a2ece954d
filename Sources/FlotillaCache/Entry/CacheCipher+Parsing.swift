extension CacheCipher {
    /// Reads `id:secret,id2:secret2,…`, as settings have it. Secrets are base64 (also with the URL alphabet, also unpadded) or hexadecimal;
    /// spaces around keys do not count.
    public init(parsing text: String) throws(CacheCipherError) {
        let items = text.utf8.split(separator: 0x2C, omittingEmptySubsequences: false).map { Self.trimmed(Array($0)) }
        guard items != [[]] else { throw CacheCipherError(.noKeys) }
        var keys: [Key] = []
        for (index, item) in items.enumerated() {
            guard let colon = item.firstIndex(of: 0x3A) else { throw CacheCipherError(.missingID, at: index + 1) }
            guard let secret = Self.secret(Self.trimmed(Array(item[(colon + 1)...]))) else {
                throw CacheCipherError(.invalidSecret, at: index + 1)
            }
            do {
                keys.append(try Key(id: String(decoding: Self.trimmed(Array(item[..<colon])), as: UTF8.self), secret: secret))
            } catch {
                throw CacheCipherError(error.code, at: index + 1)
            }
        }
        try self.init(keys)
    }

    private static func trimmed(_ text: [UInt8]) -> [UInt8] {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) }) else { return [] }
        return Array(text[first...last])
    }

    /// 64 hexadecimal digits are never base64 of 32 bytes, nor the other way round.
    private static func secret(_ text: [UInt8]) -> [UInt8]? { text.count == 64 ? self.hexadecimal(text) : self.base64(text) }

    private static func hexadecimal(_ text: [UInt8]) -> [UInt8]? {
        let digits = text.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == text.count else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// Exactly 32 bytes: 43 digits, and one `=` if any.
    private static func base64(_ text: [UInt8]) -> [UInt8]? {
        let digits = text.count == 44 && text.last == 0x3D ? text.dropLast() : text[...]
        guard digits.count == 43 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x41...0x5A: value = digit - 0x41
            case 0x61...0x7A: value = digit - 0x61 + 26
            case 0x30...0x39: value = digit - 0x30 + 52
            case 0x2B, 0x2D: value = 62
            case 0x2F, 0x5F: value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        // Two bits are left over. Others than zeros mean that a digit was mistyped.
        return bits & 3 == 0 ? bytes : nil
    }
}
