import Flotilla
import FlotillaPostgres
import PostgresClient

extension CommandContext {
    /// What people do with jobs and dead letters, in PostgreSQL.
    func jobs() throws -> JobAdministration {
        try JobAdministration(pool: self.database(), countingQueues: self.countingQueues())
    }

    func jobStore() throws -> PostgresJobStore {
        try PostgresJobStore(pool: self.database(), countingQueues: self.countingQueues())
    }

    /// The queues whose items are a job's files; the graph follows from them.
    func countingQueues() throws -> Set<QueueName> {
        Set(try self.fleet().queues.filter(\.countsTowardJob).map(\.queueName))
    }
}
