/// Whether a connection pooler such as pgbouncer stands between us and the server, and how long it lends one of its connections.
///
/// A pooler that lends for a transaction gives each transaction another server session: what one leaves behind is not there for the next.
public enum PostgresPooler: String, Sendable, Hashable, CaseIterable {
    /// The server itself: settings are sent at the start, statements are prepared once a connection.
    case none
    /// A server connection for as long as ours lives. Settings are made by a statement, since poolers refuse them at the start.
    case session
    /// A server connection a transaction. Nothing is prepared, settings are made anew for each transaction, and `LISTEN` cannot be used.
    case transaction
}
