public import Flotilla
public import PostgresClient
internal import Threading

/// The authority on the state of work, in PostgreSQL: each batch is one transaction of array statements.
public final class PostgresJobStore: JobStore {
    let pool: PostgresPool
    let countingQueues: Set<QueueName>
    let knownJobs: KnownJobs
    let outbox: OutboxPusher?

    /// - Parameters:
    ///   - pool: at least two connections, so that claims need not wait for results.
    ///   - countingQueues: the queues whose items are a job's files; items of other queues (follow-ups such as `graph_queue`) do not move its
    ///     counters.
    ///   - outbox: told of each message that this store has committed, to push it at once; without one they wait for a relay.
    public init(pool: PostgresPool, countingQueues: Set<QueueName>, outbox: OutboxPusher? = nil) {
        self.pool = pool
        self.countingQueues = countingQueues
        self.outbox = outbox
        self.knownJobs = KnownJobs(capacity: 16_384)
    }

    public func cancelledJobs(among jobs: Set<String>) async throws(JobStoreError) -> Set<String> {
        guard !jobs.isEmpty else { return [] }
        do {
            let ids = jobs.map { Storable.text($0) }
            let rows = try await self.pool.query(
                "SELECT id FROM processing_job WHERE id = ANY (\(ids)) AND cancel_requested_at IS NOT NULL")
            return Set(try rows.map { try $0[0, as: String.self] })
        } catch {
            throw JobStoreError(error, operation: "look for cancelled jobs")
        }
    }

    func counts(_ queue: QueueName) -> Bool { self.countingQueues.contains(queue) }

    /// Sends statements as one transaction, again when PostgreSQL asks for it.
    func transact(_ queries: [PostgresQuery]) async throws(PostgresError) -> [PostgresRows] {
        var attempt = 0
        while true {
            do throws(PostgresError) {
                return try await self.pool.pipeline(queries)
            } catch {
                attempt += 1
                guard error.isSerializationFailure, attempt < 8 else { throw error }
                // Cut short only by cancellation, which the next attempt reports.
                try? await Task.sleep(for: .milliseconds(Int.random(in: 1...(5 << attempt))))
            }
        }
    }
}
