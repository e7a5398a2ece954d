internal import Reactor
internal import Threading

extension PostgresPool {
    /// Runs one statement on any connection, in a transaction of its own.
    ///
    /// Cancelling the task cancels the statement on the server.
    /// - Parameter timeout: for the answer once a connection is there; nil takes the configuration's.
    /// - Throws: ``PostgresError``; its ``PostgresError/mayHaveCommitted`` says whether the statement may have been done all the same.
    @discardableResult
    public func query(_ query: PostgresQuery, timeout: Duration? = nil) async throws(PostgresError) -> PostgresRows {
        let rows = try await self.pipeline([query], timeout: timeout)
        guard let first = rows.first else { throw PostgresError(.decoding, "the server gave no answer to the statement") }
        return first
    }

    /// Sends several statements in one round trip, as one transaction: all are done or none.
    ///
    /// - Parameter timeout: for the whole answer; nil takes the configuration's.
    /// - Returns: one answer a statement, in order.
    /// - Throws: the first failure; as ``query(_:timeout:)``.
    @discardableResult
    public func pipeline(_ queries: [PostgresQuery], timeout: Duration? = nil) async throws(PostgresError) -> [PostgresRows] {
        if queries.isEmpty { return [] }
        return try await self.runOnLoop { cancellation, completion in
            self.acquire(cancellation, timeout: nil) { result in
                switch result {
                case .failure(let error): completion(.failure(error))
                case .success(let session):
                    // Cancelled while the session was being tried out, when there was nothing to take back.
                    if cancellation.isCancelled {
                        self.release(session)
                        return completion(.failure(PostgresError(.cancelled, "cancelled before it was sent")))
                    }
                    let deadline = MonotonicTime.now + (timeout ?? self.configuration.queryTimeout)
                    let operation = Operation(.statements(queries), deadline: deadline) { result in
                        cancellation.clear()
                        self.release(session)
                        completion(result)
                    }
                    cancellation.set { session.cancel(operation) }
                    session.run(operation)
                }
            }
        }
    }

    /// Lends a connection for the time of `body`.
    ///
    /// Statements sent through it run one after the other on the same connection. Session state that `body` leaves behind (settings,
    /// temporary tables, session locks) stays with the connection; an open transaction is rolled back by closing the connection.
    /// - Parameter timeout: for getting a connection; nil takes the configuration's acquire timeout.
    @discardableResult
    public func withConnection<Value>(
        timeout: Duration? = nil, _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        let session = try await self.lease(timeout: timeout)
        let connection = PostgresConnection(session: session, loop: self.loop)
        do {
            let value = try await body(connection)
            await self.giveBack(session, connection)
            return value
        } catch {
            await self.giveBack(session, connection)
            throw error
        }
    }

    func lease(timeout: Duration?) async throws(PostgresError) -> Session {
        try await self.runOnLoop { cancellation, completion in
            self.acquire(cancellation, timeout: timeout) { result in
                cancellation.clear()
                completion(result)
            }
        }
    }

    private func giveBack(_ session: Session, _ connection: PostgresConnection) async {
        connection.invalidate()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            self.loop.execute {
                self.release(session)
                continuation.resume()
            }
        }
    }

    private func runOnLoop<Value: Sendable>(
        _ body: @escaping @Sendable (Cancellation, @escaping (Result<Value, PostgresError>) -> Void) -> Void
    ) async throws(PostgresError) -> Value {
        try await PostgresClient.runOnLoop(self.loop, body)
    }
}

/// Runs `body` on the loop and waits for its completion, which it must call exactly once. Cancelling the task reaches what `body` set.
func runOnLoop<Value: Sendable>(
    _ loop: EventLoop, isCancellable: Bool = true,
    _ body: @escaping @Sendable (Cancellation, @escaping (Result<Value, PostgresError>) -> Void) -> Void
) async throws(PostgresError) -> Value {
    if isCancellable, Task.isCancelled { throw PostgresError(.cancelled, "cancelled before it was sent") }
    let cancellation = Cancellation()
    let result = await withTaskCancellationHandler {
        await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, PostgresError>, Never>) in
            loop.execute {
                if isCancellable, cancellation.isCancelled {
                    return continuation.resume(returning: .failure(PostgresError(.cancelled, "cancelled before it was sent")))
                }
                body(cancellation) { continuation.resume(returning: $0) }
            }
        }
    } onCancel: {
        if isCancellable { loop.execute { cancellation.cancel() } }
    }
    return try result.get()
}
