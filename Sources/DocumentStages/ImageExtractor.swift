internal import Corpus
internal import DocumentFormats
internal import StageTools
internal import Subprocess

/// Text of pictures. What the header announces is checked before anything decodes a pixel.
struct ImageExtractor: Sendable {
    let tools: ToolBox
    let reader: OpticalReader
    let limits: FormatLimits
    let recognized: RecognizedPages

    private static let convertLimits = ChildLimits(
        cpuSeconds: 60, addressSpaceBytes: 2 << 30, fileSizeBytes: 512 << 20, outputBytes: 1 << 20, wall: .seconds(240))

    func extract(
        _ file: String, detected: DetectedFile, kind: DocumentKind, scratch: String, progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws -> ExtractedDocument {
        let width = detected.width ?? 0
        let height = detected.height ?? 0
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= self.limits.pixels, width <= 30_000, height <= 30_000 else {
            throw StageFailure(.tooLarge, "The picture has \(width) x \(height) pixels; the limit is \(self.limits.pixels).")
        }
        let count = max(1, detected.pages ?? 1)
        guard count <= self.limits.pages else {
            throw StageFailure(.tooLarge, "The file holds \(count) pictures; the limit is \(self.limits.pages).")
        }
        var pages: [ExtractedPage] = []
        var warnings: [String] = []
        var failures: [StageFailure] = []
        let form = "of-\(count)"
        let kept = try await self.recognized.recall(Array(1...count), form: form)
        for (number, page) in kept { pages.append(Self.page(page, number)) }
        let missing = (0..<count).filter { kept[$0 + 1] == nil }
        try await withThrowingTaskGroup(of: (Int, Result<TesseractPage, StageFailure>).self) { group in
            var waiting = missing[...]
            var running = 0
            var done = kept.count
            while running > 0 || !waiting.isEmpty {
                while running < self.tools.slots, let index = waiting.popFirst() {
                    running += 1
                    group.addTask {
                        do {
                            let page = try await self.page(index, of: count, in: file, kind: kind, scratch: scratch)
                            try await self.recognized.keep(page, number: index + 1, form: form)
                            return (index, .success(page))
                        } catch let failure as StageFailure where failure.concernsFile {
                            return (index, .failure(failure))
                        }
                    }
                }
                guard let (index, result) = try await group.next() else { break }
                running -= 1
                done += 1
                progress(done, count)
                switch result {
                case .success(let page): pages.append(Self.page(page, index + 1))
                case .failure(let failure):
                    failures.append(failure)
                    pages.append(ExtractedPage(number: index + 1, text: "", method: .ocr))
                    warnings.append("Picture \(index + 1) could not be read: \(failure.description)")
                }
            }
        }
        if failures.count == count, let first = failures.first { throw first }
        pages.sort { $0.number < $1.number }
        return ExtractedDocument(pages: pages, warnings: Array(warnings.prefix(20)), isPartial: !failures.isEmpty, tools: ["tesseract"])
    }

    private static func page(_ page: TesseractPage, _ number: Int) -> ExtractedPage {
        ExtractedPage(number: number, text: page.text, method: .ocr, confidence: page.words > 0 ? page.confidence : nil)
    }

    private func page(_ index: Int, of count: Int, in file: String, kind: DocumentKind, scratch: String) async throws -> TesseractPage {
        try await WorkDirectory.with(under: scratch) { folder in
            // Tesseract decodes them itself. GIF it does not always know; a page of a TIFF it picks by number.
            if kind == .gif || kind == .webp || kind == .bmp {
                let converted = folder.file("converted.pgm")
                if try await self.convert(file, kind: kind, page: 0, to: converted, folder: folder.path) {
                    return try await self.reader.read(converted, dpi: nil, scratch: folder.path) { FileCheck.link(converted, $0) }
                }
            }
            return try await self.reader.read(file, index: count > 1 ? index : nil, dpi: nil, scratch: folder.path) { target in
                try await self.convert(file, kind: kind, page: index, to: target, folder: folder.path)
            }
        }
    }

    /// A gray copy for the filters. False when ffmpeg is missing or cannot decode it.
    private func convert(_ file: String, kind: DocumentKind, page: Int, to target: String, folder: String) async throws -> Bool {
        guard self.tools.has("ffmpeg"), let demuxer = Self.demuxers[kind] else { return false }
        // The demuxer is fixed: a playlist that calls itself a picture opens nothing.
        let options = kind == .tiff && page > 0 ? ["-page", "\(page + 1)"] : []
        let result = try await self.tools.run(
            "ffmpeg",
            ["-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-f", demuxer] + options + [
                "-i", file, "-frames:v", "1", "-pix_fmt", "gray", "-f", "image2", "-update", "1", target,
            ], reading: [file], writing: folder, limits: Self.convertLimits)
        return result.outcome.isSuccess && FileCheck.graySize(target) != nil
    }

    private static let demuxers: [DocumentKind: String] = [
        .png: "png_pipe", .jpeg: "jpeg_pipe", .tiff: "tiff_pipe", .webp: "webp_pipe", .gif: "gif", .bmp: "bmp_pipe", .pnm: "pgm_pipe",
    ]
}
