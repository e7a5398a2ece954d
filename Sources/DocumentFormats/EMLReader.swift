import Glibc

/// Messages of RFC 5322 with MIME: headers and body are a page, attachments are written out for their own readers.
struct EMLReader {
    private let bytes: [UInt8]
    private let limits: FormatLimits
    private let outputDirectory: String?
    private var pages: PageBuilder
    private var attachments: [FormatAttachment] = []
    private var parts = 0

    /// - Parameter outputDirectory: where attachments go, as `attachment-1`, `attachment-2`; nil drops them with a warning.
    static func read(_ bytes: [UInt8], outputDirectory: String?, limits: FormatLimits) throws(FormatError) -> FormatDocument {
        var reader = EMLReader(bytes, outputDirectory: outputDirectory, limits: limits)
        return try reader.run()
    }

    private init(_ bytes: [UInt8], outputDirectory: String?, limits: FormatLimits) {
        self.bytes = bytes
        self.limits = limits
        self.outputDirectory = outputDirectory
        self.pages = PageBuilder(limits)
    }

    private mutating func run() throws(FormatError) -> FormatDocument {
        let message = MIMEPart(self.bytes, 0..<self.bytes.count)
        guard !message.headers.isEmpty else { throw FormatError(.corrupt, "The message has no headers.") }
        let lines = [("From", "from"), ("To", "to"), ("Cc", "cc"), ("Date", "date"), ("Subject", "subject")].compactMap { label, name in
            message.readable(name).map { "\(label): \($0)" }
        }
        self.pages.paragraph(lines.joined(separator: "\n"))
        let body = try self.body(of: message, depth: 0)
        self.pages.paragraph(body)
        return self.pages.finish(title: message.readable("subject"), attachments: self.attachments)
    }

    /// The text that a mail program would show; what it would offer to save is saved.
    private mutating func body(of part: MIMEPart, depth: Int) throws(FormatError) -> String {
        self.parts += 1
        guard depth < 32, self.parts <= 5_000 else {
            self.pages.warn("Parts of the message are nested too deeply and were not read.", isPartial: true)
            return ""
        }
        let type = part.mimeType
        if type == "multipart/encrypted"
            || type == "application/pkcs7-mime" && (part.header("content-type")?.contains("enveloped") ?? false)
        {
            throw FormatError(.encrypted, "The message is encrypted.")
        }
        if type.hasPrefix("multipart/") {
            let parts = part.parts(self.bytes, limit: self.limits.attachments)
            if parts.isEmpty { self.pages.warn("A part of the message has no content.") }
            guard type == "multipart/alternative" else {
                var texts: [String] = []
                for child in parts {
                    let text = try self.body(of: child, depth: depth + 1)
                    if !text.isEmpty { texts.append(text) }
                }
                return texts.joined(separator: "\n\n")
            }
            // The plain form first; the last of the others that says anything, otherwise.
            let plain = parts.filter { $0.mimeType == "text/plain" && !$0.isAttachment }
            var others: [String] = []
            for child in parts where child.mimeType != "text/plain" || child.isAttachment {
                others.append(try self.body(of: child, depth: depth + 1))
            }
            for child in plain {
                let text = try self.body(of: child, depth: depth + 1)
                if text.utf8.contains(where: { $0 > 0x20 }) { return text }
            }
            return others.last { !$0.isEmpty } ?? ""
        }
        if !part.isAttachment && (type == "text/plain" || type == "text/html") && (part.fileName == nil || depth == 0) {
            return try self.text(of: part, type: type)
        }
        // The halves of signatures say nothing.
        if ["application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"].contains(type) { return "" }
        try self.save(part, type: type)
        return ""
    }

    private mutating func text(of part: MIMEPart, type: String) throws(FormatError) -> String {
        let content = part.content(self.bytes)
        do throws(FormatError) {
            if type == "text/html" {
                let page = try HTMLReader.read(content, charset: part.charset, limits: self.limits)
                return page.pages.map(\.text).joined(separator: "\n\n")
            }
            return trimmed(unixLines(try Charset.decode(content, declared: part.charset).text))
        } catch  where error.code == .unsupported {
            self.pages.warn("A part that says it is text is not.", isPartial: true)
            return ""
        }
    }

    private mutating func save(_ part: MIMEPart, type: String) throws(FormatError) {
        let content = part.content(self.bytes)
        let name = part.fileName ?? (type == "message/rfc822" ? "message.eml" : "attachment")
        guard !content.isEmpty else {
            self.pages.warn("The attachment \(name) is empty.")
            return
        }
        guard let directory = self.outputDirectory, self.attachments.count < self.limits.attachments else {
            self.pages.warn("The attachment \(name) was not read.", isPartial: true)
            return
        }
        let file = "attachment-\(self.attachments.count + 1)"
        let descriptor = open("\(directory)/\(file)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw FormatError(.unreadable, "An attachment cannot be written: \(String(cString: strerror(errno))).")
        }
        defer { close(descriptor) }
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), content.count - written) }
            guard count > 0 else { throw FormatError(.unreadable, "An attachment cannot be written: \(String(cString: strerror(errno))).") }
            written += count
        }
        self.attachments.append(FormatAttachment(file: file, name: name, mimeType: type, bytes: content.count))
    }
}
