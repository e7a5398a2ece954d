/// A reply of the server (RESP2). Arrays nest at most seven deep; a reply that goes deeper breaks the connection.
public enum RedisValue: Sendable, Hashable {
    /// A status such as `OK`.
    case simple(String)
    /// An error reply. Thrown when it answers a command by itself; a value inside arrays and pipelines.
    case error(RedisServerError)
    case integer(Int64)
    /// Bytes, which need not be text.
    case bulk([UInt8])
    /// A missing bulk or a missing array.
    case null
    case array([RedisValue])
}

extension RedisValue {
    /// The integer, also when it was sent as text; nil for everything else.
    public var int: Int64? {
        switch self {
        case .integer(let number): number
        case .bulk(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        case .simple(let text): Int64(text)
        case .error, .null, .array: nil
        }
    }

    /// The bytes of a bulk or of a status; nil for everything else.
    public var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes): bytes
        case .simple(let text): Array(text.utf8)
        case .error, .integer, .null, .array: nil
        }
    }

    /// The bulk or the status as text, an integer in decimal; nil for everything else and for bytes that are not UTF-8.
    public var string: String? {
        switch self {
        case .bulk(let bytes): String(validating: bytes, as: UTF8.self)
        case .simple(let text): text
        case .integer(let number): String(number)
        case .error, .null, .array: nil
        }
    }

    /// The elements of an array; nil for everything else.
    public var array: [RedisValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// Whether the server said that there is nothing.
    public var isNull: Bool { self == .null }
}
