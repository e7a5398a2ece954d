package import Corpus

/// Makes paragraphs of a transcript. Words stay as they were recognised: nothing is put in, and only repetitions that no speaker makes are
/// taken out.
package struct TranscriptCleaner: Sendable {
    /// Some sentences up to a long pause.
    package struct Paragraph: Sendable, Hashable {
        package var text: String
        package var time: TimeRange
        /// When each part of the text was said; bytes of this paragraph's text.
        package var spans: [TimedSpan]
    }

    /// A pause that always ends a paragraph, in milliseconds.
    private static let longPause = 2_000
    /// A pause that ends a paragraph which is long enough already.
    private static let pause = 700
    /// UTF-8 bytes of a paragraph that is long enough, and of one that ends at the next segment.
    private static let enough = 700
    private static let tooMuch = 1_500

    package init() {}

    /// The paragraphs in the order of time; empty when nothing was said.
    ///
    /// Segments of a recogniser that writes full stops are joined by spaces. Without them, each segment is a line: pauses are all that is
    /// known of where sentences end.
    package func paragraphs(of transcript: Transcript) -> [Paragraph] {
        let segments = Self.withoutRepetitions(transcript.segments)
        let separator = Self.isPunctuated(segments) ? " " : "\n"
        var paragraphs: [Paragraph] = []
        for segment in segments {
            if var last = paragraphs.last, !Self.ends(last, before: segment) {
                last.text += separator
                last.append(segment)
                paragraphs[paragraphs.count - 1] = last
            } else {
                var paragraph = Paragraph(text: "", time: segment.time, spans: [])
                paragraph.append(segment)
                paragraphs.append(paragraph)
            }
        }
        return paragraphs
    }

    private static func ends(_ paragraph: Paragraph, before segment: Transcript.Segment) -> Bool {
        let pause = segment.time.start - paragraph.time.end
        let size = paragraph.text.utf8.count
        return pause >= Self.longPause || (size >= Self.enough && pause >= Self.pause) || size >= Self.tooMuch
    }

    /// Whether sentences end with full stops here: one for each 60 words at least.
    private static func isPunctuated(_ segments: [Transcript.Segment]) -> Bool {
        var words = 0
        var stops = 0
        for segment in segments {
            words += segment.text.split(separator: " ").count
            stops += segment.text.unicodeScalars.count { ".?!。？！".unicodeScalars.contains($0) }
        }
        return stops * 60 >= max(1, words)
    }

    /// Without phrases that are repeated four times or more, and sentences that are repeated at once: recognisers get caught in loops.
    private static func withoutRepetitions(_ segments: [Transcript.Segment]) -> [Transcript.Segment] {
        var result: [Transcript.Segment] = []
        for segment in segments {
            var segment = segment
            segment.text = Repetition.collapsed(segment.text.split { $0.isWhitespace }.map(String.init)).joined(separator: " ")
            guard !segment.text.isEmpty else { continue }
            if let last = result.last, Repetition.isSameSentence(last.text, segment.text) {
                result[result.count - 1].time.end = segment.time.end
            } else {
                result.append(segment)
            }
        }
        return result
    }
}

extension TranscriptCleaner.Paragraph {
    fileprivate mutating func append(_ segment: Transcript.Segment) {
        let start = self.text.utf8.count
        self.text += segment.text
        self.spans.append(TimedSpan(bytes: start..<self.text.utf8.count, time: segment.time, source: .speech))
        self.time.end = max(self.time.end, segment.time.end)
    }
}
