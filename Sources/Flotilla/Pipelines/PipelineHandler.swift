internal import Threading

/// Runs a queue's pipeline for one message: an ordered list of stages, each done once per document and processing version.
///
/// For each stage: skip it if it is completed and its output readable; lock (document, stage, version); take its output from the cache, or
/// run it; store the output, what is derived from it and its completion in one transaction under the run's fence; keep it in the cache. A retry
/// resumes at the stage that failed.
///
/// The cache holds what ``CacheableStage``s made from equal inputs, of other documents or of other submissions of the same file. Failures are
/// never in it, nor are outputs that are partial: whoever submits the file again hopes for more.
public struct PipelineHandler: JobHandler {
    private let stages: [any StageHandler]
    private let store: any StageStore
    private let lock: any DistributedLock
    private let options: Options
    private let observer: (any PipelineObserver)?

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
        if self.stages.allSatisfy({ outputs[$0.stage] != nil }) {
            guard try await self.store.publish(self.stages.map(\.stage), of: work) else { return .superseded }
            return .completed(followUps: self.options.followUps(job))
        }
        let digests = OutputDigests()
        return try await self.options.withWorkDirectory { directory in
            var outputs = outputs
            for stage in self.stages where outputs[stage.stage] == nil {
                try Task.checkCancellation()
                switch try await self.run(stage, job, work, outputs: outputs, digests: digests, directory: directory) {
                case .completed(let output): outputs[stage.stage] = output
                case .locked(let wait):
                    job.logger.info(
                        "another run has this stage in hand, or makes the same output",
                        ["stage": stage.stage.rawValue, "wait_ms": wait.inMilliseconds])
                    return .snoozed(wait)
                case .superseded: return .superseded
                }
            }
            return .completed(followUps: self.options.followUps(job))
        }
    }

    private func run(
        _ stage: any StageHandler, _ job: JobContext, _ work: StageWork, outputs: [StageName: StageOutput], digests: OutputDigests,
        directory: String
    ) async throws -> StageRun.End {
        let key = self.options.lockKey(job.identity.documentUUID, stage.stage, work.processingVersion)
        let running = Cancellation()
        let hold: any LockHold
        switch try await self.lock.acquire(key, lease: self.options.lockLease, onLoss: { running.cancel() }) {
        case .held(let left): return .locked(self.options.wait(left))
        case .acquired(let acquired): hold = acquired
        }
        do {
            let end = try await StageRun(
                stage: stage, job: job, work: work, outputs: outputs, digests: digests, directory: directory, store: self.store,
                lock: self.lock, options: self.options, observer: self.observer
            ).run(running)
            await hold.giveBack()
            return end
        } catch is CancellationError where !Task.isCancelled {
            // The lock was lost, as after an outage: the stage may be somebody else's by now, and no attempt is counted.
            await hold.giveBack()
            return .superseded
        } catch {
            await hold.giveBack()
            throw error
        }
    }
}

extension LockHold {
    /// Releases the lock also when this task is cancelled, hence in a task of its own. A release that fails leaves it to the lock's lease.
    func giveBack() async { _ = await Task { try? await self.release() }.value }
}

/// What happens in a pipeline, for logs and metrics. Called from any thread; must return at once.
public protocol PipelineObserver: Sendable {
    /// - Parameter outcome: `completed`, `partial`, `cached`, or the class of the failure.
    func ended(_ job: JobContext, stage: StageName, outcome: String, duration: Duration)
    /// A cache had the stage's output, which took `time` to make.
    func saved(_ time: Duration, _ job: JobContext, stage: StageName)
    func progressed(_ job: JobContext, stage: StageName, done: Int, total: Int)
}

extension PipelineObserver {
    public func saved(_ time: Duration, _ job: JobContext, stage: StageName) {}
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
