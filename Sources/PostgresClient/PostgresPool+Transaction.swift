internal import Reactor
internal import Threading

/// How much a transaction sees of others.
public enum PostgresIsolation: String, Sendable, CaseIterable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension PostgresPool {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// When PostgreSQL asks for it (serialization failure, deadlock) the whole of `body` runs again, after a short random wait: it must
    /// have no effects outside of the transaction. BEGIN travels with the first statement, so that a transaction of one statement costs
    /// two round trips. A statement that failed and whose error `body` swallowed has aborted the transaction: then its error is thrown,
    /// never a silent rollback.
    /// - Parameters:
    ///   - isolation: nil takes the server's default.
    ///   - isReadOnly: lets the server refuse writes.
    ///   - retries: how often `body` may run again.
    /// - Throws: what `body` throws, or ``PostgresError``. Only a failure of COMMIT itself can have ``PostgresError/mayHaveCommitted``.
    @discardableResult
    public func withTransaction<Value>(
        isolation: PostgresIsolation? = nil, isReadOnly: Bool = false, retries: Int = 5,
        _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        var attempt = 0
        while true {
            do {
                return try await self.withConnection { connection in
                    try await connection.transactionOnce(isolation: isolation, isReadOnly: isReadOnly, body)
                }
            } catch let retry as RetryTransaction {
                guard attempt < retries, !Task.isCancelled else { throw retry.error }
                attempt += 1
                let ceiling = min(1_000, 5 << min(attempt, 8))
                // Throws only when cancelled: then the failure is still the truth.
                do { try await Task.sleep(for: .milliseconds(Int.random(in: 1...ceiling))) } catch { throw retry.error }
            }
        }
    }
}

/// The transaction failed in a way after which PostgreSQL asks to run it again.
private struct RetryTransaction: Error {
    let error: any Error
}

extension PostgresConnection {
    /// Runs `body` in a transaction on this connection, once: for work that needs the same connection before or after. Do not nest.
    ///
    /// - Throws: as the pool's `withTransaction`; a serialization failure is not retried.
    @discardableResult
    public func withTransaction<Value>(
        isolation: PostgresIsolation? = nil, isReadOnly: Bool = false, _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        do {
            return try await self.transactionOnce(isolation: isolation, isReadOnly: isReadOnly, body)
        } catch let retry as RetryTransaction {
            throw retry.error
        }
    }

    fileprivate func transactionOnce<Value>(
        isolation: PostgresIsolation?, isReadOnly: Bool, _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        var begin = "BEGIN"
        if let isolation { begin += " ISOLATION LEVEL \(isolation.rawValue)" }
        if isReadOnly { begin += " READ ONLY" }
        let session = try await self.begin(begin)
        let value: Value
        do {
            value = try await body(self)
        } catch {
            // Not cancellable: a cancelled task must still roll back.
            let cause = await self.rollback(session)
            if let cause, cause.isSerializationFailure { throw RetryTransaction(error: (error as? PostgresError) ?? cause) }
            throw error
        }
        if let failure = try await self.commit(session) {
            if failure.isSerializationFailure { throw RetryTransaction(error: failure) }
            throw failure
        }
        return value
    }

    /// Marks the next statement as the first of a transaction.
    fileprivate func begin(_ statement: String) async throws(PostgresError) -> Session {
        try await self.onSession { session in session.begin(statement) }
    }

    /// Ends the transaction. Returns why it did not commit, nil if it did.
    fileprivate func commit(_ session: Session) async throws(PostgresError) -> PostgresError? {
        let loop = self.sessionLoop
        if await loop.run({ session.takePendingBegin() }) { return nil }
        let rows: [PostgresRows]
        do throws(PostgresError) {
            rows = try await self.run(.statements([PostgresQuery(unescaped: "COMMIT").uncached()]), isCommit: true, isCancellable: false)
        } catch {
            return error
        }
        // COMMIT of an aborted transaction succeeds and says ROLLBACK.
        if rows.last?.storage.tag == "COMMIT" { return nil }
        let cause = await loop.run { session.transactionError }
        return cause ?? PostgresError(.server, "the transaction was rolled back")
    }

    /// Ends the transaction without a trace. Returns the server's first error in it.
    fileprivate func rollback(_ session: Session) async -> PostgresError? {
        let loop = self.sessionLoop
        if await loop.run({ session.takePendingBegin() }) { return nil }
        let cause = await loop.run { session.transactionError }
        // When it cannot be sent the connection is gone or is closed when it comes back, and the server rolls back by itself.
        _ = try? await self.run(
            .statements([PostgresQuery(unescaped: "ROLLBACK").uncached()]), isCancellable: false, timeout: .seconds(2))
        return cause
    }
}

extension EventLoop {
    /// Runs `body` on the loop and returns what it returned.
    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { (continuation: CheckedContinuation<Value, Never>) in
            self.execute { continuation.resume(returning: body()) }
        }
    }
}
