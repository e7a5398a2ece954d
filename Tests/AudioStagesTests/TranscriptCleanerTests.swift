@testable import AudioStages
import Corpus
import Flotilla
import JSONText
@testable import StageTools
import Testing

@Suite struct TranscriptCleanerTests {
    private func paragraphs(_ segments: [(Int, Int, String)]) -> [TranscriptCleaner.Paragraph] {
        TranscriptCleaner().paragraphs(
            of: Transcript(
                engine: "e", durationMs: 100_000, segments: segments.map { .init(time: TimeRange(start: $0.0, end: $0.1), text: $0.2) }))
    }

    @Test func `pauses end lines and long pauses paragraphs`() {
        let paragraphs = self.paragraphs([(0, 900, "we went home"), (1_500, 2_000, "it was late"), (5_000, 6_000, "the next day")])
        #expect(paragraphs.map(\.text) == ["we went home\nit was late", "the next day"])
        #expect(paragraphs.map(\.time) == [TimeRange(start: 0, end: 2_000), TimeRange(start: 5_000, end: 6_000)])
    }

    @Test func `sentences with full stops are joined by spaces`() {
        #expect(self.paragraphs([(0, 900, "We went home."), (1_000, 2_000, "It was late.")]).map(\.text) == ["We went home. It was late."])
    }

    @Test func `a paragraph without pauses ends all the same`() {
        let paragraphs = self.paragraphs(
            (0..<400).map { ($0 * 1_000, $0 * 1_000 + 1_000, "ten words that are said without any pause at \($0)") })
        #expect(paragraphs.count > 5)
        #expect(paragraphs.allSatisfy { $0.text.utf8.count < 1_700 })
    }

    @Test func `loops are said once, what people repeat stays`() {
        #expect(self.paragraphs([(0, 1, "no no no that that is it")]).first?.text == "no no no that that is it")
        #expect(self.paragraphs([(0, 1, "and the and the and the and the and the end")]).first?.text == "and the end")
        #expect(self.paragraphs([(0, 1, "zero zero zero zero seven")]).first?.text == "zero zero zero zero seven")
        let twice = self.paragraphs([(0, 900, "Thank you very much."), (900, 1_800, "thank you very much"), (1_900, 2_000, "Yes.")])
        #expect(twice.map(\.text) == ["Thank you very much. Yes."])
        #expect(twice.first?.spans.first?.time == TimeRange(start: 0, end: 1_800))
    }

    /// Found by the fuzzer: counting such words took time with the square of their number, hours for these.
    @Test(.timeLimit(.minutes(1))) func `words with digits that follow each other are left alone, and quickly`() {
        let words = [String](repeating: "you-12k", count: 50_000)
        #expect(Repetition.collapsed(words) == words)
    }

    @Test func `each segment knows its bytes and its time, in the whole text`() async throws {
        let transcript = Transcript(
            engine: "e", language: "en", durationMs: 10_000,
            segments: [
                .init(time: TimeRange(start: 0, end: 1_000), text: "Grüße aus Köln 👋."),
                .init(time: TimeRange(start: 1_000, end: 2_000), text: "Zweiter Satz."),
                .init(time: TimeRange(start: 9_000, end: 9_500), text: "Ende."),
            ], isPartial: true)
        let media = MediaFile(mimeType: "audio/wav", container: "wav", sha256: "", bytes: 1, title: "Brief")
        let output = try await AudioHarness.withDirectory { directory in
            try await CleanTranscriptHandler().run(
                try AudioHarness.context(
                    directory + "/x", directory,
                    outputs: ["probe": StageOutput(body: media.bytes), "transcribe": StageOutput(body: transcript.bytes)],
                    extra: [.init("language", "de")]))
        }
        let document = try CleanedDocument(bytes: output.body)
        #expect(output.isPartial)
        #expect(document.title == "Brief")
        let bytes = Array(document.text.utf8)
        #expect(document.timeline.map { String(decoding: bytes[$0.bytes], as: UTF8.self) } == transcript.segments.map(\.text))
        #expect(document.timeline.map(\.time) == transcript.segments.map(\.time))
        #expect(document.pages == [PageOffset(number: 1, bytes: 0..<bytes.count)])
        #expect(document.time(of: 0..<bytes.count) == TimeRange(start: 0, end: 9_500))
    }
}
