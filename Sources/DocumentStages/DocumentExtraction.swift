internal import Corpus
internal import DocumentFormats
internal import Flotilla
internal import ObjectStorage
internal import StageTools
internal import Subprocess

/// Turns one file of any kind into pages of text; messages also by what is attached to them.
struct DocumentExtraction: Sendable {
    let tools: ToolBox
    let limits: FormatLimits
    let languages: String
    var recognized: RecognizedPages
    let progress: @Sendable (Int, Int) -> Void

    static let maximumDepth = 8

    /// - Parameters:
    ///   - scratch: an empty directory for whatever is made on the way.
    ///   - depth: of messages inside each other; 0 for a submitted file.
    func extract(_ file: String, detected: DetectedFile, scratch: String, depth: Int = 0) async throws -> ExtractedDocument {
        guard let kind = DocumentKind(rawValue: detected.kind) else {
            throw StageFailure(.unsupported, "Nothing here reads files of the kind \(detected.kind).")
        }
        let reader = OpticalReader(tools: self.tools, languages: self.languages)
        if kind == .pdf {
            return try await PDFExtractor(tools: self.tools, reader: reader, limits: self.limits, recognized: self.recognized).extract(
                file, scratch: scratch, progress: self.progress)
        }
        if kind.isImage {
            return try await ImageExtractor(tools: self.tools, reader: reader, limits: self.limits, recognized: self.recognized)
                .extract(file, detected: detected, kind: kind, scratch: scratch, progress: self.progress)
        }
        if kind == .doc || kind == .xls { return try await LegacyOfficeExtractor(tools: self.tools).extract(file, kind: kind) }
        return try await self.native(file, detected: detected, kind: kind, scratch: scratch, depth: depth)
    }

    private func native(_ file: String, detected: DetectedFile, kind: DocumentKind, scratch: String, depth: Int) async throws
        -> ExtractedDocument
    {
        var options = [
            "--max-pages", "\(self.limits.pages)", "--max-text", "\(32 << 20)", "--max-inflated", "\(self.limits.inflatedBytes)",
        ]
        if let charset = detected.charset { options += ["--charset", charset] }
        if kind == .eml { options += ["--output", scratch] }
        let answer = try await self.tools.extract(kind.rawValue, file, options: options, writing: kind == .eml ? scratch : nil)
        guard let read = FormatDocument(json: answer) else { throw StageFailure(.toolFailed, "The reader's answer is not understood.") }
        var document = ExtractedDocument(
            pages: read.pages.map { ExtractedPage(number: $0.number, text: $0.text, method: .native, label: $0.label) }, title: read.title,
            warnings: read.warnings, isPartial: read.isPartial, tools: ["document-extractor"])
        for attachment in read.attachments {
            try Task.checkCancellation()
            try await self.add(attachment, to: &document, scratch: scratch, depth: depth)
        }
        return document
    }

    /// Reads an attachment as a file of its own and appends its pages. What cannot be read becomes a warning: the message itself was read.
    private func add(_ attachment: FormatAttachment, to document: inout ExtractedDocument, scratch: String, depth: Int) async throws {
        let name = String(attachment.name.prefix(200))
        // The name comes out of the sandbox: it must be one that we would have made.
        guard attachment.file.hasPrefix("attachment-"), attachment.file.utf8.dropFirst(11).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return
        }
        let path = "\(scratch)/\(attachment.file)"
        guard let size = FileCheck.size(path) else { return }
        guard depth < Self.maximumDepth else {
            document.warnings.append("The attachment \(name) is nested more than \(Self.maximumDepth) deep and was not read.")
            document.isPartial = true
            return
        }
        do {
            let format = try await Detection(tools: self.tools).format(of: path, name: name)
            // Logos and tracking pixels.
            if let image = format.image, image.width < 120 || image.height < 60 || size < 2_048 { return }
            let charset = format.needsCharset ? try await Detection(tools: self.tools).charset(of: path) : nil
            let detected = DetectedFile(
                mimeType: format.mimeType, kind: format.kind.rawValue, sha256: "", bytes: size, charset: charset,
                width: format.image?.width,
                height: format.image?.height, pages: format.image?.pages)
            var extraction = self
            extraction.recognized = self.recognized.within(attachment.file)
            let inner = try await WorkDirectory.with(under: scratch) { [extraction] folder in
                try await extraction.extract(path, detected: detected, scratch: folder.path, depth: depth + 1)
            }
            self.append(inner, named: name, to: &document)
        } catch let failure as StageFailure where failure.concernsFile {
            document.warnings.append("The attachment \(name) was not read: \(failure.description)")
            // A calendar entry or an archive is no loss of text that we promised; a sealed or broken document is.
            if failure.code != .unsupported && failure.code != .empty { document.isPartial = true }
        }
        FileCheck.remove(path)
    }

    private func append(_ inner: ExtractedDocument, named name: String, to document: inout ExtractedDocument) {
        for (index, page) in inner.pages.enumerated() {
            guard document.pages.count < self.limits.pages else {
                document.isPartial = true
                document.warnings.append("Only the first \(self.limits.pages) pages were kept.")
                return
            }
            var page = page
            page.number = (document.pages.last?.number ?? 0) + 1
            page.label = page.label.map { "\(name): \($0)" } ?? name
            if index == 0 { page.text = "Attachment: \(name)\n\n\(page.text)" }
            document.pages.append(page)
        }
        document.warnings += inner.warnings.map { "\(name): \($0)" }
        document.isPartial = document.isPartial || inner.isPartial
        document.tools += inner.tools.filter { !document.tools.contains($0) }
    }
}
