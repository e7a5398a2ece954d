public import Flotilla
internal import PostgresClient

/// Pushes messages of one queue, in order. When it throws, none of them is marked as sent; those of other queues are none of its business.
public typealias OutboxPush = @Sendable (_ queue: QueueName, _ payloads: [[UInt8]]) async throws -> Void

/// Takes messages out of the outbox, pushes them and marks them as sent, in one transaction.
///
/// The rows are locked from the claim to the commit, and whoever finds one locked passes it over: a message has one pusher at a time. The mark
/// comes with the claim and counts with the commit, so that a crash after the push leaves the message unsent: it is pushed again, and
/// consumers drop the duplicate.
enum OutboxClaim {
    /// Messages a transaction.
    static let limit = 256

    /// What became of a claim.
    struct Outcome {
        var pushed = 0
        /// The queues that could not be pushed to. Their messages are as they were.
        var failures: [(queue: QueueName, error: any Error)] = []
    }

    /// Pushes what `condition` on the alias `message` selects, oldest first. A queue that cannot be pushed to does not hold up the others.
    ///
    /// - Throws: ``JobStoreError``, with nothing marked, when PostgreSQL fails.
    static func push(
        where condition: PostgresQuery, on pool: PostgresPool, operation: String, _ push: OutboxPush
    ) async throws(JobStoreError) -> Outcome {
        do {
            return try await pool.withTransaction { transaction in
                let rows = try await transaction.query(
                    """
                    WITH claimed AS MATERIALIZED (
                        SELECT id FROM outbox AS message WHERE sent_at IS NULL AND \(fragment: condition)
                        ORDER BY id LIMIT \(Self.limit) FOR UPDATE SKIP LOCKED
                    )
                    UPDATE outbox AS message SET sent_at = now() FROM claimed WHERE message.id = claimed.id
                    RETURNING message.id, message.queue, message.payload
                    """)
                guard !rows.isEmpty else { return Outcome() }
                let messages = try rows.map { row in
                    (id: try row[0, as: Int64.self], queue: try row[1, as: String.self], payload: try row[2, as: [UInt8].self])
                }
                var queues: [QueueName] = []
                var batches: [QueueName: (ids: [Int64], payloads: [[UInt8]])] = [:]
                for message in messages.sorted(by: { $0.id < $1.id }) {
                    let queue = QueueName(message.queue)
                    if batches[queue] == nil { queues.append(queue) }
                    batches[queue, default: ([], [])].ids.append(message.id)
                    batches[queue]?.payloads.append(message.payload)
                }
                var outcome = Outcome()
                var unsent: [Int64] = []
                FaultPoint.outboxPushing.hit()
                for queue in queues {
                    guard let batch = batches[queue] else { continue }
                    do {
                        try await push(queue, batch.payloads)
                        outcome.pushed += batch.ids.count
                    } catch {
                        outcome.failures.append((queue, error))
                        unsent += batch.ids
                    }
                }
                FaultPoint.outboxPushed.hit()
                if !unsent.isEmpty {
                    try await transaction.query("UPDATE outbox SET sent_at = NULL WHERE id = ANY (\(unsent))")
                }
                return outcome
            }
        } catch {
            throw JobStoreError(error, operation: operation)
        }
    }
}

extension JobStoreError {
    /// Why messages stay in the outbox: what the push of each queue threw.
    init(_ failures: [(queue: QueueName, error: any Error)], operation: String) {
        let reasons = failures.map { "\($0.queue): \($0.error)" }
        self.init(.unavailable, operation: operation, message: reasons.joined(separator: "; "))
    }
}
