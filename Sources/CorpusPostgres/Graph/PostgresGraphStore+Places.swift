internal import Corpus
internal import PostgresClient

extension PostgresGraphStore {
    /// Columns that say where something stands; `name` is a table with a document, a version, a chunk and bytes.
    static func place(_ name: String) -> PostgresQuery {
        """
        \(unescaped: name).document_uuid, \(unescaped: name).chunk_index, \(unescaped: name).page, \(unescaped: name).start_ms,
        \(unescaped: name).end_ms, \(unescaped: name).start_byte, \(unescaped: name).end_byte, d.filename, d.title,
        k.text AS chunk_text, k.start_byte AS chunk_start
        """
    }

    static func placeJoins(_ name: String) -> PostgresQuery {
        """
        JOIN document AS d ON d.uuid = \(unescaped: name).document_uuid
        LEFT JOIN chunk AS k ON k.document_uuid = \(unescaped: name).document_uuid AND k.version = \(unescaped: name).version
            AND k.index = \(unescaped: name).chunk_index
        """
    }

    static func place(_ row: PostgresRow) throws(PostgresError) -> GraphPlace {
        let start = try row["start_byte", as: Int.self]
        let bytes = start..<max(start, try row["end_byte", as: Int.self])
        let time: TimeRange? =
            if let begin = try row["start_ms", as: Int?.self] {
                TimeRange(start: begin, end: try row["end_ms", as: Int?.self] ?? begin)
            } else {
                nil
            }
        var snippet = ""
        if let text = try row["chunk_text", as: String?.self], let chunkStart = try row["chunk_start", as: Int?.self] {
            snippet = Self.excerpt(Array(text.utf8), around: bytes.lowerBound - chunkStart..<bytes.upperBound - chunkStart)
        }
        return GraphPlace(
            documentUUID: try row["document_uuid", as: String.self], filename: try row["filename", as: String?.self],
            title: try row["title", as: String?.self], chunkIndex: try row["chunk_index", as: Int?.self],
            page: try row["page", as: Int?.self], time: time, bytes: bytes, snippet: snippet)
    }

    /// About `width` bytes of text on one line around a place, whole words.
    static func excerpt(_ text: [UInt8], around place: Range<Int>, width: Int = 200) -> String {
        let place = place.clamped(to: 0..<text.count)
        let margin = max(20, (width - place.count) / 2)
        var start = max(0, place.lowerBound - margin)
        var end = min(
            text.count,
            max(
                place.lowerBound + min(place.count, 2 * width),
                place.upperBound <= place.lowerBound + 2 * width ? place.upperBound + margin : 0))
        func isBlank(_ index: Int) -> Bool { text[index] == 0x20 || text[index] == 0x0A }
        // To the next word's beginning and the last word's end, or at least between characters.
        var index = start
        while start > 0, index < place.lowerBound, !isBlank(index) { index += 1 }
        if start > 0, index < place.lowerBound { start = index + 1 }
        while start > 0, start < text.count, text[start] & 0xC0 == 0x80 { start -= 1 }
        index = end
        while end < text.count, index > place.upperBound, !isBlank(index) { index -= 1 }
        if end < text.count, index > place.upperBound { end = index }
        while end < text.count, end > start, text[end] & 0xC0 == 0x80 { end -= 1 }
        guard start < end else { return "" }
        let words = String(decoding: text[start..<end], as: UTF8.self).split { $0.isWhitespace }.joined(separator: " ")
        return (start > 0 ? "… " : "") + words + (end < text.count ? " …" : "")
    }
}
