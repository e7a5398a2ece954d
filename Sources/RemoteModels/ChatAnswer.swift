internal import JSONText

/// What a chat server answered, read with distrust: either a complete text, or the reason why there is none.
struct ChatAnswer: Sendable, Hashable {
    /// Without white space around it, and without the model's thoughts before it.
    let text: String

    /// - Parameter keepsTags: the question itself speaks of think tags, so that those in the answer may belong there.
    /// - Throws: ``RemoteModelError`` with `.badAnswer`.
    init(_ json: JSONValue, keepsTags: Bool = false) throws(RemoteModelError) {
        guard let choice = json["choices"]?[0], let message = choice["message"], message.members != nil else {
            throw Self.bad("The chat server's answer has no message\(Self.said(json["error"])).")
        }
        if let refusal = message["refusal"]?.string, !refusal.isEmpty {
            throw Self.bad("The model declines to answer: \(Self.line(refusal))")
        }
        switch choice["finish_reason"]?.string {
        case "length": throw Self.bad("The model's answer was cut off at the limit of its length.")
        case "content_filter": throw Self.bad("The server's filter held the model's answer back.")
        default: break
        }
        guard let content = message["content"]?.string else { throw Self.bad("The model's answer has no text.") }
        let text = try Self.withoutThoughts(Self.trimmed(content[...]), keepsTags: keepsTags)
        guard !text.isEmpty else { throw Self.bad("The model's answer is empty.") }
        self.text = String(text)
    }

    /// The answer as JSON, with or without a code fence around it.
    ///
    /// - Throws: ``RemoteModelError`` with `.badAnswer` when it is something else, or of another shape.
    func json(_ schema: ChatSchema) throws(RemoteModelError) -> JSONValue {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: String(Self.withoutFence(self.text[...])), maximumDepth: 32)
        } catch {
            throw Self.bad("The model's answer is not JSON: \(error). It begins: \(Self.line(self.text))")
        }
        if let reason = schema.mismatch(value) { throw Self.bad("The model's JSON has another shape than asked for: \(reason).") }
        return value
    }

    // MARK: Taking off what is wrapped around

    private static let opening = "<think>"
    private static let closing = "</think>"

    /// Some servers pass on what a model thinks before it answers, some of them without the opening tag.
    private static func withoutThoughts(_ text: Substring, keepsTags: Bool) throws(RemoteModelError) -> Substring {
        let opens = text.hasPrefix(self.opening)
        guard opens || !keepsTags else { return text }
        guard let end = self.end(of: self.closing, in: text) else {
            if opens { throw self.bad("The model thought and gave no answer.") }
            return text
        }
        return self.trimmed(text[end...])
    }

    /// What stands between two fences when they enclose the whole text.
    private static func withoutFence(_ text: Substring) -> Substring {
        guard text.hasPrefix("```"), text.hasSuffix("```"), text.utf8.count >= 6, let line = text.firstIndex(where: \.isNewline) else {
            return text
        }
        let end = text.index(text.endIndex, offsetBy: -3)
        return line < end ? self.trimmed(text[line..<end]) : text
    }

    private static func end(of mark: String, in text: Substring) -> String.Index? {
        let bytes = text.utf8
        let mark = Array(mark.utf8)
        var start = bytes.startIndex
        while let found = bytes[start...].firstIndex(of: mark[0]) {
            if bytes[found...].starts(with: mark) { return bytes.index(found, offsetBy: mark.count) }
            start = bytes.index(after: found)
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    // MARK: Saying what is wrong

    private static func said(_ error: JSONValue?) -> String {
        guard let said = error?["message"]?.string ?? error?.string else { return "" }
        return ", but says: \(self.line(said))"
    }

    /// The beginning of a text, in one line.
    private static func line(_ text: String) -> String {
        text.prefix(200).split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
    }

    private static func bad(_ description: String) -> RemoteModelError { RemoteModelError(.chat, .badAnswer, description) }
}
