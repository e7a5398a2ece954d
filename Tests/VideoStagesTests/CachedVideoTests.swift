import AudioStages
import Corpus
import Flotilla
import FlotillaTesting
import Foundation
import JSONText
import ObjectStorage
@testable import StageTools
import Subprocess
import Testing
import Threading
@testable import VideoStages

@Suite struct CachedVideoTests {
    @Test func `a video that was watched is not watched again, its pictures come with it, and lost stages are made again`() async throws {
        try await VideoHarness.withMaker { maker in
            let path = try await maker.slides(["First page", "Second page"].map { .init(text: $0, seconds: 1.5) }, to: "a.mp4")
            let root = (path as NSString).deletingLastPathComponent
            try FileManager.default.copyItem(atPath: path, toPath: root + "/b.mov")
            let programs = Lock<[String]>([])
            let cache = InMemoryStageCache()
            var tools = VideoHarness.tools
            tools.willRun = { program, _ in programs.withLock { $0.append(program) } }
            let trial = PipelineTrial(
                await VideoPipeline.handlers(
                    .init(
                        storage: StorageRouter(files: FileStorage(root: root)), tools: tools,
                        recognizer: PocketsphinxRecognizer(tools: tools))),
                queue: "video_queue", cache: cache,
                withWorkDirectory: { body in
                    try await WorkDirectory.with(under: NSTemporaryDirectory()) { try await body($0.path) }
                })
            func message(_ name: String, _ job: String) -> [UInt8] {
                JSONValue.object([.init("job_id", .string(job)), .init("gcs_path", .string(name)), .init("filename", .string(name))])
                    .jsonBytes
            }
            func children(_ message: [UInt8]) async throws -> Set<String> {
                programs.withLock { $0 = [] }
                guard case .completed = try await trial.run(message) else { return ["not completed"] }
                return Set(programs.withLock { $0 })
            }
            let first = message("a.mp4", "1")
            #expect(try await children(first).isSuperset(of: ["ffprobe", "ffmpeg", "tesseract"]))
            let second = message("b.mov", "2")
            #expect(try await children(second).isEmpty)
            for stage in VideoPipeline.stages {
                #expect(try trial.stage(stage, of: second)?.output == trial.stage(stage, of: first)?.output)
            }
            let frames = try VideoFrames(bytes: try #require(try trial.stage("keyframes", of: second)?.output).body)
            #expect(frames.poster?.starts(with: [0xFF, 0xD8]) == true && frames.contactSheet?.starts(with: [0xFF, 0xD8]) == true)

            // The pictures that the recognition of text finds in the work directory otherwise are made again.
            cache.evict(try #require(cache.keys.first { $0.stage == "ocr_frames" }))
            let third = message("b.mov", "3")
            #expect(try await children(third) == ["ffmpeg", "tesseract"])
            #expect(try trial.stage("ocr_frames", of: third)?.output?.body == trial.stage("ocr_frames", of: first)?.output?.body)
            #expect(try trial.stage("clean_text", of: third)?.origin != .computed)
        }
    }
}
