internal import Corpus
internal import Flotilla

/// What became of one stretch.
enum StretchResult: Sendable {
    case recognized(Transcript)
    /// It cannot be recognised, however often it is tried.
    case failed(any FailureClassified)
}

/// The stretches of a recording, and how far their recognition has come. A pure value.
struct StretchWork {
    let stretches: [TimeRange]
    private var pieces: [Int: Transcript] = [:]
    private var failures: [Int: any FailureClassified] = [:]
    /// Stretches that an earlier run had recognised.
    private let resumed: Int

    /// - Parameters:
    ///   - kept: checkpoints of earlier runs; those of other stretches, and those that cannot be read, do not count.
    ///   - language: in which they are recognised.
    init(_ stretches: [TimeRange], kept: [String: [UInt8]], language: String? = nil) {
        self.stretches = stretches
        for (index, stretch) in stretches.enumerated() {
            // A damaged piece is made again.
            if let bytes = kept[Self.key(stretch, language: language)], let piece = try? Transcript(bytes: bytes) {
                self.pieces[index] = piece
            }
        }
        self.resumed = self.pieces.count
    }

    /// The name of a stretch's checkpoint: its place, so that a plan made by other rules finds nothing of the old one, and its language.
    static func key(_ stretch: TimeRange, language: String? = nil) -> String {
        "stretch-\(stretch.start)-\(stretch.end)" + (language.map { "-\($0)" } ?? "")
    }

    /// Stretches that are still to be recognised, in order.
    var missing: [Int] { self.stretches.indices.filter { self.pieces[$0] == nil && self.failures[$0] == nil } }

    /// Seconds of all stretches.
    var seconds: Int { self.stretches.reduce(0) { $0 + $1.duration } / 1000 }

    /// Seconds of the stretches that are done with, one way or the other.
    var secondsDone: Int {
        self.stretches.indices.reduce(0) { $0 + (self.pieces[$1] != nil || self.failures[$1] != nil ? self.stretches[$1].duration : 0) }
            / 1000
    }

    mutating func finish(_ index: Int, _ result: StretchResult) {
        switch result {
        case .recognized(let piece): self.pieces[index] = piece
        case .failed(let failure): self.failures[index] = failure
        }
    }

    /// The whole, in order.
    ///
    /// - Throws: the first failure, when no stretch could be recognised.
    func transcript(engine: String, plan: AudioPlan) throws -> Transcript {
        if self.pieces.isEmpty, let first = self.failures.min(by: { $0.key < $1.key }) { throw first.value }
        var transcript = Transcript(
            engine: engine, language: self.language, durationMs: plan.decodedMs, segments: [], warnings: plan.warnings,
            isPartial: plan.isPartial || !self.failures.isEmpty)
        for index in self.stretches.indices {
            if let failure = self.failures[index] {
                let time = self.stretches[index]
                transcript.warnings.append(
                    "From \(ClockText.of(time.start)) to \(ClockText.of(time.end)) nothing could be recognised: \(failure.failureMessage)")
            }
            guard let piece = self.pieces[index] else { continue }
            transcript.segments += piece.segments
            for warning in piece.warnings where !transcript.warnings.contains(warning) { transcript.warnings.append(warning) }
        }
        if transcript.segments.isEmpty, self.failures.isEmpty { transcript.warnings.append("No speech was found in the recording.") }
        return transcript
    }

    /// The language of most of what was said; nil when no piece knows its own.
    private var language: String? {
        var lengths: [String: Int] = [:]
        for piece in self.pieces.values {
            if let language = piece.language { lengths[language, default: 0] += piece.segments.reduce(1) { $0 + $1.time.duration } }
        }
        return lengths.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    func metrics(_ transcript: Transcript) -> [String: Double] {
        var metrics = [
            "segments": Double(self.pieces.count + self.failures.count - self.resumed), "segments_resumed": Double(self.resumed),
            "segments_failed": Double(self.failures.count),
            "speech_seconds": self.stretches.reduce(0.0) { $0 + Double($1.duration) / 1000 },
            "words": transcript.segments.reduce(0.0) { $0 + Double($1.text.split(separator: " ").count) },
        ]
        metrics["confidence"] = transcript.confidence
        return metrics
    }
}

extension Transcript {
    /// One stretch's piece of the transcript: in order, within the stretch, without overlaps and without segments that say nothing.
    init(_ recognition: Recognition, of stretch: TimeRange, engine: String) {
        var segments: [Segment] = []
        for segment in recognition.segments.sorted(by: { ($0.time.start, $0.time.end) < ($1.time.start, $1.time.end) }) {
            let text = segment.text.split { $0.isWhitespace || $0 == "\0" }.joined(separator: " ")
            guard text.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
            let floor = segments.last?.time.end ?? stretch.start
            let start = min(max(stretch.start + min(segment.time.start, stretch.duration), floor), stretch.end)
            let end = min(max(stretch.start + min(segment.time.end, stretch.duration), start), stretch.end)
            let confidence = segment.confidence.flatMap { $0.isFinite ? min(1, max(0, $0)) : nil }
            segments.append(Segment(time: TimeRange(start: start, end: end), text: text, confidence: confidence))
        }
        self.init(
            engine: engine, language: LanguageTag.code(recognition.language), durationMs: stretch.duration, segments: segments,
            warnings: recognition.warnings)
    }
}
