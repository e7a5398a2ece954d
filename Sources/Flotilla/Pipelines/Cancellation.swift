internal import Threading

/// Cancels one piece of work from outside its task: what it runs now, and whatever it would run later.
final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        /// Of the runs under way.
        var sources: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var next: UInt64 = 0
    }

    private let state = Lock(State())

    func cancel() {
        let sources = self.state.withLock { state in
            state.isCancelled = true
            return state.sources.values.map { $0 }
        }
        for source in sources { source.finish() }
    }

    /// Runs `body` in a child task, which stays on the caller's threads and is cancelled with the caller, or by ``cancel()``: whatever it
    /// throws then, the error is a `CancellationError`. May be called again when it has returned.
    func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        // One for each run: a stream ends for good with the task that waits for it.
        let (signal, source) = AsyncStream<Void>.makeStream()
        let id = self.state.withLock { state -> UInt64? in
            if state.isCancelled { return nil }
            defer { state.next += 1 }
            state.sources[state.next] = source
            return state.next
        }
        guard let id else { throw CancellationError() }
        defer { self.state.withLock { _ = $0.sources.removeValue(forKey: id) } }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                // Ends when the signal comes, and when this task is cancelled.
                for await _ in signal {}
                return nil
            }
            var isCancelled = false
            do {
                while let value = try await group.next() {
                    group.cancelAll()
                    if let value { return value }
                    isCancelled = true
                }
            } catch {
                if !isCancelled { throw error }
            }
            throw CancellationError()
        }
    }
}
