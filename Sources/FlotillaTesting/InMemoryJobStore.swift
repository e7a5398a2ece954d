public import Flotilla
internal import Threading

/// A job store in memory, with the behaviour that ``JobStoreContract`` asks of every store. Forgets all when the process ends.
public final class InMemoryJobStore: JobStore {
    /// A job's row.
    public struct Job: Sendable, Hashable {
        public var total: Int?
        public var processed = 0
        public var failed = 0
        public var cancelled = 0
        public var isCancelRequested = false
        public var errorMessage: String?
        /// How often the job went from running to done.
        public var completions = 0

        /// `processing`, `completed`, `completed_with_errors`, `failed` or `cancelled`.
        public var status: String {
            guard let total, self.processed + self.failed + self.cancelled >= total else { return "processing" }
            if self.cancelled > 0 { return "cancelled" }
            if self.failed == 0 { return "completed" }
            return self.processed == 0 ? "failed" : "completed_with_errors"
        }
    }

    private let state = Lock(JobStoreState())
    private let countingQueues: Set<QueueName>?

    /// - Parameter countingQueues: the queues whose items move their job's counters; nil for all.
    public init(countingQueues: Set<QueueName>? = nil) { self.countingQueues = countingQueues }

    // MARK: For tests

    /// A job's row, nil when there is none.
    public func job(_ id: String) -> Job? { self.state.withLock { $0.jobs[id] } }

    /// Says how many files a job has.
    public func setTotal(_ total: Int, of job: String) {
        self.state.withLock { $0.change(job) { $0.total = total } }
    }

    /// Asks for a job's cancellation; items that wait are cancelled at once.
    public func cancel(_ job: String) {
        self.state.withLock { $0.cancel(job) }
    }

    /// The letters of all that died, by their ids.
    public var letters: [String: DeadMessage] { self.state.withLock { $0.letters } }

    /// Takes the messages that follow from finished work.
    public func takeOutbox() -> [FollowUp] {
        self.state.withLock { state in
            defer { state.outbox = [] }
            return state.outbox
        }
    }

    /// The next calls fail with these errors, one each, before anything is written.
    public func fail(with errors: [JobStoreError]) { self.state.withLock { $0.outages += errors } }

    // MARK: JobStore

    public func begin(_ claims: [WorkClaim], by worker: WorkerID) async throws(JobStoreError) -> [Admission] {
        try self.state.withLock { state throws(JobStoreError) in
            try state.outage()
            var answers: [Admission] = []
            for claim in claims { answers.append(state.admit(claim, counts: self.counts(claim.queue))) }
            return answers
        }
    }

    public func record(_ results: [WorkResult], by worker: WorkerID) async throws(JobStoreError) -> [RecordVerdict] {
        try self.state.withLock { state throws(JobStoreError) in
            try state.outage()
            var verdicts: [RecordVerdict] = []
            for result in results { verdicts.append(state.record(result)) }
            return verdicts
        }
    }

    public func recordDead(_ letters: [DeadMessage]) async throws(JobStoreError) {
        try self.state.withLock { state throws(JobStoreError) in
            try state.outage()
            for message in letters { state.bury(message, counts: self.counts(message.letter.originalQueue)) }
        }
    }

    public func cancelledJobs(among jobs: Set<String>) async throws(JobStoreError) -> Set<String> {
        self.state.withLock { state in jobs.filter { state.jobs[$0]?.isCancelRequested ?? false } }
    }

    private func counts(_ queue: QueueName) -> Bool { self.countingQueues?.contains(queue) ?? true }
}
