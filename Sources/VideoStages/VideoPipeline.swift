public import AudioStages
public import Flotilla
public import ObjectStorage
public import StageTools
internal import Subprocess
internal import TextAnalysis
public import TextStages

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
        public var embedder: EmbedderChoice

        public init(
            storage: any ObjectStorage, tools: ToolBox, recognizer: any SpeechRecognizer, embedder: EmbedderChoice = .always()
        ) {
            self.storage = storage
            self.tools = tools
            self.recognizer = recognizer
            self.embedder = embedder
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
            IndexHandler(configuration.embedder),
        ]
    }
}
