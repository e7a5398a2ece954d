internal import XMLText

/// Electronic books: the chapters in the order of the spine, a chapter is a page.
enum EPUBReader {
    static func read(path: String, limits: FormatLimits) throws -> FormatDocument {
        let package = try OfficePackage(path: path, limits: limits)
        if package.archive.entry("META-INF/rights.xml") != nil {
            throw FormatError(.encrypted, "The book is protected by digital rights management.")
        }
        let container = ContainerReader()
        if let entry = package.archive.entry("META-INF/container.xml") { _ = try package.parse(entry, into: container) }
        let root =
            container.path.flatMap { package.archive.entry($0) } ?? package.archive.entries.first { $0.name.hasSuffix(".opf") }
        guard let root else { throw FormatError(.corrupt, "The book is damaged: it has no package file.") }
        let opf = PackageReader()
        var pages = PageBuilder(limits)
        if let damage = try package.parse(root, into: opf) { pages.warn(damage, isPartial: true) }
        let folder = root.name.utf8.lastIndex(of: 0x2F).map { String(root.name[..<$0]) } ?? ""
        for id in opf.spine {
            guard let reference = opf.manifest[id] else { continue }
            let name = OfficePackage.resolve(Self.unescaped(reference), in: folder)
            guard let entry = package.archive.entry(name) else {
                pages.warn("\(name) is missing from the book.", isPartial: true)
                continue
            }
            let chapter = try HTMLReader.read(try package.archive.read(entry, atMost: limits.textBytes), limits: limits)
            let text = chapter.pages.map(\.text).joined(separator: "\n\n")
            // A cover of one picture is no chapter.
            guard !text.isEmpty else { continue }
            pages.paragraph(text)
            pages.setLabel(chapter.title)
            pages.endPage()
        }
        return pages.finish(title: opf.title)
    }

    private static func unescaped(_ reference: String) -> String {
        var output: [UInt8] = []
        let bytes = Array(reference.utf8.prefix { $0 != 0x23 })
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                output.append(byte)
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

private final class ContainerReader: XMLEventHandler {
    private(set) var path: String?

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name.local == "rootfile", self.path == nil { self.path = attributes["full-path"] }
    }
    func end(_ name: XMLName) {}
    func characters(_ text: String) {}
}

private final class PackageReader: XMLEventHandler {
    private(set) var manifest: [String: String] = [:]
    private(set) var spine: [String] = []
    private(set) var title: String?
    private var text: String?

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name.local {
        case "item": if let id = attributes["id"], let reference = attributes["href"] { self.manifest[id] = reference }
        case "itemref": if let id = attributes["idref"] { self.spine.append(id) }
        case "title": self.text = ""
        default: break
        }
    }
    func end(_ name: XMLName) {
        if name.local == "title" {
            if self.title == nil { self.title = self.text }
            self.text = nil
        }
    }
    func characters(_ text: String) {
        self.text?.append(text)
    }
}
