/// Cuts markup into tags and text, forgiving everything.
struct HTMLTokenizer {
    enum Token {
        /// Entities are resolved.
        case text(String)
        /// The name in lower case, without a namespace prefix.
        case open(String, [(name: String, value: String)], isClosed: Bool)
        case close(String)
    }

    private let bytes: [UInt8]
    private var position = 0
    /// Inside these only their own end tag counts.
    private var rawElement: String?

    init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    mutating func next() -> Token? {
        if let raw = self.rawElement {
            self.rawElement = nil
            return self.rawText(until: raw)
        }
        while self.position < self.bytes.count {
            guard self.bytes[self.position] == 0x3C else { return self.text() }
            guard self.position + 1 < self.bytes.count else { return self.text() }
            switch self.bytes[self.position + 1] {
            case 0x21:
                if let token = self.declaration() { return token }
            case 0x3F: self.skip(past: ">")
            case 0x2F:
                if let token = self.endTag() { return token }
            case let byte where Self.isLetter(byte): return self.startTag()
            default: return self.text()
            }
        }
        return nil
    }

    /// Text up to the next tag; a lone `<` is text.
    private mutating func text() -> Token {
        let start = self.position
        self.position += 1
        while self.position < self.bytes.count {
            if self.bytes[self.position] == 0x3C, self.position + 1 < self.bytes.count {
                let next = self.bytes[self.position + 1]
                if Self.isLetter(next) || next == 0x2F || next == 0x21 || next == 0x3F { break }
            }
            self.position += 1
        }
        return .text(HTMLEntities.resolved(self.bytes[start..<self.position]))
    }

    private mutating func declaration() -> Token? {
        if self.bytes.has("<!--", at: self.position) {
            self.position += 4
            self.skip(past: "-->")
        } else if self.bytes.has("<![CDATA[", at: self.position) {
            let start = self.position + 9
            let end = self.bytes.firstRange(of: Array("]]>".utf8), from: start) ?? self.bytes.count
            self.position = min(end + 3, self.bytes.count)
            return .text(String(decoding: self.bytes[start..<end], as: UTF8.self))
        } else {
            self.skip(past: ">")
        }
        return nil
    }

    private mutating func endTag() -> Token? {
        self.position += 2
        let name = self.name()
        self.skip(past: ">")
        return name.isEmpty ? nil : .close(name)
    }

    private mutating func startTag() -> Token {
        self.position += 1
        let name = self.name()
        var attributes: [(name: String, value: String)] = []
        var isClosed = false
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            if byte == 0x3E {
                self.position += 1
                break
            }
            if byte == 0x2F {
                isClosed = self.position + 1 < self.bytes.count && self.bytes[self.position + 1] == 0x3E
                self.position += 1
            } else if byte <= 0x20 {
                self.position += 1
            } else {
                let attribute = self.attribute()
                if attributes.count < 64 { attributes.append(attribute) }
            }
        }
        if !isClosed, ["script", "style", "textarea", "title", "noscript", "iframe", "xmp"].contains(name) { self.rawElement = name }
        return .open(name, attributes, isClosed: isClosed)
    }

    private mutating func attribute() -> (name: String, value: String) {
        let start = self.position
        // At least one byte is taken, so that this always gets on.
        self.position += 1
        while self.position < self.bytes.count, !Self.endsName(self.bytes[self.position]), self.bytes[self.position] != 0x3D {
            self.position += 1
        }
        let name = Self.lower(self.bytes[start..<self.position])
        var look = self.position
        while look < self.bytes.count, self.bytes[look] <= 0x20 { look += 1 }
        guard look < self.bytes.count, self.bytes[look] == 0x3D else { return (name, "") }
        look += 1
        while look < self.bytes.count, self.bytes[look] <= 0x20 { look += 1 }
        guard look < self.bytes.count else {
            self.position = look
            return (name, "")
        }
        let quote = self.bytes[look]
        let valueStart: Int
        if quote == 0x22 || quote == 0x27 {
            valueStart = look + 1
            let end = self.bytes.firstRange(of: [quote], from: valueStart) ?? self.bytes.count
            self.position = min(end + 1, self.bytes.count)
            return (name, HTMLEntities.resolved(self.bytes[min(valueStart, end)..<end]))
        }
        valueStart = look
        self.position = look
        while self.position < self.bytes.count, self.bytes[self.position] > 0x20, self.bytes[self.position] != 0x3E { self.position += 1 }
        return (name, HTMLEntities.resolved(self.bytes[valueStart..<self.position]))
    }

    private mutating func rawText(until element: String) -> Token {
        let start = self.position
        var look = start
        while let found = self.bytes.firstRange(of: [0x3C, 0x2F], from: look) {
            let end = found + 2 + element.utf8.count
            if end <= self.bytes.count, Self.lower(self.bytes[found + 2..<end]) == element {
                self.position = found
                return .text(self.rawContent(self.bytes[start..<found], of: element))
            }
            look = found + 2
        }
        self.position = self.bytes.count
        return .text(self.rawContent(self.bytes[start...], of: element))
    }

    private func rawContent(_ bytes: ArraySlice<UInt8>, of element: String) -> String {
        element == "title" || element == "textarea" ? HTMLEntities.resolved(bytes) : String(decoding: bytes, as: UTF8.self)
    }

    private mutating func name() -> String {
        var start = self.position
        while self.position < self.bytes.count, !Self.endsName(self.bytes[self.position]) {
            if self.bytes[self.position] == 0x3A { start = self.position + 1 }
            self.position += 1
        }
        return Self.lower(self.bytes[start..<self.position])
    }

    private mutating func skip(past marker: String) {
        let found = self.bytes.firstRange(of: Array(marker.utf8), from: self.position)
        self.position = found.map { $0 + marker.utf8.count } ?? self.bytes.count
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x3E || byte == 0x2F
    }

    private static func lower(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
