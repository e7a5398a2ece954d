internal import Flotilla

/// What an ``InMemoryJobStore`` holds. A value: each function is one transaction.
struct JobStoreState: Sendable {
    enum Status: Sendable { case queued, processing, retrying, completed, failed, cancelled }

    struct Item: Sendable {
        var status: Status
        var fence: Fence
        var delivery: DeliveryID
        var failures = 0
        var jobID: String?
        var letter: DeadLetter?
        var filename: String?
    }

    var lastFence: Int64 = 0
    var jobs: [String: InMemoryJobStore.Job] = [:]
    var items: [String: Item] = [:]
    var letters: [String: DeadMessage] = [:]
    var outbox: [FollowUp] = []
    var outages: [JobStoreError] = []
    /// What became of letters, beyond being dead.
    var letterStates: [String: LetterState] = [:]

    enum LetterState: Sendable { case requeued, discarded }

    /// Whether a write under this fence is accepted.
    func isCurrent(_ work: String, _ fence: Fence) -> Bool {
        self.items[work].map { $0.fence == fence && $0.status == .processing } ?? false
    }

    /// Asks for a job's cancellation; items that wait are cancelled at once.
    mutating func cancel(_ job: String) {
        self.change(job) { $0.isCancelRequested = true }
        for (id, item) in self.items where item.jobID == job && [.queued, .retrying].contains(item.status) {
            self.items[id]?.status = .cancelled
            self.change(job) { $0.cancelled += 1 }
        }
    }

    /// Queues the work of a dead letter again, before its message is moved back. False when it is not the operator's to move.
    mutating func prepareRequeue(_ letter: String) -> Bool {
        guard let message = self.letters[letter], self.letterStates[letter] == nil else { return false }
        if let job = message.letter.jobID, self.jobs[job]?.isCancelRequested == true { return false }
        if let work = message.identity?.workID, let item = self.items[work] {
            guard item.status == .failed else { return false }
            self.items[work]?.status = .queued
            self.items[work]?.failures = 0
            let fence = self.nextFence()
            self.items[work]?.fence = fence
            self.change(item.jobID) { $0.failed -= 1 }
        }
        self.letterStates[letter] = .requeued
        return true
    }

    /// Marks a letter as discarded; its message may be removed then.
    mutating func discard(_ letter: String) -> Bool {
        guard self.letters[letter] != nil, self.letterStates[letter] == nil else { return false }
        self.letterStates[letter] = .discarded
        return true
    }

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
            if let letter = known?.letter?.id { self.letterStates[letter] = .requeued }
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
        let next: Status =
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
