@testable import AudioStages
import Corpus
import Flotilla
import Foundation
import JSONText
import ObjectStorage
@testable import StageTools
import Subprocess
import Testing

/// Makes recordings with flite and ffmpeg, and runs the stages on them as a worker does.
enum AudioHarness {
    static let runner = ChildRunner(concurrency: 2)
    static let tools = ToolBox(runner: runner, sandbox: Sandbox.probe(using: runner), slots: 2)
    static let gold = Bundle.module.resourcePath.map { $0 + "/Gold" } ?? ""

    static let sentence = "My mother gave me bread and water. The children played in the garden until the sun went down."

    /// What the stages made of one recording.
    struct Result {
        var media: MediaFile
        var transcript: Transcript
        var output: StageOutput
        var text: String { self.transcript.segments.map(\.text).joined(separator: " ") }
    }

    /// The context of a stage that runs in `directory` on the file `path`.
    static func context(
        _ path: String, _ directory: String, outputs: [StageName: StageOutput] = [:], extra: [JSONValue.Member] = [],
        checkpoints: StageCheckpoints = .none
    ) throws -> StageContext {
        let message = try Envelope(JSONValue.object([.init("job_id", "job-1"), .init("gcs_path", .string(path))] + extra).jsonBytes)
        return StageContext(
            message: message, identity: WorkIdentity(message, queue: "audio_queue"), attempt: 1, workDirectory: directory,
            logger: .disabled,
            outputs: outputs, checkpoints: checkpoints)
    }

    static func source(of path: String, maximumBytes: Int = 1 << 30) -> SourceFile {
        SourceFile(
            storage: StorageRouter(files: FileStorage(root: (path as NSString).deletingLastPathComponent)), maximumBytes: maximumBytes)
    }

    static func probe(
        _ path: String, in directory: String, limits: MediaLimits = MediaLimits(), needs: ProbeHandler.Need = .audio
    ) async throws -> StageOutput {
        try await ProbeHandler(tools: Self.tools, source: Self.source(of: path), limits: limits, needs: needs, engine: "test")
            .run(try Self.context(path, directory))
    }

    /// `probe` and `transcribe`, in a work directory that must be as good as empty afterwards.
    static func transcribe(
        _ path: String, with recognizer: (any SpeechRecognizer)? = nil, limits: MediaLimits = MediaLimits(),
        extra: [JSONValue.Member] = [], checkpoints: StageCheckpoints = .none
    ) async throws -> Result {
        try await WorkDirectory.with(under: NSTemporaryDirectory()) { work in
            let probed = try await Self.probe(path, in: work.path, limits: limits)
            let handler = TranscribeHandler(
                tools: Self.tools, source: Self.source(of: path), limits: limits,
                recognizer: recognizer ?? PocketsphinxRecognizer(tools: Self.tools), plan: .inline)
            let output = try await handler.run(
                try Self.context(path, work.path, outputs: ["probe": probed], extra: extra, checkpoints: checkpoints))
            #expect(try FileManager.default.contentsOfDirectory(atPath: work.path).isEmpty)
            return Result(
                media: try MediaFile(bytes: probed.body), transcript: try Transcript(bytes: output.body), output: output)
        }
    }

    /// The failure that the two stages end with; nil when they succeed.
    static func failure(_ path: String, limits: MediaLimits = MediaLimits()) async throws -> StageFailure? {
        do {
            _ = try await Self.transcribe(path, with: MuteRecognizer(), limits: limits)
            return nil
        } catch let failure as StageFailure {
            return failure
        }
    }

    /// Speech as a WAV file in `directory`.
    static func speak(_ text: String, voice: String = "rms", to path: String) async throws {
        try await Self.run("flite", ["-voice", voice, "-t", text, "-o", path])
    }

    /// Runs ffmpeg quietly; fails the test when it fails.
    static func ffmpeg(_ arguments: String...) async throws {
        try await Self.run("ffmpeg", ["-nostdin", "-v", "error", "-y"] + arguments)
    }

    private static func run(_ program: String, _ arguments: [String]) async throws {
        let result = await Self.runner.run(ChildCommand(program, arguments))
        try #require(result.outcome.isSuccess, "\(program): \(result.outcome) \(result.errorOutput.text)")
    }

    /// A directory for one test, gone afterwards.
    static func withDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        try await WorkDirectory.with(under: NSTemporaryDirectory()) { try await body($0.path) }
    }

    static func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    static func read(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
}

/// Hears the same word in everything, at once.
struct MuteRecognizer: SpeechRecognizer {
    let engine = "mute 1"
    func recognize(_ audio: SpeechAudio) async throws -> Recognition {
        Recognition(segments: [.init(time: TimeRange(start: 0, end: audio.time.duration), text: "word", confidence: 0.5)])
    }
}

extension AudioHarness {
    static func encode(_ path: String, _ options: [String], to target: String) async throws {
        try await self.run("ffmpeg", ["-nostdin", "-v", "error", "-y", "-i", path] + options + [target])
    }
}
