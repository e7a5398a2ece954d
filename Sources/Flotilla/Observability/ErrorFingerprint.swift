/// Groups errors that are the same but for their details.
public enum ErrorFingerprint {
    /// Twelve hexadecimal digits, equal for errors of one type, in one stage, whose messages differ only in numbers, identifiers, paths
    /// and quoted text. Stable across releases and machines: it is stored and searched for.
    public static func of(type: String, message: String, stage: String?) -> String {
        let text = "\(type)\u{0}\(stage ?? "")\u{0}\(self.normalised(message))"
        return SHA256.digest(of: text.utf8).prefix(6).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// `message` with `#` for what varies between errors of one kind; at most the first 1,000 bytes count.
    static func normalised(_ message: String) -> String {
        var scan = MessageScan(Array(message.utf8.prefix(1000)))
        return scan.run()
    }
}

/// Reads a message word by word.
private struct MessageScan {
    private let bytes: [UInt8]
    private var position = 0
    private var result: [UInt8] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func run() -> String {
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            if let close = Self.closing(byte), let end = self.closingQuote(close) {
                self.position = end + 1
                self.appendPlaceholder()
            } else if Self.separates(byte) {
                self.position += 1
                self.appendSeparator(byte <= 0x20 ? 0x20 : byte)
            } else {
                self.word()
            }
        }
        return String(decoding: self.result, as: UTF8.self)
    }

    /// The end of a quotation that begins here. An apostrophe inside a word is none.
    private func closingQuote(_ close: UInt8) -> Int? {
        if close == UInt8(ascii: "'"), self.position > 0, !Self.separates(self.bytes[self.position - 1]) { return nil }
        var index = self.position + 1
        while index < self.bytes.count, self.bytes[index] != 0x0A {
            if self.bytes[index] == close {
                let next = index + 1 < self.bytes.count ? self.bytes[index + 1] : 0x20
                if close != UInt8(ascii: "'") || Self.separates(next) || next == UInt8(ascii: ".") { return index }
            }
            index += 1
        }
        return nil
    }

    private mutating func word() {
        let start = self.position
        while self.position < self.bytes.count, !Self.separates(self.bytes[self.position]) { self.position += 1 }
        var end = self.position
        while end > start, [UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?")].contains(self.bytes[end - 1]) {
            end -= 1
        }
        let word = self.bytes[start..<end]
        if Self.varies(word) { self.appendPlaceholder() } else { self.result.append(contentsOf: word) }
        self.result.append(contentsOf: self.bytes[end..<self.position])
    }

    /// Numbers, identifiers, addresses and hashes hold a digit; paths and URLs a slash; file names an extension.
    private static func varies(_ word: ArraySlice<UInt8>) -> Bool {
        if word.contains(where: { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) { return true }
        if word.dropFirst().contains(UInt8(ascii: ".")) || word.contains(UInt8(ascii: "@")) { return true }
        return word.count >= 8 && word.allSatisfy { (0x61...0x66).contains($0 | 0x20) }
    }

    /// Lists of any length are one thing that varies: `1, 2, 3` and `1, 2`.
    private mutating func appendPlaceholder() {
        var end = self.result.count
        while end > 0, self.result[end - 1] == 0x20 || self.result[end - 1] == UInt8(ascii: ",") { end -= 1 }
        if end > 0, end < self.result.count, self.result[end - 1] == UInt8(ascii: "#") {
            self.result.removeSubrange(end...)
        } else if self.result.last != UInt8(ascii: "#") {
            self.result.append(UInt8(ascii: "#"))
        }
    }

    private mutating func appendSeparator(_ byte: UInt8) {
        if byte != 0x20 || (self.result.last ?? 0x20) != 0x20 { self.result.append(byte) }
    }

    private static func closing(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): byte
        case UInt8(ascii: "`"): byte
        default: nil
        }
    }

    private static func separates(_ byte: UInt8) -> Bool {
        byte <= 0x20 || [0x22, 0x27, 0x60, 0x28, 0x29, 0x5B, 0x5D, 0x7B, 0x7D, 0x2C, 0x3B, 0x3C, 0x3E, 0x3D, 0x7C].contains(byte)
    }
}
