public import JSONText

extension FormatDocument {
    /// The one line that `document-extractor` prints.
    public var json: JSONValue {
        .object([
            .init("title", self.title.map { .string($0) } ?? .null),
            .init("partial", .bool(self.isPartial)),
            .init("warnings", .array(self.warnings.map { .string($0) })),
            .init(
                "pages",
                .array(
                    self.pages.map { page in
                        .object([
                            .init("number", .integer(Int64(page.number))), .init("label", page.label.map { .string($0) } ?? .null),
                            .init("text", .string(page.text)),
                        ])
                    })),
            .init(
                "attachments",
                .array(
                    self.attachments.map { attachment in
                        .object([
                            .init("file", .string(attachment.file)), .init("name", .string(attachment.name)),
                            .init("mime_type", .string(attachment.mimeType)), .init("bytes", .integer(Int64(attachment.bytes))),
                        ])
                    })),
        ])
    }

    /// Reads what `document-extractor` printed. Nil when it is not that.
    public init?(json: JSONValue) {
        guard let pages = json["pages"]?.array else { return nil }
        self.init(
            title: json["title"]?.string,
            pages: pages.map { page in
                FormatPage(
                    number: page["number"]?.integer.flatMap { Int(exactly: $0) } ?? 0, text: page["text"]?.string ?? "",
                    label: page["label"]?.string)
            },
            warnings: json["warnings"]?.array?.compactMap(\.string) ?? [],
            attachments: (json["attachments"]?.array ?? []).compactMap { attachment in
                guard let file = attachment["file"]?.string else { return nil }
                return FormatAttachment(
                    file: file, name: attachment["name"]?.string ?? file, mimeType: attachment["mime_type"]?.string ?? "",
                    bytes: attachment["bytes"]?.integer.flatMap { Int(exactly: $0) } ?? 0)
            },
            isPartial: json["partial"]?.bool ?? false)
    }
}
