public import AudioStages
public import Flotilla
public import ObjectStorage
public import StageTools
internal import Subprocess
public import TextAnalysis
internal import TextStages

/// The stages that a video goes through, in order.
public enum VideoPipeline {
    /// `probe`, `extract_audio`, `transcribe`, `keyframes`, `ocr_frames`, `clean_text`, `chunk`, `summarize`, `index`.
    public static let stages: [StageName] = [
        "probe", "extract_audio", "transcribe", "keyframes", "ocr_frames", "clean_text", "chunk", "summarize", "index",
    ]

    /// What the stages need from outside.
    public struct Configuration: Sendable {
        public var storage: any ObjectStorage
        public var tools: ToolBox
        public var limits = MediaLimits()
        public var recognizer: any SpeechRecognizer
        /// ISO 639-1: what is spoken when neither the message nor the file says it; nil leaves it to the recogniser.
        public var defaultLanguage: String?
        /// Tesseract's names of the languages to read on the screen when a message names none.
        public var ocrLanguages = ["eng"]
        /// Asked once a video for the model in force.
        public var embedder: @Sendable () async throws -> any Embedder
        /// Names the embedder in records.
        public var embedderName: String
        /// Whether it asks a server, whose vectors are worth remembering.
        public var isEmbedderRemote = false

        /// With one embedder for good; the hashing one needs nothing and is the same everywhere.
        public init(
            storage: any ObjectStorage, tools: ToolBox, recognizer: any SpeechRecognizer, embedder: any Embedder = HashingEmbedder()
        ) {
            self.storage = storage
            self.tools = tools
            self.recognizer = recognizer
            self.embedder = { embedder }
            self.embedderName = embedder.modelID
        }
    }

    /// The handlers in order. Asks the installed tools for their versions, which takes some tens of milliseconds.
    public static func handlers(_ configuration: Configuration) async -> [any StageHandler] {
        let tools = configuration.tools
        let limits = configuration.limits
        let source = SourceFile(storage: configuration.storage, maximumBytes: limits.fileBytes)
        let ffmpeg = await tools.version(of: "ffmpeg", ["-version"])
        let tesseract = await tools.version(of: "tesseract", ["--version"])
        let languages = configuration.ocrLanguages.joined(separator: "+")
        return [
            ProbeHandler(
                tools: tools, source: source, limits: limits, needs: .video, engine: await tools.version(of: "ffprobe", ["-version"])),
            ExtractAudioHandler(tools: tools, source: source, limits: limits, engine: ffmpeg),
            TranscribeHandler(
                tools: tools, source: source, limits: limits, recognizer: configuration.recognizer, plan: .stage("extract_audio"),
                defaultLanguage: configuration.defaultLanguage),
            KeyframesHandler(
                tools: tools, source: source, limits: limits, font: await LabelFont.find(tools: tools),
                engine: "\(ffmpeg), flotilla-video 1"),
            OCRFramesHandler(
                tools: tools, source: source, limits: limits, languages: configuration.ocrLanguages,
                engine: "\(tesseract) \(languages), flotilla-video 1"),
            CleanVideoTextHandler(), ChunkHandler(), SummarizeHandler(),
            IndexHandler(
                engine: configuration.embedderName, isRemote: configuration.isEmbedderRemote, embedder: configuration.embedder),
        ]
    }
}
