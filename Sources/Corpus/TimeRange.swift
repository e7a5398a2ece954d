internal import JSONText

/// A stretch of a recording, in milliseconds from its start.
public struct TimeRange: Sendable, Hashable {
    public var start: Int
    /// Not before ``start``.
    public var end: Int

    /// No recording lasts so long, and a Double still holds it to the millisecond: sums of a few of them cannot overflow.
    static let latest = 1 << 52

    /// An end before the start becomes the start; both are moved to at most 2^52.
    public init(start: Int, end: Int) {
        self.start = min(max(0, start), Self.latest)
        self.end = min(max(self.start, end), Self.latest)
    }

    public var duration: Int { self.end - self.start }
}

extension TimeRange {
    /// Members of an object: `start_ms` and `end_ms`.
    var members: [JSONValue.Member] { [.init("start_ms", .count(self.start)), .init("end_ms", .count(self.end))] }

    init(json: JSONValue) throws(CorpusError) {
        let start = try json.count("start_ms")
        let end = try json.count("end_ms")
        guard start >= 0, start <= end, end <= Self.latest else {
            throw CorpusError("\"start_ms\" lies after \"end_ms\", or beyond all recordings")
        }
        self.init(start: start, end: end)
    }
}
