/// One page as a reader found it.
public struct FormatPage: Sendable, Equatable {
    /// From 1. What a page is depends on the format: sheet, slide, chapter, or the part between two page breaks.
    public var number: Int
    public var text: String
    /// The name of a sheet, the title of a chapter.
    public var label: String?

    public init(number: Int, text: String, label: String? = nil) {
        self.number = number
        self.text = text
        self.label = label
    }
}

/// A file found inside a message and written out beside it.
public struct FormatAttachment: Sendable, Equatable {
    /// Its name in the output directory, made by us.
    public var file: String
    /// Its name in the message, as the sender wrote it: untrusted, for people to read.
    public var name: String
    public var mimeType: String
    public var bytes: Int

    public init(file: String, name: String, mimeType: String, bytes: Int) {
        self.file = file
        self.name = name
        self.mimeType = mimeType
        self.bytes = bytes
    }
}

/// What a reader hands back.
public struct FormatDocument: Sendable, Equatable {
    public var title: String?
    public var pages: [FormatPage]
    public var warnings: [String]
    public var attachments: [FormatAttachment]
    /// Some of the file could not be read; ``warnings`` says what.
    public var isPartial: Bool

    public init(
        title: String? = nil, pages: [FormatPage] = [], warnings: [String] = [], attachments: [FormatAttachment] = [],
        isPartial: Bool = false
    ) {
        self.title = title
        self.pages = pages
        self.warnings = warnings
        self.attachments = attachments
        self.isPartial = isPartial
    }

    /// Whether no page has a letter or a digit.
    public var isBlank: Bool {
        !self.pages.contains { page in page.text.unicodeScalars.contains { $0.properties.isAlphabetic || $0.properties.numericType != nil }
        }
    }
}
