internal import XMLText

/// PowerPoint presentations: a slide is a page, its notes follow its text.
enum PPTXReader {
    static func read(path: String, limits: FormatLimits) throws -> FormatDocument {
        let package = try OfficePackage(path: path, limits: limits)
        let main = try package.mainPart(fallback: "ppt/presentation.xml")
        let relationships = try package.relationships(of: main)
        let order = SlideOrderReader()
        if let entry = package.archive.entry(main) { _ = try package.parse(entry, into: order) }
        var slides = order.ids.compactMap { relationships[$0]?.target }
        if slides.isEmpty {
            slides = package.archive.entries.map(\.name).filter { $0.hasPrefix("ppt/slides/slide") && $0.hasSuffix(".xml") }
                .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        }
        guard !slides.isEmpty else { throw FormatError(.corrupt, "The presentation has no slides.") }
        var pages = PageBuilder(limits)
        for slide in slides {
            for text in try Self.texts(slide, package, &pages) { pages.paragraph(text) }
            for related in try package.relationships(of: slide).values.sorted(by: { $0.target < $1.target }) {
                if related.type.hasSuffix("/notesSlide") {
                    for text in try Self.texts(related.target, package, &pages) { pages.paragraph(text) }
                } else if related.type.hasSuffix("/diagramData") || related.type.hasSuffix("/chart") {
                    for text in try Self.texts(related.target, package, &pages) { pages.line(text) }
                }
            }
            pages.endPage()
        }
        return pages.finish(title: try package.title())
    }

    private static func texts(_ part: String, _ package: OfficePackage, _ pages: inout PageBuilder) throws -> [String] {
        guard let entry = package.archive.entry(part) else {
            pages.warn("\(part) is missing.", isPartial: true)
            return []
        }
        let handler = SlideHandler()
        if let damage = try package.parse(entry, into: handler) { pages.warn(damage, isPartial: true) }
        return handler.blocks
    }
}

private final class SlideOrderReader: XMLEventHandler {
    var ids: [String] = []

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name.local == "sldId", let id = attributes["id", namespace: "relationships"] { self.ids.append(id) }
    }
    func end(_ name: XMLName) {}
    func characters(_ text: String) {}
}

/// The text of DrawingML: a shape is a block, a paragraph a line, a table row a line of cells.
private final class SlideHandler: XMLEventHandler {
    private(set) var blocks: [String] = []
    private var lines: [String] = []
    private var paragraph = ""
    private var cell: [String] = []
    private var row: [String]?
    private var textDepth = 0
    private var fallbackDepth = 0
    private var isSlideNumber = false

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name.local == "Fallback" { self.fallbackDepth += 1 }
        switch name.local {
        case "t", "v": self.textDepth += 1
        case "br": self.paragraph += "\n"
        case "tr": self.row = []
        case "tc": self.cell = []
        case "fld": self.isSlideNumber = attributes["type"] == "slidenum"
        default: break
        }
    }

    func end(_ name: XMLName) {
        if name.local == "Fallback" { self.fallbackDepth -= 1 }
        switch name.local {
        case "t", "v":
            self.textDepth -= 1
            // A chart's cached values have no paragraphs.
            if name.local == "v" { self.endParagraph() }
        case "fld": self.isSlideNumber = false
        case "p": self.endParagraph()
        case "tc": self.row?.append(self.cell.joined(separator: " "))
        case "tr":
            if let row = self.row, row.contains(where: { !$0.isEmpty }) { self.lines.append(row.joined(separator: " | ")) }
            self.row = nil
        case "sp", "graphicFrame", "dataModel", "chartSpace", "cSld": self.endBlock()
        default: break
        }
    }

    func characters(_ text: String) {
        if self.textDepth > 0 && self.fallbackDepth == 0 && !self.isSlideNumber { self.paragraph += text }
    }

    private func endParagraph() {
        let text = trimmed(self.paragraph)
        self.paragraph = ""
        guard !text.isEmpty else { return }
        if self.row != nil { self.cell.append(normalizedLine(text)) } else { self.lines.append(text) }
    }

    private func endBlock() {
        if !self.lines.isEmpty { self.blocks.append(self.lines.joined(separator: "\n")) }
        self.lines = []
    }
}
