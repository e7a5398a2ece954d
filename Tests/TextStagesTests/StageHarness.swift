import Corpus
import Flotilla
import JSONText
import Subprocess
import Testing
import Threading
@testable import StageTools
@testable import TextStages

/// Runs the stage on chunks of a text, with checkpoints that outlive the run.
final class StageHarness: Sendable {
    static let runner = ChildRunner(concurrency: 2)
    static let tools = ToolBox(runner: runner, sandbox: Sandbox.probe(using: runner), slots: 2)
    /// Why the tests with the real program cannot run; nil when they can.
    static let isApertiumInstalled = ToolLocator().find("apertium") != nil && FileCheck.exists("/usr/share/apertium/modes/eng-spa.mode")

    private let kept = Lock<[String: [UInt8]]>([:])
    /// Stages whose run is somebody else's by now.
    private let isLost: Bool

    var checkpoints: [String: [UInt8]] { self.kept.withLock { $0 } }

    /// What the piece of a chunk is called.
    static func key(_ text: String, language: String = "de") -> String { "chunk-\(language)-\(StageOutput(body: Array(text.utf8)).digest)" }

    init(isLost: Bool = false) { self.isLost = isLost }

    func context(_ chunks: [String], language: String, attempt: Int = 1) throws -> StageContext {
        let document = CleanedDocument(text: chunks.joined(separator: "\n"), pages: [], language: language)
        let chunked = ChunkedDocument(
            chunks: chunks.enumerated().map { DocumentChunk(index: $0, text: $1, bytes: 0..<$1.utf8.count, firstPage: 1, lastPage: 1) })
        let message = try Envelope(JSONValue.object([.init("job_id", "job-1"), .init("filename", "a.txt")]).jsonBytes)
        let kept = self.kept
        let isLost = self.isLost
        return StageContext(
            message: message, identity: WorkIdentity(message, queue: "document_queue"), attempt: attempt, workDirectory: "/tmp",
            logger: .disabled,
            outputs: ["clean_text": StageOutput(body: document.bytes), "chunk": StageOutput(body: chunked.bytes)],
            checkpoints: StageCheckpoints(
                read: { kept.withLock { $0 } },
                write: { piece, key in
                    if !isLost { kept.withLock { $0[key] = piece } }
                    return !isLost
                }))
    }

    func translate(
        _ chunks: [String], _ language: String = "de", with translator: any Translator, to target: String = "en", attempt: Int = 1
    ) async throws -> (translation: DocumentTranslation, output: StageOutput) {
        let handler = TranslateHandler(translator: translator, target: target)
        let output = try await handler.run(try self.context(chunks, language: language, attempt: attempt))
        return (try DocumentTranslation(bytes: output.body), output)
    }
}

/// Translates by a closure and remembers the calls.
final class FakeTranslator: Translator {
    let engine = "fake 1"
    let batchSize: Int
    let concurrency: Int
    let calls = Lock<[[String]]>([])
    /// Calls at once: now, and at most.
    let load = Lock<(now: Int, most: Int)>((0, 0))
    private let languages: Set<String>
    private let body: @Sendable ([String]) async throws -> [String]

    init(
        batchSize: Int = 1, concurrency: Int = 2, languages: Set<String> = ["de"],
        _ body: @escaping @Sendable ([String]) async throws -> [String]
    ) {
        self.batchSize = batchSize
        self.concurrency = concurrency
        self.languages = languages
        self.body = body
    }

    func support(from source: String, to target: String) async throws -> TranslationSupport {
        self.languages.contains(source) ? .available : .missing("Install fake-\(source)-\(target).")
    }

    func translate(_ texts: [String], from source: String, to target: String) async throws -> [String] {
        self.calls.withLock { $0.append(texts) }
        self.load.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        defer { self.load.withLock { $0.now -= 1 } }
        await Task.yield()
        return try await self.body(texts)
    }
}
