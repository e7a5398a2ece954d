internal import Flotilla

/// Names of a length that can be stored and indexed.
enum BoundedName {
    /// `text` with at most `limit` UTF-8 bytes, cut between characters and marked with `…`.
    static func shown(_ text: String, limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        return Self.prefix(text, limit: limit - 3) + "…"
    }

    /// As ``shown(_:limit:)``, with a digest in the end, so that different names stay different.
    static func key(_ text: String, limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        return Self.prefix(text, limit: limit - 3 - 36) + "…" + ContentUUID(of: ["name", text]).description
    }

    private static func prefix(_ text: String, limit: Int) -> String {
        var end = text.startIndex
        var bytes = 0
        // By scalars: a character can be longer than any limit.
        for scalar in text.unicodeScalars {
            let length = UTF8.width(scalar)
            guard bytes + length <= limit else { break }
            bytes += length
            end = text.unicodeScalars.index(after: end)
        }
        return String(text[..<end])
    }
}
