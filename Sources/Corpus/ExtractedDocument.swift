public import JSONText

/// How the text of a page was had.
public enum ExtractionMethod: String, Sendable, Hashable, CaseIterable {
    /// From the text that a PDF carries.
    case textLayer = "text_layer"
    /// Recognised in a picture.
    case ocr
    /// From a format that is text.
    case native
}

/// One page of a document.
public struct ExtractedPage: CorpusValue {
    /// From 1. What a page is depends on the format: sheet, slide, chapter.
    public var number: Int
    public var text: String
    public var method: ExtractionMethod
    /// Mean confidence of recognised words, 0 to 100; nil when nothing was recognised or needed to be.
    public var confidence: Double?
    /// The name of a sheet, a chapter, an attachment.
    public var label: String?

    public init(number: Int, text: String, method: ExtractionMethod, confidence: Double? = nil, label: String? = nil) {
        self.number = number
        self.text = text
        self.method = method
        self.confidence = confidence
        self.label = label
    }

    public var json: JSONValue {
        [
            "number": .count(self.number), "method": .string(self.method.rawValue), "confidence": .optional(self.confidence),
            "label": .optional(self.label), "text": .string(self.text),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            number: try json.count("number"), text: try json.text("text"),
            method: try json.required("method") { $0.string.flatMap { ExtractionMethod(rawValue: $0) } },
            confidence: json["confidence"]?.number, label: json["label"]?.string)
    }
}

/// Output of the stage `extract_text`.
public struct ExtractedDocument: CorpusValue {
    public var pages: [ExtractedPage]
    public var title: String?
    /// For people: what was guessed, repaired or lost.
    public var warnings: [String]
    /// Some of the document could not be read; ``warnings`` says what.
    public var isPartial: Bool
    /// The programs that took part, with versions.
    public var tools: [String]

    public init(pages: [ExtractedPage], title: String? = nil, warnings: [String] = [], isPartial: Bool = false, tools: [String] = []) {
        self.pages = pages
        self.title = title
        self.warnings = warnings
        self.isPartial = isPartial
        self.tools = tools
    }

    public var json: JSONValue {
        [
            "title": .optional(self.title), "partial": .bool(self.isPartial), "warnings": .texts(self.warnings),
            "tools": .texts(self.tools),
            "pages": .array(self.pages.map(\.json)),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            pages: try json.list("pages") { value throws(CorpusError) in try ExtractedPage(json: value) }, title: json["title"]?.string,
            warnings: json.texts("warnings"), isPartial: json.flag("partial"), tools: json.texts("tools"))
    }
}
