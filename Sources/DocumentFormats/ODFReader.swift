internal import XMLText

/// OpenDocument text, spreadsheets and presentations.
enum ODFReader {
    static func read(path: String, limits: FormatLimits) throws -> FormatDocument {
        let package = try OfficePackage(path: path, limits: limits)
        if let manifest = package.archive.entry("META-INF/manifest.xml") {
            let finder = ElementFinder("encryption-data")
            _ = try package.parse(manifest, into: finder)
            if finder.isFound { throw FormatError(.encrypted, "The document is protected by a password.") }
        }
        guard let content = package.archive.entry("content.xml") else {
            throw FormatError(.corrupt, "The document is damaged: content.xml is missing.")
        }
        // Which paragraph styles begin a page, and the headers and footers of the page styles.
        let styles = ODFStyleReader()
        if let entry = package.archive.entry("styles.xml") { _ = try package.parse(entry, into: styles) }
        var builder = PageBuilder(limits)
        for text in styles.headers { builder.paragraph(text) }
        let handler = ODFHandler(builder, breakStyles: styles.breakStyles)
        let damage = try package.parse(content, into: handler)
        handler.close()
        if let damage { handler.pages.warn(damage, isPartial: true) }
        for text in styles.footers { handler.pages.paragraph(text) }
        let document = handler.pages.finish(title: try package.title())
        if let damage, document.isBlank { throw FormatError(.corrupt, damage) }
        return document
    }
}

private final class ElementFinder: XMLEventHandler {
    private let element: String
    private(set) var isFound = false

    init(_ element: String) {
        self.element = element
    }
    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name.local == self.element { self.isFound = true }
    }
    func end(_ name: XMLName) {}
    func characters(_ text: String) {}
}

private final class ODFStyleReader: XMLEventHandler {
    private(set) var breakStyles: Set<String> = []
    private(set) var headers: [String] = []
    private(set) var footers: [String] = []
    private var style: String?
    private var region: String?
    private var text = ""

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name.local {
        case "style": self.style = attributes["name"]
        case "paragraph-properties":
            if attributes["break-before"] == "page", let style = self.style { self.breakStyles.insert(style) }
        case "header", "footer":
            self.region = name.local
            self.text = ""
        case "s", "tab": self.text += " "
        default: break
        }
    }

    func end(_ name: XMLName) {
        switch name.local {
        case "p", "h": self.text += "\n"
        case "header", "footer":
            let text = trimmed(self.text)
            if text.unicodeScalars.contains(where: \.properties.isAlphabetic) {
                if name.local == "header", !self.headers.contains(text) { self.headers.append(text) }
                if name.local == "footer", !self.footers.contains(text) { self.footers.append(text) }
            }
            self.region = nil
        default: break
        }
    }

    func characters(_ text: String) {
        if self.region != nil { self.text += text }
    }
}

private final class ODFHandler: XMLEventHandler {
    var pages: PageBuilder
    private var breakStyles: Set<String>
    private var automaticStyle: String?
    private var paragraphs: [String] = []
    private var listDepth = 0
    private var rows: [[String]] = []
    private var cells: [[String]] = []
    private var columnsRepeated = 1
    private var rowsRepeated = 1
    private var skipDepth = 0
    private var isBody = false
    private var isNotes = false
    private var notes: [String] = []

    init(_ pages: PageBuilder, breakStyles: Set<String>) {
        self.pages = pages
        self.breakStyles = breakStyles
    }

    func close() {
        while !self.paragraphs.isEmpty { self.endParagraph() }
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if self.skipDepth > 0 || Self.skipped.contains(name.local) {
            self.skipDepth += 1
            return
        }
        switch name.local {
        case "style": self.automaticStyle = attributes["name"]
        case "paragraph-properties":
            if attributes["break-before"] == "page", let style = self.automaticStyle { self.breakStyles.insert(style) }
        case "body": self.isBody = true
        case "p", "h":
            if let style = attributes["style-name"], self.breakStyles.contains(style), self.cells.isEmpty { self.pages.breakPage() }
            self.paragraphs.append("")
        case "s": self.add(String(repeating: " ", count: min(max(attributes["c"].flatMap { Int($0) } ?? 1, 1), 100)))
        case "tab": self.add("\t")
        case "line-break": self.add("\n")
        case "soft-page-break": if self.cells.isEmpty && self.paragraphs.isEmpty { self.pages.breakPage() }
        case "list": self.listDepth += 1
        case "table":
            if name.namespace.hasSuffix("table:1.0"), self.cells.isEmpty, self.isSheet(name, attributes) {
                self.pages.setLabel(attributes["name"])
            }
        case "table-row":
            self.rows.append([])
            self.rowsRepeated = attributes["number-rows-repeated"].flatMap { Int($0) } ?? 1
        case "table-cell", "covered-table-cell":
            self.cells.append([])
            self.columnsRepeated = min(max(attributes["number-columns-repeated"].flatMap { Int($0) } ?? 1, 1), 1_000)
        case "spreadsheet": self.isSpreadsheet = true
        case "page":
            if name.namespace.hasSuffix("drawing:1.0") { self.pages.setLabel(nil) }
        case "notes": self.isNotes = true
        default: break
        }
    }

    func end(_ name: XMLName) {
        if self.skipDepth > 0 {
            self.skipDepth -= 1
            return
        }
        switch name.local {
        case "p", "h": self.endParagraph()
        case "list": self.listDepth = max(0, self.listDepth - 1)
        case "table-cell", "covered-table-cell":
            guard let cell = self.cells.popLast(), !self.rows.isEmpty else { return }
            let text = cell.joined(separator: " ")
            let copies = text.isEmpty ? min(self.columnsRepeated, 30) : min(self.columnsRepeated, 100)
            self.columnsRepeated = 1
            guard self.rows[self.rows.count - 1].count < 20_000 else { return }
            for _ in 0..<copies { self.rows[self.rows.count - 1].append(text) }
        case "table-row": self.endRow()
        case "table":
            if self.isSpreadsheet && self.cells.isEmpty { self.pages.endPage() }
        case "page": if name.namespace.hasSuffix("drawing:1.0") { self.pages.endPage() }
        case "notes": self.isNotes = false
        default: break
        }
    }

    func characters(_ text: String) {
        if self.skipDepth == 0 && !self.paragraphs.isEmpty { self.add(Self.collapsed(text)) }
    }

    private var isSpreadsheet = false

    private func isSheet(_ name: XMLName, _ attributes: XMLAttributes) -> Bool {
        self.isSpreadsheet && attributes["name"] != nil
    }

    private func add(_ text: String) {
        guard !self.paragraphs.isEmpty else { return }
        self.paragraphs[self.paragraphs.count - 1] += text
    }

    private func endParagraph() {
        guard let paragraph = self.paragraphs.popLast() else { return }
        let text = trimmed(paragraph)
        guard !text.isEmpty, self.isBody else { return }
        if !self.cells.isEmpty {
            self.cells[self.cells.count - 1].append(normalizedLine(text))
        } else if self.listDepth > 0 {
            self.pages.line(String(repeating: "  ", count: min(self.listDepth - 1, 8)) + "- " + text)
        } else {
            self.pages.paragraph(text)
        }
    }

    private func endRow() {
        guard var row = self.rows.popLast() else { return }
        while row.last?.isEmpty == true { row.removeLast() }
        guard !row.isEmpty else { return }
        let text = row.joined(separator: " | ")
        if !self.cells.isEmpty {
            self.cells[self.cells.count - 1].append(text)
        } else {
            // A repeated row with text in it is rare and short; a bomb of them is cut.
            for _ in 0..<min(max(self.rowsRepeated, 1), 100) { self.pages.row(text) }
        }
        self.rowsRepeated = 1
    }

    /// Line ends of pretty-printed XML are spaces.
    private static func collapsed(_ text: String) -> String {
        text.utf8.contains { $0 == 0x0A || $0 == 0x0D } ? String(text.map { $0.isNewline ? " " : $0 }) : text
    }

    /// Deleted text of tracked changes, and what is no text.
    private static let skipped: Set<String> = [
        "tracked-changes", "script", "scripts", "event-listeners", "forms", "desc", "sequence-decls", "note-citation",
    ]
}
