public import Flotilla
internal import PostgresClient

/// Pushes messages in order. When it throws, none of them is marked as sent.
public typealias OutboxPush = @Sendable (_ queue: QueueName, _ payloads: [[UInt8]]) async throws -> Void

/// Takes messages out of the outbox, pushes them and marks them as sent, in one transaction.
///
/// The rows are locked from the claim to the commit, and whoever finds one locked passes it over: a message has one pusher at a time. The mark
/// comes with the claim and counts with the commit, so that a crash after the push leaves the message unsent: it is pushed again, and
/// consumers drop the duplicate.
enum OutboxClaim {
    /// Messages a transaction.
    static let limit = 256

    /// Pushes what `condition` on the alias `message` selects, oldest first. Returns how many.
    ///
    /// - Throws: with nothing marked: ``JobStoreError``.
    static func push(
        where condition: PostgresQuery, on pool: PostgresPool, operation: String, _ push: OutboxPush
    ) async throws(JobStoreError) -> Int {
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
                guard !rows.isEmpty else { return 0 }
                let messages = try rows.map { row in
                    (id: try row[0, as: Int64.self], queue: try row[1, as: String.self], payload: try row[2, as: [UInt8].self])
                }
                var queues: [QueueName] = []
                var payloads: [QueueName: [[UInt8]]] = [:]
                for message in messages.sorted(by: { $0.id < $1.id }) {
                    let queue = QueueName(message.queue)
                    if payloads[queue] == nil { queues.append(queue) }
                    payloads[queue, default: []].append(message.payload)
                }
                FaultPoint.outboxPushing.hit()
                for queue in queues { try await push(queue, payloads[queue] ?? []) }
                FaultPoint.outboxPushed.hit()
                return messages.count
            }
        } catch {
            if error is PostgresError || error is JobStoreError || error is CancellationError {
                throw JobStoreError(error, operation: operation)
            }
            throw JobStoreError(.unavailable, operation: operation, message: String(describing: error))
        }
    }
}
