import Corpus
import DocumentFormats
@testable import DocumentStages
import Flotilla
import FlotillaTesting
import Foundation
import JSONText
import ObjectStorage
@testable import StageTools
import Subprocess
import Testing
import Threading

@Suite struct CachedDocumentTests {
    /// A pipeline whose children are counted.
    struct Scene {
        let trial: PipelineTrial
        let cache = InMemoryStageCache()
        let programs = Lock<[String]>([])
        let root: String
        /// Of tesseract's runs, the one that is not allowed; nil for none.
        let failing = Lock<Int?>(nil)

        init(root: String, withCache: Bool = true, limits: Int? = nil, languages: [String] = ["eng"]) async {
            self.root = root
            var tools = PipelineHarness.tools
            let programs = self.programs
            let failing = self.failing
            tools.willRun = { program, _ in
                let name = String(program.split(separator: "/").last ?? "")
                let count = programs.withLock { programs in
                    programs.append(name)
                    return programs.count { $0 == "tesseract" }
                }
                if name == "tesseract", let at = failing.withLock({ $0 }), count >= at {
                    throw StageFailure(.environment, "The test has had enough.")
                }
            }
            var configuration = DocumentPipeline.Configuration(storage: StorageRouter(files: FileStorage(root: root)), tools: tools)
            configuration.ocrLanguages = languages
            if let limits { configuration.limits.pages = limits }
            self.trial = PipelineTrial(
                await DocumentPipeline.handlers(configuration), queue: "document_queue", cache: withCache ? self.cache : nil,
                withWorkDirectory: { body in
                    try await WorkDirectory.with(under: NSTemporaryDirectory()) { try await body($0.path) }
                })
        }

        func message(_ name: String, job: String = "j", tenant: String = "t", language: String? = nil) -> [UInt8] {
            var members: [JSONValue.Member] = [
                .init("job_id", .string(job)), .init("tenant_id", .string(tenant)), .init("gcs_path", .string(name)),
                .init("filename", .string(name)),
            ]
            if let language { members.append(.init("language", .string(language))) }
            return JSONValue.object(members).jsonBytes
        }

        /// Runs a message and gives the children that it took.
        func children(_ message: [UInt8], attempt: Int = 1) async throws -> [String] {
            self.programs.withLock { $0 = [] }
            guard case .completed = try await self.trial.run(message, attempt: attempt) else { return ["not completed"] }
            return self.programs.withLock { $0 }
        }

        func output(_ stage: StageName, _ message: [UInt8]) throws -> StageOutput? { try self.trial.stage(stage, of: message)?.output }
    }

    /// A folder with a sample under several names.
    private func withCopies<Value>(_ sample: String, _ names: [String], _ body: (String) async throws -> Value) async throws -> Value {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(PipelineHarness.samples)/\(sample)")))
        return try await PipelineHarness.withFiles(Dictionary(uniqueKeysWithValues: names.map { ($0, bytes) })) { try await body($0) }
    }

    @Test(arguments: [
        ("inquiry-1962-scan.pdf", "copy of a scan.PDF", "inbox"), ("harbour-survey.pdf", "x.dat", "y"),
        ("ferry-log.tiff", "z.png", "t.txt.tiff"),
        ("letter-to-insurer.eml", "a.eml", "b"), ("quay-lease.doc", "lease.docx", "lease"), ("volunteers-guide.md", "guide.md", "other.md"),
    ])
    func `the same bytes under another name or in another job start no child, and another tenant shares nothing`(
        sample: String, second: String, third: String
    ) async throws {
        try await self.withCopies(sample, [sample, second, third]) { root in
            let scene = await Scene(root: root)
            let first = scene.message(sample)
            let made = try await scene.children(first)
            #expect(!made.isEmpty)
            for other in [scene.message(second), scene.message(third, job: "k"), scene.message(sample, job: "l")] {
                #expect(try await scene.children(other).isEmpty)
                for stage in DocumentPipeline.stages { #expect(try scene.output(stage, other)?.body == scene.output(stage, first)?.body) }
            }
            let elsewhere = try await scene.children(scene.message(sample, tenant: "u"))
            #expect(elsewhere.sorted() == made.sorted(), "\(elsewhere)")
        }
    }

    @Test func `what can change the output is another key: the name of a text, the language, the limits, the configured languages`()
        async throws
    {
        try await self.withCopies("tide-gauge.csv", ["a.csv", "a.txt"]) { root in
            let scene = await Scene(root: root)
            #expect(try await !scene.children(scene.message("a.csv")).isEmpty)
            #expect(try await !scene.children(scene.message("a.txt")).isEmpty)
            let language = try await scene.children(scene.message("a.csv", job: "k", language: "xx"))
            // Detection and reading depend on no language that is not installed.
            #expect(language.isEmpty)
            #expect(try scene.trial.stage("clean_text", of: scene.message("a.csv", job: "k", language: "xx"))?.origin == .computed)
        }
        try await self.withCopies("inquiry-1962-scan.pdf", ["a.pdf"]) { root in
            let plain = await Scene(root: root)
            let other = await Scene(root: root, limits: 999)
            let inputs = try await Self.inputs(plain, "a.pdf")
            #expect(try await Self.inputs(plain, "a.pdf") == inputs)
            #expect(try await Self.inputs(other, "a.pdf") != inputs)
        }
    }

    /// Of `extract_text`.
    private static func inputs(_ scene: Scene, _ name: String) async throws -> StageInputs? {
        _ = try await scene.children(scene.message(name))
        return StageInputs(parameters: ["digest": try scene.trial.stage("extract_text", of: scene.message(name))?.cacheKey?.digest ?? ""])
    }

    @Test func `a failed scan is taken up by another document of the same bytes`() async throws {
        let scan = try Self.scan(pages: 6)
        try await PipelineHarness.withFiles(["a.pdf": scan, "b.pdf": scan]) { root in
            let scene = await Scene(root: root)
            scene.failing.withLock { $0 = 4 }
            await #expect(throws: StageError.self) { try await scene.children(scene.message("a.pdf")) }
            let kept = scene.cache.pieceCount
            #expect((2...4).contains(kept), "\(kept)")
            scene.failing.withLock { $0 = nil }
            let programs = try await scene.children(scene.message("b.pdf"))
            #expect(programs.count { $0 == "tesseract" } == 6 - kept && programs.count { $0 == "pdftoppm" } == 6 - kept)
            #expect(scene.cache.pieceCount == 0)
            // The first document has its own pieces in the store, and now finds the whole.
            #expect(try await scene.children(scene.message("a.pdf"), attempt: 2).isEmpty)
        }
    }

    @Test(arguments: [true, false]) func `a killed scan goes on at the page where it stopped`(withCache: Bool) async throws {
        let scan = try Self.scan(pages: 6)
        try await PipelineHarness.withFiles(["a.pdf": scan]) { root in
            let scene = await Scene(root: root, withCache: withCache)
            let message = scene.message("a.pdf")
            scene.failing.withLock { $0 = 4 }
            await #expect(throws: StageError.self) { try await scene.children(message) }
            let kept = try scene.trial.stage("extract_text", of: message)?.checkpoints.values.first?.count ?? 0
            #expect((2...4).contains(kept), "\(kept)")
            scene.failing.withLock { $0 = nil }
            #expect(try await scene.children(message, attempt: 2).count { $0 == "tesseract" } == 6 - kept)
            let document = try ExtractedDocument(bytes: try #require(try scene.output("extract_text", message)).body)
            #expect(
                document.pages.map(\.number) == Array(1...6)
                    && document.pages.allSatisfy { $0.method == .ocr && $0.text.contains("harbour") })
        }
    }

    @Test func `a stage that reads the file fetches it where the earlier ones were found in the cache`() async throws {
        try await self.withCopies("ferry-log.tiff", ["a.tiff", "b.tiff"]) { root in
            let scene = await Scene(root: root)
            _ = try await scene.children(scene.message("a.tiff"))
            scene.cache.evict(try #require(scene.cache.keys.first { $0.stage == "extract_text" }))
            let programs = try await scene.children(scene.message("b.tiff"))
            #expect(programs.contains("tesseract") && !programs.contains("document-extractor"))
            #expect(try scene.output("index", scene.message("b.tiff"))?.body == scene.output("index", scene.message("a.tiff"))?.body)
        }
    }

    @Test(.enabled(if: PipelineHarness.tools.endsGrandchildren)) func `text alone takes one child, and a scan two a page besides`()
        async throws
    {
        for (sample, expected) in [
            ("harbour-survey.pdf", ["document-extractor"]), ("press-release.html", ["document-extractor", "document-extractor"]),
            ("inquiry-1962-speckled.pdf", ["document-extractor", "pdftoppm", "ffmpeg", "tesseract"]),
            ("insurance-claim-mixed.pdf", ["document-extractor", "pdftoppm", "tesseract"]),
        ] {
            try await self.withCopies(sample, [sample]) { root in
                let scene = await Scene(root: root, withCache: false)
                let children = try await scene.children(scene.message(sample))
                #expect(children == expected, "\(sample)")
            }
        }
    }

    /// Pages of clear print as pictures in a PDF: tesseract needs one run for each.
    private static func scan(pages: Int) throws -> [UInt8] {
        let folder = NSTemporaryDirectory() + "scan-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = "The harbour master wrote this page in clear letters. It has enough words to be read with confidence by anybody."
        let lines = text.split(separator: " ").map(String.init)
        var objects: [String] = []
        for page in 0..<pages {
            let picture = "\(folder)/page-\(page).jpg"
            let drawn = stride(from: 0, to: lines.count, by: 5).enumerated().map { index, start in
                "drawtext=fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:text='\(lines[start..<min(start + 5, lines.count)].joined(separator: " "))':"
                    + "fontsize=48:fontcolor=black:x=100:y=\(150 + 90 * index)"
            }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
            process.arguments =
                [
                    "-v", "error", "-y", "-f", "lavfi", "-i", "color=white:s=1240x900:d=1", "-vf", drawn.joined(separator: ","),
                    "-frames:v", "1", "-q:v", "2", picture,
                ]
            process.standardInput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            objects.append(picture)
        }
        return try PictureDocument.pdf(objects.map { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }, width: 1240, height: 900)
    }
}

/// A PDF of JPEG pictures, one a page.
private enum PictureDocument {
    static func pdf(_ pictures: [[UInt8]], width: Int, height: Int) throws -> [UInt8] {
        var bytes = Array("%PDF-1.4\n".utf8)
        var offsets: [Int] = []
        func object(_ head: String, _ stream: [UInt8]? = nil) {
            offsets.append(bytes.count)
            bytes += Array("\(offsets.count) 0 obj\n\(head)\n".utf8)
            if let stream { bytes += Array("stream\n".utf8) + stream + Array("\nendstream\n".utf8) }
            bytes += Array("endobj\n".utf8)
        }
        let (pageWidth, pageHeight) = (width * 72 / 150, height * 72 / 150)
        object("<< /Type /Catalog /Pages 2 0 R >>")
        let kids = pictures.indices.map { "\(3 + 3 * $0) 0 R" }.joined(separator: " ")
        object("<< /Type /Pages /Kids [\(kids)] /Count \(pictures.count) >>")
        for (index, picture) in pictures.enumerated() {
            let first = 3 + 3 * index
            object(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(pageWidth) \(pageHeight)] /Contents \(first + 1) 0 R "
                    + "/Resources << /XObject << /P \(first + 2) 0 R >> >> >>")
            let drawing = Array("\(pageWidth) 0 0 \(pageHeight) 0 0 cm /P Do".utf8)
            object("<< /Length \(drawing.count) >>", drawing)
            object(
                "<< /Type /XObject /Subtype /Image /Width \(width) /Height \(height) /ColorSpace /DeviceRGB /BitsPerComponent 8 "
                    + "/Filter /DCTDecode /Length \(picture.count) >>", picture)
        }
        let table = bytes.count
        bytes += Array("xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n".utf8)
        for offset in offsets { bytes += Array((String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n").utf8) }
        bytes += Array("trailer << /Size \(offsets.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n".utf8)
        return bytes
    }
}
