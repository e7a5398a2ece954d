public import Flotilla
internal import JSONText

/// What every job store must do. Run it on your own store:
/// ```swift
/// for name in JobStoreContract.names { try await JobStoreContract.check(name, on: subject) }
/// ```
public enum JobStoreContract {
    /// A job's counters as the store keeps them.
    public struct Progress: Sendable, Hashable {
        public var status: String
        public var processed: Int
        public var failed: Int
        public var cancelled: Int

        public init(status: String, processed: Int, failed: Int, cancelled: Int) {
            self.status = status
            self.processed = processed
            self.failed = failed
            self.cancelled = cancelled
        }
    }

    /// A store, and what a test must be able to do with it besides. Items of `document_queue` must count toward their jobs.
    public struct Subject: Sendable {
        public var store: any JobStore
        public var progress: @Sendable (_ job: String) async throws -> Progress
        public var setTotal: @Sendable (_ total: Int, _ job: String) async throws -> Void
        public var cancel: @Sendable (_ job: String) async throws -> Void

        public init(
            store: any JobStore, progress: @escaping @Sendable (String) async throws -> Progress,
            setTotal: @escaping @Sendable (Int, String) async throws -> Void, cancel: @escaping @Sendable (String) async throws -> Void
        ) {
            self.store = store
            self.progress = progress
            self.setTotal = setTotal
            self.cancel = cancel
        }
    }

    /// A store does not do what is asked of every store.
    public struct Violation: Error, CustomStringConvertible {
        public let description: String
    }

    /// The cases' names.
    public static var names: [String] { self.cases.map(\.name) }

    /// Runs one case. Cases may share a store: each uses a job of its own.
    ///
    /// - Throws: ``Violation``, or what the store throws.
    public static func check(_ name: String, on subject: Subject) async throws {
        guard let found = self.cases.first(where: { $0.name == name }) else { throw Violation(description: "no case is named \(name)") }
        try await found.body(ContractScene(subject: subject, job: ULID.next()))
    }

    static let cases: [(name: String, body: @Sendable (ContractScene) async throws -> Void)] = [
        ("a first claim runs and its result is recorded", Self.firstRun),
        ("a redelivery after success is finished", Self.redelivery),
        ("a second delivery is busy until the first ends", Self.busy),
        ("equal work in one batch runs once", Self.duplicatesInBatch),
        ("a repeated claim runs again and the older fence is refused", Self.repeatedClaim),
        ("a repeated result is recorded once", Self.repeatedResult),
        ("a takeover refuses the former holder", Self.takeover),
        ("failures count and releases do not", Self.failureCount),
        ("a dead item answers with its letter and a replay reopens it", Self.replay),
        ("an older letter does not reopen", Self.olderLetter),
        ("one poison file of ten ends with errors", Self.poison),
        ("a job whose files all fail has failed", Self.allFail),
        ("a total that comes last completes the job", Self.lateTotal),
        ("a cancelled job's items are cancelled", Self.cancellation),
        ("quarantined work is failed once", Self.quarantine),
        ("a malformed dead message needs no work item", Self.malformedDead),
        ("other queues do not count", Self.otherQueues),
    ]
}

/// Messages of one job, and shorthands for what cases do with them.
struct ContractScene: Sendable {
    let subject: JobStoreContract.Subject
    let job: String
    let worker = WorkerID("contract-worker")

    var store: any JobStore { self.subject.store }

    func claim(_ file: String, delivery: UInt64, queue: QueueName = "document_queue", letter: DeadLetter? = nil) throws -> WorkClaim {
        let body: JSONValue = [
            "job_id": .string(self.job), "gcs_path": .string("inbox/\(file)"), "filename": .string(file),
        ]
        var bytes = body.jsonBytes
        if let letter { bytes = MessageSplice.adding(letter, to: bytes) }
        let envelope = try Envelope(bytes)
        return WorkClaim(
            identity: WorkIdentity(envelope, queue: queue), delivery: DeliveryID(worker: self.worker, sequence: delivery), queue: queue,
            envelope: envelope)
    }

    func result(_ claim: WorkClaim, _ fence: Fence, _ outcome: WorkResult.Outcome) -> WorkResult {
        WorkResult(
            identity: claim.identity, fence: fence, outcome: outcome, jobID: claim.envelope.jobID, duration: .milliseconds(5))
    }

    func letter(_ claim: WorkClaim, _ message: String = "it is broken", reason: DeadLetter.Reason = .permanent) -> DeadLetter {
        DeadLetter(
            id: ULID.next(), reason: reason, errorMessage: message, fingerprint: "0123456789ab", failureTime: 1_700_000_000_000_000,
            originalQueue: claim.queue, jobID: claim.envelope.jobID, filename: claim.envelope.filename, failureCount: 1)
    }

    func begin(_ claim: WorkClaim) async throws -> Admission {
        let answers = try await self.store.begin([claim], by: self.worker)
        try self.expect(answers.count == 1, "one claim got \(answers.count) answers")
        return answers[0]
    }

    func run(_ claim: WorkClaim) async throws -> (fence: Fence, failures: Int) {
        let answer = try await self.begin(claim)
        guard case .run(let fence, let failures) = answer else {
            throw JobStoreContract.Violation(description: "expected a run, got \(answer)")
        }
        return (fence, failures)
    }

    func record(_ claim: WorkClaim, _ fence: Fence, _ outcome: WorkResult.Outcome) async throws -> RecordVerdict {
        let verdicts = try await self.store.record([self.result(claim, fence, outcome)], by: self.worker)
        try self.expect(verdicts.count == 1, "one result got \(verdicts.count) verdicts")
        return verdicts[0]
    }

    /// Runs and records.
    func finish(_ claim: WorkClaim, _ outcome: WorkResult.Outcome = .completed(followUps: [])) async throws {
        let fence = try await self.run(claim).fence
        let verdict = try await self.record(claim, fence, outcome)
        try self.expect(verdict == .recorded, "the result was \(verdict)")
    }

    func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw JobStoreContract.Violation(description: message()) }
    }

    func expectEqual<Value: Equatable>(_ value: Value, _ expected: Value, _ what: String) throws {
        try self.expect(value == expected, "\(what): \(value), not \(expected)")
    }

    func expectProgress(_ status: String, processed: Int = 0, failed: Int = 0, cancelled: Int = 0) async throws {
        let progress = try await self.subject.progress(self.job)
        try self.expectEqual(
            progress, .init(status: status, processed: processed, failed: failed, cancelled: cancelled), "the job's progress")
    }
}
