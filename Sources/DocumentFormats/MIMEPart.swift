/// One part of a message: its headers, and where its body lies.
struct MIMEPart {
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var body: Range<Int>

    /// Reads the headers at the start of `range`.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        var position = range.lowerBound
        var lines: [[UInt8]] = []
        self.body = range.upperBound..<range.upperBound
        while position < range.upperBound {
            let end = bytes.firstRange(of: [0x0A], from: position, before: range.upperBound) ?? range.upperBound
            var line = Array(bytes[position..<end])
            if line.last == 0x0D { line.removeLast() }
            if line.isEmpty {
                self.body = min(end + 1, range.upperBound)..<range.upperBound
                break
            }
            if lines.isEmpty && line.starts(with: "From ".utf8) {
                // The envelope line of a mailbox file.
            } else if line[0] == 0x20 || line[0] == 0x09, !lines.isEmpty {
                if lines[lines.count - 1].count < 64 << 10 { lines[lines.count - 1].append(contentsOf: line) }
            } else if line.contains(0x3A) {
                if lines.count < 2_000 { lines.append(line) }
            } else {
                // No header: the body begins without an empty line.
                self.body = position..<range.upperBound
                break
            }
            position = min(end + 1, range.upperBound)
        }
        for line in lines {
            guard let colon = line.firstIndex(of: 0x3A) else { continue }
            let name = trimmed(String(decoding: line[..<colon], as: UTF8.self)).lowercased()
            self.headers.append((name, trimmed(Self.text(Array(line[(colon + 1)...])))))
        }
    }

    func header(_ name: String) -> String? {
        self.headers.first { $0.name == name }?.value
    }

    /// A header for people: encoded words resolved.
    func readable(_ name: String) -> String? {
        self.header(name).map { normalizedLine(EncodedWords.decoded($0)) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The type in lower case; `text/plain` when nothing is said.
    var mimeType: String {
        let value = self.header("content-type").map { trimmed($0.prefix { $0 != ";" }).lowercased() } ?? ""
        return value.contains("/") ? value : "text/plain"
    }

    var isAttachment: Bool {
        self.header("content-disposition").map { trimmed($0.prefix { $0 != ";" }).lowercased() == "attachment" } ?? false
    }

    var fileName: String? {
        (Self.parameter("filename", of: self.header("content-disposition")) ?? Self.parameter("name", of: self.header("content-type")))
            .map { normalizedLine(EncodedWords.decoded($0)) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    var charset: String? { Self.parameter("charset", of: self.header("content-type")) }
    var boundary: String? { Self.parameter("boundary", of: self.header("content-type")) }

    /// The body without its transfer encoding.
    func content(_ bytes: [UInt8]) -> [UInt8] {
        let raw = bytes[self.body]
        switch self.header("content-transfer-encoding").map({ trimmed($0).lowercased() }) {
        case "base64": return TransferEncoding.base64(raw)
        case "quoted-printable": return TransferEncoding.quotedPrintable(raw)
        default: return Array(raw)
        }
    }

    /// The parts between the boundary lines; a missing last boundary is forgiven.
    func parts(_ bytes: [UInt8], limit: Int) -> [MIMEPart] {
        guard let boundary = self.boundary, !boundary.isEmpty else { return [] }
        let marker = Array("--".utf8) + Array(boundary.utf8)
        var parts: [MIMEPart] = []
        var start: Int?
        var look = self.body.lowerBound
        while let found = bytes.firstRange(of: marker, from: look, before: self.body.upperBound) {
            look = found + marker.count
            guard found == self.body.lowerBound || bytes[found - 1] == 0x0A else { continue }
            let after = look < bytes.count ? bytes[look] : 0x0A
            // A longer boundary that begins with ours is another multipart's.
            guard after == 0x2D || after <= 0x20 else { continue }
            if let start, parts.count < limit {
                var end = found
                if end > start, bytes[end - 1] == 0x0A { end -= 1 }
                if end > start, bytes[end - 1] == 0x0D { end -= 1 }
                parts.append(MIMEPart(bytes, start..<max(start, end)))
            }
            start = nil
            if after == 0x2D, look + 1 < bytes.count, bytes[look + 1] == 0x2D { return parts }
            let lineEnd = bytes.firstRange(of: [0x0A], from: look, before: self.body.upperBound) ?? self.body.upperBound
            start = min(lineEnd + 1, self.body.upperBound)
        }
        if let start, start < self.body.upperBound, parts.count < limit { parts.append(MIMEPart(bytes, start..<self.body.upperBound)) }
        return parts
    }

    /// A parameter of a structured header, also in the forms of RFC 2231.
    static func parameter(_ name: String, of header: String?) -> String? {
        guard let header else { return nil }
        let bytes = Array(header.utf8)
        var values: [String: String] = [:]
        var index = bytes.firstIndex(of: 0x3B) ?? bytes.count
        while index < bytes.count {
            index += 1
            let start = index
            while index < bytes.count, bytes[index] != 0x3D, bytes[index] != 0x3B { index += 1 }
            guard index < bytes.count, bytes[index] == 0x3D else { continue }
            let key = trimmed(String(decoding: bytes[start..<index], as: UTF8.self)).lowercased()
            index += 1
            var value: [UInt8] = []
            while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
            if index < bytes.count, bytes[index] == 0x22 {
                index += 1
                while index < bytes.count, bytes[index] != 0x22 {
                    if bytes[index] == 0x5C, index + 1 < bytes.count { index += 1 }
                    value.append(bytes[index])
                    index += 1
                }
                while index < bytes.count, bytes[index] != 0x3B { index += 1 }
            } else {
                while index < bytes.count, bytes[index] != 0x3B {
                    value.append(bytes[index])
                    index += 1
                }
            }
            if values[key] == nil { values[key] = trimmed(String(decoding: value, as: UTF8.self)) }
        }
        if let extended = values[name + "*"] { return Self.extended(extended) }
        if let plain = values[name] { return plain }
        var joined = ""
        for number in 0..<100 {
            if let piece = values["\(name)*\(number)*"] {
                joined += piece
            } else if let piece = values["\(name)*\(number)"] {
                joined += piece
            } else {
                break
            }
        }
        return joined.isEmpty ? nil : (values["\(name)*0*"] == nil ? joined : Self.extended(joined))
    }

    /// `utf-8'de'na%C3%AFve.txt`
    private static func extended(_ value: String) -> String {
        let parts = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return value }
        let bytes = TransferEncoding.percent(Array(parts[2].utf8))
        return Charset.convert(bytes, from: String(parts[0])) ?? String(decoding: bytes, as: UTF8.self)
    }

    /// Headers should be ASCII; what is not is UTF-8 or, from old senders, windows-1252.
    private static func text(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? Charset.convert(bytes, from: "WINDOWS-1252") ?? String(decoding: bytes, as: UTF8.self)
    }
}
