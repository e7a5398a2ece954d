internal import Corpus
internal import DocumentFormats
public import Flotilla
internal import ObjectStorage
internal import StageTools
internal import Subprocess

/// Reads the text of a file page by page: text layers, office formats, recognition where needed.
public struct ExtractTextHandler: StageHandler {
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
        defer { FileCheck.remove(path) }
        if let fetched, fetched.sha256 != detected.sha256 {
            throw StageFailure(.badInput, "The file changed after it was examined. Submit it again with a new processing version.")
        }
        let extraction = DocumentExtraction(
            tools: self.tools, limits: self.limits,
            languages: OpticalLanguages.choose(hint: context.message.language, configured: self.languages), progress: context.progress)
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

    private static func metrics(_ document: ExtractedDocument, letters: Int) -> [String: Double] {
        let recognized = document.pages.filter { $0.method == .ocr }
        let confidences = recognized.compactMap(\.confidence)
        var metrics = ["pages": Double(document.pages.count), "ocr_pages": Double(recognized.count), "letters": Double(letters)]
        if !confidences.isEmpty { metrics["ocr_confidence"] = confidences.reduce(0, +) / Double(confidences.count) }
        return metrics
    }
}
