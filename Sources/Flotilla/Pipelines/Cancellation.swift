/// Cancels one piece of work from outside its task.
final class Cancellation: Sendable {
    private let signal: AsyncStream<Void>
    private let source: AsyncStream<Void>.Continuation

    init() { (self.signal, self.source) = AsyncStream.makeStream() }

    func cancel() { self.source.finish() }

    /// Runs `body` in a child task, which stays on the caller's threads and is cancelled with the caller, or by ``cancel()``: whatever it
    /// throws then, the error is a `CancellationError`.
    func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                // Ends when the signal comes, and when this task is cancelled.
                for await _ in self.signal {}
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
