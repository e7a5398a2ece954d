import Corpus
import EntityAnalysis
import Flotilla
import JSONText
import Threading

@testable import GraphStages

/// Runs the graph's stages on a text, as a pipeline would.
struct GraphStageHarness {
    var text: String
    var language = "en"
    /// Byte ranges of the chunks; one chunk of all when nil.
    var chunks: [Range<Int>]?
    var pages: [PageOffset]?
    var timeline: [TimedSpan] = []

    init(_ text: String) { self.text = text }

    /// The outputs of another pipeline, as the graph's stages find them.
    var inputs: [StageName: StageOutput] {
        let bytes = Array(self.text.utf8)
        let document = CleanedDocument(
            text: self.text, pages: self.pages ?? [PageOffset(number: 1, bytes: 0..<bytes.count)], timeline: self.timeline,
            language: self.language)
        let chunks = (self.chunks ?? [0..<bytes.count]).enumerated().map { index, range in
            DocumentChunk(index: index, text: String(decoding: bytes[range], as: UTF8.self), bytes: range, firstPage: 1, lastPage: 1)
        }
        return ["clean_text": StageOutput(body: document.bytes), "chunk": StageOutput(body: ChunkedDocument(chunks: chunks).bytes)]
    }

    func context(_ outputs: [StageName: StageOutput], checkpoints: StageCheckpoints = .none) throws -> StageContext {
        let message = try Envelope(Array(#"{"job_id":"j","document_uuid":"c39937bd-461f-8db4-bc79-aa56e46f0437","filename":"a.txt"}"#.utf8))
        return StageContext(
            message: message, identity: WorkIdentity(message, queue: "graph_queue"), attempt: 1, workDirectory: "/nowhere",
            logger: .disabled, outputs: outputs, checkpoints: checkpoints)
    }

    func mentions(
        _ configuration: GraphPipeline.Configuration = .init(), checkpoints: StageCheckpoints = .none
    ) async throws -> (value: DocumentMentions, output: StageOutput) {
        let output = try await GraphPipeline.handlers(configuration)[0].run(self.context(self.inputs, checkpoints: checkpoints))
        return (try DocumentMentions(bytes: output.body), output)
    }

    /// All three stages.
    func run(_ configuration: GraphPipeline.Configuration = .init()) async throws -> (DocumentMentions, DocumentNames, DocumentRelations) {
        var outputs = self.inputs
        for handler in GraphPipeline.handlers(configuration) { outputs[handler.stage] = try await handler.run(self.context(outputs)) }
        return (
            try DocumentMentions(bytes: outputs["extract_entities"]?.body ?? []),
            try DocumentNames(bytes: outputs["resolve_entities"]?.body ?? []),
            try DocumentRelations(bytes: outputs["build_relationships"]?.body ?? [])
        )
    }
}

/// Checkpoints in memory.
final class KeptPieces: Sendable {
    private let state = Lock<[String: [UInt8]]>([:])
    var pieces: [String: [UInt8]] { self.state.withLock { $0 } }
    func put(_ piece: [UInt8], as key: String) { self.state.withLock { $0[key] = piece } }
    var checkpoints: StageCheckpoints {
        StageCheckpoints(
            read: { self.pieces },
            write: { piece, key in
                self.put(piece, as: key)
                return true
            })
    }
}

/// Finds every word in capitals in a chunk, says that neighbours are members, and fails on chunks that hold "FAIL" while told to.
final class CapitalSource: ChunkEntitySource {
    let engine = "capitals 1"
    let concurrency = 2
    private let state = Lock<(asked: [String], fails: Bool)>(([], true))

    struct Refusal: Error {}

    var asked: [String] { self.state.withLock { $0.asked } }
    func recover() { self.state.withLock { $0 = ([], false) } }

    func extract(_ text: String, language: String) async throws -> ChunkExtraction {
        let fails = self.state.withLock { state in
            state.asked.append(text)
            return state.fails
        }
        if fails, text.contains("FAIL") { throw Refusal() }
        var extraction = ChunkExtraction()
        var start = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let end = start + word.utf8.count
            if word.count > 1, word.allSatisfy(\.isUppercase) {
                extraction.mentions.append(
                    EntityMention(type: .organization, text: String(word), bytes: start..<end, normal: String(word), confidence: 2))
            }
            start = end + 1
        }
        // Inventions, which must not get through.
        extraction.mentions.append(EntityMention(type: .person, text: "Nobody", bytes: 0..<6, normal: "Nobody", confidence: 1))
        extraction.mentions.append(EntityMention(type: .person, text: "X", bytes: 9_999..<10_000, normal: "X", confidence: 1))
        if extraction.mentions.count >= 4 {
            let last = extraction.mentions.count - 1
            for (source, target) in [(0, 1), (0, last), (-1, 77)] {
                extraction.relations.append(
                    ExtractedRelation(predicate: .memberOf, source: source, target: target, confidence: 0.9, bytes: 0..<4, rule: "model"))
            }
        }
        return extraction
    }
}

extension GraphPipeline.Configuration {
    /// Takes every word that begins with a capital for a place, and each two neighbours for members of one another.
    static var capitals: Self {
        Self(
            source: .document(engine: "capitals") { text, _ in
                var mentions: [EntityMention] = []
                var start = 0
                for word in text.split(omittingEmptySubsequences: false, whereSeparator: { " .\n".contains($0) }) {
                    let end = start + word.utf8.count
                    if word.first?.isUppercase == true {
                        mentions.append(
                            EntityMention(type: .place, text: String(word), bytes: start..<end, normal: String(word), confidence: 1))
                    }
                    start = end + 1
                }
                return mentions
            }, relationEngine: "neighbours"
        ) { _, mentions, _ in
            mentions.indices.dropFirst().map { index in
                ExtractedRelation(
                    predicate: .memberOf, source: index - 1, target: index, confidence: 0.5,
                    bytes: mentions[index - 1].bytes.lowerBound..<mentions[index].bytes.upperBound, rule: "near")
            }
        }
    }
}
