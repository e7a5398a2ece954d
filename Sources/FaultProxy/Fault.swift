/// What a proxy does to the bytes of one direction.
public enum Fault: Sendable, Hashable {
    /// Hands them on at once.
    case pass
    /// Hands them on late: each piece after `by` and a part of `jitter` that the seed decides, in the order in which they came.
    case delay(by: Duration, jitter: Duration = .zero)
    /// Takes them and keeps them, as many as the buffer holds, until another fault is set. The end of a connection is kept too.
    case freeze
    /// Takes them and throws them away, and the end of a connection with them: the other side believes in a peer that may be long dead.
    /// A connection that lost bytes is reset when another fault is set, since a stream with a hole is no stream.
    case drop
    /// Ends each connection after so many more bytes of this direction; how many of the range the seed decides for each connection.
    case cut(after: ClosedRange<Int>, by: Ending = .reset)

    /// Ends each connection after `bytes` more bytes.
    public static func cut(after bytes: Int, by ending: Ending = .reset) -> Fault { .cut(after: bytes...bytes, by: ending) }
}
