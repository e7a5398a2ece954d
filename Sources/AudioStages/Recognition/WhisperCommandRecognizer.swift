internal import Corpus
internal import Glibc
public import StageTools
internal import Subprocess

/// Recognises with whisper.cpp's command line program (`whisper-cli`) and a model on this machine's disk.
public struct WhisperCommandRecognizer: SpeechRecognizer {
    public struct Configuration: Sendable, Hashable {
        /// A path, or a name to be found in `PATH`.
        public var program: String
        /// Path of a model in the GGML format.
        public var model: String
        /// Threads of one run. As many runs go on at once as there are slots, so one thread each is the right number on a busy machine.
        public var threads: Int
        /// Computing time for each second of sound, in seconds; what takes longer is stopped.
        public var secondsPerSecond: Int

        public init(program: String = "whisper-cli", model: String, threads: Int = 1, secondsPerSecond: Int = 60) {
            self.program = program
            self.model = model
            self.threads = max(1, threads)
            self.secondsPerSecond = max(1, secondsPerSecond)
        }
    }

    public let engine: String
    private let tools: ToolBox
    private let configuration: Configuration

    public init(_ configuration: Configuration, tools: ToolBox) {
        self.configuration = configuration
        self.tools = tools
        func name(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
        // A model that is replaced under its name is another engine.
        let stamps = "\(tools.stamp(of: [configuration.program]))-\(FileStamp.of([configuration.model]))"
        self.engine = "\(name(configuration.program)) \(name(configuration.model)) \(stamps)"
    }

    /// - Throws: ``StageFailure``; `toolMissing` without the program or its model.
    public func recognize(_ audio: SpeechAudio) async throws -> Recognition {
        guard let modelBytes = FileCheck.size(self.configuration.model) else {
            throw StageFailure(.toolMissing, "There is no model file \(self.configuration.model).")
        }
        let answer = "\(audio.workDirectory)/whisper"
        let seconds = audio.time.duration / 1000 + 1
        let cpu = 120 + self.configuration.secondsPerSecond * seconds
        let result = try await self.tools.run(
            self.configuration.program,
            [
                "-m", self.configuration.model, "-f", audio.path, "-l", audio.language ?? "auto", "-t", "\(self.configuration.threads)",
                "-np", "-ojf", "-of", answer,
            ], reading: [self.configuration.model, audio.path], writing: audio.workDirectory,
            // The model is read into memory; its working memory is of the same order.
            limits: ChildLimits(
                cpuSeconds: cpu, addressSpaceBytes: 4 * modelBytes + (6 << 30), fileSizeBytes: 64 << 20, outputBytes: 8 << 20,
                wall: .seconds(4 * cpu)))
        defer { FileCheck.remove(answer + ".json") }
        if case .signalled(let signal) = result.outcome {
            throw StageFailure(
                signal == SIGKILL ? .killed : .readerCrashed, "\(self.engine) was ended by signal \(signal).",
                detail: result.errorOutput.text)
        }
        guard result.outcome.isSuccess, let bytes = FileCheck.read(answer + ".json", maximum: 64 << 20), !bytes.isEmpty else {
            throw StageFailure(.toolFailed, "\(self.engine) gave no answer (\(result.outcome)).", detail: result.errorOutput.text)
        }
        guard let recognition = WhisperOutput.recognition(bytes) else {
            throw StageFailure(.toolFailed, "The answer of \(self.engine) is not understood.", detail: result.errorOutput.text)
        }
        return recognition
    }
}
