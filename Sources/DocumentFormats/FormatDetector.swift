public import JSONText

/// What a file is, by its content.
public struct DetectedFormat: Sendable, Equatable {
    public var kind: DocumentKind
    public var mimeType: String { self.kind.mimeType }
    /// No character set is declared, nor is it UTF-8 or UTF-16: statistics should be asked.
    public var needsCharset = false
    /// Of pictures.
    public var image: ImageSize?

    public init(_ kind: DocumentKind) {
        self.kind = kind
    }

    public var json: JSONValue {
        var value: [JSONValue.Member] = [
            .init("kind", .string(self.kind.rawValue)), .init("mime_type", .string(self.mimeType)),
            .init("needs_charset", .bool(self.needsCharset)),
        ]
        if let image = self.image {
            value.append(.init("width", .integer(Int64(image.width))))
            value.append(.init("height", .integer(Int64(image.height))))
            value.append(.init("pages", .integer(Int64(image.pages))))
        }
        return .object(value)
    }

    /// Reads what `document-extractor detect` printed. Nil when it is not that.
    public init?(json: JSONValue) {
        guard let kind = json["kind"]?.string.flatMap({ DocumentKind(rawValue: $0) }) else { return nil }
        self.init(kind)
        self.needsCharset = json["needs_charset"]?.bool ?? false
        if let width = json["width"]?.integer, let height = json["height"]?.integer, let pages = json["pages"]?.integer {
            self.image = ImageSize(width: Int(clamping: width), height: Int(clamping: height), pages: Int(clamping: pages))
        }
    }
}

/// Finds out what a file is by its first bytes, its archive directory and its shape; never by its name, except between kinds of plain text.
public enum FormatDetector {
    /// - Parameter name: the file's name: tells Markdown and tables from plain text when the content leaves it open.
    /// - Throws: ``FormatError``: `empty`, `encrypted`, `unsupported` with what it is, `corrupt`, `tooLarge`.
    public static func detect(path: String, name: String = "", limits: FormatLimits = FormatLimits()) throws -> DetectedFormat {
        let file = try FileReader(path: path, limits: limits)
        guard file.count > 0 else { throw FormatError(.empty, "The file is empty (0 bytes).") }
        let head = try file.read(at: 0, count: 64 << 10)
        if head.has("PK\u{3}\u{4}") || head.has("PK\u{5}\u{6}") { return DetectedFormat(try Self.archive(path: path, limits: limits)) }
        if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) { return DetectedFormat(try Self.compound(file)) }
        if head.firstRange(of: Array("%PDF-".utf8), before: 1_029) != nil { return DetectedFormat(.pdf) }
        if head.has("{\\rtf") { return DetectedFormat(.rtf) }
        if let kind = Self.image(head) {
            var format = DetectedFormat(kind)
            format.image = try ImageSize.read(file, kind: kind)
            return format
        }
        if let foreign = Self.foreign(head) {
            throw FormatError(.unsupported, "This is \(foreign), which the document pipeline does not read.")
        }
        guard !Charset.looksBinary(head) else {
            throw FormatError(.unsupported, "The content is of no known document format.")
        }
        var format = DetectedFormat(Self.text(head, name: name))
        let sample = try file.read(at: 0, count: 1 << 20)
        if format.kind != .eml { format.needsCharset = Charset.isUnknown(sample) }
        return format
    }

    /// Bytes that ``kind(of:)`` needs.
    public static let signatureLength = 5

    /// The format of a file that begins with these bytes, where they say all that ``detect(path:name:limits:)`` would find. Nothing is
    /// parsed, so no sandbox is needed to compare them.
    public static func kind(of signature: [UInt8]) -> DocumentKind? {
        if signature.has("%PDF-") { return .pdf }
        if signature.has("{\\rtf") { return .rtf }
        return nil
    }

    private static func image(_ head: [UInt8]) -> DocumentKind? {
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if head.starts(with: [0x49, 0x49, 0x2A, 0]) || head.starts(with: [0x4D, 0x4D, 0, 0x2A]) { return .tiff }
        if head.has("RIFF"), head.has("WEBP", at: 8) { return .webp }
        if head.has("GIF87a") || head.has("GIF89a") { return .gif }
        if head.has("BM"), let size = head.little32(14), [12, 40, 52, 56, 108, 124].contains(size) { return .bmp }
        if head.count > 3, head[0] == 0x50, (0x31...0x36).contains(head[1]), head[2] <= 0x20 || head[2] == 0x23 { return .pnm }
        return nil
    }

    /// Formats worth naming in the refusal.
    private static func foreign(_ head: [UInt8]) -> String? {
        if head.has("\u{7F}ELF") || head.has("MZ") && head.contains(0) { return "a program" }
        if head.starts(with: [0x1F, 0x8B]) { return "a gzip archive" }
        if head.has("7z\u{BC}") || head.starts(with: [0x37, 0x7A, 0xBC, 0xAF]) { return "a 7-Zip archive" }
        if head.has("Rar!") { return "a RAR archive" }
        if head.has("BZh") && head.contains(0) { return "a bzip2 archive" }
        if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]) { return "an xz archive" }
        if head.has("ustar", at: 257) { return "a tar archive" }
        if head.has("OggS") || head.has("fLaC") || head.has("ID3") || head.has("RIFF") && head.has("WAVE", at: 8) { return "an audio file" }
        if head.has("ftyp", at: 4) {
            return head.has("avif", at: 8) || head.has("heic", at: 8) || head.has("mif1", at: 8) ? "an HEIF picture" : "a video file"
        }
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) || head.has("RIFF") && head.has("AVI ", at: 8) { return "a video file" }
        if head.has("SQLite format 3") { return "a database" }
        if head.has("%!PS") { return "a PostScript file" }
        if head.starts(with: [0xFF, 0x57, 0x50, 0x43]) { return "a WordPerfect document" }
        return nil
    }

    private static func archive(path: String, limits: FormatLimits) throws -> DocumentKind {
        let archive = try ZipArchive(path: path, limits: limits)
        if let entry = archive.entry("mimetype"), entry.claimedBytes < 200 {
            let type = trimmed(String(decoding: try archive.read(entry, atMost: 200), as: UTF8.self))
            switch type.replacing("-template", with: "") {
            case "application/epub+zip": return .epub
            case "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text-master": return .odt
            case "application/vnd.oasis.opendocument.spreadsheet": return .ods
            case "application/vnd.oasis.opendocument.presentation": return .odp
            default: break
            }
        }
        if archive.entry("[Content_Types].xml") != nil {
            for (prefix, kind) in [("word/", DocumentKind.docx), ("xl/", .xlsx), ("ppt/", .pptx)] {
                if archive.entries.contains(where: { $0.name.lowercased().hasPrefix(prefix) && $0.name.hasSuffix(".xml") }) { return kind }
            }
            if archive.entries.contains(where: { $0.name.hasPrefix("xl/") }) {
                throw FormatError(.unsupported, "This is a binary workbook (XLSB), which is not supported. Save it as XLSX.")
            }
        }
        if archive.entry("META-INF/container.xml") != nil { return .epub }
        if archive.entry("content.xml") != nil, archive.entry("META-INF/manifest.xml") != nil { return .odt }
        throw FormatError(.unsupported, "This is a ZIP archive and no document. Unpack it and submit the files in it.")
    }

    /// OLE compound files, by the names of the streams in their directory.
    private static func compound(_ file: FileReader) throws(FormatError) -> DocumentKind {
        let header = try file.read(at: 0, count: 512)
        let sectorSize = 1 << min(max(header.little16(30) ?? 9, 7), 12)
        // Names stand in directory sectors as UTF-16 at multiples of 128 bytes. Walking the chain would need the allocation table;
        // the first sector and a scan find the same names, also in damaged files.
        var names: Set<String> = []
        var offset = max(0, min(header.little32(48) ?? 0, 1 << 22)) * sectorSize + sectorSize
        for start in [offset, 512] {
            offset = start
            while offset < file.count, names.count < 200 {
                let piece = try file.read(at: offset, count: min(4 << 20, file.count))
                if piece.isEmpty { break }
                for entry in stride(from: 0, to: piece.count - 127, by: 128) {
                    guard let length = piece.little16(entry + 64), length >= 4, length <= 64, length % 2 == 0,
                        piece[entry + 66] == 1 || piece[entry + 66] == 2 || piece[entry + 66] == 5
                    else { continue }
                    let units = (0..<length / 2 - 1).compactMap { piece.little16(entry + $0 * 2).map { UInt16($0) } }
                    names.insert(String(decoding: units, as: UTF16.self))
                }
                offset += piece.count
                if offset > 64 << 20 { break }
            }
            if names.contains(where: { Self.streams[$0] != nil || Self.foreignStreams[$0] != nil }) { break }
        }
        if names.contains("EncryptedPackage") || names.contains("EncryptionInfo") {
            throw FormatError(.encrypted, "The document is protected by a password.")
        }
        for (name, kind) in Self.streams where names.contains(name) { return kind }
        for (name, description) in Self.foreignStreams where names.contains(name) {
            throw FormatError(.unsupported, "This is \(description).")
        }
        throw FormatError(.unsupported, "This is an OLE file that holds no known document.")
    }

    private static let streams: [String: DocumentKind] = ["WordDocument": .doc, "Workbook": .xls, "Book": .xls]
    private static let foreignStreams = [
        "PowerPoint Document": "an old PowerPoint presentation (PPT); save it as PPTX",
        "__properties_version1.0": "an Outlook message (MSG); save it as EML",
        "VisioDocument": "a Visio drawing",
    ]

    private static let markdownSuffixes: Set = ["md", "markdown", "mdown"]
    private static let tableSuffixes: Set = ["csv", "tsv", "tab"]
    private static let markupSuffixes: Set = ["htm", "html", "xhtml"]
    private static let textSuffixes: Set = ["txt", "text", "log", "json", "xml", "yaml", "yml"]

    private static func suffix(_ name: String) -> String { name.lowercased().split(separator: ".").last.map(String.init) ?? "" }

    /// All of a file's name that ``detect(path:name:limits:)`` may depend on: names that give the same here give the same there.
    public static func significantSuffix(of name: String) -> String {
        let suffix = Self.suffix(name)
        return [Self.markdownSuffixes, Self.tableSuffixes, Self.markupSuffixes, Self.textSuffixes].contains { $0.contains(suffix) }
            ? suffix : ""
    }

    private static func text(_ head: [UInt8], name: String) -> DocumentKind {
        // Decoding cannot fail here in a way that matters: this looks only at ASCII marks.
        let decoded = (try? Charset.decode(head))?.text ?? String(decoding: head, as: UTF8.self)
        let text = String(decoding: decoded.utf8.drop { $0 <= 0x20 }.prefix(32 << 10), as: UTF8.self)
        let lower = text.lowercased()
        if Self.isHTML(lower) { return .html }
        if Self.isMessage(text) { return .eml }
        let suffix = Self.suffix(name)
        if Self.markdownSuffixes.contains(suffix) { return .markdown }
        if Self.tableSuffixes.contains(suffix), CSVReader.delimiter(Array(decoded.utf8)) != nil { return .csv }
        if Self.markupSuffixes.contains(suffix), lower.utf8.contains(0x3C) { return .html }
        if Self.textSuffixes.contains(suffix) { return .text }
        if Self.isTable(text) { return .csv }
        return Self.isMarkdown(text) ? .markdown : .text
    }

    private static func isHTML(_ lower: String) -> Bool {
        var rest = lower[...]
        // A comment or an XML declaration may come first.
        while rest.hasPrefix("<!--") || rest.hasPrefix("<?") {
            let mark = rest.hasPrefix("<!--") ? "-->" : ">"
            guard let end = Array(rest.utf8).firstRange(of: Array(mark.utf8)) else { return false }
            rest = Substring(trimmed(String(decoding: rest.utf8.dropFirst(end + mark.utf8.count), as: UTF8.self)))
        }
        return ["<!doctype html", "<html", "<head", "<body", "<title", "<table", "<div", "<p>", "<h1", "<script", "<meta"].contains {
            rest.hasPrefix($0)
        }
    }

    private static func isMessage(_ text: String) -> Bool {
        let known: Set<String> = [
            "received", "from", "to", "cc", "bcc", "subject", "date", "mime-version", "message-id", "return-path", "delivered-to",
            "content-type",
            "reply-to", "dkim-signature", "x-mailer", "sender", "in-reply-to", "references", "content-transfer-encoding", "user-agent",
        ]
        var found: Set<String> = []
        for (index, line) in unixLines(text).split(separator: "\n", omittingEmptySubsequences: false).prefix(80).enumerated() {
            if line.isEmpty { break }
            if line.hasPrefix(" ") || line.hasPrefix("\t") || index == 0 && line.hasPrefix("From ") { continue }
            guard let colon = line.utf8.firstIndex(of: 0x3A), colon > line.startIndex,
                line.utf8[..<colon].allSatisfy({
                    ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x2D || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
                })
            else { return false }
            let name = line[..<colon].lowercased()
            if known.contains(name) { found.insert(name) }
        }
        let strong: Set<String> = [
            "received", "mime-version", "message-id", "return-path", "delivered-to", "dkim-signature", "content-type",
        ]
        return found.count >= 3 || found.count >= 2 && !found.isDisjoint(with: strong) || found.isSuperset(of: ["from", "subject"])
    }

    private static func isTable(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let delimiter = CSVReader.delimiter(bytes) else { return false }
        let lines = bytes.split(separator: 0x0A).prefix(50)
        // Prose has commas too: a table has three lines, short cells and no sentences.
        guard lines.count >= 3 else { return false }
        let cells = lines.flatMap { $0.split(separator: delimiter) }
        let long = cells.count { $0.count > 60 }
        let perLine = cells.count / lines.count
        return perLine >= (delimiter == 0x2C ? 3 : 2) && long * 10 < cells.count
    }

    private static func isMarkdown(_ text: String) -> Bool {
        let lines = unixLines(text).split(separator: "\n", omittingEmptySubsequences: false).prefix(400)
        var headings = 0
        var marks = 0
        for line in lines {
            if line.hasPrefix("# ") || line.hasPrefix("## ") || line.hasPrefix("### ") { headings += 1 }
            if line.hasPrefix("```") || line.hasPrefix("- ") || line.hasPrefix("* ") || line.hasPrefix("> ") || line.contains("](")
                || line.contains("**")
            {
                marks += 1
            }
        }
        return headings >= 2 || headings >= 1 && marks >= 1
    }
}
