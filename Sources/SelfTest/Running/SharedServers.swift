internal import ServerHarness
internal import Threading

/// The PostgreSQL server that scenes share which leave it alone. Started when it is first asked for.
final class SharedServers: Sendable {
    private let state = Lock<(server: PrivatePostgres, databases: Int)?>(nil)

    init() {}

    /// A new database.
    func database() throws -> (server: PrivatePostgres, url: String) {
        try self.state.withLock { state in
            // Nobody pulls its plug: what is committed survives the death of the server alone.
            var next = try state ?? (PrivatePostgres(.init(fsync: false, settings: ["max_connections": "300"])), 0)
            next.databases += 1
            state = next
            return (next.server, try next.server.createDatabase("selftest\(next.databases)"))
        }
    }
}
