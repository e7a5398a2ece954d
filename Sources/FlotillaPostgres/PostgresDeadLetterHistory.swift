public import Flotilla
internal import PostgresClient

/// The durable history of dead letters, as the sweep of the dead-letter queues needs it.
public struct PostgresDeadLetterHistory: DeadLetterHistory {
    private let store: PostgresJobStore
    private let administration: JobAdministration

    public init(store: PostgresJobStore, administration: JobAdministration) {
        self.store = store
        self.administration = administration
    }

    public func recordDead(_ letters: [DeadMessage]) async throws(JobStoreError) {
        try await self.store.recordDead(letters)
    }

    public func failureTimes(of ids: [String]) async throws(JobStoreError) -> [String: Int64] {
        do {
            let rows = try await self.store.pool.query("SELECT id, failure_time FROM dead_letter WHERE id = ANY (\(ids))")
            return Dictionary(
                try rows.map { (try $0[0, as: String.self], try $0[1, as: PostgresTimestamp.self].microseconds) }, uniquingKeysWith: { $1 })
        } catch {
            throw JobStoreError(error, operation: "look for dead letters")
        }
    }

    public func expire(_ ids: [String]) async throws(JobStoreError) {
        try await self.administration.expire(ids)
    }
}
