internal import XMLText

/// A ZIP archive of XML parts, as Word, LibreOffice and electronic books write it.
struct OfficePackage {
    let archive: ZipArchive
    let limits: FormatLimits

    init(path: String, limits: FormatLimits) throws {
        self.archive = try ZipArchive(path: path, limits: limits)
        self.limits = limits
    }

    /// Reads a part into a handler.
    ///
    /// - Returns: nil when it was read to its end, else why not; events before the fault were delivered.
    /// - Throws: ``FormatError`` for bombs and passwords, never for damage.
    func parse(_ entry: ZipEntry, into handler: some XMLEventHandler) throws -> String? {
        do {
            let parser = try XMLParser(handler: handler, limits: XMLLimits(depth: self.limits.depth))
            try self.archive.stream(entry) { try parser.feed($0) }
            try parser.finish()
            return nil
        } catch let error as XMLError {
            switch error.code {
            case .entityDeclared, .tooDeep, .tooLarge:
                throw FormatError(.tooLarge, "\(entry.name) \(error.description): it looks made to exhaust its reader.")
            default:
                return "\(entry.name) is damaged at line \(error.line): \(error.description)."
            }
        } catch let error as FormatError where error.code == .corrupt {
            return error.description
        }
    }

    /// The parts that `part` refers to, by relationship id.
    func relationships(of part: String) throws -> [String: Relationship] {
        let slash = part.utf8.lastIndex(of: 0x2F)
        let folder = slash.map { String(part[..<$0]) } ?? ""
        let name = slash.map { String(part[part.utf8.index(after: $0)...]) } ?? part
        let path = (folder.isEmpty ? "" : folder + "/") + "_rels/" + name + ".rels"
        guard let entry = self.archive.entry(path) else { return [:] }
        let reader = RelationshipReader()
        _ = try self.parse(entry, into: reader)
        return reader.found.mapValues { Relationship(type: $0.type, target: Self.resolve($0.target, in: folder)) }
    }

    /// The main part of an Office document.
    func mainPart(fallback: String) throws -> String {
        let roots = try self.relationships(of: "")
        let main = roots.values.first { $0.type.hasSuffix("/officeDocument") }?.target
        if let main, self.archive.entry(main) != nil { return main }
        guard self.archive.entry(fallback) != nil else {
            throw FormatError(.corrupt, "The document is damaged: its main part is missing.")
        }
        return fallback
    }

    /// The title in the document's properties.
    func title() throws -> String? {
        for (name, element) in [("docProps/core.xml", "title"), ("meta.xml", "title")] {
            guard let entry = self.archive.entry(name) else { continue }
            let reader = ElementTextReader(element)
            _ = try self.parse(entry, into: reader)
            if let title = reader.first, !trimmed(title).isEmpty { return trimmed(title) }
        }
        return nil
    }

    /// `target` seen from `folder`, with `..` resolved and never above the root.
    static func resolve(_ target: String, in folder: String) -> String {
        var parts = target.hasPrefix("/") ? [] : folder.split(separator: "/").map(String.init)
        for part in target.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }

    struct Relationship {
        var type: String
        var target: String
    }
}

private final class RelationshipReader: XMLEventHandler {
    var found: [String: OfficePackage.Relationship] = [:]

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        guard name.local == "Relationship", let id = attributes["Id"], let target = attributes["Target"],
            attributes["TargetMode"] != "External"
        else { return }
        self.found[id] = .init(type: attributes["Type"] ?? "", target: target)
    }
    func end(_ name: XMLName) {}
    func characters(_ text: String) {}
}

/// Collects the text of the elements with one local name.
final class ElementTextReader: XMLEventHandler {
    private let element: String
    private var depth = 0
    private(set) var first: String?
    private var text = ""

    init(_ element: String) {
        self.element = element
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name.local == self.element { self.depth += 1 }
    }

    func end(_ name: XMLName) {
        guard name.local == self.element else { return }
        self.depth -= 1
        if self.depth == 0 {
            if self.first == nil { self.first = self.text }
            self.text = ""
        }
    }

    func characters(_ text: String) {
        if self.depth > 0 { self.text += text }
    }
}
