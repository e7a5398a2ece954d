internal import Flotilla
internal import PostgresClient

/// Reads a letter from columns of `dead_letter AS letter`.
enum DeadLetterRow {
    /// Must have ``count`` columns, in the order in which ``letter(_:from:)`` reads them.
    static let columns: PostgresQuery = """
        letter.id, letter.reason, letter.error_message, letter.stack_trace, letter.fingerprint, letter.failure_time, letter.queue,
        letter.job_id, letter.filename, letter.failure_count, letter.stage
        """
    static let count = 11

    /// Nil when there is no letter (after an outer join).
    static func letter(_ row: PostgresRow, from column: Int) throws(PostgresError) -> DeadLetter? {
        guard let id = try row[column, as: String?.self] else { return nil }
        return DeadLetter(
            id: id, reason: DeadLetter.Reason(try row[column + 1, as: String.self]), errorMessage: try row[column + 2, as: String.self],
            stackTrace: try row[column + 3, as: String.self], fingerprint: try row[column + 4, as: String.self],
            failureTime: try row[column + 5, as: PostgresTimestamp.self].microseconds,
            originalQueue: QueueName(try row[column + 6, as: String.self]), jobID: try row[column + 7, as: String?.self],
            filename: try row[column + 8, as: String?.self], failureCount: try row[column + 9, as: Int.self],
            stage: try row[column + 10, as: String?.self].map { StageName($0) })
    }
}
