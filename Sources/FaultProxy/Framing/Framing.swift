/// Where requests and replies begin and end in the bytes of one connection.
protocol Framing: Sendable {
    /// Takes bytes of the client up to the end of a request, or all of them.
    mutating func request(_ bytes: ArraySlice<UInt8>) -> FramePiece
    /// Takes bytes of the server up to the end of a reply, or all of them.
    mutating func reply(_ bytes: ArraySlice<UInt8>) -> FramePiece
    /// Whether replies can be told from each other; false for ever once it is.
    var tellsReplies: Bool { get }
}

/// What of some bytes belongs to one request or reply.
struct FramePiece: Hashable {
    /// How many bytes, at least 1.
    var count: Int
    /// Whether the request or reply ends with them.
    var isEnd: Bool
    /// What the request means by a name that it holds: the text of a prepared statement.
    var meaning: [UInt8] = []
}

/// Bytes without a meaning.
struct OpaqueFraming: Framing {
    var tellsReplies: Bool { false }
    mutating func request(_ bytes: ArraySlice<UInt8>) -> FramePiece { FramePiece(count: bytes.count, isEnd: false) }
    mutating func reply(_ bytes: ArraySlice<UInt8>) -> FramePiece { FramePiece(count: bytes.count, isEnd: false) }
}
