public import DocumentFormats
public import Flotilla
public import ObjectStorage
public import StageTools
public import TextAnalysis
internal import TextStages

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
        /// Asked once a document for the model in force.
        public var embedder: @Sendable () async throws -> any Embedder
        /// Names the embedder in records.
        public var embedderName: String
        /// Whether it asks a server, whose vectors are worth remembering.
        public var isEmbedderRemote = false

        /// With one embedder for good; the hashing one needs nothing and is the same everywhere.
        public init(storage: any ObjectStorage, tools: ToolBox, embedder: any Embedder = HashingEmbedder()) {
            self.storage = storage
            self.tools = tools
            self.embedder = { embedder }
            self.embedderName = embedder.modelID
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
                engine: "document-extractor 1, \(poppler), \(tesseract)"),
            CleanTextHandler(), ChunkHandler(), SummarizeHandler(),
            IndexHandler(
                engine: configuration.embedderName, isRemote: configuration.isEmbedderRemote, embedder: configuration.embedder),
        ]
    }
}
