/// Words and prefixes by which secrets are known.
enum SecretWords {
    /// Ends of key names, in lower case and without `-` and `_`.
    private static let endings: [[UInt8]] = [
        "password", "passwd", "passphrase", "pwd", "secret", "secretkey", "apikey", "accesskey", "accesskeyid", "accesstoken",
        "refreshtoken", "idtoken", "authtoken", "sessiontoken", "securitytoken", "privatekey", "secretaccesskey", "credential",
        "credentials", "signature", "authorization", "requirepass", "masterauth", "cookie", "xamzcredential", "xgoogcredential",
    ].map { Array($0.utf8) }
    /// Whole names that are secret only in `name=value`: in prose they come before a colon too ("unexpected token: x").
    private static let assigned: [[UInt8]] = ["token", "sig", "pass", "auth", "key"].map { Array($0.utf8) }

    /// Beginnings of tokens with the least number of further characters.
    static let prefixes: [(text: [UInt8], minimum: Int)] = [
        ("AKIA", 12), ("ASIA", 12), ("AIza", 30), ("ya29.", 20), ("ghp_", 20), ("gho_", 20), ("ghs_", 20), ("github_pat_", 20),
        ("xoxb-", 10), ("xoxp-", 10), ("sk-", 20), ("glpat-", 16),
    ].map { (Array($0.0.utf8), $0.1) }

    static func isSecret(key: ArraySlice<UInt8>, separator: UInt8) -> Bool {
        guard key.count <= 64 else { return false }
        var name: [UInt8] = []
        for byte in key where byte != UInt8(ascii: "-") && byte != UInt8(ascii: "_") && byte != UInt8(ascii: ".") {
            name.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        }
        guard name.count >= 3 else { return false }
        if self.endings.contains(where: { name.count >= $0.count && name.suffix($0.count).elementsEqual($0) }) { return true }
        guard separator == UInt8(ascii: "=") else { return false }
        // `dedupe_key=…` is none, so `key` must be the whole name; a token of any kind is one.
        return self.assigned.contains(name) || name.suffix(5).elementsEqual("token".utf8)
    }
}

/// One pass over a text that copies it without its secrets.
struct SecretScan {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let hidesEmail: Bool
    private var position = 0
    /// Up to here the text was copied to `result` or redacted.
    private var copied = 0
    private var result: [UInt8] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, hidesEmail: Bool) {
        self.bytes = bytes
        self.hidesEmail = hidesEmail
    }

    /// The text without secrets, or nil when there are none.
    mutating func run() -> String? {
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            switch byte {
            case UInt8(ascii: ":"): if !self.userInfo() { self.assignment() }
            case UInt8(ascii: "="): self.assignment()
            case UInt8(ascii: "-") where self.starts(with: "-----BEGIN "): self.privateKey()
            case UInt8(ascii: "-") where self.isFlagStart: self.flag()
            case UInt8(ascii: "@") where self.hidesEmail: self.email()
            case _ where Self.isWord(byte) && (self.position == 0 || !Self.isWord(self.bytes[self.position - 1])): self.token()
            default: break
            }
            self.position += 1
        }
        if self.copied == 0 && self.result.isEmpty { return nil }
        self.result.append(contentsOf: self.bytes[self.copied...])
        return String(decoding: self.result, as: UTF8.self)
    }

    /// Replaces a range; scanning goes on after it.
    private mutating func replace(_ start: Int, _ end: Int) {
        guard start >= self.copied, end > start else { return }
        self.result.append(contentsOf: self.bytes[self.copied..<start])
        self.result.append(contentsOf: Redactor.mark.utf8)
        self.copied = end
        self.position = end - 1
    }

    private func byte(_ index: Int) -> UInt8? { index >= 0 && index < self.bytes.count ? self.bytes[index] : nil }

    private func starts(with text: StaticString, at offset: Int = 0) -> Bool {
        let start = self.position + offset
        guard start + text.utf8CodeUnitCount <= self.bytes.count else { return false }
        for index in 0..<text.utf8CodeUnitCount where self.bytes[start + index] != text.utf8Start[index] { return false }
        return true
    }

    /// `scheme://user:password@host`: the user's name may be a token itself, so all before the last `@` goes.
    private mutating func userInfo() -> Bool {
        guard self.starts(with: "://") else { return false }
        let start = self.position + 3
        var at: Int?
        var index = start
        while let byte = self.byte(index), !Self.endsAuthority(byte) {
            if byte == UInt8(ascii: "@") { at = index }
            index += 1
        }
        if let at { self.replace(start, at) } else { self.position += 2 }
        return true
    }

    /// `key=value`, `key: value`, `"key":"value"`.
    private mutating func assignment() {
        let separator = self.bytes[self.position]
        var end = self.position
        // Blanks and a closing quote may stand between the key and its separator.
        while end > 0, self.bytes[end - 1] == 0x20 { end -= 1 }
        let isQuoted = end > 0 && Self.isQuote(self.bytes[end - 1])
        if isQuoted { end -= 1 }
        // The quote itself may be escaped, when JSON is quoted in JSON.
        if isQuoted, end > 0, self.bytes[end - 1] == UInt8(ascii: "\\") { end -= 1 }
        var start = end
        while start > self.copied, end - start <= 64, Self.isKey(self.bytes[start - 1]) { start -= 1 }
        guard start < end else { return }
        let key = Array(self.bytes[start..<end])
        guard SecretWords.isSecret(key: key[...], separator: isQuoted ? UInt8(ascii: "=") : separator) else { return }
        let isHeader = key.count >= 6 && SecretWords.isSecret(key: key[...], separator: separator) && Self.isHeaderName(key)
        self.value(from: self.position + 1, toLineEnd: isHeader && separator == UInt8(ascii: ":"))
    }

    /// Redacts the value that begins at `index`, after blanks, with or without quotes.
    private mutating func value(from index: Int, toLineEnd: Bool) {
        var start = index
        while let byte = self.byte(start), byte == 0x20 { start += 1 }
        // JSON quoted in JSON: the value ends at the next escaped quote.
        var isEscaped = false
        if self.byte(start) == UInt8(ascii: "\\"), let quote = self.byte(start + 1), Self.isQuote(quote) {
            start += 1
            isEscaped = true
        }
        guard let first = self.byte(start), first != 0x0A else { return }
        var end = start
        if Self.isQuote(first) {
            start += 1
            end = start
            while let byte = self.byte(end), byte != first {
                if byte == UInt8(ascii: "\\") {
                    if isEscaped && self.byte(end + 1) == first { break }
                    end += 1
                }
                end += 1
            }
        } else {
            while let byte = self.byte(end), byte != 0x0A, byte != 0x0D, toLineEnd || !Self.endsValue(byte) { end += 1 }
        }
        self.replace(start, min(end, self.bytes.count))
    }

    private var isFlagStart: Bool { self.starts(with: "--") && (self.position == 0 || self.bytes[self.position - 1] == 0x20) }

    /// `--password value`.
    private mutating func flag() {
        let start = self.position + 2
        var end = start
        while let byte = self.byte(end), Self.isKey(byte) { end += 1 }
        guard self.byte(end) == 0x20, end > start,
            SecretWords.isSecret(key: Array(self.bytes[start..<end])[...], separator: UInt8(ascii: "="))
        else { return }
        self.value(from: end, toLineEnd: false)
    }

    private mutating func privateKey() {
        let start = self.position
        var index = start + 11
        let lineEnd = min(self.bytes.count, start + 60)
        var isPrivate = false
        while index < lineEnd, self.bytes[index] != UInt8(ascii: "-") {
            if self.bytes[index] == UInt8(ascii: "P"), self.matches("PRIVATE KEY", at: index) { isPrivate = true }
            index += 1
        }
        guard isPrivate else { return }
        while index < self.bytes.count, !self.matches("-----END ", at: index) { index += 1 }
        var end = min(self.bytes.count, index + 9)
        while end < self.bytes.count, self.bytes[end] != UInt8(ascii: "-"), self.bytes[end] != 0x0A { end += 1 }
        while end < self.bytes.count, self.bytes[end] == UInt8(ascii: "-") { end += 1 }
        self.replace(start, end)
    }

    private func matches(_ text: StaticString, at index: Int) -> Bool { self.starts(with: text, at: index - self.position) }

    /// Tokens known by how they begin, at the start of a word.
    private mutating func token() {
        switch self.bytes[self.position] {
        case UInt8(ascii: "e") where self.starts(with: "eyJ"):
            var end = self.position
            var dots = 0
            while let byte = self.byte(end), Self.isWord(byte) || byte == UInt8(ascii: ".") {
                if byte == UInt8(ascii: ".") { dots += 1 }
                end += 1
            }
            if dots >= 2 && end - self.position > 20 { self.replace(self.position, end) }
        case UInt8(ascii: "B"), UInt8(ascii: "b"):
            for (word, length) in [("bearer ", 7), ("basic ", 6)] where self.startsIgnoringCase(word) {
                var end = self.position + length
                while let byte = self.byte(end), Self.isWord(byte) || [0x2B, 0x2E, 0x2F, 0x3D, 0x7E].contains(byte) { end += 1 }
                // "basic authentication" is prose: a credential has a digit, an equals sign or mixed case.
                if end - self.position - length >= 6, self.looksRandom(self.position + length, end) {
                    self.replace(self.position + length, end)
                }
            }
        default:
            for prefix in SecretWords.prefixes where self.bytes[self.position] == prefix.text[0] {
                guard self.position + prefix.text.count <= self.bytes.count,
                    self.bytes[self.position..<(self.position + prefix.text.count)].elementsEqual(prefix.text)
                else { continue }
                var end = self.position + prefix.text.count
                while let byte = self.byte(end), Self.isWord(byte) { end += 1 }
                if end - self.position - prefix.text.count >= prefix.minimum {
                    self.replace(self.position, end)
                    return
                }
            }
        }
    }

    private func looksRandom(_ start: Int, _ end: Int) -> Bool {
        let text = self.bytes[start..<end]
        return text.contains { (0x30...0x39).contains($0) || $0 == 0x3D || $0 == 0x2E }
            || text.dropFirst().contains { (0x41...0x5A).contains($0) }
    }

    private func startsIgnoringCase(_ word: String) -> Bool {
        guard self.position + word.utf8.count <= self.bytes.count else { return false }
        return zip(self.bytes[self.position...], word.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    private mutating func email() {
        var start = self.position
        while start > self.copied, let byte = self.byte(start - 1), Self.isWord(byte) || byte == 0x2E || byte == 0x2B { start -= 1 }
        guard start < self.position, let next = self.byte(self.position + 1), Self.isWord(next) else { return }
        self.replace(start, self.position)
    }

    private static func isHeaderName(_ key: [UInt8]) -> Bool {
        let name = String(decoding: key, as: UTF8.self).lowercased()
        return name.hasSuffix("authorization") || name.hasSuffix("cookie")
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
    }
    private static func isKey(_ byte: UInt8) -> Bool { self.isWord(byte) || byte == 0x2E }
    private static func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 }
    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte <= 0x20 || [0x2F, 0x3F, 0x23, 0x22, 0x27, 0x3C, 0x3E, 0x5C].contains(byte)
    }
    private static func endsValue(_ byte: UInt8) -> Bool {
        byte <= 0x20 || [0x26, 0x2C, 0x3B, 0x29, 0x5D, 0x7D, 0x22, 0x27].contains(byte)
    }
}
