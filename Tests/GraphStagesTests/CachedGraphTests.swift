import Corpus
import EntityAnalysis
import Flotilla
import FlotillaTesting
import Testing

@testable import GraphStages

@Suite struct CachedGraphTests {
    private static let text = "ACME and GLOBEX met. FAIL came later with INITECH. UMBRELLA was away."

    private func message(_ document: Int, job: String = "j") -> [UInt8] {
        Array(#"{"job_id":"\#(job)","document_uuid":"c39937bd-461f-8db4-bc79-aa56e46f043\#(document)","filename":"\#(document).txt"}"#.utf8)
    }

    private func trial(_ configuration: GraphPipeline.Configuration, _ cache: InMemoryStageCache) -> PipelineTrial {
        PipelineTrial(GraphPipeline.handlers(configuration), queue: "graph_queue", cache: cache, inputs: GraphPipeline.inputs)
    }

    /// What the document's own pipeline has written.
    private func prepare(_ trial: PipelineTrial, _ message: [UInt8], _ harness: GraphStageHarness) async throws {
        let work = try trial.work(message)
        for (stage, output) in harness.inputs {
            #expect(try await trial.store.complete(stage, engine: "e", output: output, duration: .zero, of: work))
        }
    }

    @Test func `equal texts are looked through once, in whatever job and under whatever name`() async throws {
        let cache = InMemoryStageCache()
        let source = CapitalSource()
        source.recover()
        let trial = self.trial(.init(source: .chunks(source), relationEngine: "none") { _, _, _ in [] }, cache)
        let harness = GraphStageHarness("ACME and GLOBEX met.")
        let messages = [self.message(1), self.message(2), self.message(3, job: "k")]
        for message in messages {
            try await self.prepare(trial, message, harness)
            guard case .completed = try await trial.run(message) else { return #expect(Bool(false), "it did not end") }
        }
        #expect(source.asked.count == 1)
        for stage in GraphPipeline.stages {
            let outputs = try messages.map { try trial.stage(stage, of: $0)?.output?.body }
            #expect(outputs[0] != nil && outputs.allSatisfy { $0 == outputs[0] })
        }
        // Other limits keep other things.
        var narrow = GraphPipeline.Configuration(source: .chunks(source), relationEngine: "none") { _, _, _ in [] }
        narrow.limits.mentions = 1
        let other = self.trial(narrow, cache)
        try await self.prepare(other, messages[0], harness)
        _ = try await other.run(messages[0])
        #expect(source.asked.count == 2)
    }

    @Test func `what was found in a chunk survives that the text is cut otherwise, and stands in another document`() async throws {
        let cache = InMemoryStageCache()
        let source = CapitalSource()
        let trial = self.trial(.init(source: .chunks(source), relationEngine: "none") { _, _, _ in [] }, cache)
        var harness = GraphStageHarness(Self.text)
        harness.chunks = [0..<20, 21..<69]
        try await self.prepare(trial, self.message(1), harness)
        await #expect(throws: StageError.self) { try await trial.run(self.message(1)) }
        #expect(source.asked.count == 2)
        source.recover()
        // The same document, and then one that only shares a sentence, with other cuts.
        harness.chunks = [0..<20, 21..<50, 51..<69]
        try await self.prepare(trial, self.message(2), harness)
        guard case .completed = try await trial.run(self.message(2)) else { return #expect(Bool(false), "it did not end") }
        #expect(source.asked.count == 2 && !source.asked.contains { $0.hasPrefix("ACME") })
        let found = try DocumentMentions(bytes: try #require(try trial.stage("extract_entities", of: self.message(2))?.output).body)
        #expect(found.mentions.map(\.normal) == ["ACME", "GLOBEX", "FAIL", "UMBRELLA"])
    }
}
