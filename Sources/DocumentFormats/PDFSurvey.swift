import CSystem
import Glibc
public import JSONText

/// Reads a PDF of which nothing is known with poppler's programs, one after the other in the one sandbox of `document-extractor`.
///
/// To start a sandbox and a program costs more than to read a page, so the text decides what else is asked:
/// ```
/// pdftotext ─▶ text ─┬ a page with enough words  ─▶ pdftotext -bbox-layout ─▶ columns, title, number of pages
///                    ├ a page with little text   ─▶ pdfinfo ─▶ info     (sizes, to read it as a picture)
///                    └ one that may be a caption ─▶ pdfimages ─▶ images (is there a picture under it?)
/// ```
struct PDFSurvey {
    /// Absolute paths of the programs.
    let pdftotext: String
    let pdfinfo: String
    let pdfimages: String

    /// More complaints than these mean that text may be lost: such a file is for those who know how to repair.
    private static let complaints = 1_200

    /// Surveys the file at `path`.
    ///
    /// - Parameter folder: where `text`, `info` and `images` are left, as the programs wrote them; the last two only where they were asked.
    /// - Returns: what ``PDFSurveyAnswer`` reads. Everything else counts only if `is_whole`: the text was read with hardly a complaint.
    func run(path: String, folder: String, limits: FormatLimits) throws -> JSONValue {
        let text = "\(folder)/text"
        let complaints = "\(folder)/complaints"
        defer { unlink(complaints) }
        let last = "\(limits.pages + 1)"
        guard let status = ToolRun.status(self.pdftotext, ["-l", last, "-enc", "UTF-8", path, text], errors: complaints) else {
            return ["is_whole": false]
        }
        // A limit that ended it ends us: whoever started us reports it.
        let signal = flotilla_signaled(status) != 0 ? flotilla_term_signal(status) : 0
        if signal == SIGXCPU || signal == SIGXFSZ { raise(signal) }
        guard status == 0, try FileReader(path: complaints, limits: limits).count <= Self.complaints else { return ["is_whole": false] }
        let pages = Self.visible(try FileReader(path: text, limits: limits).readAll())

        let layout = try self.layout(path, pages: pages, folder: folder, last: last, limits: limits)
        let asksInfo = layout?.pageCount == nil || pages.contains { $0 < PDFLimits.littleText }
        let asksImages = pages.contains { $0 >= PDFLimits.noText && $0 < PDFLimits.littleText }
        let hasInfo = asksInfo && ToolRun.succeeds(self.pdfinfo, ["-f", "1", "-l", last, "-enc", "UTF-8", path], output: "\(folder)/info")
        let hasImages = asksImages && ToolRun.succeeds(self.pdfimages, ["-list", path], output: "\(folder)/images")
        return [
            "is_whole": true, "has_info": .bool(hasInfo), "has_images": .bool(hasImages),
            "title": layout?.title.map { .string($0) } ?? .null,
            "page_count": layout?.pageCount.map { .integer(Int64($0)) } ?? .null,
            "columns": FormatDocument(pages: layout?.columns ?? []).json,
        ]
    }

    /// What the boxes say, if there are enough words for them to say anything.
    private func layout(_ path: String, pages: [Int], folder: String, last: String, limits: FormatLimits) throws -> PDFColumns.Layout? {
        guard pages.count <= PDFLimits.pagesWithBoxes, pages.contains(where: { $0 >= PDFColumns.fewestWords }) else { return nil }
        let boxes = "\(folder)/boxes.xhtml"
        defer { unlink(boxes) }
        guard ToolRun.succeeds(self.pdftotext, ["-l", last, "-enc", "UTF-8", "-bbox-layout", path, boxes]) else { return nil }
        return try PDFColumns.layout(path: boxes, limits: limits)
    }

    /// Visible characters of each page; every page ends with a form feed.
    private static func visible(_ text: [UInt8]) -> [Int] {
        var pages: [Int] = []
        var count = 0
        for byte in text {
            if byte == 0x0C {
                pages.append(count)
                count = 0
            } else if byte > 0x20, byte & 0xC0 != 0x80 {
                count += 1
            }
        }
        return pages
    }
}

/// Where the ways of reading a PDF part.
public enum PDFLimits {
    /// Letters below which the text layer of a page counts for nothing.
    public static let noText = 25
    /// Letters below which a page that is mostly picture is read as one.
    public static let littleText = 200
    /// The boxes of a long book are large and its columns rare.
    public static let pagesWithBoxes = 400
}

/// What `document-extractor pdf-survey` printed about a file that is whole.
public struct PDFSurveyAnswer: Sendable {
    /// Whether the files `info` and `images` were made.
    public var hasInfo: Bool
    public var hasImages: Bool
    public var title: String?
    /// Nil when the boxes were not looked at, or not to their end.
    public var pageCount: Int?
    /// The pages that are set in columns, in reading order.
    public var columns: [FormatPage]

    /// Nil when the file is not whole.
    public init?(json: JSONValue) {
        guard json["is_whole"]?.bool ?? false else { return nil }
        self.hasInfo = json["has_info"]?.bool ?? false
        self.hasImages = json["has_images"]?.bool ?? false
        self.title = json["title"]?.string
        self.pageCount = json["page_count"]?.integer.flatMap { Int(exactly: $0) }
        self.columns = json["columns"].flatMap { FormatDocument(json: $0) }?.pages ?? []
    }
}
