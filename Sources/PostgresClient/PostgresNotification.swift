/// What a `NOTIFY` sent.
public struct PostgresNotification: Hashable, Sendable {
    public let channel: String
    /// At most 8000 bytes; empty when none was given.
    public let payload: String
    /// The process of the server's that sent it.
    public let processID: Int32
}
