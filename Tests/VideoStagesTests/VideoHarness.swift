import AudioStages
import Corpus
import Flotilla
import Foundation
import JSONText
import ObjectStorage
@testable import StageTools
import Subprocess
import Testing
@testable import VideoStages

/// Runs stages on real files as a worker does, in a work directory of its own.
struct VideoHarness {
    static let runner = ChildRunner(concurrency: 2)
    static let tools = ToolBox(runner: runner, sandbox: Sandbox.probe(using: runner), slots: 2)

    /// Made once: they ask all tools for their versions.
    private static let usual = Task { await Self.handlers(MediaLimits()) }

    private static func handlers(_ limits: MediaLimits) async -> [any StageHandler] {
        var configuration = VideoPipeline.Configuration(
            storage: StorageRouter(files: FileStorage(root: "/")), tools: Self.tools, recognizer: PocketsphinxRecognizer(tools: Self.tools))
        configuration.limits = limits
        return await VideoPipeline.handlers(configuration)
    }

    struct Result {
        var outputs: [StageName: StageOutput] = [:]
        var failure: (stage: StageName, error: StageFailure)?

        func value<Value: CorpusValue>(_ stage: StageName, as type: Value.Type = Value.self) throws -> Value {
            try Value(bytes: try #require(self.outputs[stage], "no output of \(stage): \(self.failure.map { "\($0)" } ?? "not run")").body)
        }
        var frames: VideoFrames { get throws { try self.value("keyframes") } }
        var screen: ScreenText { get throws { try self.value("ocr_frames") } }
        var cleaned: CleanedDocument { get throws { try self.value("clean_text") } }
    }

    /// Runs all stages up to `last`, or to the first that fails.
    static func run(
        _ path: String, to last: StageName = "index", limits: MediaLimits = MediaLimits(),
        checkpoints: StageCheckpoints = .none, skipping skipped: Set<StageName> = []
    ) async throws -> Result {
        let url = URL(fileURLWithPath: path)
        let handlers = limits == MediaLimits() ? await Self.usual.value : await Self.handlers(limits)
        #expect(handlers.map(\.stage) == VideoPipeline.stages)
        let message = try Envelope(
            JSONValue.object([
                .init("job_id", "job-1"), .init("gcs_path", .string(path)), .init("filename", .string(url.lastPathComponent)),
            ]).jsonBytes)
        return try await WorkDirectory.with(under: NSTemporaryDirectory()) { work in
            var result = Result()
            for handler in handlers {
                if skipped.contains(handler.stage) { continue }
                let context = StageContext(
                    message: message, identity: WorkIdentity(message, queue: "video_queue"), attempt: 1, workDirectory: work.path,
                    logger: .disabled, outputs: result.outputs, checkpoints: handler.stage == "ocr_frames" ? checkpoints : .none)
                do {
                    result.outputs[handler.stage] = try await handler.run(context)
                } catch let failure as StageFailure {
                    result.failure = (handler.stage, failure)
                    break
                }
                if handler.stage == last { break }
            }
            if result.outputs["ocr_frames"] != nil {
                #expect(try FileManager.default.contentsOfDirectory(atPath: work.path).isEmpty)
            }
            return result
        }
    }

    /// Only what concerns pictures: without listening.
    static func look(_ path: String, to last: StageName = "ocr_frames", limits: MediaLimits = MediaLimits()) async throws -> Result {
        try await Self.run(path, to: last, limits: limits, skipping: ["extract_audio", "transcribe"])
    }

    /// A directory for the files of one test.
    static func withMaker<Value>(_ body: (VideoMaker) async throws -> Value) async throws -> Value {
        try await WorkDirectory.with(under: NSTemporaryDirectory()) { try await body(VideoMaker(directory: $0.path)) }
    }
}

/// Edits that turn one text into the other, for each character of the expected one; white space counts as one space.
func characterErrorRate(_ text: String, expected: String) -> Double {
    let found = Array(text.split { $0.isWhitespace }.joined(separator: " ").unicodeScalars)
    let wanted = Array(expected.split { $0.isWhitespace }.joined(separator: " ").unicodeScalars)
    var row = Array(0...found.count)
    for (index, scalar) in wanted.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for position in found.indices {
            let next = row[position + 1]
            row[position + 1] = min(min(next, row[position]) + 1, diagonal + (found[position] == scalar ? 0 : 1))
            diagonal = next
        }
    }
    return Double(row[found.count]) / Double(max(wanted.count, 1))
}
