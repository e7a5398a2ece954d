public import JSONText

/// What can be read in a video's pictures and for how long: output of the stage `ocr_frames`.
public struct ScreenText: CorpusValue {
    /// In the order of their start. Text that stays is there once.
    public var spans: [Span]
    public var warnings: [String]
    public var isPartial: Bool

    /// One text and the time that it can be seen.
    public struct Span: Sendable, Hashable {
        /// From the first picture that shows it to the first that shows it no more.
        public var time: TimeRange
        public var text: String
        /// Mean confidence of its words, 0 to 100.
        public var confidence: Double

        public init(time: TimeRange, text: String, confidence: Double) {
            self.time = time
            self.text = text
            self.confidence = confidence
        }
    }

    public init(spans: [Span], warnings: [String] = [], isPartial: Bool = false) {
        self.spans = spans
        self.warnings = warnings
        self.isPartial = isPartial
    }

    public var json: JSONValue {
        [
            "spans": .array(
                self.spans.map { span in
                    .object(span.time.members + [.init("text", .string(span.text)), .init("confidence", .number(span.confidence))])
                }),
            "warnings": .texts(self.warnings), "is_partial": .bool(self.isPartial),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            spans: try json.list("spans") { value throws(CorpusError) in
                Span(
                    time: try TimeRange(json: value), text: try value.text("text"),
                    confidence: try value.required("confidence") { $0.number })
            },
            warnings: json.texts("warnings"), isPartial: json.flag("is_partial"))
    }
}
