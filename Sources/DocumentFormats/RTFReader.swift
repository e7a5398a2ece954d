/// Rich Text Format: control words, groups and text in a code page.
struct RTFReader {
    private let bytes: [UInt8]
    private var position = 0
    private var pages: PageBuilder
    private var stack: [Group] = []
    private var group = Group()
    private var paragraph = ""
    private var pending: [UInt8] = []
    private var cells: [String] = []
    private var title = ""
    private var codePage = "WINDOWS-1252"
    private var fontPages: [Int: String] = [:]
    private var fallbackToSkip = 0
    private var surrogate: UInt16?
    private let limits: FormatLimits

    /// What a closing brace restores.
    private struct Group {
        var destination = Destination.body
        var unicodeSkip = 1
        var font = 0
        var isHidden = false
        var isInTable = false
    }
    private enum Destination { case body, skipped, title, fontTable, info }

    static func read(_ bytes: [UInt8], limits: FormatLimits) throws(FormatError) -> FormatDocument {
        guard bytes.has("{\\rtf") else { throw FormatError(.corrupt, "This is not RTF.") }
        var reader = RTFReader(bytes, limits: limits)
        return try reader.run()
    }

    private init(_ bytes: [UInt8], limits: FormatLimits) {
        self.bytes = bytes
        self.limits = limits
        self.pages = PageBuilder(limits)
    }

    private mutating func run() throws(FormatError) -> FormatDocument {
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            self.position += 1
            switch byte {
            case 0x7B:
                self.flush()
                guard self.stack.count < max(self.limits.depth * 4, 1_000) else {
                    throw FormatError(.tooLarge, "Groups are nested too deeply: it looks made to exhaust its reader.")
                }
                self.stack.append(self.group)
            case 0x7D:
                self.flush()
                if let outer = self.stack.popLast() { self.group = outer }
                self.fallbackToSkip = 0
                if self.stack.isEmpty { self.position = self.bytes.count }
            case 0x5C: self.control()
            case 0x0A, 0x0D, 0x00: break
            default: self.put(byte)
            }
        }
        self.flush()
        self.endParagraph()
        if !self.stack.isEmpty { self.pages.warn("The document is cut off.", isPartial: true) }
        return self.pages.finish(title: self.title)
    }

    private mutating func control() {
        guard self.position < self.bytes.count else { return }
        let first = self.bytes[self.position]
        self.position += 1
        guard Self.isLetter(first) else { return self.symbol(first) }
        let start = self.position - 1
        while self.position < self.bytes.count, Self.isLetter(self.bytes[self.position]), self.position - start < 32 { self.position += 1 }
        let word = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        var parameter: Int?
        let numberStart = self.position
        if self.position < self.bytes.count, self.bytes[self.position] == 0x2D { self.position += 1 }
        while self.position < self.bytes.count, self.bytes[self.position] >= 0x30, self.bytes[self.position] <= 0x39,
            self.position - numberStart < 11
        {
            self.position += 1
        }
        if self.position > numberStart { parameter = Int(String(decoding: self.bytes[numberStart..<self.position], as: UTF8.self)) }
        if self.position < self.bytes.count, self.bytes[self.position] == 0x20 { self.position += 1 }
        self.word(word, parameter)
    }

    private mutating func symbol(_ byte: UInt8) {
        switch byte {
        case 0x27:
            guard self.position + 1 < self.bytes.count,
                let value = UInt8(String(decoding: self.bytes[self.position...self.position + 1], as: UTF8.self), radix: 16)
            else { return }
            self.position += 2
            self.put(value)
        case 0x2A: self.group.destination = .skipped
        case 0x7E: self.put("\u{A0}")
        case 0x5F: self.put("-")
        case 0x2D: break
        case 0x0A, 0x0D: self.endParagraph()
        case 0x5C, 0x7B, 0x7D: self.put(byte)
        default: break
        }
    }

    private mutating func word(_ word: String, _ parameter: Int?) {
        if Self.destinations.contains(word) {
            self.flush()
            self.group.destination = .skipped
            return
        }
        switch word {
        case "par", "sect": self.endParagraph()
        case "line": self.put("\n")
        case "tab": self.put("\t")
        case "page", "pagebb":
            self.endParagraph()
            self.pages.breakPage()
        case "cell", "nestcell":
            self.flush()
            self.cells.append(normalizedLine(self.paragraph))
            self.paragraph = ""
        case "row", "nestrow":
            self.flush()
            if !trimmed(self.paragraph).isEmpty { self.cells.append(normalizedLine(self.paragraph)) }
            self.paragraph = ""
            while self.cells.last?.isEmpty == true { self.cells.removeLast() }
            if !self.cells.isEmpty { self.pages.row(self.cells.joined(separator: " | ")) }
            self.cells = []
        case "intbl": self.group.isInTable = true
        case "pard": self.group.isInTable = false
        case "u": self.unicode(parameter ?? 0x3F)
        case "uc": self.group.unicodeSkip = min(max(parameter ?? 1, 0), 8)
        case "ansicpg": if let parameter { self.codePage = parameter == 65001 ? "UTF-8" : "CP\(parameter)" }
        case "mac": self.codePage = "MACINTOSH"
        case "pc": self.codePage = "CP437"
        case "pca": self.codePage = "CP850"
        case "fonttbl":
            self.flush()
            self.group.destination = .fontTable
        case "f", "deff":
            self.flush()
            self.group.font = parameter ?? 0
        case "fcharset":
            if self.group.destination == .fontTable, let page = Self.charsets[parameter ?? 0] { self.fontPages[self.group.font] = page }
        case "plain": self.group.isHidden = false
        case "v": self.group.isHidden = parameter != 0
        case "info":
            self.flush()
            self.group.destination = .info
        case "title": if self.group.destination == .info { self.group.destination = .title }
        case "bin": self.position = min(self.bytes.count, self.position &+ max(0, parameter ?? 0))
        case "emdash": self.put("\u{2014}")
        case "endash": self.put("\u{2013}")
        case "bullet": self.put("\u{2022}")
        case "lquote": self.put("\u{2018}")
        case "rquote": self.put("\u{2019}")
        case "ldblquote": self.put("\u{201C}")
        case "rdblquote": self.put("\u{201D}")
        case "emspace", "enspace": self.put(" ")
        default: break
        }
    }

    private mutating func unicode(_ number: Int) {
        self.flush()
        self.fallbackToSkip = self.group.unicodeSkip
        let unit = UInt16(truncatingIfNeeded: number)
        if unit >= 0xD800 && unit < 0xDC00 {
            self.surrogate = unit
            return
        }
        let units = self.surrogate.map { [$0, unit] } ?? [unit]
        self.surrogate = nil
        // Symbol fonts map into the private use area: bullets, mostly.
        if units.count == 1 && unit >= 0xE000 && unit <= 0xF8FF { return self.append("\u{2022}") }
        self.append(String(decoding: units, as: UTF16.self))
    }

    private mutating func put(_ byte: UInt8) {
        if self.fallbackToSkip > 0 {
            self.fallbackToSkip -= 1
        } else {
            self.pending.append(byte)
        }
    }

    private mutating func put(_ text: String) {
        if self.fallbackToSkip > 0 {
            self.fallbackToSkip -= 1
            return
        }
        self.flush()
        self.append(text)
    }

    /// Decodes what has gathered: a multi-byte character may come as several escapes.
    private mutating func flush() {
        guard !self.pending.isEmpty else { return }
        let bytes = self.pending
        self.pending = []
        guard bytes.contains(where: { $0 >= 0x80 }) else { return self.append(String(decoding: bytes, as: UTF8.self)) }
        let page = self.fontPages[self.group.font] ?? self.codePage
        self.append(Charset.convert(bytes, from: page) ?? Charset.convert(bytes, from: "WINDOWS-1252") ?? "")
    }

    private mutating func append(_ text: String) {
        switch self.group.destination {
        case .body: if !self.group.isHidden { self.paragraph += text }
        case .title: self.title += text
        case .skipped, .fontTable, .info: break
        }
    }

    private mutating func endParagraph() {
        self.flush()
        guard self.group.destination == .body else { return }
        if self.group.isInTable && self.position < self.bytes.count {
            self.paragraph += " "
            return
        }
        self.pages.paragraph(trimmed(self.paragraph))
        self.paragraph = ""
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
    }

    private static let destinations: Set<String> = [
        "colortbl", "stylesheet", "pict", "object", "objdata", "fldinst", "listtable", "listoverridetable", "rsidtbl", "generator",
        "themedata",
        "colorschememapping", "datastore", "latentstyles", "xmlnstbl", "filetbl", "revtbl", "bkmkstart", "bkmkend", "nonshppict", "mmathPr",
        "author", "operator", "keywords", "subject", "doccomm", "company", "creatim", "revtim", "printim", "buptim", "template", "pgdsctbl",
    ]
    private static let charsets: [Int: String] = [
        0: "WINDOWS-1252", 77: "MACINTOSH", 128: "CP932", 129: "CP949", 134: "GB18030", 136: "BIG5", 161: "WINDOWS-1253",
        162: "WINDOWS-1254",
        163: "WINDOWS-1258", 177: "WINDOWS-1255", 178: "WINDOWS-1256", 186: "WINDOWS-1257", 204: "WINDOWS-1251", 222: "CP874",
        238: "WINDOWS-1250", 255: "CP437",
    ]
}
