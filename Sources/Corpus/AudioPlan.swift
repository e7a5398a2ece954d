public import JSONText

/// Output of the stage `extract_audio`: what there is to listen to.
public struct AudioPlan: CorpusValue {
    /// What could be decoded, in milliseconds; less than the file says when it was cut off.
    public var decodedMs: Int
    /// Stretches that may hold speech, cut at silences, in order and apart; empty for silence. Each is recognised by itself.
    public var segments: [TimeRange]
    /// What was odd, for people.
    public var warnings: [String]
    public var isPartial: Bool

    public init(decodedMs: Int, segments: [TimeRange], warnings: [String] = [], isPartial: Bool = false) {
        self.decodedMs = decodedMs
        self.segments = segments
        self.warnings = warnings
        self.isPartial = isPartial
    }

    public var json: JSONValue {
        [
            "decoded_ms": .count(self.decodedMs), "segments": .array(self.segments.map { .object($0.members) }),
            "warnings": .texts(self.warnings), "is_partial": .bool(self.isPartial),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            decodedMs: try json.count("decoded_ms"),
            segments: try json.list("segments") { value throws(CorpusError) in try TimeRange(json: value) },
            warnings: json.texts("warnings"), isPartial: json.flag("is_partial"))
    }
}
