internal import Flotilla
internal import PostgresClient
internal import Threading

/// What tables can hold of what messages bring.
enum Storable {
    /// Ids longer than this cannot be indexed: a third of a B-tree page is 2,704 bytes.
    static let maximumIDBytes = 1_024

    /// `text` with U+FFFD for each NUL, which PostgreSQL's text cannot hold.
    static func text(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    static func text(_ text: String?) -> String? { text.map { self.text($0) } }

    /// `text` as an id, cut to what an index can hold.
    static func id(_ text: String?) -> String? {
        guard let text = self.text(text) else { return nil }
        guard text.utf8.count > self.maximumIDBytes else { return text }
        return self.text(String(decoding: text.utf8.prefix(self.maximumIDBytes), as: UTF8.self))
    }

    /// A time between the years 1 and 9999.
    static func time(_ microseconds: Int64) -> PostgresTimestamp {
        PostgresTimestamp(microseconds: min(max(microseconds, -62_135_596_800_000_000), 253_402_300_799_000_000))
    }

    static func milliseconds(_ duration: Duration) -> Int32 { Int32(clamping: duration.inMilliseconds) }

    /// A delay of at most a century.
    static func delay(_ duration: Duration) -> Duration { min(max(duration, .zero), .seconds(3_155_760_000)) }

    static func uuid(_ name: WorkIdentity.Name) -> PostgresUUID {
        switch name {
        case .uuid(let uuid): PostgresUUID(uuid)
        case .text(let text): self.uuid(text)
        }
    }

    static func uuid(_ text: String) -> PostgresUUID {
        PostgresUUID(text) ?? PostgresUUID(ContentUUID(of: ["text", text]))
    }
}

extension PostgresUUID {
    static let zero = PostgresUUID(high: 0, low: 0)

    init(_ uuid: ContentUUID) { self.init(high: uuid.high, low: uuid.low) }
}

extension PostgresUUID {
    /// The order in which PostgreSQL sorts them.
    func isBefore(_ other: PostgresUUID) -> Bool { self.high == other.high ? self.low < other.low : self.high < other.high }
}
