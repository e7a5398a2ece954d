/// Appends JSON text to a buffer of bytes.
public enum JSONWriter {
    /// Appends a string with its quotes. Control characters are escaped; everything else stays UTF-8.
    public static func append(_ text: some StringProtocol, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\""))
        for byte in text.utf8 { self.appendEscaped(byte, to: &buffer) }
        buffer.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(_ byte: UInt8, to buffer: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): buffer.append(contentsOf: [UInt8(ascii: "\\"), byte])
        case 0x0A: buffer.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
        case 0x0D: buffer.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
        case 0x09: buffer.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
        case 0..<0x20, 0x7F:
            let digits: StaticString = "0123456789abcdef"
            buffer.append(contentsOf: "\\u00".utf8)
            buffer.append(digits.utf8Start[Int(byte >> 4)])
            buffer.append(digits.utf8Start[Int(byte & 15)])
        default: buffer.append(byte)
        }
    }

    /// Appends any value, without blanks.
    public static func append(_ value: JSONValue, to buffer: inout [UInt8]) {
        switch value {
        case .null: buffer.append(contentsOf: "null".utf8)
        case .bool(let flag): buffer.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): buffer.append(contentsOf: String(number).utf8)
        // JSON has no infinities; a value that is none is written as null, as ECMAScript does.
        case .number(let number): buffer.append(contentsOf: (number.isFinite ? "\(number)" : "null").utf8)
        case .string(let text): self.append(text, to: &buffer)
        case .array(let elements):
            buffer.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                self.append(element, to: &buffer)
            }
            buffer.append(UInt8(ascii: "]"))
        case .object(let members):
            buffer.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                self.append(member.name, to: &buffer)
                buffer.append(UInt8(ascii: ":"))
                self.append(member.value, to: &buffer)
            }
            buffer.append(UInt8(ascii: "}"))
        }
    }
}

extension JSONValue {
    /// This value as JSON text without blanks.
    public var jsonBytes: [UInt8] {
        var buffer: [UInt8] = []
        JSONWriter.append(self, to: &buffer)
        return buffer
    }

    /// This value as JSON text without blanks.
    public var jsonText: String { String(decoding: self.jsonBytes, as: UTF8.self) }
}
