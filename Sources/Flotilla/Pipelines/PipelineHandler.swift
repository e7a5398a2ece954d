internal import Threading

/// Runs a queue's pipeline for one message: an ordered list of stages, each done once per document and processing version.
///
/// For each stage: skip it if it is completed and its output readable; lock (document, stage, version); run it; store its output, what is
/// derived from it and its completion in one transaction under the run's fence. A retry resumes at the stage that failed.
public struct PipelineHandler: JobHandler {
    private let stages: [any StageHandler]
    private let store: any StageStore
    private let lock: any DistributedLock
    private let options: Options
    private let observer: (any PipelineObserver)?

    /// How a pipeline runs.
    public struct Options: Sendable {
        /// For how long a stage stays locked when this process dies: half a worker's lease or less, so that whoever takes its messages over
        /// finds them unlocked.
        public var lockLease: Duration
        /// How long a message waits whose stage somebody else has locked, at most.
        public var lockWait: Duration
        /// The key of the lock of one stage of one document in one version.
        public var lockKey: @Sendable (_ document: String, _ stage: StageName, _ version: Int) -> String
        /// Gives `body` a private directory that is gone afterwards, whatever happens.
        public var withWorkDirectory: @Sendable (_ body: @Sendable (_ path: String) async throws -> JobOutcome) async throws -> JobOutcome
        /// Stages of other pipelines over the same document whose outputs the stages here read.
        public var inputs: Set<StageName>
        /// What follows a document whose last stage is completed, such as the message for the next queue.
        public var followUps: @Sendable (_ job: JobContext) -> [FollowUp]

        public init(
            lockLease: Duration = .seconds(15), lockWait: Duration = .seconds(5),
            lockKey: @escaping @Sendable (_ document: String, _ stage: StageName, _ version: Int) -> String,
            withWorkDirectory:
                @escaping @Sendable (_ body: @Sendable (_ path: String) async throws -> JobOutcome) async throws ->
                JobOutcome,
            inputs: Set<StageName> = [],
            followUps: @escaping @Sendable (_ job: JobContext) -> [FollowUp] = { _ in [] }
        ) {
            self.lockLease = lockLease
            self.lockWait = lockWait
            self.lockKey = lockKey
            self.withWorkDirectory = withWorkDirectory
            self.inputs = inputs
            self.followUps = followUps
        }
    }

    public init(
        stages: [any StageHandler], store: any StageStore, lock: any DistributedLock, options: Options,
        observer: (any PipelineObserver)? = nil
    ) {
        self.stages = stages
        self.store = store
        self.lock = lock
        self.options = options
        self.observer = observer
    }

    public func handle(_ job: JobContext) async throws -> JobOutcome {
        guard let fence = job.fence else { throw PipelineError.noFence }
        let work = StageWork(
            identity: job.identity, processingVersion: job.message.processingVersion, fence: fence, worker: job.worker,
            envelope: job.message)
        let outputs = try await self.store.completed(self.options.inputs.union(self.stages.map(\.stage)), of: work)
        if self.stages.allSatisfy({ outputs[$0.stage] != nil }) { return .completed(followUps: self.options.followUps(job)) }
        return try await self.options.withWorkDirectory { directory in
            var outputs = outputs
            for stage in self.stages where outputs[stage.stage] == nil {
                try Task.checkCancellation()
                switch try await self.run(stage, job, work, outputs: outputs, directory: directory) {
                case .completed(let output): outputs[stage.stage] = output
                case .locked(let wait): return .snoozed(wait)
                case .superseded: return .superseded
                }
            }
            return .completed(followUps: self.options.followUps(job))
        }
    }

    private enum StageEnd {
        case completed(StageOutput)
        case locked(Duration)
        case superseded
    }

    private func run(
        _ stage: any StageHandler, _ job: JobContext, _ work: StageWork, outputs: [StageName: StageOutput], directory: String
    ) async throws -> StageEnd {
        let key = self.options.lockKey(job.identity.documentUUID, stage.stage, work.processingVersion)
        let running = Cancellation()
        let hold: any LockHold
        switch try await self.lock.acquire(key, lease: self.options.lockLease, onLoss: { running.cancel() }) {
        case .held(let left): return .locked(min(max(left, .milliseconds(200)), self.options.lockWait))
        case .acquired(let acquired): hold = acquired
        }
        do {
            let end = try await self.runLocked(stage, job, work, outputs: outputs, directory: directory, cancellation: running)
            await self.release(hold)
            return end
        } catch is CancellationError where !Task.isCancelled {
            // The lock was lost, as after an outage: the stage may be somebody else's by now, and no attempt is counted.
            await self.release(hold)
            return .superseded
        } catch {
            await self.release(hold)
            throw error
        }
    }

    private func runLocked(
        _ stage: any StageHandler, _ job: JobContext, _ work: StageWork, outputs: [StageName: StageOutput], directory: String,
        cancellation: Cancellation
    ) async throws -> StageEnd {
        FaultPoint.stageStarting.hit()
        guard try await self.store.begin(stage.stage, engine: stage.engine, attempt: job.attempt, of: work) else { return .superseded }
        let context = StageContext(
            message: job.message, identity: job.identity, attempt: job.attempt, workDirectory: directory,
            logger: job.logger.with(["stage": stage.stage.rawValue]), outputs: outputs,
            checkpoints: StageCheckpoints(
                read: { try await self.store.checkpoints(of: stage.stage, engine: stage.engine, of: work) },
                write: { try await self.store.keep($0, as: $1, of: stage.stage, engine: stage.engine, of: work) }),
            progress: { done, total in self.observer?.progressed(job, stage: stage.stage, done: done, total: total) })
        let start = MonotonicTime.now
        do {
            let output = try await cancellation.run { try await stage.run(context) }
            let duration = MonotonicTime.now - start
            FaultPoint.stageCompleting.hit()
            guard
                try await self.store.complete(stage.stage, engine: stage.engine, output: output, duration: duration, of: work)
            else { return .superseded }
            FaultPoint.stageCompleted.hit()
            self.observer?.ended(job, stage: stage.stage, outcome: output.isPartial ? "partial" : "completed", duration: duration)
            return .completed(output)
        } catch {
            let duration = MonotonicTime.now - start
            // A cancelled stage has not failed: it is begun anew by whoever comes next.
            if error is CancellationError || Task.isCancelled { throw error }
            if error is JobStoreError { throw error }
            let failure = Failure(error, stage: stage.stage)
            self.observer?.ended(job, stage: stage.stage, outcome: failure.failureClass.name, duration: duration)
            guard try await self.store.fail(stage.stage, failure: failure, duration: duration, of: work) else { return .superseded }
            throw StageError(stage: stage.stage, underlying: error)
        }
    }

    private func release(_ hold: any LockHold) async {
        // Unstructured: the lock must be given back even when this task is cancelled. A release that fails leaves it to the lock's lease.
        _ = await Task { try? await hold.release() }.value
    }
}

/// What happens in a pipeline, for logs and metrics. Called from any thread; must return at once.
public protocol PipelineObserver: Sendable {
    func ended(_ job: JobContext, stage: StageName, outcome: String, duration: Duration)
    func progressed(_ job: JobContext, stage: StageName, done: Int, total: Int)
}

/// A pipeline cannot run.
public enum PipelineError: FailureClassified {
    /// The worker has no job store, so nothing could be written under a fence.
    case noFence

    public var failureClass: FailureClass { .permanent }
    public var failureCode: String { "no_fence" }
    public var failureMessage: String { "a pipeline needs a worker with a job store" }
}

extension JobStoreError: FailureClassified {
    public var failureClass: FailureClass { self.code == .refused ? .transient() : .infrastructure }
    public var failureCode: String { self.code == .refused ? "store_refused" : "store_unavailable" }
    public var failureMessage: String { self.description }
}

extension BrokerError: FailureClassified {
    public var failureClass: FailureClass { .infrastructure }
    public var failureCode: String { "broker_unavailable" }
    public var failureMessage: String { self.description }
}

/// Cancels one piece of work from outside its task.
private final class Cancellation: Sendable {
    private let signal: AsyncStream<Void>
    private let source: AsyncStream<Void>.Continuation

    init() { (self.signal, self.source) = AsyncStream.makeStream() }

    func cancel() { self.source.finish() }

    /// Runs `body` in a child task, which stays on the caller's threads and is cancelled with the caller, or by ``cancel()``: whatever it
    /// throws then, the error is a `CancellationError`.
    func run(_ body: @escaping @Sendable () async throws -> StageOutput) async throws -> StageOutput {
        try await withThrowingTaskGroup(of: StageOutput?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                // Ends when the signal comes, and when this task is cancelled.
                for await _ in self.signal {}
                return nil
            }
            var isCancelled = false
            do {
                while let output = try await group.next() {
                    group.cancelAll()
                    if let output { return output }
                    isCancelled = true
                }
            } catch {
                if !isCancelled { throw error }
            }
            throw CancellationError()
        }
    }
}
