import JSONText

/// One log line before it has a form.
struct LogLine {
    let time: Int64
    let level: LogLevel
    let message: String
    let label: String
    let fields: LogFields
    let redactor: Redactor

    /// The keys that come first, in this order, whenever a line has them.
    private static let leading = [
        "job_id", "queue", "attempt", "stage", "document_uuid", "worker", "trace_id", "duration_ms", "error_type", "fingerprint",
    ]
    /// A value longer than this is cut: a log is no place for documents.
    private static let valueLimit = 4096

    func appendJSON(to line: inout [UInt8]) {
        line.append(contentsOf: "{\"ts\":\"".utf8)
        line.append(contentsOf: Timestamp.text(self.time).utf8)
        line.append(contentsOf: "\",\"level\":\"".utf8)
        line.append(contentsOf: self.level.name.utf8)
        line.append(contentsOf: "\",\"msg\":".utf8)
        JSONWriter.append(self.message, to: &line)
        line.append(contentsOf: ",\"logger\":".utf8)
        JSONWriter.append(self.label, to: &line)
        for entry in self.ordered {
            line.append(UInt8(ascii: ","))
            JSONWriter.append(entry.key, to: &line)
            line.append(UInt8(ascii: ":"))
            switch entry.value {
            case .string(let text): JSONWriter.append(self.presentable(entry.key, text), to: &line)
            case .integer(let number): line.append(contentsOf: String(number).utf8)
            case .number(let number): JSONWriter.append(JSONValue.number(number), to: &line)
            case .bool(let flag): line.append(contentsOf: (flag ? "true" : "false").utf8)
            case .absent: line.append(contentsOf: "null".utf8)
            }
        }
        line.append(UInt8(ascii: "}"))
    }

    func appendText(to line: inout [UInt8], colour: Bool) {
        func paint(_ code: String, _ text: String) -> String { colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
        let name = self.level.name.uppercased()
        let padding = String(repeating: " ", count: max(0, 6 - name.count))
        let shade = self.level >= .error ? "31" : self.level == .warning ? "33" : self.level <= .debug ? "2" : "32"
        line.append(contentsOf: "\(Timestamp.text(self.time).dropFirst(11)) \(paint(shade, name))\(padding) \(self.message)".utf8)
        for entry in self.ordered {
            line.append(contentsOf: " \(paint("2", "\(Self.escaped(entry.key))="))".utf8)
            switch entry.value {
            case .string(let text):
                let shown = Self.escaped(self.presentable(entry.key, text))
                line.append(contentsOf: (shown.contains(" ") || shown.isEmpty ? "\"\(shown)\"" : shown).utf8)
            case .integer(let number): line.append(contentsOf: String(number).utf8)
            case .number(let number): line.append(contentsOf: "\(number)".utf8)
            case .bool(let flag): line.append(contentsOf: "\(flag)".utf8)
            case .absent: break
            }
        }
        line.append(contentsOf: paint("2", " (\(self.label))").utf8)
    }

    /// The fields with a value, leading keys first, none twice, and none that would repeat a key of the line itself.
    private var ordered: [(key: String, value: LogValue)] {
        let present = self.fields.entries.filter { $0.value != .absent && !["ts", "level", "msg", "logger"].contains($0.key) }
        if present.count < 2 { return present }
        var result: [(key: String, value: LogValue)] = []
        result.reserveCapacity(present.count)
        for key in Self.leading { if let entry = present.last(where: { $0.key == key }) { result.append(entry) } }
        for (index, entry) in present.enumerated() where !Self.leading.contains(entry.key) {
            if !present[(index + 1)...].contains(where: { $0.key == entry.key }) { result.append(entry) }
        }
        return result
    }

    private func presentable(_ key: String, _ text: String) -> String {
        if self.redactor.isSecret(key: key) { return Redactor.mark }
        if text.utf8.count <= Self.valueLimit { return Self.withoutInvisible(self.redactor.redacted(text)) }
        // Redacted before the final cut, which could otherwise leave the first half of a secret unrecognised.
        let redacted = self.redactor.redacted(String(decoding: text.utf8.prefix(2 * Self.valueLimit), as: UTF8.self))
        return Self.withoutInvisible(String(decoding: redacted.utf8.prefix(Self.valueLimit), as: UTF8.self) + "…")
    }

    /// C1 controls and the marks that turn text around would pass JSON's own escaping; terminals and reviewers must not see them raw.
    private static func withoutInvisible(_ text: String) -> String {
        // All of them start with one of these two bytes in UTF-8.
        guard text.utf8.contains(where: { $0 == 0xC2 || $0 == 0xE2 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x80...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\"") }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\"": result += "\\\""
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
