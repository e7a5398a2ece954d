public import Flotilla
public import ObjectStorage
public import StageTools
public import TextAnalysis
internal import TextStages

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
        /// Asked once a recording for the model in force.
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
            IndexHandler(
                engine: configuration.embedderName, isRemote: configuration.isEmbedderRemote, embedder: configuration.embedder),
        ]
    }
}
