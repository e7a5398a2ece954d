internal import XMLText

/// Excel workbooks: a sheet is a page, a row a line, formulas by the values that were saved with them.
enum XLSXReader {
    static func read(path: String, limits: FormatLimits) throws -> FormatDocument {
        let package = try OfficePackage(path: path, limits: limits)
        let main = try package.mainPart(fallback: "xl/workbook.xml")
        guard let workbook = package.archive.entry(main) else { throw FormatError(.corrupt, "The workbook has no main part.") }
        let relationships = try package.relationships(of: main)
        let index = WorkbookReader()
        var pages = PageBuilder(limits)
        if let damage = try package.parse(workbook, into: index) { pages.warn(damage, isPartial: true) }
        let strings = SharedStringsReader(limits: limits)
        let styles = CellStyleReader()
        for relationship in relationships.values {
            guard let entry = package.archive.entry(relationship.target) else { continue }
            if relationship.type.hasSuffix("/sharedStrings"), let damage = try package.parse(entry, into: strings) {
                pages.warn(damage, isPartial: true)
            }
            if relationship.type.hasSuffix("/styles") { _ = try package.parse(entry, into: styles) }
        }
        guard !index.sheets.isEmpty else { throw FormatError(.corrupt, "The workbook has no sheets.") }
        for sheet in index.sheets {
            guard let part = relationships[sheet.id], part.type.hasSuffix("/worksheet"), let entry = package.archive.entry(part.target)
            else { continue }
            pages.setLabel(sheet.name)
            let handler = SheetHandler(pages, strings: strings.items, dateStyles: styles.dateStyles, startsIn1904: index.startsIn1904)
            let damage = try package.parse(entry, into: handler)
            pages = handler.pages
            if let damage { pages.warn(damage, isPartial: true) }
            for comments in try package.relationships(of: part.target).values where comments.type.hasSuffix("/comments") {
                guard let entry = package.archive.entry(comments.target) else { continue }
                let reader = SharedStringsReader(limits: limits, element: "comment")
                _ = try package.parse(entry, into: reader)
                for text in reader.items { pages.line(text) }
            }
            pages.endPage()
        }
        return pages.finish(title: try package.title())
    }
}

private final class WorkbookReader: XMLEventHandler {
    var sheets: [(name: String, id: String)] = []
    var startsIn1904 = false

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name.local == "sheet", let id = attributes["id", namespace: "elationships"] {
            self.sheets.append((attributes["name"] ?? "", id))
        }
        if name.local == "workbookPr" { self.startsIn1904 = attributes["date1904"] == "1" || attributes["date1904"] == "true" }
    }
    func end(_ name: XMLName) {}
    func characters(_ text: String) {}
}

/// The text of each `si`, without the phonetic hints of Japanese.
private final class SharedStringsReader: XMLEventHandler {
    private(set) var items: [String] = []
    private let element: String
    private let limits: FormatLimits
    private var total = 0
    private var text = ""
    private var textDepth = 0
    private var phoneticDepth = 0

    init(limits: FormatLimits, element: String = "si") {
        self.limits = limits
        self.element = element
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name.local == "t" { self.textDepth += 1 }
        if name.local == "rPh" { self.phoneticDepth += 1 }
    }

    func end(_ name: XMLName) {
        if name.local == "t" { self.textDepth -= 1 }
        if name.local == "rPh" { self.phoneticDepth -= 1 }
        if name.local == self.element {
            self.total += self.text.utf8.count
            self.items.append(self.total > self.limits.textBytes ? "" : self.text)
            self.text = ""
        }
    }

    func characters(_ text: String) {
        if self.textDepth > 0 && self.phoneticDepth == 0 { self.text += text }
    }
}

/// Which cell formats show a number as a date.
private final class CellStyleReader: XMLEventHandler {
    private(set) var dateStyles: [CellDateStyle?] = []
    private var formats: [Int: String] = [:]
    private var isInCellFormats = false

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name.local {
        case "numFmt":
            if let id = attributes["numFmtId"].flatMap({ Int($0) }) { self.formats[id] = attributes["formatCode"] }
        case "cellXfs": self.isInCellFormats = true
        case "xf":
            guard self.isInCellFormats else { return }
            let id = attributes["numFmtId"].flatMap { Int($0) } ?? 0
            self.dateStyles.append(CellDateStyle(formatID: id, code: self.formats[id]))
        default: break
        }
    }
    func end(_ name: XMLName) {
        if name.local == "cellXfs" { self.isInCellFormats = false }
    }
    func characters(_ text: String) {}
}

private final class SheetHandler: XMLEventHandler {
    var pages: PageBuilder
    private let strings: [String]
    private let dateStyles: [CellDateStyle?]
    private let startsIn1904: Bool
    private var row: [String] = []
    private var column = 0
    private var type = ""
    private var style = 0
    private var value = ""
    private var textDepth = 0
    private var phoneticDepth = 0

    init(_ pages: PageBuilder, strings: [String], dateStyles: [CellDateStyle?], startsIn1904: Bool) {
        self.pages = pages
        self.strings = strings
        self.dateStyles = dateStyles
        self.startsIn1904 = startsIn1904
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name.local {
        case "row": self.row = []
        case "c":
            self.type = attributes["t"] ?? "n"
            self.style = attributes["s"].flatMap { Int($0) } ?? 0
            self.column = attributes["r"].flatMap(Self.column) ?? self.row.count
            self.value = ""
        case "v", "t": self.textDepth += 1
        case "rPh": self.phoneticDepth += 1
        default: break
        }
    }

    func end(_ name: XMLName) {
        switch name.local {
        case "v", "t": self.textDepth -= 1
        case "rPh": self.phoneticDepth -= 1
        case "c": self.endCell()
        case "row":
            while self.row.last?.isEmpty == true { self.row.removeLast() }
            if !self.row.isEmpty { self.pages.row(self.row.joined(separator: " | ")) }
            self.row = []
        default: break
        }
    }

    func characters(_ text: String) {
        if self.textDepth > 0 && self.phoneticDepth == 0 { self.value += text }
    }

    private func endCell() {
        let text: String
        switch self.type {
        case "s":
            let index = Int(trimmed(self.value)) ?? -1
            text = self.strings.indices.contains(index) ? self.strings[index] : ""
        case "b": text = self.value == "1" ? "TRUE" : self.value == "0" ? "FALSE" : self.value
        case "n":
            let dateStyle = self.dateStyles.indices.contains(self.style) ? self.dateStyles[self.style] : nil
            text = dateStyle.flatMap { $0.text(of: self.value, startsIn1904: self.startsIn1904) } ?? Self.number(self.value)
        default: text = self.value
        }
        // Gaps are kept so that columns line up, up to a point: a lone cell in column XFD is no table.
        let gap = min(self.column, self.row.count + 30)
        while self.row.count < gap { self.row.append("") }
        self.row.append(normalizedLine(text))
    }

    /// Binary doubles are saved with 17 digits: 0.1 + 0.2 should not read 0.30000000000000004.
    private static func number(_ text: String) -> String {
        guard text.utf8.count > 15, let value = Double(text), value.magnitude < 1e15, value.magnitude >= 1e-6 else { return text }
        let scale: Double = value.magnitude >= 1e6 ? 1e6 : 1e9
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? String(Int64(rounded)) : String(rounded)
    }

    private static func column(_ reference: String) -> Int? {
        var column = 0
        for byte in reference.utf8.prefix(4) {
            guard byte >= 0x41, byte <= 0x5A else { break }
            column = column * 26 + Int(byte) - 0x40
        }
        return column > 0 ? column - 1 : nil
    }
}
