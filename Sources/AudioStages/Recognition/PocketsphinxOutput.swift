internal import Corpus

/// What `pocketsphinx_continuous -time yes` prints: each utterance as a line, then its words.
///
/// ```
/// the weather was cold
/// <s> 0.110 0.150 0.999200
/// the 0.160 0.320 0.995410
/// was(2) 0.630 0.810 0.925604
/// </s> 5.470 5.650 1.000000
/// ```
struct PocketsphinxOutput {
    /// Utterances, and parts of them between pauses, with times in milliseconds.
    private(set) var segments: [Transcript.Segment] = []
    private var words: [String] = []
    private var confidence = 0.0
    private var time: TimeRange?

    /// A pause within an utterance that parts it, in milliseconds.
    private static let pause = 700

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 4, let start = Double(fields[1]), let end = Double(fields[2]), let confidence = Double(fields[3]) else {
                // The utterance as one line; its words follow.
                self.finishSegment()
                continue
            }
            if fields[0] == "</s>" {
                self.finishSegment()
            } else if let word = Self.word(fields[0]), start >= 0, end >= start, end < 1e6 {
                self.add(word, TimeRange(start: Int(start * 1000), end: Int(end * 1000)), confidence)
            }
        }
        self.finishSegment()
    }

    private mutating func add(_ word: String, _ time: TimeRange, _ confidence: Double) {
        if let last = self.time, time.start - last.end > Self.pause { self.finishSegment() }
        self.words.append(word)
        self.confidence += min(1, max(0, confidence))
        self.time = TimeRange(start: self.time?.start ?? time.start, end: time.end)
    }

    private mutating func finishSegment() {
        if let time {
            let mean = self.confidence / Double(self.words.count)
            self.segments.append(Transcript.Segment(time: time, text: self.words.joined(separator: " "), confidence: mean))
        }
        self.words = []
        self.confidence = 0
        self.time = nil
    }

    /// Without the number of the pronunciation; nil for silence and noises: `<sil>`, `[NOISE]`, `++BREATH++`.
    private static func word(_ field: Substring) -> String? {
        guard let first = field.first, !"<[+".contains(first) else { return nil }
        guard field.hasSuffix(")"), let bracket = field.lastIndex(of: "("), bracket > field.startIndex else { return String(field) }
        return String(field[..<bracket])
    }
}
