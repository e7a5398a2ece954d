import AudioStages
import Corpus
import Testing
@testable import VideoStages

@Suite struct TimelineTests {
    static func transcript(_ segments: [(Int, Int, String)]) -> [TranscriptCleaner.Paragraph] {
        TranscriptCleaner().paragraphs(
            of: Transcript(
                engine: "test", durationMs: 600_000,
                segments: segments.map { .init(time: .init(start: $0.0, end: $0.1), text: $0.2) }))
    }

    @Test func `speech is parted where a new slide comes up`() {
        let speech = Self.transcript([(500, 1500, "good morning"), (1600, 4000, "let us begin"), (5200, 7000, "the sales were fine")])
        let timeline = VideoTimeline(
            speech: speech,
            screen: [
                .init(time: .init(start: 5000, end: 9000), text: "Sales é", confidence: 90),
                .init(time: .init(start: 0, end: 5000), text: "Agenda\nSales", confidence: 90),
            ])
        #expect(
            timeline.text == """
                [On screen] Agenda
                Sales

                good morning
                let us begin

                [On screen] Sales é

                the sales were fine
                """)
        let bytes = Array(timeline.text.utf8)
        #expect(
            timeline.spans.map { String(decoding: bytes[$0.bytes], as: UTF8.self) } == [
                "Agenda\nSales", "good morning", "let us begin", "Sales é", "the sales were fine",
            ])
        #expect(timeline.spans.map(\.source) == [.screen, .speech, .speech, .screen, .speech])
        #expect(timeline.spans.map(\.time.start) == [0, 500, 1600, 5000, 5200])
        #expect(!timeline.plainText.contains("["))
    }

    @Test func `a slide in turn with the speaker is written once, and again when it comes back much later`() {
        let spans = [0, 20, 40, 300].map {
            ScreenText.Span(time: .init(start: $0 * 1000, end: $0 * 1000 + 9000), text: "Plan", confidence: 90)
        }
        let timeline = VideoTimeline(speech: [], screen: spans)
        #expect(timeline.spans.map(\.time.start) == [0, 300_000])
    }

    @Test func `nothing gives nothing`() {
        #expect(VideoTimeline(speech: [], screen: []).text.isEmpty)
    }
}
