import Corpus
import EntityAnalysis
import Flotilla
import Testing

@testable import GraphStages
@testable import StageTools

@Suite struct GraphStageTests {
    private static let letter = """
        Acme Corp employs Grace Hopper in Berlin. Grace Hopper lives in Berlin.

        On 1 March 2024 Acme Corp paid EUR 1,200.00 to Globex Ltd. Write to grace.hopper@acme.example for more.
        """

    @Test func `a text's mentions know their place, and what they have to do with each other`() async throws {
        let (mentions, names, relations) = try await GraphStageHarness(Self.letter).run()
        let bytes = Array(Self.letter.utf8)
        for mention in mentions.mentions {
            #expect(String(decoding: bytes[mention.bytes], as: UTF8.self) == mention.text)
            #expect(mention.page == 1 && mention.chunk == 0)
        }
        #expect(mentions.mentions.map(\.bytes.lowerBound) == mentions.mentions.map(\.bytes.lowerBound).sorted())
        let hopper = try #require(names.names.first { $0.type == "person" && $0.name == "Grace Hopper" })
        #expect(hopper.count == 2 && hopper.context.contains("Acme Corp"))
        #expect(names.names.contains { $0.type == "email" && $0.name == "grace.hopper@acme.example" })
        #expect(names.names.reduce(0) { $0 + $1.count } == mentions.mentions.count)
        let said = relations.relations.map { relation in
            "\(mentions.mentions[relation.source].normal) \(relation.predicate) \(mentions.mentions[relation.target].normal)"
        }
        #expect(said.contains("Acme Corp employs Grace Hopper"), "\(said)")
        #expect(said.contains("Grace Hopper lives_in Berlin"), "\(said)")
        #expect(relations.relations.allSatisfy { $0.page == 1 && $0.chunk == 0 && $0.bytes.upperBound <= bytes.count })
    }

    @Test func `pages, chunks and times are those where a mention begins`() async throws {
        var harness = GraphStageHarness("Berlin is large. Paris is larger. Berlin again.")
        harness.pages = [PageOffset(number: 4, bytes: 0..<17), PageOffset(number: 5, bytes: 17..<47)]
        harness.chunks = [0..<33, 17..<47]
        harness.timeline = [
            TimedSpan(bytes: 0..<16, time: TimeRange(start: 0, end: 900), source: .speech),
            TimedSpan(bytes: 17..<47, time: TimeRange(start: 1_000, end: 2_000), source: .speech),
        ]
        let places = try await harness.mentions(.capitals).value.mentions
        #expect(places.map(\.normal) == ["Berlin", "Paris", "Berlin"])
        #expect(places.map(\.page) == [4, 5, 5])
        #expect(places.map(\.chunk) == [0, 0, 1])
        #expect(places.map { $0.time?.start } == [0, 1_000, 1_000])
    }

    @Test func `a document without outputs of its own pipeline fails for good, in words`() async throws {
        let harness = GraphStageHarness("x")
        for handler in [GraphPipeline.handlers(.init())[0], GraphPipeline.handlers(.init())[2]] {
            await #expect { try await handler.run(harness.context([:])) } throws: { error in
                (error as? StageFailure)?.failureClass == .permanent && "\(error)".contains("no output of clean_text")
            }
        }
        await #expect(throws: StageFailure.self) {
            try await GraphPipeline.handlers(.init())[0].run(harness.context(["clean_text": StageOutput(body: Array("[]".utf8))]))
        }
    }

    @Test func `a source is asked for each chunk once, and after a failure only for those that are missing`() async throws {
        let text = "ACME and GLOBEX met. FAIL came later with INITECH. UMBRELLA was away."
        var harness = GraphStageHarness(text)
        harness.chunks = [0..<20, 21..<50, 51..<69]
        let source = CapitalSource()
        let kept = KeptPieces()
        let configuration = GraphPipeline.Configuration(source: .chunks(source), relationEngine: "none") { _, _, _ in [] }
        await #expect(throws: CapitalSource.Refusal.self) { try await harness.mentions(configuration, checkpoints: kept.checkpoints) }
        let names = [0..<20, 21..<50, 51..<69].map { "chunk-en-\(StageOutput(body: Array(Array(text.utf8)[$0])).digest)" }
        #expect(kept.pieces[names[0]] != nil && kept.pieces[names[1]] == nil)
        // A piece that was damaged is asked for again.
        kept.put(Array("{".utf8), as: names[2])
        source.recover()
        let mentions = try await harness.mentions(configuration, checkpoints: kept.checkpoints).value
        #expect(source.asked.count == 2 && !source.asked.contains { $0.hasPrefix("ACME") })
        #expect(mentions.mentions.map(\.normal) == ["ACME", "GLOBEX", "FAIL", "UMBRELLA"])
        #expect(mentions.mentions.allSatisfy { $0.confidence == 1 })
        #expect(mentions.statements.map { [$0.source, $0.target] } == [[0, 1]])

        let relations = try await harness.run(configuration).2.relations
        #expect(relations.map(\.rule) == ["model"] && relations[0].predicate == "member_of")
    }

    @Test func `of the same statement the surer one is kept`() async throws {
        var harness = GraphStageHarness("ACME and GLOBEX met.")
        harness.chunks = [0..<20]
        let source = CapitalSource()
        for (confidence, rule) in [(0.95, "pattern"), (0.5, "model")] {
            let configuration = GraphPipeline.Configuration(source: .chunks(source), relationEngine: "patterns") { _, _, _ in
                [ExtractedRelation(predicate: .memberOf, source: 0, target: 1, confidence: confidence, bytes: 0..<20, rule: "pattern")]
            }
            #expect(try await harness.run(configuration).2.relations.map(\.rule) == [rule])
        }
    }

    @Test func `what is too much is cut, and said`() async throws {
        var limits = GraphLimits()
        limits.mentions = 10
        limits.relations = 3
        limits.windowBytes = 200
        var configuration = GraphPipeline.Configuration.capitals
        configuration.limits = limits
        let harness = GraphStageHarness(String(repeating: "From Berlin to Paris.\n\n", count: 50))
        let (mentions, output) = try await harness.mentions(configuration)
        #expect(mentions.mentions.count == 10 && mentions.found == 150 && output.isPartial)
        let relations = try await harness.run(configuration).2
        #expect(relations.relations.count == 3 && relations.found > 3)
    }

    @Test func `windows are the whole text, cut between lines and never within a character`() {
        for text in [
            "", "a", String(repeating: "ä", count: 500), String(repeating: "line\n\n", count: 300), String(repeating: "漢字\n", count: 99),
        ] {
            let bytes = Array(text.utf8)
            for limit in [4, 7, 64, 5_000] {
                let windows = TextWindows.cut(bytes, limit: limit)
                #expect(windows.flatMap { bytes[$0] } == bytes)
                #expect(windows.allSatisfy { $0.count <= limit && !$0.isEmpty && String(validating: bytes[$0], as: UTF8.self) != nil })
            }
        }
    }

    @Test func `endless names are cut and stay different`() {
        let long = String(repeating: "ä", count: 5_000)
        let key = BoundedName.key(long, limit: 512)
        #expect(key.utf8.count <= 512 && key != BoundedName.key(long + "x", limit: 512))
        #expect(BoundedName.shown(long, limit: 512).utf8.count <= 512)
        #expect(BoundedName.key("Ada", limit: 512) == "Ada")
        // One character of thousands of marks.
        #expect(BoundedName.key("e" + String(repeating: "\u{301}", count: 9_000), limit: 512).utf8.count <= 512)
    }

    @Test func `odd texts are no trouble`() async throws {
        for text in [
            "", " \n ", "\u{0}\u{0}", String(repeating: "A", count: 100_000), "🙂🙂 漢字 \u{202E}abc", "<script>alert('Berlin')</script>",
        ] {
            var harness = GraphStageHarness(text)
            harness.language = "und"
            let (mentions, names, _) = try await harness.run()
            #expect(names.names.reduce(0) { $0 + $1.count } == mentions.mentions.count)
        }
    }
}
