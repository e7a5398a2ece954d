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

/// Output of the stage `clean_text`: one text, and what it is about and written in.
public struct CleanedDocument: CorpusValue {
    public var text: String
    public var pages: [PageOffset]
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
        text: String, pages: [PageOffset], title: String? = nil, language: String = "und", languageConfidence: Double = 0,
        category: String = "other", categoryConfidence: Double = 0, removedLines: Int = 0
    ) {
        self.text = text
        self.pages = pages
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
            "text": .string(self.text),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            text: try json.text("text"),
            pages: try json.list("pages") { value throws(CorpusError) in
                PageOffset(number: try value.count("number"), bytes: try value.range())
            },
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
