public import RemoteModels
public import StageTools

/// Which recogniser a worker uses.
public enum RecognizerChoice: Sendable {
    /// Offline, English, many mistakes.
    case pocketsphinx
    /// A program and a model of this machine.
    case whisper(WhisperCommandRecognizer.Configuration)
    /// A server that speaks OpenAI's protocol.
    case server(ServerRecognizer.Configuration, RemoteModelServer)

    /// Makes the recogniser; starts and connects nothing.
    public func recognizer(tools: ToolBox) -> any SpeechRecognizer {
        switch self {
        case .pocketsphinx: PocketsphinxRecognizer(tools: tools)
        case .whisper(let configuration): WhisperCommandRecognizer(configuration, tools: tools)
        case .server(let configuration, let server): ServerRecognizer(configuration, server: server)
        }
    }
}
