import Corpus
import DocumentFormats
@testable import DocumentStages
import Flotilla
import Foundation
import JSONText
@testable import StageTools
import ObjectStorage
import Subprocess
import Testing

/// Runs stages on real files as a worker does, in a work directory of its own.
struct PipelineHarness {
    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let samples = repository + "/Examples/documents"
    static let runner = ChildRunner(concurrency: 2)
    static let tools = ToolBox(runner: runner, sandbox: Sandbox.probe(using: runner), extractor: extractorPath(), slots: 2)

    /// Beside the test bundle, where the build puts it.
    private static func extractorPath() -> String {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let candidates = [
            program.deletingLastPathComponent().appendingPathComponent("document-extractor").path,
            repository + "/.build/debug/document-extractor", repository + "/.build/release/document-extractor",
        ]
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "document-extractor"
    }

    struct Result {
        var detected: DetectedFile
        var document: ExtractedDocument
        var output: StageOutput
        var text: String { self.document.pages.map(\.text).joined(separator: "\n\n") }
    }

    /// Runs `detect` and `extract_text` and checks that they leave nothing behind.
    static func extract(
        _ name: String, root: String = samples, limits: FormatLimits = FormatLimits(), extra: [JSONValue.Member] = []
    ) async throws -> Result {
        try await WorkDirectory.with(under: NSTemporaryDirectory()) { work in
            let storage = StorageRouter(files: FileStorage(root: root))
            let source = SourceFile(storage: storage, maximumBytes: limits.fileBytes)
            let message = try Envelope(
                JSONValue.object(
                    [.init("job_id", "job-1"), .init("gcs_path", .string("\(root)/\(name)")), .init("filename", .string(name))] + extra
                ).jsonBytes)
            func context(_ outputs: [StageName: StageOutput]) -> StageContext {
                StageContext(
                    message: message, identity: WorkIdentity(message, queue: "document_queue"), attempt: 1, workDirectory: work.path,
                    logger: .disabled, outputs: outputs)
            }
            let detect = DetectHandler(tools: tools, source: source, engine: "test")
            let first = try await detect.run(context([:]))
            let extract = ExtractTextHandler(tools: tools, source: source, limits: limits, languages: ["eng"], engine: "test")
            do {
                let second = try await extract.run(context(["detect": first]))
                #expect(try FileManager.default.contentsOfDirectory(atPath: work.path).isEmpty)
                return Result(
                    detected: try DetectedFile(bytes: first.body), document: try ExtractedDocument(bytes: second.body), output: second)
            } catch {
                #expect(try FileManager.default.contentsOfDirectory(atPath: work.path).isEmpty)
                throw error
            }
        }
    }

    /// The code of the failure that processing `name` ends with; nil when it succeeds.
    static func failure(_ name: String, root: String = samples, limits: FormatLimits = FormatLimits()) async throws -> StageFailure? {
        do {
            _ = try await Self.extract(name, root: root, limits: limits)
            return nil
        } catch let failure as StageFailure {
            return failure
        }
    }

    /// A directory with the given files, for one test.
    static func withFiles<Value>(_ files: [String: [UInt8]], _ body: (String) async throws -> Value) async throws -> Value {
        try await WorkDirectory.with(under: NSTemporaryDirectory()) { folder in
            for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name))) }
            return try await body(folder.path)
        }
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
        for position in 0..<found.count {
            let next = row[position + 1]
            row[position + 1] = min(min(next, row[position]) + 1, diagonal + (found[position] == scalar ? 0 : 1))
            diagonal = next
        }
    }
    return Double(row[found.count]) / Double(max(wanted.count, 1))
}
