/// Reads a file of a known kind.
public enum DocumentReader {
    /// - Parameters:
    ///   - charset: a statistical guess at the character set of a text without a declaration.
    ///   - outputDirectory: where attachments of messages are written; nil drops them with a warning.
    /// - Throws: ``FormatError``; `empty` when no page has a letter and nothing is attached.
    public static func read(
        path: String, kind: DocumentKind, charset: String? = nil, outputDirectory: String? = nil, limits: FormatLimits = FormatLimits()
    ) throws -> FormatDocument {
        let document: FormatDocument
        switch kind {
        case .docx: document = try DOCXReader.read(path: path, limits: limits)
        case .pptx: document = try PPTXReader.read(path: path, limits: limits)
        case .xlsx: document = try XLSXReader.read(path: path, limits: limits)
        case .odt, .ods, .odp: document = try ODFReader.read(path: path, limits: limits)
        case .epub: document = try EPUBReader.read(path: path, limits: limits)
        case .html: document = try HTMLReader.read(try Self.bytes(path, limits), guess: charset, limits: limits)
        case .markdown: document = try MarkdownReader.read(try Self.bytes(path, limits), guess: charset, limits: limits)
        case .text: document = try TextReader.read(try Self.bytes(path, limits), guess: charset, limits: limits)
        case .csv: document = try CSVReader.read(try Self.bytes(path, limits), guess: charset, limits: limits)
        case .rtf: document = try RTFReader.read(try Self.bytes(path, limits), limits: limits)
        case .eml: document = try EMLReader.read(try Self.bytes(path, limits), outputDirectory: outputDirectory, limits: limits)
        case .pdf, .doc, .xls, .png, .jpeg, .tiff, .webp, .gif, .bmp, .pnm:
            throw FormatError(.unsupported, "\(kind.rawValue) is read by other programs.")
        }
        if document.isBlank && document.attachments.isEmpty { throw FormatError(.empty, "There is no text in this document.") }
        return document
    }

    private static func bytes(_ path: String, _ limits: FormatLimits) throws(FormatError) -> [UInt8] {
        try FileReader(path: path, limits: limits).readAll()
    }
}
