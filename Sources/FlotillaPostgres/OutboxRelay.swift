public import Flotilla
public import PostgresClient
internal import Threading

/// Pushes the messages that follow from finished work and that nobody has pushed yet. Any number may run at once.
///
/// Most are pushed by the process that committed them, with an ``OutboxPusher``: a relay is there for what a crash, or an outage of Redis, left
/// behind. Messages are marked as sent after the push: a crash in between pushes them again, and consumers drop the duplicates.
public final class OutboxRelay: Sendable {
    private let pool: PostgresPool
    private let interval: Duration
    private let push: OutboxPush
    private let report: @Sendable (Result<Int, JobStoreError>) -> Void
    private let bell = Lock(Bell())
    private struct Bell {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// - Parameters:
    ///   - interval: how often it looks when nobody wakes it.
    ///   - report: told how many were pushed, when any were, and of every failure.
    public init(
        pool: PostgresPool, interval: Duration = .milliseconds(250),
        report: @escaping @Sendable (Result<Int, JobStoreError>) -> Void = { _ in },
        push: @escaping OutboxPush
    ) {
        self.pool = pool
        self.interval = interval
        self.report = report
        self.push = push
    }

    /// Works until the task is cancelled. After a failure it waits for up to five seconds.
    public func run() async {
        var failures = 0
        while !Task.isCancelled {
            var pause = self.interval
            do throws(JobStoreError) {
                let count = try await self.relay()
                failures = 0
                if count > 0 { self.report(.success(count)) }
                if count == OutboxClaim.limit { continue }
            } catch {
                failures += 1
                pause = min(.seconds(5), self.interval * (1 << min(failures, 6)))
                if !Task.isCancelled { self.report(.failure(error)) }
            }
            await self.wait(pause)
        }
    }

    /// Looks at once: something was just written.
    public func wake() {
        let waiter = self.bell.withLock { bell in
            let waiter = bell.waiter
            bell.isRung = waiter == nil
            bell.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Pushes up to 256 messages, oldest first, leaving to others what they have in hand. Returns how many.
    ///
    /// A queue that cannot be pushed to does not hold up the others.
    ///
    /// - Throws: when nothing could be pushed. When only some queues failed, `report` is told.
    public func relay() async throws(JobStoreError) -> Int {
        var failures: [(queue: QueueName, error: any Error)] = []
        while true {
            let failing = failures.map(\.queue.rawValue)
            let outcome = try await OutboxClaim.push(
                where: "message.queue <> ALL (\(failing))", on: self.pool, operation: "relay the outbox", self.push)
            failures += outcome.failures
            // Messages for a queue that fails may fill the whole batch: look behind them.
            if outcome.pushed == 0, !outcome.failures.isEmpty { continue }
            guard !failures.isEmpty else { return outcome.pushed }
            let error = JobStoreError(failures, operation: "relay the outbox")
            guard outcome.pushed > 0 else { throw error }
            self.report(.failure(error))
            return outcome.pushed
        }
    }

    /// Deletes up to 10,000 messages that were sent before `cutoff`, microseconds since 1970. Returns how many.
    public func purge(sentBefore cutoff: Int64) async throws(JobStoreError) -> Int {
        do {
            return try await self.pool.query(
                """
                DELETE FROM outbox WHERE id IN (
                    SELECT id FROM outbox WHERE sent_at < \(Storable.time(cutoff)) LIMIT 10000 FOR UPDATE SKIP LOCKED)
                """
            ).affected
        } catch {
            throw JobStoreError(error, operation: "purge the outbox")
        }
    }

    private func wait(_ pause: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Cut short by wake() and by cancellation alike.
                try? await Task.sleep(for: pause)
                self.wake()
            }
            await withCheckedContinuation { continuation in
                let isRung = self.bell.withLock { bell in
                    if bell.isRung {
                        bell.isRung = false
                        return true
                    }
                    bell.waiter = continuation
                    return false
                }
                if isRung { continuation.resume() }
            }
            group.cancelAll()
        }
        // The timer rings once more when it is cut short.
        self.bell.withLock { $0.isRung = false }
    }
}
