/// Reads HTML as it is found in the wild: never fails on bad markup, never runs anything.
struct HTMLReader {
    private var tokens: HTMLTokenizer
    private var pages: PageBuilder
    private var block = ""
    private var title = ""
    private var skipping: String?
    private var skipDepth = 0
    private var isInTitle = false
    private var preformatted = 0
    private var listDepth = 0
    private var pendingMarker = ""
    private var cells: [String]?
    private var isInCell = false

    /// - Parameters:
    ///   - charset: from outside (an e-mail part, a container); overrules what the page says.
    static func read(_ bytes: [UInt8], charset: String? = nil, guess: String? = nil, limits: FormatLimits) throws(FormatError)
        -> FormatDocument
    {
        let decoded = try Charset.decode(bytes, declared: charset ?? Self.declaredCharset(bytes), guess: guess)
        var reader = HTMLReader(decoded.text, limits: limits)
        if let warning = decoded.warning { reader.pages.warn(warning) }
        return reader.run()
    }

    /// The visible text of markup already decoded, as one string; and its title.
    static func text(of markup: String, limits: FormatLimits) -> (text: String, title: String?) {
        var reader = HTMLReader(markup, limits: limits)
        let document = reader.run()
        return (document.pages.map(\.text).joined(separator: "\n\n"), document.title)
    }

    private init(_ text: String, limits: FormatLimits) {
        self.tokens = HTMLTokenizer(text)
        self.pages = PageBuilder(limits)
    }

    private mutating func run() -> FormatDocument {
        while let token = self.tokens.next() {
            switch token {
            case .text(let text): self.met(text)
            case .open(let name, let attributes, let isClosed): self.opened(name, attributes, isClosed)
            case .close(let name): self.closed(name)
            }
        }
        self.endRow()
        self.endBlock()
        return self.pages.finish(title: self.title)
    }

    private mutating func met(_ text: String) {
        if self.isInTitle {
            self.title += text
            return
        }
        guard self.skipping == nil else { return }
        if self.preformatted > 0 {
            self.block += text
            return
        }
        // White space collapses, also across tags.
        var bytes: [UInt8] = []
        var isAfterBlank = self.block.utf8.last.map { $0 <= 0x20 } ?? true
        for byte in text.utf8 {
            if byte <= 0x20 {
                if !isAfterBlank { bytes.append(0x20) }
                isAfterBlank = true
            } else {
                bytes.append(byte)
                isAfterBlank = false
            }
        }
        self.block += String(decoding: bytes, as: UTF8.self)
    }

    private mutating func opened(_ name: String, _ attributes: [(name: String, value: String)], _ isClosed: Bool) {
        if let skipping = self.skipping {
            if name == skipping && !isClosed { self.skipDepth += 1 }
            return
        }
        if Self.skipped.contains(name) {
            guard !isClosed else { return }
            self.skipping = name
            self.skipDepth = 1
            return
        }
        switch name {
        case "title":
            // A drawing inside the page has titles too.
            self.isInTitle = self.title.isEmpty && !isClosed
        case "br":
            self.block += "\n"
        case "hr": self.endBlock()
        case "pre", "textarea":
            self.endBlock()
            if !isClosed { self.preformatted += 1 }
        case "ul", "ol", "dl":
            self.endBlock()
            self.listDepth += 1
        case "li":
            self.endBlock()
            self.pendingMarker = String(repeating: "  ", count: min(max(self.listDepth - 1, 0), 8)) + "- "
        case "tr":
            self.endRow()
            self.endBlock()
            self.cells = []
        case "td", "th":
            if self.cells == nil { self.cells = [] } else if self.isInCell { self.endCell() }
            self.block = ""
            self.isInCell = true
        case "img":
            if let alternative = attributes.first(where: { $0.name == "alt" })?.value, !alternative.isEmpty { self.met(" \(alternative) ") }
        default:
            if Self.blocks.contains(name) { self.endBlock() }
        }
    }

    private mutating func closed(_ name: String) {
        if let skipping = self.skipping {
            guard name == skipping else { return }
            self.skipDepth -= 1
            if self.skipDepth == 0 { self.skipping = nil }
            return
        }
        switch name {
        case "title": self.isInTitle = false
        case "pre", "textarea":
            self.endBlock()
            self.preformatted = max(0, self.preformatted - 1)
        case "ul", "ol", "dl":
            self.endBlock()
            self.listDepth = max(0, self.listDepth - 1)
            self.pendingMarker = ""
        case "li":
            self.endBlock()
            self.pendingMarker = ""
        case "td", "th": if self.cells != nil && self.isInCell { self.endCell() }
        case "tr", "table": self.endRow()
        default:
            if Self.blocks.contains(name) { self.endBlock() }
        }
    }

    private mutating func endCell() {
        let text = normalizedLine(self.block)
        self.block = ""
        self.isInCell = false
        self.cells?.append(text)
    }

    private mutating func endRow() {
        guard self.cells != nil else { return }
        if self.block.utf8.contains(where: { $0 > 0x20 }) { self.endCell() }
        self.block = ""
        self.isInCell = false
        var cells = self.cells ?? []
        self.cells = nil
        while cells.last?.isEmpty == true { cells.removeLast() }
        // Pages are laid out with tables: one cell is a paragraph.
        if cells.count == 1 { self.pages.paragraph(cells[0]) } else if !cells.isEmpty { self.pages.row(cells.joined(separator: " | ")) }
    }

    private mutating func endBlock() {
        if self.cells != nil {
            // A cell is one line, which its end makes: made at each block within, it would be read again each time.
            if let last = self.block.utf8.last, last > 0x20 { self.block += " " }
            return
        }
        let text: String
        if self.preformatted > 0 {
            text = self.block
        } else {
            text = self.block.split(separator: "\n").map { trimmed($0) }.filter { !$0.isEmpty }.joined(separator: "\n")
        }
        self.block = ""
        guard text.utf8.contains(where: { $0 > 0x20 }) else { return }
        if !self.pendingMarker.isEmpty {
            self.pages.line(self.pendingMarker + text)
            self.pendingMarker = ""
        } else {
            self.pages.paragraph(text)
        }
    }

    /// What `<meta>` or an XML declaration says, looked for in the first bytes as browsers do.
    private static func declaredCharset(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(4096).map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
        for marker in ["charset=", "encoding="] {
            let pieces = head.utf8.split(separator: marker.utf8, maxSplits: 1)
            guard pieces.count == 2 else { continue }
            let value = pieces[1].drop { $0 == 0x22 || $0 == 0x27 || $0 == 0x20 }
            let name = value.prefix { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x2D || $0 == 0x5F || $0 == 0x3A }
            if !name.isEmpty { return String(decoding: name, as: UTF8.self) }
        }
        return nil
    }

    private static let skipped: Set<String> = [
        "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "annotation", "annotation-xml", "canvas", "audio",
        "video", "select",
        "datalist",
    ]
    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "html", "legend", "main", "nav",
        "p",
        "section", "summary", "table", "tbody", "tfoot", "thead", "option", "frameset", "menu",
    ]
}

extension Sequence where Element == UInt8 {
    fileprivate func split(separator: some Collection<UInt8>, maxSplits: Int) -> [ArraySlice<UInt8>] {
        let bytes = Array(self)
        guard let at = bytes.firstRange(of: Array(separator)) else { return [bytes[...]] }
        return [bytes[..<at], bytes[(at + separator.count)...]]
    }
}
