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

    fileprivate enum Status { case queued, processing, retrying, completed, failed, cancelled }

    fileprivate struct Item {
        var status: Status
        var fence: Fence
        var delivery: DeliveryID
        var failures = 0
        var jobID: String?
        var letter: DeadLetter?
        var filename: String?
    }

    fileprivate struct State {
        var lastFence: Int64 = 0
        var jobs: [String: Job] = [:]
        var items: [String: Item] = [:]
        var letters: [String: DeadMessage] = [:]
        var outbox: [FollowUp] = []
        var outages: [JobStoreError] = []
    }

    private let state = Lock(State())
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
        self.state.withLock { state in
            state.change(job) { $0.isCancelRequested = true }
            for (id, item) in state.items where item.jobID == job && [.queued, .retrying].contains(item.status) {
                state.items[id]?.status = .cancelled
                state.change(job) { $0.cancelled += 1 }
            }
        }
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

extension InMemoryJobStore.State {
    mutating func outage() throws(JobStoreError) {
        if !self.outages.isEmpty { throw self.outages.removeFirst() }
    }

    /// Changes a job's row, which is made when it is missing.
    mutating func change(_ id: String?, _ body: (inout InMemoryJobStore.Job) -> Void) {
        guard let id else { return }
        var job = self.jobs[id] ?? InMemoryJobStore.Job()
        let before = job.status
        body(&job)
        if before == "processing", job.status != "processing" { job.completions += 1 }
        self.jobs[id] = job
    }

    mutating func nextFence() -> Fence {
        self.lastFence += 1
        return Fence(self.lastFence)
    }

    mutating func admit(_ claim: WorkClaim, counts: Bool) -> Admission {
        let id = claim.identity.workID
        let job = claim.envelope.jobID
        self.change(job) { _ in }
        let isCancelled = job.flatMap { self.jobs[$0]?.isCancelRequested } ?? false
        let known = self.items[id]
        switch known?.status {
        case .completed: return .finished
        case .cancelled: return .cancelled
        case .failed:
            let letterID = known?.letter?.id ?? ""
            guard claim.reopening || claim.envelope.deadLetterID.map({ $0 >= letterID }) ?? false else {
                return known?.letter.map { .dead($0) } ?? .finished
            }
            if isCancelled { return .cancelled }
            self.items[id]?.failures = 0
            self.change(known?.jobID) { $0.failed -= 1 }
        case .processing:
            guard let known, known.delivery != claim.delivery, known.fence != claim.takingOver else { break }
            return .busy(holder: known.delivery, fence: known.fence)
        case .queued, .retrying, nil: break
        }
        let fence = self.nextFence()
        var item =
            self.items[id]
            ?? .init(
                status: .queued, fence: fence, delivery: claim.delivery, jobID: counts ? job : nil, filename: claim.envelope.filename)
        item.fence = fence
        item.delivery = claim.delivery
        item.status = isCancelled ? .cancelled : .processing
        self.items[id] = item
        if isCancelled { self.change(item.jobID) { $0.cancelled += 1 } }
        return isCancelled ? .cancelled : .run(fence: fence, failures: item.failures)
    }

    mutating func record(_ result: WorkResult) -> RecordVerdict {
        let id = result.identity.workID
        guard var item = self.items[id], item.fence == result.fence else { return .stale }
        let next: InMemoryJobStore.Status =
            switch result.outcome {
            case .completed: .completed
            case .failed: .retrying
            case .dead: .failed
            case .cancelled: .cancelled
            case .released: .queued
            }
        // The same result once more, after an answer was lost.
        guard item.status == .processing else { return item.status == next ? .recorded : .stale }
        item.status = next
        switch result.outcome {
        case .completed(let followUps):
            self.outbox += followUps
            self.change(item.jobID) { $0.processed += 1 }
        case .failed: item.failures += 1
        case .dead(let failure, let letter):
            if failure != nil { item.failures += 1 }
            item.letter = letter
            self.letters[letter.id] = DeadMessage(payload: [], letter: letter, identity: result.identity)
            self.change(item.jobID) { job in
                job.failed += 1
                job.errorMessage = "Failed to process \(item.filename ?? id): \(failure?.message ?? letter.errorMessage)"
            }
        case .cancelled: self.change(item.jobID) { $0.cancelled += 1 }
        case .released: break
        }
        self.items[id] = item
        return .recorded
    }

    mutating func bury(_ message: DeadMessage, counts: Bool) {
        guard self.letters[message.letter.id] == nil else { return }
        self.letters[message.letter.id] = message
        // A malformed message has neither.
        guard let identity = message.identity, let envelope = try? Envelope(message.payload) else { return }
        let id = identity.workID
        let known = self.items[id]
        if let known, ![.queued, .processing, .retrying].contains(known.status) { return }
        let fence = self.nextFence()
        var item =
            known
            ?? .init(
                status: .queued, fence: fence, delivery: DeliveryID(worker: WorkerID(""), sequence: 0),
                jobID: counts ? envelope.jobID : nil, filename: envelope.filename)
        item.fence = fence
        item.status = .failed
        item.letter = message.letter
        self.items[id] = item
        self.change(item.jobID) { job in
            job.failed += 1
            job.errorMessage = "Failed to process \(item.filename ?? id): \(message.letter.errorMessage)"
        }
    }
}
