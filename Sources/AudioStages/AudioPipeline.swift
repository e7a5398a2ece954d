public import Flotilla
public import ObjectStorage
public import StageTools
internal import TextAnalysis
public import TextStages

/// The stages that a recording goes through, in order.
public enum AudioPipeline {
    /// `probe`, `transcribe`, `clean_text`, `chunk`, `summarize`, `index`.
    public static let stages: [StageName] = ["probe", "transcribe", "clean_text", "chunk", "summarize", "index"]

    /// What the stages need from outside.
    public struct Configuration: Sendable {
        public var storage: any ObjectStorage
        public var tools: ToolBox
        public var limits = MediaLimits()
        public var recognizer: any SpeechRecognizer
        /// ISO 639-1: what is spoken when neither the message nor the file says it; nil leaves it to the recogniser.
        public var defaultLanguage: String?
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

    /// The handlers in order. Asks ffprobe for its version, which takes some tens of milliseconds.
    public static func handlers(_ configuration: Configuration) async -> [any StageHandler] {
        let tools = configuration.tools
        let source = SourceFile(storage: configuration.storage, maximumBytes: configuration.limits.fileBytes)
        return [
            ProbeHandler(
                tools: tools, source: source, limits: configuration.limits, needs: .audio,
                engine: await tools.version(of: "ffprobe", ["-version"])),
            TranscribeHandler(
                tools: tools, source: source, limits: configuration.limits, recognizer: configuration.recognizer, plan: .inline,
                defaultLanguage: configuration.defaultLanguage),
            CleanTranscriptHandler(), ChunkHandler(), SummarizeHandler(),
            IndexHandler(configuration.embedder),
        ]
    }
}
