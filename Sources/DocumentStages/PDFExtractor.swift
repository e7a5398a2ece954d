internal import Corpus
internal import DocumentFormats
internal import StageTools
internal import Subprocess

/// Text of PDF files: the text layer where it is good, recognition page by page where it is not.
struct PDFExtractor: Sendable {
    let tools: ToolBox
    let reader: OpticalReader
    let limits: FormatLimits
    let recognized: RecognizedPages

    private static let textLimits = ChildLimits(
        cpuSeconds: 120, addressSpaceBytes: 1 << 30, fileSizeBytes: 64 << 20, outputBytes: 64 << 20, wall: .seconds(480))
    private static let renderLimits = ChildLimits(
        cpuSeconds: 60, addressSpaceBytes: 1 << 30, fileSizeBytes: 256 << 20, outputBytes: 1 << 20, wall: .seconds(240))

    func extract(_ file: String, scratch: String, progress: @escaping @Sendable (Int, Int) -> Void) async throws -> ExtractedDocument {
        var reading: PDFReading
        if let surveyed = try await PDFSurveyor(tools: self.tools, limits: self.limits).survey(file, scratch: scratch) {
            reading = surveyed
        } else {
            reading = try await self.readWithCare(file, scratch: scratch)
        }
        var warnings = reading.warnings
        var isPartial = reading.isPartial
        let coverage = try await self.coverage(&reading)
        var pages = reading.texts.enumerated().map { index, text in ExtractedPage(number: index + 1, text: text, method: .textLayer) }
        let scanned = pages.filter { PageDecision(text: $0.text, imageCoverage: coverage[$0.number] ?? 0) == .ocr }.map(\.number)
        if scanned.count < pages.count { try await self.orderColumns(&pages, reading, scratch: scratch) }
        if !scanned.isEmpty { try await self.measure(&reading) }
        let info = reading.info

        let outcome = try await self.recognize(
            scanned, of: reading.file, form: "of-\(info.pageCount)\(isPartial ? "-repaired" : "")", info: info, scratch: scratch,
            progress: progress
        )
        for (number, recognized) in outcome.pages where recognized.words > 0 {
            let old = TextShape(pages[number - 1].text)
            let new = TextShape(recognized.text)
            // A short page with a good text layer, such as a title, stays what it is.
            guard new.letters > old.letters || old.strange * 20 > old.visible else { continue }
            pages[number - 1] = ExtractedPage(number: number, text: recognized.text, method: .ocr, confidence: recognized.confidence)
        }
        if !outcome.failures.isEmpty {
            isPartial = true
            for (number, failure) in outcome.failures.sorted(by: { $0.key < $1.key }).prefix(20) {
                warnings.append("Page \(number) could not be recognised: \(failure.description)")
            }
            if outcome.failures.count > 20 { warnings.append("\(outcome.failures.count - 20) more pages could not be recognised.") }
        }
        if !pages.contains(where: { TextShape($0.text).letters > 0 }) {
            if let first = outcome.failures.min(by: { $0.key < $1.key })?.value { throw first }
            if isPartial { throw StageFailure(.corrupt, "The PDF is damaged: no text can be read from its pages.") }
        }
        return ExtractedDocument(
            pages: pages, title: info.title, warnings: warnings, isPartial: isPartial,
            tools: outcome.pages.isEmpty ? ["pdftotext"] : ["pdftotext", "tesseract"])
    }

    /// Reads a file of which something is out of the ordinary program by program, and repairs it where that helps.
    func readWithCare(_ submitted: String, scratch: String) async throws -> PDFReading {
        var file = submitted
        var warnings: [String] = []
        var info: PDFInfo
        do {
            info = try await self.info(file)
        } catch let failure as StageFailure where failure.code == .corrupt {
            guard let repaired = try await self.repair(file, scratch: scratch) else { throw failure }
            file = repaired
            info = try await self.info(file)
            warnings.append("The PDF is damaged and was repaired; parts may be missing.")
        }
        guard info.pageCount > 0 else { throw StageFailure(.empty, "The PDF has no pages.") }
        guard info.pageCount <= self.limits.pages else {
            throw StageFailure(.tooLarge, "The PDF has \(info.pageCount) pages; the limit is \(self.limits.pages).")
        }
        var layer = try await self.textLayer(file, pages: info.pageCount, scratch: scratch)
        if layer.isDamaged {
            // It exits with 0 after losing nearly everything: only its complaints tell.
            if let repaired = try await self.repair(file, scratch: scratch) {
                let second = try await self.textLayer(repaired, pages: info.pageCount, scratch: scratch)
                if TextShape(second.pages.joined()).letters > TextShape(layer.pages.joined()).letters {
                    layer = second
                    file = repaired
                }
            }
            warnings.append("The PDF is damaged; parts of its text may be missing.")
        }
        return PDFReading(file: file, info: info, texts: layer.pages, warnings: warnings)
    }

    /// The share of each page under its largest picture; nothing for pages whose text alone decides.
    private func coverage(_ reading: inout PDFReading) async throws -> [Int: Double] {
        guard reading.texts.contains(where: { PageDecision.dependsOnPicture($0) }) else { return [:] }
        try await self.measure(&reading)
        let images: String
        if let known = reading.images {
            images = known
        } else {
            images = try await self.tools.run("pdfimages", ["-list", reading.file], reading: [reading.file], limits: Self.textLimits).text
        }
        return PDFImages.coverage(images, info: reading.info)
    }

    /// Learns the sizes of the pages, if nobody has yet.
    private func measure(_ reading: inout PDFReading) async throws {
        if reading.info.sizes.isEmpty { reading.info = try await self.info(reading.file) }
    }

    private func info(_ file: String) async throws -> PDFInfo {
        let result = try await self.tools.run(
            "pdfinfo", ["-f", "1", "-l", "\(self.limits.pages)", "-enc", "UTF-8", file], reading: [file], limits: Self.textLimits)
        let complaints = result.errorOutput.text
        guard result.outcome.isSuccess else {
            if complaints.contains("Incorrect password") {
                throw StageFailure(.encrypted, "The PDF is protected by a password. Remove the protection and submit it again.")
            }
            if case .signalled(let signal) = result.outcome {
                throw StageFailure(signal == 9 ? .killed : .readerCrashed, "pdfinfo was ended by signal \(signal).", detail: complaints)
            }
            throw StageFailure(.corrupt, "The PDF is damaged and cannot be opened.", detail: complaints)
        }
        return PDFInfo(result.text)
    }

    /// The text of each page, and whether the reader complained so much that some is lost.
    private func textLayer(_ file: String, pages: Int, scratch: String) async throws -> (pages: [String], isDamaged: Bool) {
        let target = "\(scratch)/text"
        defer { FileCheck.remove(target) }
        let result = try await self.tools.run(
            "pdftotext", ["-enc", "UTF-8", file, target], reading: [file], writing: scratch, limits: Self.textLimits)
        var texts = Array(PDFSurveyor.pages(FileCheck.read(target, maximum: 64 << 20) ?? []).prefix(pages))
        while texts.count < pages { texts.append("") }
        let complaints = result.errorOutput
        let isDamaged = complaints.total > 1_200 && complaints.text.contains("Syntax Error") || !result.outcome.isSuccess
        return (texts, isDamaged)
    }

    /// A repaired copy, or nil when none of the tools that are installed can make one.
    private func repair(_ file: String, scratch: String) async throws -> String? {
        // What was repaired once may be read badly again: then the copy is the source.
        let target = "\(scratch)/repaired\(FileCheck.exists("\(scratch)/repaired.pdf") ? "-again" : "").pdf"
        // mutool saves most, but need not be installed; qpdf warns with status 3.
        for (tool, arguments) in [("mutool", ["clean", file, target]), ("qpdf", [file, target])] where self.tools.has(tool) {
            FileCheck.remove(target)
            _ = try await self.tools.run(tool, arguments, reading: [file], writing: scratch, limits: Self.textLimits)
            guard FileCheck.size(target) ?? 0 > 0 else { continue }
            if try await self.hasPages(target) { return target }
        }
        FileCheck.remove(target)
        do {
            _ = try await self.tools.extract("pdf-salvage", file, options: [target], writing: scratch)
        } catch let failure as StageFailure where failure.code == .corrupt {
            return nil
        }
        return try await self.hasPages(target) ? target : nil
    }

    private func hasPages(_ file: String) async throws -> Bool {
        let result = try await self.tools.run("pdfinfo", [file], reading: [file], limits: Self.textLimits)
        return result.outcome.isSuccess && PDFInfo(result.text).pageCount > 0
    }

    /// Puts pages set in columns into reading order.
    private func orderColumns(_ pages: inout [ExtractedPage], _ reading: PDFReading, scratch: String) async throws {
        var columns = reading.columns
        if columns == nil { columns = try await self.columns(of: reading.file, pages: pages.count, scratch: scratch) }
        for page in columns ?? [] where page.number >= 1 && page.number <= pages.count {
            // The boxes hold the same words; anything else means that they were misread.
            let before = TextShape(pages[page.number - 1].text).letters
            if TextShape(page.text).letters * 20 >= before * 19 { pages[page.number - 1].text = page.text }
        }
    }

    /// The pages of a file that are set in columns; nil when that cannot be told.
    private func columns(of file: String, pages: Int, scratch: String) async throws -> [FormatPage]? {
        guard pages <= PDFLimits.pagesWithBoxes else { return nil }
        let target = "\(scratch)/boxes.xhtml"
        defer { FileCheck.remove(target) }
        let result = try await self.tools.run(
            "pdftotext", ["-enc", "UTF-8", "-bbox-layout", file, target], reading: [file], writing: scratch, limits: Self.textLimits)
        guard result.outcome.isSuccess, let size = FileCheck.size(target), size > 0, size < 64 << 20 else { return nil }
        do {
            return FormatDocument(json: try await self.tools.extract("pdf-columns", target, writing: scratch))?.pages
        } catch let failure as StageFailure where failure.concernsFile {
            // The order of the text layer stands.
            return nil
        }
    }

    /// Reads pages as pictures, as many at a time as there are slots.
    private func recognize(
        _ numbers: [Int], of file: String, form: String, info: PDFInfo, scratch: String, progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws -> (pages: [Int: TesseractPage], failures: [Int: StageFailure]) {
        var pages = try await self.recognized.recall(numbers, form: form)
        var failures: [Int: StageFailure] = [:]
        let missing = numbers.filter { pages[$0] == nil }
        try await withThrowingTaskGroup(of: (Int, Result<TesseractPage, StageFailure>).self) { group in
            var waiting = missing[...]
            var running = 0
            var done = pages.count
            while running > 0 || !waiting.isEmpty {
                while running < self.tools.slots, let number = waiting.popFirst() {
                    running += 1
                    let size = info.size(of: number)
                    group.addTask {
                        do {
                            let page = try await self.page(number, of: file, size: size, scratch: scratch)
                            try await self.recognized.keep(page, number: number, form: form)
                            return (number, .success(page))
                        } catch let failure as StageFailure where failure.concernsFile {
                            return (number, .failure(failure))
                        }
                    }
                }
                guard let (number, result) = try await group.next() else { break }
                running -= 1
                done += 1
                progress(done, numbers.count)
                switch result {
                case .success(let page): pages[number] = page
                case .failure(let failure): failures[number] = failure
                }
            }
        }
        return (pages, failures)
    }

    private func page(_ number: Int, of file: String, size: PDFInfo.Size, scratch: String) async throws -> TesseractPage {
        try await WorkDirectory.with(under: scratch) { folder in
            let picture = folder.file("page.pgm")
            // A poster at 300 dpi would be gigabytes: its longer side gets 3,500 pixels.
            let isLarge = max(size.width, size.height) * 300 / 72 > 5_000
            let scale = isLarge ? ["-scale-to", "3500"] : ["-r", "300"]
            let dpi = isLarge ? max(70, Int(3_500 * 72 / max(size.width, size.height))) : 300
            let result = try await self.tools.run(
                "pdftoppm", scale + ["-gray", "-f", "\(number)", "-l", "\(number)", "-singlefile", file, folder.file("page")],
                reading: [file],
                writing: folder.path, limits: Self.renderLimits)
            guard result.outcome.isSuccess, let pixels = FileCheck.graySize(picture), pixels.width > 16, pixels.height > 16 else {
                throw StageFailure(.corrupt, "The page cannot be rendered; the PDF is damaged.", detail: result.errorOutput.text)
            }
            return try await self.reader.read(picture, dpi: dpi, scratch: folder.path) { target in
                // The page is gray already: give it the name that the next steps expect.
                return FileCheck.link(picture, target)
            }
        }
    }
}
