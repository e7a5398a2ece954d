public import JSONText

/// Output of the stage `detect`: what the file is, by its content.
public struct DetectedFile: CorpusValue {
    public var mimeType: String
    /// A short word: `pdf`, `docx`, `png`.
    public var kind: String
    /// Lower-case hexadecimal digest of the file.
    public var sha256: String
    public var bytes: Int
    /// The likely character set of a text that declares none.
    public var charset: String?
    /// Of pictures: pixels of the largest one, and how many there are.
    public var width: Int?
    public var height: Int?
    public var pages: Int?

    public init(
        mimeType: String, kind: String, sha256: String, bytes: Int, charset: String? = nil, width: Int? = nil, height: Int? = nil,
        pages: Int? = nil
    ) {
        self.mimeType = mimeType
        self.kind = kind
        self.sha256 = sha256
        self.bytes = bytes
        self.charset = charset
        self.width = width
        self.height = height
        self.pages = pages
    }

    public var json: JSONValue {
        [
            "mime_type": .string(self.mimeType), "kind": .string(self.kind), "sha256": .string(self.sha256), "bytes": .count(self.bytes),
            "charset": .optional(self.charset), "width": self.width.map { .count($0) } ?? .null,
            "height": self.height.map { .count($0) } ?? .null, "pages": self.pages.map { .count($0) } ?? .null,
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        self.init(
            mimeType: try json.text("mime_type"), kind: try json.text("kind"), sha256: try json.text("sha256"),
            bytes: try json.count("bytes"),
            charset: json["charset"]?.string, width: json["width"]?.integer.flatMap { Int(exactly: $0) },
            height: json["height"]?.integer.flatMap { Int(exactly: $0) }, pages: json["pages"]?.integer.flatMap { Int(exactly: $0) })
    }
}
