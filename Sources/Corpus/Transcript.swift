public import JSONText

/// What was said and when: output of the stage `transcribe`.
public struct Transcript: CorpusValue {
    /// What recognised it, with its version and model.
    public var engine: String
    /// ISO 639-1 where the recogniser knows it, else nil.
    public var language: String?
    /// Of the recording, in milliseconds.
    public var durationMs: Int
    /// In the order of time, not overlapping; empty when nobody speaks.
    public var segments: [Segment]
    /// What was not heard and why, for people.
    public var warnings: [String]
    public var isPartial: Bool

    /// One utterance: some words up to a pause.
    public struct Segment: Sendable, Hashable {
        public var time: TimeRange
        public var text: String
        /// Mean confidence of the words, 0 to 1; nil when the recogniser says nothing of it.
        public var confidence: Double?

        public init(time: TimeRange, text: String, confidence: Double? = nil) {
            self.time = time
            self.text = text
            self.confidence = confidence
        }
    }

    public init(
        engine: String, language: String? = nil, durationMs: Int, segments: [Segment], warnings: [String] = [], isPartial: Bool = false
    ) {
        self.engine = engine
        self.language = language
        self.durationMs = durationMs
        self.segments = segments
        self.warnings = warnings
        self.isPartial = isPartial
    }

    /// Mean confidence of the segments, by their length; nil when none has one.
    public var confidence: Double? {
        let known = self.segments.filter { $0.confidence != nil }
        let length = known.reduce(0.0) { $0 + Double(max(1, $1.time.duration)) }
        guard length > 0 else { return nil }
        return known.reduce(0.0) { $0 + ($1.confidence ?? 0) * Double(max(1, $1.time.duration)) } / length
    }

    public var json: JSONValue {
        [
            "engine": .string(self.engine), "language": .optional(self.language), "duration_ms": .count(self.durationMs),
            "segments": .array(self.segments.map(\.json)), "warnings": .texts(self.warnings), "is_partial": .bool(self.isPartial),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            engine: try json.text("engine"), language: json["language"]?.string, durationMs: try json.count("duration_ms"),
            segments: try json.list("segments") { value throws(CorpusError) in try Segment(json: value) },
            warnings: json.texts("warnings"), isPartial: json.flag("is_partial"))
    }
}

extension Transcript.Segment: CorpusValue {
    public var json: JSONValue {
        .object(self.time.members + [.init("text", .string(self.text)), .init("confidence", .optional(self.confidence))])
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(time: try TimeRange(json: json), text: try json.text("text"), confidence: json["confidence"]?.number)
    }
}
