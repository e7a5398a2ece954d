public import PostgresClient

/// The right to run a job once. Nobody else has it until ``until``.
public struct WarmupLease: Sendable, Hashable {
    public let job: WarmupJob
    public let runner: String
    /// When the run was due.
    public let dueAt: PostgresTimestamp
    public let until: PostgresTimestamp
    /// Grows with each lease of the job: what a runner writes whose lease ran out is refused.
    let fence: Int64
}
