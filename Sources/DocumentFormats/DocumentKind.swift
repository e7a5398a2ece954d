/// The formats that the pipeline reads.
public enum DocumentKind: String, Sendable, CaseIterable {
    case pdf, docx, odt, ods, odp, pptx, xlsx, epub, html, markdown, text, csv, eml, rtf, doc, xls, png, jpeg, tiff, webp, gif, bmp, pnm

    public var mimeType: String {
        switch self {
        case .pdf: "application/pdf"
        case .docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        case .odt: "application/vnd.oasis.opendocument.text"
        case .ods: "application/vnd.oasis.opendocument.spreadsheet"
        case .odp: "application/vnd.oasis.opendocument.presentation"
        case .pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation"
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case .epub: "application/epub+zip"
        case .html: "text/html"
        case .markdown: "text/markdown"
        case .text: "text/plain"
        case .csv: "text/csv"
        case .eml: "message/rfc822"
        case .rtf: "application/rtf"
        case .doc: "application/msword"
        case .xls: "application/vnd.ms-excel"
        case .png: "image/png"
        case .jpeg: "image/jpeg"
        case .tiff: "image/tiff"
        case .webp: "image/webp"
        case .gif: "image/gif"
        case .bmp: "image/bmp"
        case .pnm: "image/x-portable-anymap"
        }
    }

    public var isImage: Bool {
        switch self {
        case .png, .jpeg, .tiff, .webp, .gif, .bmp, .pnm: true
        default: false
        }
    }

    /// Whether a reader of this module turns it into text.
    public var isNative: Bool { !self.isImage && self != .pdf && self != .doc && self != .xls }
}
