public import JSONText

/// Where a page lies in a cleaned text.
public struct PageOffset: Sendable, Hashable {
    /// From 1.
    public var number: Int
    /// UTF-8 bytes of the text.
    public var bytes: Range<Int>

    public init(number: Int, bytes: Range<Int>) {
        self.number = number
        self.bytes = bytes
    }
}

/// When a stretch of a cleaned text was said, or could be seen.
public struct TimedSpan: Sendable, Hashable {
    /// UTF-8 bytes of the text.
    public var bytes: Range<Int>
    public var time: TimeRange
    public var source: Source

    public enum Source: String, Sendable, Hashable, CaseIterable {
        case speech, screen
    }

    public init(bytes: Range<Int>, time: TimeRange, source: Source) {
        self.bytes = bytes
        self.time = time
        self.source = source
    }
}

/// Output of the stage `clean_text`: one text, and what it is about and written in.
public struct CleanedDocument: CorpusValue {
    public var text: String
    public var pages: [PageOffset]
    /// Of recordings: when each stretch was said or seen, in the order of the text; empty for documents.
    public var timeline: [TimedSpan]
    public var title: String?
    /// ISO 639-1, or `und` when it cannot be told.
    public var language: String
    /// 0 to 1.
    public var languageConfidence: Double
    /// A word such as `report`, `letter`, `invoice`.
    public var category: String
    /// 0 to 1.
    public var categoryConfidence: Double
    /// Repeated headers, footers and page numbers that were taken out.
    public var removedLines: Int

    public init(
        text: String, pages: [PageOffset], timeline: [TimedSpan] = [], title: String? = nil, language: String = "und",
        languageConfidence: Double = 0,
        category: String = "other", categoryConfidence: Double = 0, removedLines: Int = 0
    ) {
        self.text = text
        self.pages = pages
        self.timeline = timeline
        self.title = title
        self.language = language
        self.languageConfidence = languageConfidence
        self.category = category
        self.categoryConfidence = categoryConfidence
        self.removedLines = removedLines
    }

    public var json: JSONValue {
        [
            "title": .optional(self.title), "language": .string(self.language), "language_confidence": .number(self.languageConfidence),
            "category": .string(self.category), "category_confidence": .number(self.categoryConfidence),
            "removed_lines": .count(self.removedLines),
            "pages": .array(
                self.pages.map { page in
                    ["number": .count(page.number), "start": .count(page.bytes.lowerBound), "end": .count(page.bytes.upperBound)]
                }),
            "timeline": .array(
                self.timeline.map { span in
                    .object(
                        [.init("start", .count(span.bytes.lowerBound)), .init("end", .count(span.bytes.upperBound))] + span.time.members
                            + [.init("source", .string(span.source.rawValue))])
                }),
            "text": .string(self.text),
        ]
    }

    /// When the bytes were said or seen; nil outside of the timeline.
    public func time(of bytes: Range<Int>) -> TimeRange? {
        // Spans lie in the order of the text: the first that ends after the beginning.
        var low = 0
        var high = self.timeline.count
        while low < high {
            let middle = (low + high) / 2
            if self.timeline[middle].bytes.upperBound <= bytes.lowerBound { low = middle + 1 } else { high = middle }
        }
        var found: TimeRange?
        while low < self.timeline.count, self.timeline[low].bytes.lowerBound < max(bytes.upperBound, bytes.lowerBound + 1) {
            let time = self.timeline[low].time
            found = found.map { TimeRange(start: min($0.start, time.start), end: max($0.end, time.end)) } ?? time
            low += 1
        }
        return found
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            text: try json.text("text"),
            pages: try json.list("pages") { value throws(CorpusError) in
                PageOffset(number: try value.count("number"), bytes: try value.range())
            },
            timeline: try json.optional("timeline") { spans throws(CorpusError) in
                guard let spans = spans.array else { throw CorpusError("\"timeline\" is not a list") }
                var timeline: [TimedSpan] = []
                for span in spans {
                    guard let source = TimedSpan.Source(rawValue: try span.text("source")) else {
                        throw CorpusError("a span's \"source\" is unknown")
                    }
                    timeline.append(TimedSpan(bytes: try span.range(), time: try TimeRange(json: span), source: source))
                }
                return timeline
            } ?? [],
            title: json["title"]?.string, language: json["language"]?.string ?? "und",
            languageConfidence: json["language_confidence"]?.number ?? 0, category: json["category"]?.string ?? "other",
            categoryConfidence: json["category_confidence"]?.number ?? 0,
            removedLines: json["removed_lines"]?.integer.flatMap { Int(exactly: $0) } ?? 0)
    }
}

extension JSONValue {
    /// `start` and `end` of this object.
    func range() throws(CorpusError) -> Range<Int> {
        let start = try self.count("start")
        let end = try self.count("end")
        guard start >= 0, start <= end else { throw CorpusError("\"start\" lies after \"end\"") }
        return start..<end
    }
}
