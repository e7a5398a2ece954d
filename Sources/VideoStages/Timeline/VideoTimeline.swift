internal import AudioStages
internal import Corpus

/// What is said in a video and what can be read in it, in one text in the order of time.
///
/// ```
/// [On screen] Quarterly report
/// Sales by region
///
/// good morning everybody let us begin with the sales
/// ```
/// Speech is parted where a new text comes up, so that what is said of a slide follows the slide.
struct VideoTimeline: Sendable, Hashable {
    static let mark = "[On screen] "
    /// Text that was shown before and comes back within this many milliseconds is not written again: a speaker and a slide in turn.
    static let returnTime = 120_000

    /// The whole text.
    private(set) var text = ""
    /// Each stretch of ``text`` with its time, in the order of the text; the mark belongs to none.
    private(set) var spans: [TimedSpan] = []
    /// The same without marks, for what judges the language.
    private(set) var plainText = ""

    init(speech: [TranscriptCleaner.Paragraph], screen: [ScreenText.Span]) {
        let shown = Self.withoutReturns(screen.sorted { ($0.time.start, $0.time.end) < ($1.time.start, $1.time.end) })
        let starts = shown.map(\.time.start)
        var pieces = speech.flatMap { Self.parts(of: $0, at: starts) }[...]
        for span in shown {
            while let piece = pieces.first, piece.time.start < span.time.start { self.add(pieces.removeFirst()) }
            let text = span.text
            self.add(
                Piece(text: text, time: span.time, spans: [TimedSpan(bytes: 0..<text.utf8.count, time: span.time, source: .screen)]),
                mark: Self.mark)
        }
        for piece in pieces { self.add(piece) }
    }

    /// Some text that stands together, with the times of its parts.
    private struct Piece {
        var text: String
        var time: TimeRange
        var spans: [TimedSpan]
    }

    private mutating func add(_ piece: Piece, mark: String = "") {
        guard !piece.text.isEmpty else { return }
        if !self.text.isEmpty {
            self.text += "\n\n"
            self.plainText += "\n\n"
        }
        self.text += mark
        let start = self.text.utf8.count
        self.text += piece.text
        self.plainText += piece.text
        for span in piece.spans {
            let bytes = (start + span.bytes.lowerBound)..<(start + span.bytes.upperBound)
            self.spans.append(TimedSpan(bytes: bytes, time: span.time, source: span.source))
        }
    }

    /// A paragraph, cut before each part that begins when a new text is on the screen.
    private static func parts(of paragraph: TranscriptCleaner.Paragraph, at starts: [Int]) -> [Piece] {
        var groups: [[TimedSpan]] = []
        for span in paragraph.spans {
            if let last = groups.last?.last, !starts.contains(where: { last.time.start < $0 && $0 <= span.time.start }) {
                groups[groups.count - 1].append(span)
            } else {
                groups.append([span])
            }
        }
        let bytes = Array(paragraph.text.utf8)
        return groups.compactMap { group in
            guard let first = group.first, let last = group.last else { return nil }
            let whole = first.bytes.lowerBound..<last.bytes.upperBound
            let spans = group.map { span in
                let part = (span.bytes.lowerBound - whole.lowerBound)..<(span.bytes.upperBound - whole.lowerBound)
                return TimedSpan(bytes: part, time: span.time, source: span.source)
            }
            return Piece(
                text: String(decoding: bytes[whole], as: UTF8.self), time: TimeRange(start: first.time.start, end: last.time.end),
                spans: spans)
        }
    }

    private static func withoutReturns(_ spans: [ScreenText.Span]) -> [ScreenText.Span] {
        var lastSeen: [String: Int] = [:]
        return spans.filter { span in
            let before = lastSeen.updateValue(span.time.end, forKey: span.text)
            return before.map { span.time.start - $0 > Self.returnTime } ?? true
        }
    }
}
