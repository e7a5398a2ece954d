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

@Suite struct PipelineTests {
    /// Runs every stage on a sample, each with the outputs of those before it.
    private func run(_ name: String) async throws -> [StageName: StageOutput] {
        try await WorkDirectory.with(under: NSTemporaryDirectory()) { work in
            let storage = StorageRouter(files: FileStorage(root: PipelineHarness.samples))
            let handlers = await DocumentPipeline.handlers(.init(storage: storage, tools: PipelineHarness.tools))
            #expect(handlers.map(\.stage) == DocumentPipeline.stages)
            let message = try Envelope(JSONValue.object([.init("job_id", "j"), .init("gcs_path", .string(name))]).jsonBytes)
            var outputs: [StageName: StageOutput] = [:]
            for handler in handlers {
                outputs[handler.stage] = try await handler.run(
                    StageContext(
                        message: message, identity: WorkIdentity(message, queue: "document_queue"), attempt: 1, workDirectory: work.path,
                        logger: .disabled, outputs: outputs))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: work.path).isEmpty)
            return outputs
        }
    }

    @Test func `a hit can be cited by page, and its place in the text is exact`() async throws {
        let outputs = try await self.run("harbour-survey.pdf")
        let cleaned = try CleanedDocument(bytes: try #require(outputs["clean_text"]).body)
        let chunks = try ChunkedDocument(bytes: try #require(outputs["chunk"]).body).chunks
        #expect(cleaned.pages.map(\.number) == [1, 2, 3, 4])
        // The footers "Page 1 of 4" repeat and are gone.
        #expect(!cleaned.text.contains("of 4"))
        let text = Array(cleaned.text.utf8)
        for chunk in chunks { #expect(String(decoding: text[chunk.bytes], as: UTF8.self) == chunk.text) }
        #expect(cleaned.language == "en")
        #expect(cleaned.category != "")
        let storm = try #require(chunks.first { $0.text.contains("tide gauge shows waves") })
        #expect(storm.firstPage <= 3 && storm.lastPage >= 3)
        let vectors = try ChunkVectors(bytes: try #require(outputs["index"]).body)
        #expect(vectors.vectors.count == chunks.count)
        #expect(vectors.vectors.allSatisfy { $0.count == vectors.dimensions })
        let summary = try DocumentSummary(bytes: try #require(outputs["summarize"]).body)
        #expect(!summary.text.isEmpty)
        for sentence in summary.sentences {
            let there = String(decoding: text[sentence.bytes], as: UTF8.self).split { $0.isWhitespace }.joined(separator: " ")
            #expect(there == sentence.text)
        }
    }

    @Test(arguments: ["berth-accounts.xlsx", "notice-board.png", "telegramm-latin1.txt", "letter-to-insurer.eml"])
    func `every kind of document gets a language, a summary, chunks and vectors`(name: String) async throws {
        let outputs = try await self.run(name)
        let cleaned = try CleanedDocument(bytes: try #require(outputs["clean_text"]).body)
        let summary = try DocumentSummary(bytes: try #require(outputs["summarize"]).body)
        let chunks = try ChunkedDocument(bytes: try #require(outputs["chunk"]).body).chunks
        print("\(name): \(cleaned.language) \(cleaned.category) \(chunks.count) chunks: \(summary.text)")
        #expect(cleaned.language == (name.hasPrefix("telegramm") ? "de" : name.hasSuffix("xlsx") ? cleaned.language : "en"))
        #expect(!summary.text.isEmpty)
        #expect(!chunks.isEmpty)
    }

    @Test func `stages can run again from stored outputs, and give the same`() async throws {
        let first = try await self.run("board-minutes.docx")
        let second = try await self.run("board-minutes.docx")
        for stage in DocumentPipeline.stages { #expect(first[stage]?.body == second[stage]?.body, "\(stage)") }
    }

    @Test func `an output of another shape is refused with its name`() throws {
        #expect(throws: CorpusError.self) { try CleanedDocument(bytes: Array("{\"text\":1}".utf8)) }
        #expect(throws: CorpusError.self) {
            try ChunkVectors(bytes: Array("{\"model\":\"m\",\"dimensions\":2,\"vectors\":[\"0000803f\"]}".utf8))
        }
        #expect(throws: CorpusError.self) { try DetectedFile(bytes: Array("not json".utf8)) }
        let vectors = ChunkVectors(modelID: "m", dimensions: 3, vectors: [[1, -0.5, 3.4e38], [0, .leastNonzeroMagnitude, -0]])
        #expect(try ChunkVectors(bytes: vectors.bytes) == vectors)
    }

    @Test func `a worker without a tool says which one, and blames no document`() async throws {
        let tools = ToolBox(
            runner: PipelineHarness.runner, sandbox: PipelineHarness.tools.sandbox, extractor: "/nowhere/document-extractor")
        await #expect {
            _ = try await Detection(tools: tools).format(of: PipelineHarness.samples + "/board-minutes.docx", name: "")
        } throws: { error in
            (error as? StageFailure)?.failureClass == .infrastructure && (error as? StageFailure)?.failureCode == "tool_missing"
        }
    }

    @Test(arguments: [Sandbox.Level.limits, .none]) func `where namespaces are forbidden the same tools work with what is left`(
        level: Sandbox.Level
    ) async throws {
        let runner = PipelineHarness.runner
        let tools = ToolBox(
            runner: runner, sandbox: Sandbox.probe(using: runner, strongest: level), extractor: PipelineHarness.tools.extractor, slots: 1)
        try await WorkDirectory.with(under: NSTemporaryDirectory()) { scratch in
            let extraction = DocumentExtraction(
                tools: tools, limits: .init(), languages: "eng", recognized: RecognizedPages(checkpoints: .none, languages: "eng"),
                progress: { _, _ in })
            for (name, kind) in [("board-minutes.docx", "docx"), ("letter-to-insurer.eml", "eml"), ("insurance-claim-mixed.pdf", "pdf")] {
                let file = DetectedFile(mimeType: "", kind: kind, sha256: "", bytes: 0)
                let document = try await extraction.extract("\(PipelineHarness.samples)/\(name)", detected: file, scratch: scratch.path)
                #expect(document.pages.count >= 2 && !document.isPartial)
            }
        }
    }

    @Test func `cancelling stops the tools at once`() async throws {
        let task = Task { try await PipelineHarness.extract("inquiry-1962-scan.pdf") }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test(
        arguments: [
            ("Page with plenty of good text on it, far more than twenty-five letters.", 0.0, PageDecision.textLayer), ("", 0, .ocr),
            ("12", 0.9, .ocr),
            ("A stamp over a scan: received 12 March, archive number 4471.", 0.95, .ocr),
            ("A stamp over a scan: received 12 March, archive number 4471.", 0.3, .textLayer),
            (String(repeating: "(cid:12)(cid:588) word ", count: 20), 0, .ocr),
            (String(repeating: "\u{E012}\u{E034} text ", count: 20), 0, .ocr),
        ] as [(String, Double, PageDecision)])
    func `a page is read as a picture only when its text layer is poor`(text: String, coverage: Double, expected: PageDecision) {
        #expect(PageDecision(text: text, imageCoverage: coverage) == expected)
    }

    @Test func `languages are chosen by hint, if their data is there`() {
        let installed: (String) -> Bool = { ["eng", "deu", "fra"].contains($0) }
        #expect(OpticalLanguages.choose(hint: "de-AT", configured: ["eng"], isInstalled: installed) == "deu+eng")
        #expect(OpticalLanguages.choose(hint: "fr", configured: ["fra"], isInstalled: installed) == "fra")
        #expect(OpticalLanguages.choose(hint: "../../x", configured: ["xyz", "a;b"], isInstalled: installed) == "eng")
        #expect(OpticalLanguages.choose(hint: nil, configured: [], isInstalled: installed) == "eng")
    }

    @Test func `a page scanned upside down is turned`() async throws {
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: PipelineHarness.samples + "/inquiry-1962-scan.pdf")))
        // The table of offsets is wrong after this, and is rebuilt by the reader.
        let page = Array("/Type /Page /Parent 2 0 R".utf8)
        var position = 0
        while position + page.count < bytes.count {
            if bytes[position..<position + page.count].elementsEqual(page) {
                bytes.insert(contentsOf: Array(" /Rotate 180 ".utf8), at: position + page.count)
                break
            }
            position += 1
        }
        try await PipelineHarness.withFiles(["turned.pdf": bytes]) { root in
            let result = try await PipelineHarness.extract("turned.pdf", root: root)
            #expect(result.document.pages[0].text.contains("Captain Edmund Fairweather"))
        }
    }
}
