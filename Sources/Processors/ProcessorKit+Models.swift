internal import AudioStages
internal import Flotilla
internal import FlotillaDaemon
internal import RemoteModels
internal import StageTools
internal import TextStages

/// The engines that the settings choose.
extension ProcessorKit {
    /// What turns speech into text.
    var recognizer: any SpeechRecognizer {
        let choice: RecognizerChoice
        switch self.settings[\.speechEngine] {
        case .pocketsphinx: choice = .pocketsphinx
        case .whisper:
            choice = .whisper(.init(program: self.settings[\.whisperCommand], model: self.settings[\.whisperModel] ?? ""))
        case .server:
            choice = .server(
                .init(model: self.settings[\.speechModel], path: self.settings[\.speechPath]),
                RemoteModelServer(
                    .speech, baseURL: self.settings[\.speechURL] ?? "", apiKey: self.settings[\.speechAPIKey], timeout: .seconds(300),
                    caller: self.caller))
        }
        return choice.recognizer(tools: self.tools)
    }

    /// The language model; nil when none is configured.
    var chat: ChatModel? {
        self.settings[\.chatURL].map { url in
            var configuration = ChatModel.Configuration(
                baseURL: url, model: self.settings[\.chatModel], apiKey: self.settings[\.chatAPIKey])
            configuration.timeout = self.settings[\.chatTimeout]
            configuration.budget = self.settings[\.chatTimeout] * 2
            return ChatModel(configuration, caller: self.caller)
        }
    }

    /// The stage `translate`, where a language is configured; else none.
    func translation(_ kind: QueueKind) async -> [any StageHandler] {
        guard let target = self.settings[\.translateTo] else { return [] }
        // Chunks that resist are left out in the last run at the latest, rather than the whole document with them.
        let patience = min(3, self.context.configuration.queue(kind).maximumRetries + 1)
        switch self.settings[\.translator] {
        case .apertium:
            return [TranslateHandler(translator: await ApertiumTranslator(tools: self.tools), target: target, patience: patience)]
        case .chat:
            return self.chat.map { [TranslateHandler(translator: ChatTranslator(chat: $0), target: target, patience: patience)] } ?? []
        }
    }

    /// What recordings may be.
    var mediaLimits: MediaLimits {
        MediaLimits(
            fileBytes: self.settings[\.maxMediaBytes], duration: self.settings[\.maxMediaDuration], frames: self.settings[\.maxVideoFrames])
    }
}
