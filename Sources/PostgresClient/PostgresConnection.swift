internal import Reactor
internal import Threading

/// A connection lent by a pool, inside `withConnection` or `withTransaction`. After that it answers `.closed`.
public final class PostgresConnection: Sendable {
    private let lent: Lock<Session?>
    private let loop: EventLoop
    private let configuration: PostgresConfiguration

    init(session: Session, loop: EventLoop) {
        self.lent = Lock(session)
        self.loop = loop
        self.configuration = session.configuration
    }

    func invalidate() { self.lent.withLock { $0 = nil } }

    private func session() throws(PostgresError) -> Session {
        guard let session = self.lent.withLock({ $0 }) else {
            throw PostgresError(.closed, "the connection was used after its scope")
        }
        return session
    }

    /// Runs one statement.
    ///
    /// - Parameter timeout: for the answer; nil takes the configuration's.
    /// - Throws: ``PostgresError``. In a transaction any error but `.decoding` and `.invalidArgument` has aborted the transaction.
    @discardableResult
    public func query(_ query: PostgresQuery, timeout: Duration? = nil) async throws(PostgresError) -> PostgresRows {
        let rows = try await self.run(.statements([query]), timeout: timeout)
        guard let first = rows.first else { throw PostgresError(.decoding, "the server gave no answer to the statement") }
        return first
    }

    /// Sends several statements in one round trip; outside of a transaction they are one.
    ///
    /// - Returns: one answer a statement, in order.
    @discardableResult
    public func pipeline(_ queries: [PostgresQuery], timeout: Duration? = nil) async throws(PostgresError) -> [PostgresRows] {
        queries.isEmpty ? [] : try await self.run(.statements(queries), timeout: timeout)
    }

    /// Runs SQL text that may hold many statements and has no parameters, as one transaction unless it says otherwise.
    ///
    /// - Parameter sql: text of the program's own: nothing in it is escaped.
    public func script(_ sql: String, timeout: Duration? = nil) async throws(PostgresError) {
        _ = try await self.run(.script(sql), timeout: timeout)
    }

    /// The pool closes this connection when it comes back: for one whose session state must not reach the next user.
    public func discard() async throws(PostgresError) {
        _ = try await self.onSession { session in session.isDiscarded = true }
    }

    /// The server process's id, as in `pg_stat_activity`.
    public func backendPID() throws(PostgresError) -> Int32 { try self.session().backendPID }

    var sessionLoop: EventLoop { self.loop }

    /// Runs `body` on the loop with the session, and returns the session.
    func onSession(_ body: @escaping @Sendable (Session) -> Void) async throws(PostgresError) -> Session {
        let session = try self.session()
        await self.loop.run { body(session) }
        return session
    }

    func run(
        _ work: Operation.Work, isCommit: Bool = false, isCancellable: Bool = true, timeout: Duration? = nil
    ) async throws(PostgresError) -> [PostgresRows] {
        let session = try self.session()
        let limit = timeout ?? self.configuration.queryTimeout
        return try await runOnLoop(self.loop, isCancellable: isCancellable) { cancellation, completion in
            let operation = Operation(work, isCommit: isCommit, deadline: .now + limit) { result in
                cancellation.clear()
                completion(result)
            }
            cancellation.set { session.cancel(operation) }
            session.run(operation)
        }
    }
}
