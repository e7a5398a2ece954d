public import Flotilla
public import PostgresClient
internal import Threading

/// Pushes the messages that this process has committed, as soon as it has.
///
/// It is told their ids, so that work from which nothing follows costs nothing. What it does not push, because the process died or Redis was
/// away, an ``OutboxRelay`` pushes; what a relay has in hand, it leaves to it.
public final class OutboxPusher: Sendable {
    private struct State {
        var ids: [Int64] = []
        var waiter: CheckedContinuation<Void, Never>?
        var isStopped = false
    }

    private let pool: PostgresPool
    private let report: @Sendable (Result<Int, JobStoreError>) -> Void
    private let push: OutboxPush
    private let state = Lock(State())
    /// More than this wait only when the push has stopped: the relay will find them.
    private static let capacity = 16_384

    /// - Parameter report: told how many were pushed, when any were, and of every failure.
    public init(
        pool: PostgresPool, report: @escaping @Sendable (Result<Int, JobStoreError>) -> Void = { _ in }, push: @escaping OutboxPush
    ) {
        self.pool = pool
        self.report = report
        self.push = push
    }

    /// Messages were committed: push them. Returns at once; from any thread.
    public func push(_ ids: [Int64]) {
        let waiter = self.state.withLock { state in
            guard state.ids.count < Self.capacity else { return CheckedContinuation<Void, Never>?.none }
            state.ids += ids
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Pushes what it is told of until ``stop()`` or the task's cancellation.
    public func run() async {
        await withTaskCancellationHandler {
            while await self.waitForWork() { await self.pushWaiting() }
        } onCancel: {
            self.stop()
        }
    }

    /// Lets ``run()`` return when it has pushed what it was told of. Safe to call twice.
    public func stop() {
        let waiter = self.state.withLock { state in
            state.isStopped = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Pushes what it was told of so far. Returns how many messages; those that others had in hand are not among them.
    @discardableResult
    public func pushWaiting() async -> Int {
        var count = 0
        while true {
            let ids = self.state.withLock { state in
                let ids = Array(state.ids.prefix(OutboxClaim.limit))
                state.ids.removeFirst(ids.count)
                return ids
            }
            if ids.isEmpty { return count }
            do throws(JobStoreError) {
                let operation = "push what follows"
                let outcome = try await OutboxClaim.push(
                    where: "message.id = ANY (\(ids))", on: self.pool, operation: operation, self.push)
                count += outcome.pushed
                if outcome.pushed > 0 { self.report(.success(outcome.pushed)) }
                if !outcome.failures.isEmpty { throw JobStoreError(outcome.failures, operation: operation) }
            } catch {
                // Given up here: they are in the outbox, and the relay looks there. Nobody who wants to stop waits for more of the same.
                self.report(.failure(error))
                let isStopped = self.state.withLock { state in
                    if state.isStopped { state.ids = [] }
                    return state.isStopped
                }
                if isStopped { return count }
            }
        }
    }

    /// False when it is to stop and nothing waits.
    private func waitForWork() async -> Bool {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isReady = self.state.withLock { state in
                if state.isStopped || !state.ids.isEmpty { return true }
                state.waiter = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
        return self.state.withLock { !$0.ids.isEmpty }
    }
}
