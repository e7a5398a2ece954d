internal import Corpus
internal import DocumentFormats
public import Flotilla
internal import ObjectStorage
internal import StageTools
internal import Subprocess

/// Reads the text of a file page by page: text layers, office formats, recognition where needed.
///
/// Every page that is recognised is a checkpoint: after a crash or a failure only the others are.
public struct ExtractTextHandler: CacheableStage {
    public let stage: StageName = "extract_text"
    public let engine: String
    private let tools: ToolBox
    private let source: SourceFile
    private let limits: FormatLimits
    private let languages: [String]

    init(tools: ToolBox, source: SourceFile, limits: FormatLimits, languages: [String], engine: String) {
        self.tools = tools
        self.source = source
        self.limits = limits
        self.languages = languages
        self.engine = engine
    }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let detected = try DetectedFile(stage: "detect", in: context)
        let (path, fetched) = try await self.source.fetch(context)
        // Text needs the file no more; what follows reads the stages' outputs.
        defer { self.source.discard(context) }
        if let fetched, fetched.sha256 != detected.sha256 {
            throw StageFailure(.badInput, "The file changed after it was examined. Submit it again with a new processing version.")
        }
        let languages = self.languages(context)
        let extraction = DocumentExtraction(
            tools: self.tools, limits: self.limits, languages: languages,
            recognized: RecognizedPages(checkpoints: context.checkpoints, languages: languages), progress: context.progress)
        let document = try await WorkDirectory.with(under: context.workDirectory) { scratch in
            try await extraction.extract(path, detected: detected, scratch: scratch.path)
        }
        let letters = document.pages.reduce(0) { $0 + TextShape($1.text).letters }
        guard letters > 0 else {
            let count = document.pages.count
            throw StageFailure(.empty, "No text was found in this document (\(count) \(count == 1 ? "page" : "pages"), pictures included).")
        }
        return StageOutput(body: document.bytes, metrics: Self.metrics(document, letters: letters), isPartial: document.isPartial)
    }

    public var isExpensive: Bool { true }

    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        let languages = self.languages(context)
        let limits = self.limits
        return StageInputs(
            outputs: ["detect"],
            parameters: [
                "languages": languages, "language data": OpticalLanguages.stamp(of: languages),
                "limits": "\(limits.fileBytes) \(limits.inflatedBytes) \(limits.pages) \(limits.pixels)",
                "tools": self.tools.stamp(of: ["ffmpeg", "mutool", "qpdf", "antiword", "catdoc", "xls2csv", "uchardet"]),
            ])
    }

    private func languages(_ context: StageContext) -> String {
        OpticalLanguages.choose(hint: context.message.language, configured: self.languages)
    }

    private static func metrics(_ document: ExtractedDocument, letters: Int) -> [String: Double] {
        let recognized = document.pages.filter { $0.method == .ocr }
        let confidences = recognized.compactMap(\.confidence)
        var metrics = ["pages": Double(document.pages.count), "ocr_pages": Double(recognized.count), "letters": Double(letters)]
        if !confidences.isEmpty { metrics["ocr_confidence"] = confidences.reduce(0, +) / Double(confidences.count) }
        return metrics
    }
}
