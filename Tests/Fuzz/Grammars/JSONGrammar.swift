/// Makes JSON that is sound but odd: deep, repeated names, numbers at the edges, escapes of every kind.
struct JSONGrammar: Sendable {
    /// Member names that mean something to the reader.
    let names: [String]
    /// Texts that mean something to the reader.
    let texts: [String]
    /// Whether the outermost value is an object.
    var isObject = false

    func make(_ random: inout FuzzRandom) -> [UInt8] {
        var text = ""
        if self.isObject { self.appendObject(to: &text, depth: 0, &random) } else { self.append(to: &text, depth: 0, &random) }
        return Array(text.utf8)
    }

    private func append(to text: inout String, depth: Int, _ random: inout FuzzRandom) {
        switch random.below(depth > 6 ? 6 : 10) {
        case 0: text += random.one(of: ["null", "true", "false"])
        case 1, 2: text += Self.number(&random)
        case 3, 4, 5: self.appendString(to: &text, &random)
        case 6: self.appendArray(to: &text, depth: depth, &random)
        default: self.appendObject(to: &text, depth: depth, &random)
        }
    }

    private func appendArray(to text: inout String, depth: Int, _ random: inout FuzzRandom) {
        text += "["
        for index in 0..<random.small(6) {
            if index > 0 { text += random.one(of: [",", ",", " , ", ",\n"]) }
            self.append(to: &text, depth: depth + 1, &random)
        }
        text += "]"
    }

    private func appendObject(to text: inout String, depth: Int, _ random: inout FuzzRandom) {
        text += random.one(of: ["{", "{", "{ ", "{\n\t"])
        for index in 0..<random.small(8) {
            if index > 0 { text += random.one(of: [",", ",", " , ", ",\r\n"]) }
            if !self.names.isEmpty, !random.once(in: 5) {
                let name = random.one(of: self.names)
                text += "\"" + (random.once(in: 8) ? Self.escaped(name) : name) + "\""
            } else {
                self.appendString(to: &text, &random)
            }
            text += random.one(of: [":", ":", " : "])
            self.append(to: &text, depth: depth + 1, &random)
        }
        text += random.one(of: ["}", "}", " }"])
    }

    private func appendString(to text: inout String, _ random: inout FuzzRandom) {
        text += "\""
        for _ in 0..<random.small(4) {
            if !self.texts.isEmpty, random.once(in: 2) {
                text += random.one(of: self.texts)
            } else {
                text += random.one(of: Self.pieces)
            }
        }
        text += "\""
    }

    /// Every letter as `\u00xx`: the same name, spelt otherwise.
    private static func escaped(_ name: String) -> String {
        name.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    private static let pieces = [
        "", "a", "name", " ", "\\n", "\\\"", "\\\\", "\\/", "\\u0000", "\\ud83d\\ude00", "\\ud800", "\\udc00\\ud800", "\\u00e9", "é", "日本",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u{301}", "\\b\\f\\t\\r", "\u{7F}", "\u{2028}", "2026-11-21T09:30:00Z", "9223372036854775808", "-1", "../../etc/passwd",
        "{}", "}",
    ]

    private static func number(_ random: inout FuzzRandom) -> String {
        if random.once(in: 3) { return String(Int64(bitPattern: random.next() >> UInt64(random.below(64)))) }
        return random.one(of: [
            "0", "-0", "-1", "1", "0.5", "1e308", "1e309", "-1e309", "1e-400", "9223372036854775807", "9223372036854775808",
            "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "9007199254740993", "1E+2", "0e0", "-0.0",
            "123456789012345678901234567890", "1.7976931348623157e308", "2147483648", "4e18", "9.3e18", "1000000", "-1e18", "1e15", "9e12",
        ])
    }
}
