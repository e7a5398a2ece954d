/// How parts of keys are written, so that distinct parts never give the same text.
enum KeyText {
    /// Lower-case letters, digits and `-` stand for themselves, all other bytes as `%` and two hexadecimal digits.
    ///
    /// What is longer than 120 bytes after that becomes `~` and its SHA-256: `~` is never written otherwise.
    static func tenant(_ id: String) -> String { self.encoded(id) { self.isLower($0) || self.isDigit($0) || $0 == 0x2D } }

    /// The same, with upper-case letters, `.` and `_` standing for themselves as well.
    static func part(_ text: String) -> String {
        self.encoded(text) {
            self.isLower($0) || self.isDigit($0) || (0x41...0x5A).contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
        }
    }

    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func encoded(_ text: String, plain: (UInt8) -> Bool) -> String {
        if text.utf8.allSatisfy(plain), text.utf8.count <= 120 { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if plain(byte) { bytes.append(byte) } else { bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        }
        guard bytes.count > 120 else { return String(decoding: bytes, as: UTF8.self) }
        return "~" + CacheHash.hexadecimal(CacheHash.digest(of: [text]))
    }
}
