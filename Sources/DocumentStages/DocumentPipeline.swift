public import DocumentFormats
public import Flotilla
public import ObjectStorage
public import StageTools
internal import TextAnalysis
public import TextStages

/// The stages that a document goes through, in order.
public enum DocumentPipeline {
    /// `detect`, `extract_text`, `clean_text`, `chunk`, `summarize`, `index`.
    public static let stages: [StageName] = ["detect", "extract_text", "clean_text", "chunk", "summarize", "index"]

    /// What the stages need from outside.
    public struct Configuration: Sendable {
        public var storage: any ObjectStorage
        public var tools: ToolBox
        public var limits = FormatLimits()
        /// Tesseract's names of the languages to recognise when a message names none.
        public var ocrLanguages = ["eng"]
        public var embedder: EmbedderChoice

        public init(storage: any ObjectStorage, tools: ToolBox, embedder: EmbedderChoice = .always()) {
            self.storage = storage
            self.tools = tools
            self.embedder = embedder
        }
    }

    /// The handlers in order. Asks the installed tools for their versions, which takes some tens of milliseconds.
    public static func handlers(_ configuration: Configuration) async -> [any StageHandler] {
        let tools = configuration.tools
        let source = SourceFile(storage: configuration.storage, maximumBytes: configuration.limits.fileBytes)
        let poppler = await tools.version(of: "pdftotext", ["-v"])
        let tesseract = await tools.version(of: "tesseract", ["--version"])
        return [
            DetectHandler(tools: tools, source: source, engine: "document-extractor 1"),
            ExtractTextHandler(
                tools: tools, source: source, limits: configuration.limits, languages: configuration.ocrLanguages,
                engine: "document-extractor 2, \(poppler), \(tesseract)"),
            CleanTextHandler(), ChunkHandler(), SummarizeHandler(),
            IndexHandler(configuration.embedder),
        ]
    }
}
