internal import JSONText

/// A stretch of a recording, in milliseconds from its start.
public struct TimeRange: Sendable, Hashable {
    public var start: Int
    /// Not before ``start``.
    public var end: Int

    /// An end before the start becomes the start.
    public init(start: Int, end: Int) {
        self.start = max(0, start)
        self.end = max(self.start, end)
    }

    public var duration: Int { self.end - self.start }
}

extension TimeRange {
    /// Members of an object: `start_ms` and `end_ms`.
    var members: [JSONValue.Member] { [.init("start_ms", .count(self.start)), .init("end_ms", .count(self.end))] }

    init(json: JSONValue) throws(CorpusError) {
        let start = try json.count("start_ms")
        let end = try json.count("end_ms")
        guard start >= 0, start <= end else { throw CorpusError("\"start_ms\" lies after \"end_ms\"") }
        self.init(start: start, end: end)
    }
}
