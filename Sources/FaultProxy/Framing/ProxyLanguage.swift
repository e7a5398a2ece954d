/// The language in which a proxy's clients speak.
public enum ProxyLanguage: Sendable, Hashable {
    /// Any. A trap takes each piece that arrives for a part of one endless request, and loses everything that the server says after the match.
    case opaque
    /// Redis, in RESP2 or RESP3.
    case redis
    /// PostgreSQL. A request lasts from the last Sync to the next; a simple query is one.
    case postgres

    func framing() -> any Framing {
        switch self {
        case .opaque: OpaqueFraming()
        case .redis: RESPFraming()
        case .postgres: PostgresFraming()
        }
    }
}
