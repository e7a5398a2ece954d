internal import Corpus
internal import Glibc
public import StageTools
internal import Subprocess

/// Recognises English with pocketsphinx (Debian packages pocketsphinx and pocketsphinx-en-us): needs no network and no graphics card, and
/// makes many mistakes. A fifth to a tenth of real time on one core, 110 MB.
public struct PocketsphinxRecognizer: SpeechRecognizer {
    /// The program does not say which version it is: the digits at the end name the state of it and of its model.
    public let engine: String
    private let tools: ToolBox

    /// Where Debian puts the model; without it the program says nothing of use.
    private static let modelDirectory = "/usr/share/pocketsphinx/model/en-us"

    public init(tools: ToolBox) {
        self.tools = tools
        let model = FileStamp.of([Self.modelDirectory, "\(Self.modelDirectory)/en-us"])
        self.engine = "pocketsphinx en-us \(tools.stamp(of: ["pocketsphinx_continuous"]))-\(model)"
    }

    /// - Throws: ``StageFailure``; `toolMissing` without the program or its model.
    public func recognize(_ audio: SpeechAudio) async throws -> Recognition {
        let seconds = audio.time.duration / 1000 + 1
        let limits = ChildLimits(
            cpuSeconds: 60 + 10 * seconds, addressSpaceBytes: 1 << 30, fileSizeBytes: 1 << 20, outputBytes: 8 << 20,
            wall: .seconds(240 + 40 * seconds))
        let result = try await self.tools.run(
            "pocketsphinx_continuous", ["-infile", audio.path, "-logfn", "/dev/null", "-time", "yes"], reading: [audio.path], limits: limits
        )
        switch result.outcome {
        case .exited(0): break
        case .signalled(let signal):
            throw StageFailure(
                signal == SIGKILL ? .killed : .readerCrashed, "pocketsphinx was ended by signal \(signal).", detail: result.errorOutput.text
            )
        default:
            guard access(Self.modelDirectory, R_OK) == 0 else {
                throw StageFailure(.toolMissing, "pocketsphinx has no model (Debian package pocketsphinx-en-us).")
            }
            throw StageFailure(.toolFailed, "pocketsphinx failed: \(result.outcome).", detail: result.errorOutput.text)
        }
        var recognition = Recognition(segments: PocketsphinxOutput(result.text).segments, language: "en")
        if let language = audio.language, language != "en" {
            recognition.warnings.append(
                "The recording is said to be in \"\(language)\", but pocketsphinx knows English only: the transcript is hardly of use.")
        }
        return recognition
    }
}
