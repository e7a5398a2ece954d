internal import DocumentFormats
internal import StageTools
internal import Subprocess

/// What a PDF holds besides its pictures.
struct PDFReading: Sendable {
    /// The file that was read: the submitted one, or a repaired copy.
    var file: String
    /// Without sizes of pages when nothing asked for them yet.
    var info: PDFInfo
    /// The text layer of each page.
    var texts: [String]
    /// The pages that are set in columns, in reading order; nil when nobody has looked.
    var columns: [FormatPage]?
    /// What `pdfimages -list` printed; nil when it was not asked.
    var images: String?
    /// Text may be missing: the file is damaged.
    var warnings: [String] = []
    var isPartial: Bool { !self.warnings.isEmpty }
}

/// Reads a PDF with one child process.
struct PDFSurveyor: Sendable {
    let tools: ToolBox
    let limits: FormatLimits

    private static let childLimits = ChildLimits(
        cpuSeconds: 120, addressSpaceBytes: 1 << 30, fileSizeBytes: 64 << 20, outputBytes: 64 << 20, wall: .seconds(480))

    /// - Returns: nil for a file with anything out of the ordinary: damaged, encrypted, too long, or read with many complaints; and wherever
    ///   the sandbox would let the programs live on after the child that started them.
    func survey(_ file: String, scratch: String) async throws -> PDFReading? {
        guard self.tools.endsGrandchildren, let text = self.tools.path(of: "pdftotext"), let info = self.tools.path(of: "pdfinfo"),
            let images = self.tools.path(of: "pdfimages")
        else { return nil }
        let (textFile, infoFile, imagesFile) = ("\(scratch)/text", "\(scratch)/info", "\(scratch)/images")
        defer { for made in [textFile, infoFile, imagesFile] { FileCheck.remove(made) } }
        let answer: PDFSurveyAnswer
        do {
            let json = try await self.tools.extract(
                "pdf-survey", file,
                options: [
                    scratch, "--pdftotext", text, "--pdfinfo", info, "--pdfimages", images, "--max-pages", "\(self.limits.pages)",
                ], writing: scratch, limits: Self.childLimits)
            guard let read = PDFSurveyAnswer(json: json) else { return nil }
            answer = read
        } catch let failure as StageFailure where failure.concernsFile && failure.code != .tooLarge && failure.code != .timeout {
            // Whoever goes on program by program finds out which of them it was.
            return nil
        }
        guard let bytes = FileCheck.read(textFile, maximum: 64 << 20) else { return nil }
        let texts = Self.pages(bytes)
        guard texts.count <= self.limits.pages else { return nil }
        var reading = PDFReading(file: file, info: PDFInfo(title: answer.title, pageCount: answer.pageCount ?? 0), texts: texts)
        reading.columns = answer.columns
        if answer.hasInfo { reading.info = PDFInfo(String(decoding: FileCheck.read(infoFile, maximum: 64 << 20) ?? [], as: UTF8.self)) }
        if answer.hasImages { reading.images = FileCheck.read(imagesFile, maximum: 64 << 20).map { String(decoding: $0, as: UTF8.self) } }
        // A page that was left out, or a form feed within one, would put the others in the wrong place.
        return texts.count == reading.info.pageCount && !texts.isEmpty ? reading : nil
    }

    /// The pages of what `pdftotext` wrote: a form feed ends each.
    static func pages(_ bytes: [UInt8]) -> [String] {
        var parts = bytes.split(separator: 0x0C, omittingEmptySubsequences: false)
        if parts.last?.isEmpty ?? false { parts.removeLast() }
        return parts.map { String(decoding: $0, as: UTF8.self) }
    }
}
