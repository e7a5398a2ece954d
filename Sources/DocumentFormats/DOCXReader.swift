internal import XMLText

/// Word documents, transitional and strict.
enum DOCXReader {
    static func read(path: String, limits: FormatLimits) throws -> FormatDocument {
        let package = try OfficePackage(path: path, limits: limits)
        let main = try package.mainPart(fallback: "word/document.xml")
        guard let body = package.archive.entry(main) else { throw FormatError(.corrupt, "The document has no main part.") }
        let relationships = try package.relationships(of: main)
        var pages = PageBuilder(limits)

        for header in try Self.texts(of: "/header", relationships, package) { pages.paragraph(header) }
        let handler = WordHandler(pages)
        let damage = try package.parse(body, into: handler)
        handler.close()
        pages = handler.pages
        if let damage { pages.warn(damage, isPartial: true) }
        for kind in ["/footnotes", "/endnotes", "/footer", "/comments"] {
            for text in try Self.texts(of: kind, relationships, package) { pages.paragraph(text) }
        }
        let document = pages.finish(title: try package.title())
        if let damage, document.isBlank { throw FormatError(.corrupt, damage) }
        return document
    }

    /// The distinct texts of all parts of one kind: a document repeats its header in every section.
    private static func texts(
        of kind: String, _ relationships: [String: OfficePackage.Relationship], _ package: OfficePackage
    ) throws -> [String] {
        var found: [String] = []
        for target in relationships.values.filter({ $0.type.hasSuffix(kind) }).map(\.target).sorted() {
            guard let entry = package.archive.entry(target) else { continue }
            let handler = WordHandler(PageBuilder(package.limits))
            _ = try package.parse(entry, into: handler)
            handler.close()
            var builder = handler.pages
            let text = builder.finish().pages.map(\.text).joined(separator: "\n")
            // A page number alone says nothing.
            if text.unicodeScalars.contains(where: \.properties.isAlphabetic), !found.contains(text) { found.append(text) }
        }
        return found
    }
}

/// Paragraphs, lists, tables and text boxes of WordprocessingML.
///
/// ```
/// p(aragraph) may hold a text box, which holds p: a stack of paragraphs
/// tbl > tr > tc > p, and tc may hold tbl:         a stack of tables
/// ```
private final class WordHandler: XMLEventHandler {
    var pages: PageBuilder
    private var paragraphs: [Paragraph] = []
    private var tables: [Table] = []
    private var textDepth = 0
    private var fallbackDepth = 0
    private var isBreakPending = false

    private struct Paragraph {
        var text = ""
        var isListItem = false
        var level = 0
        var tableDepth: Int
    }

    private struct Table {
        var row: [String] = []
        var cell: [String] = []
        var isInCell = false
    }

    init(_ pages: PageBuilder) {
        self.pages = pages
    }

    func close() {
        while !self.paragraphs.isEmpty { self.endParagraph() }
        while let table = self.tables.popLast() {
            self.emit(row: table.row + (table.cell.isEmpty ? [] : [table.cell.joined(separator: " ")]))
        }
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name.local == "Fallback" { self.fallbackDepth += 1 }
        guard self.fallbackDepth == 0 else { return }
        guard name.namespace.hasSuffix("wordprocessingml/main") || name.namespace.hasSuffix("wordprocessingml/2006/main") else {
            // DrawingML text (SmartArt labels, charts) and mathematics keep their text in t.
            if name.local == "t", name.namespace.hasSuffix("/main") || name.namespace.hasSuffix("/math") { self.textDepth += 1 }
            return
        }
        switch name.local {
        case "p": self.paragraphs.append(Paragraph(tableDepth: self.tables.count))
        case "t": self.textDepth += 1
        case "tab", "ptab": self.add(self.textDepth == 0 && self.paragraphs.isEmpty ? "" : "\t")
        case "cr": self.add("\n")
        case "br":
            if attributes["type"] == "page" { self.pageBreak() } else { self.add("\n") }
        case "lastRenderedPageBreak": self.pageBreak()
        case "pageBreakBefore":
            if attributes["val"] != "0" && attributes["val"] != "false" { self.isBreakPending = true }
        case "noBreakHyphen": self.add("-")
        case "sym":
            // Symbol fonts sit in the private use area; only an ordinary character is text.
            if let code = attributes["char"].flatMap({ UInt32($0, radix: 16) }), code < 0xE000, let scalar = Unicode.Scalar(code) {
                self.add(String(Character(scalar)))
            }
        case "numPr": if !self.paragraphs.isEmpty { self.paragraphs[self.paragraphs.count - 1].isListItem = true }
        case "ilvl":
            if let level = attributes["val"].flatMap({ Int($0) }), !self.paragraphs.isEmpty {
                self.paragraphs[self.paragraphs.count - 1].level = min(max(level, 0), 8)
            }
        case "numId":
            if attributes["val"] == "0", !self.paragraphs.isEmpty { self.paragraphs[self.paragraphs.count - 1].isListItem = false }
        case "tbl": self.tables.append(Table())
        case "tr": if !self.tables.isEmpty { self.tables[self.tables.count - 1].row = [] }
        case "tc":
            if !self.tables.isEmpty {
                self.tables[self.tables.count - 1].cell = []
                self.tables[self.tables.count - 1].isInCell = true
            }
        default: break
        }
    }

    func end(_ name: XMLName) {
        if name.local == "Fallback" {
            self.fallbackDepth = max(0, self.fallbackDepth - 1)
            return
        }
        guard self.fallbackDepth == 0 else { return }
        guard name.namespace.hasSuffix("wordprocessingml/main") || name.namespace.hasSuffix("wordprocessingml/2006/main") else {
            if name.local == "t" { self.textDepth = max(0, self.textDepth - 1) }
            return
        }
        switch name.local {
        case "p": self.endParagraph()
        case "t": self.textDepth = max(0, self.textDepth - 1)
        case "tc":
            if !self.tables.isEmpty {
                let cell = self.tables[self.tables.count - 1].cell.joined(separator: " ")
                self.tables[self.tables.count - 1].row.append(cell)
                self.tables[self.tables.count - 1].cell = []
                self.tables[self.tables.count - 1].isInCell = false
            }
        case "tr":
            if let table = self.tables.last {
                self.emit(row: table.row)
                self.tables[self.tables.count - 1].row = []
            }
        case "tbl":
            _ = self.tables.popLast()
        default: break
        }
    }

    func characters(_ text: String) {
        if self.textDepth > 0 && self.fallbackDepth == 0 { self.add(text) }
    }

    private func add(_ text: String) {
        guard !text.isEmpty else { return }
        if self.paragraphs.isEmpty {
            guard text.utf8.contains(where: { $0 > 0x20 }) else { return }
            self.paragraphs.append(Paragraph(tableDepth: self.tables.count))
        }
        self.paragraphs[self.paragraphs.count - 1].text += text
    }

    /// Word writes both what the author asked for and where it last broke: a break on an empty page is the same one again.
    private func pageBreak() {
        guard self.tables.isEmpty else { return }
        if let paragraph = self.paragraphs.last, self.paragraphs.count == 1, paragraph.text.utf8.contains(where: { $0 > 0x20 }) {
            self.pages.paragraph(trimmed(paragraph.text))
            self.paragraphs[0].text = ""
        }
        self.pages.breakPage()
    }

    private func endParagraph() {
        guard let paragraph = self.paragraphs.popLast() else { return }
        if self.isBreakPending && self.tables.isEmpty {
            self.isBreakPending = false
            self.pages.breakPage()
        }
        let text = trimmed(paragraph.text)
        guard !text.isEmpty else { return }
        if !self.tables.isEmpty, self.tables[self.tables.count - 1].isInCell {
            self.tables[self.tables.count - 1].cell.append(normalizedLine(text))
        } else if paragraph.isListItem {
            self.pages.line(String(repeating: "  ", count: paragraph.level) + "- " + text)
        } else {
            self.pages.paragraph(text)
        }
    }

    private func emit(row: [String]) {
        var row = row
        while row.last?.isEmpty == true { row.removeLast() }
        guard !row.isEmpty else { return }
        let text = row.joined(separator: " | ")
        if self.tables.count > 1 {
            self.tables[self.tables.count - 2].cell.append(text)
        } else {
            self.pages.row(text)
        }
    }
}
