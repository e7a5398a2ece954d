internal import Corpus
internal import Flotilla
public import RemoteModels
internal import StageTools

/// Recognises with any server that speaks OpenAI's `/v1/audio/transcriptions`: whisper.cpp's server, faster-whisper's, OpenAI's own.
///
/// A stretch goes out as a WAV file of at most 2 MB, far below the 25 MB that such servers take.
public struct ServerRecognizer: SpeechRecognizer {
    public struct Configuration: Sendable, Hashable {
        public var model: String
        /// After the server's base URL. whisper.cpp's own server listens at `/inference`, with a base URL that has no `/v1`.
        public var path: String
        /// How often a stretch is sent while the server is busy or broken.
        public var attempts: Int
        /// For how long a stretch is tried, waits included. A server that asks for more patience gets the whole job again later.
        public var patience: Duration
        /// The wait before the second attempt when the server names none; doubled for the third.
        public var pause: Duration

        public init(
            model: String, path: String = "/audio/transcriptions", attempts: Int = 3, patience: Duration = .seconds(60),
            pause: Duration = .seconds(1)
        ) {
            self.model = model
            self.path = path
            self.attempts = max(1, attempts)
            self.patience = patience
            self.pause = pause
        }
    }

    public let engine: String
    private let server: RemoteModelServer
    private let configuration: Configuration

    /// - Parameter server: of the service `.speech`; its timeout is that of one stretch.
    public init(_ configuration: Configuration, server: RemoteModelServer) {
        self.configuration = configuration
        self.server = server
        self.engine = "\(configuration.model) at \(server.place)\(configuration.path)"
    }

    /// - Throws: ``RemoteModelError``: transient with the server's own wait when it stays busy. Nothing is kept then.
    public func recognize(_ audio: SpeechAudio) async throws -> Recognition {
        guard let wav = FileCheck.read(audio.path, maximum: 24 << 20), !wav.isEmpty else {
            throw StageFailure(.environment, "The work directory cannot be read.")
        }
        var form = MultipartForm()
        form.add("model", self.configuration.model)
        form.add("response_format", "verbose_json")
        form.add("temperature", "0")
        if let language = audio.language { form.add("language", language) }
        form.add("file", filename: "stretch.wav", type: "audio/wav", wav)
        form.finish()

        let clock = ContinuousClock()
        let deadline = clock.now + self.configuration.patience
        var pause = self.configuration.pause
        var attempt = 1
        while true {
            do {
                return try await self.send(form, audio)
            } catch let error as RemoteModelError {
                guard case .transient(let asked) = error.failureClass, attempt < self.configuration.attempts else { throw error }
                let wait = max(asked ?? pause, .milliseconds(1))
                guard clock.now + wait < deadline else { throw error }
                try await clock.sleep(for: wait)
                pause = pause * 2
                attempt += 1
            }
        }
    }

    private func send(_ form: MultipartForm, _ audio: SpeechAudio) async throws -> Recognition {
        let answer = try await self.server.post(self.configuration.path, contentType: form.contentType, body: form.body)
        guard let recognition = WhisperOutput.recognition(server: answer, duration: audio.time.duration) else {
            throw RemoteModelError(.speech, .badAnswer, "The speech server's answer has neither segments nor a text.")
        }
        return recognition
    }
}
