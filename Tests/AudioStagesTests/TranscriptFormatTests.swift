@testable import AudioStages
import Corpus
import Testing

@Suite struct TranscriptFormatTests {
    private func transcript(_ segments: [(Int, Int, String)]) -> Transcript {
        Transcript(
            engine: "e", durationMs: 1_000, segments: segments.map { .init(time: TimeRange(start: $0.0, end: $0.1), text: $0.2) })
    }

    @Test func `short segments are one cue each`() {
        let transcript = self.transcript([(500, 1_250, "Hello there."), (3_723_004, 3_724_000, "Goodbye.")])
        #expect(
            TranscriptFormat.srt.file(of: transcript)
                == "1\n00:00:00,500 --> 00:00:01,250\nHello there.\n\n2\n01:02:03,004 --> 01:02:04,000\nGoodbye.\n")
        #expect(
            TranscriptFormat.vtt.file(of: transcript)
                == "WEBVTT\n\n00:00:00.500 --> 00:00:01.250\nHello there.\n\n01:02:03.004 --> 01:02:04.000\nGoodbye.\n")
        #expect(TranscriptFormat.text.file(of: transcript) == "Hello there.\n\nGoodbye.\n")
    }

    @Test func `nothing said is an empty file`() {
        #expect(TranscriptFormat.srt.file(of: self.transcript([])) == "")
        #expect(TranscriptFormat.vtt.file(of: self.transcript([])) == "WEBVTT\n")
        #expect(TranscriptFormat.text.file(of: self.transcript([])) == "")
    }

    @Test func `hours have as many digits as they need`() {
        let file = TranscriptFormat.srt.file(of: self.transcript([(360_000_000, 360_001_000, "late")]))
        #expect(file.contains("100:00:00,000 --> 100:00:01,000"))
    }

    @Test func `markup and arrows cannot get out of a cue`() {
        let transcript = self.transcript([(0, 1_000, "a --> b <i>&amp; {\\an8}"), (1_000, 2_000, "\n\n00:00 --> x\n")])
        let vtt = TranscriptFormat.vtt.file(of: transcript)
        #expect(vtt.contains("a --&gt; b &lt;i&gt;&amp;amp; {\\an8}"))
        #expect(vtt.split(separator: "\n").filter { $0.contains("-->") }.count == 2)
        let srt = TranscriptFormat.srt.file(of: transcript)
        #expect(srt.split(separator: "\n").filter { $0.contains("-->") }.count == 2)
        #expect(!srt.contains("<") && !srt.contains("{"))
    }

    @Test func `long segments are split at words into two lines of 42, times are shared, and nothing overlaps`() {
        let words = (0..<120).map { "word\($0)" }.joined(separator: " ") + " " + String(repeating: "x", count: 100)
        let transcript = self.transcript([(1_000, 31_000, words), (30_000, 30_000, "runs into it"), (30_001, 30_001, "and this")])
        let cues = TranscriptFormat.srt.file(of: transcript).split(separator: "\n\n").map { $0.split(separator: "\n") }
        #expect(cues.allSatisfy { (3...4).contains($0.count) && $0.dropFirst(2).allSatisfy { $0.count <= 42 } })
        let times = cues.map { $0[1].split(separator: " --> ").map(Self.milliseconds) }
        #expect(times.allSatisfy { $0[0] < $0[1] })
        #expect(zip(times, times.dropFirst()).allSatisfy { $0[1] <= $1[0] })
        #expect(times.first?[0] == 1_000)
        let shown = cues.flatMap { $0.dropFirst(2) }.joined(separator: " ").split(separator: " ")
        #expect(shown.filter { $0.hasPrefix("word") }.count == 120)
    }

    private static func milliseconds(_ clock: Substring) -> Int {
        let parts = clock.split { $0 == ":" || $0 == "," }.compactMap { Int($0) }
        return parts.count == 4 ? ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + parts[3] : -1
    }

    @Test func `times beyond all recordings are moved to the last one, and written`() throws {
        let transcript = self.transcript([(.max - 1, .max, "late"), (2_147_483_648, .max, "later")])
        #expect(transcript.segments.allSatisfy { $0.time.end == 1 << 52 })
        #expect(TranscriptFormat.srt.file(of: transcript).contains("late"))
        let stored = #"{"engine":"e","duration_ms":1,"segments":[{"start_ms":0,"end_ms":9223372036854775807,"text":"a"}]}"#
        #expect(throws: CorpusError.self) { try Transcript(bytes: Array(stored.utf8)) }
    }
}
