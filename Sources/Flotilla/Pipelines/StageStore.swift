/// Remembers which stages of a document are done, with their outputs, so that a retry resumes at the stage that failed.
public protocol StageStore: Sendable {
    /// Those of the given stages of a document, in one processing version, that are completed and whose outputs are readable.
    func completed(_ stages: Set<StageName>, of work: StageWork) async throws(JobStoreError) -> [StageName: StageOutput]

    /// Records that a stage has begun. False when the fence is not the work item's own any more: nothing was written.
    func begin(_ stage: StageName, engine: String, attempt: Int, of work: StageWork) async throws(JobStoreError) -> Bool

    /// Pieces that runs of a stage have kept which did not end, by their keys: those of the same engine.
    func checkpoints(of stage: StageName, engine: String, of work: StageWork) async throws(JobStoreError) -> [String: [UInt8]]

    /// Keeps a piece of a stage until the stage is completed; a piece of the same key is replaced. False when the fence is not the work item's
    /// own any more: nothing was written.
    func keep(
        _ checkpoint: [UInt8], as key: String, of stage: StageName, engine: String, of work: StageWork
    ) async throws(JobStoreError) -> Bool

    /// Stores the output, what is derived from it, and the stage's completion, in one transaction, and forgets its checkpoints. False when the
    /// fence is not the work item's own any more: nothing was written.
    ///
    /// - Parameters:
    ///   - duration: how long this run took, be it only to find the output in a cache.
    ///   - origin: whether it was made now.
    ///   - cacheKey: where a cache has the output or will have it; nil where none will.
    func complete(
        _ stage: StageName, engine: String, output: StageOutput, duration: Duration, origin: StageOrigin, cacheKey: StageCacheKey?,
        of work: StageWork
    ) async throws(JobStoreError) -> Bool

    /// Makes what the stages wrote visible, where that waits for the last of them and none of them has to run: all came over from an earlier
    /// version. May be repeated. False when the fence is not the work item's own any more: nothing was written.
    func publish(_ stages: [StageName], of work: StageWork) async throws(JobStoreError) -> Bool

    /// Records that a stage failed; outputs of earlier stages stay. False when the fence is not the work item's own any more.
    func fail(_ stage: StageName, failure: Failure, duration: Duration, of work: StageWork) async throws(JobStoreError) -> Bool
}

extension StageStore {
    /// For stores that show each stage as it is completed.
    public func publish(_ stages: [StageName], of work: StageWork) async throws(JobStoreError) -> Bool { true }

    /// Of an output that was made now and is in no cache.
    public func complete(
        _ stage: StageName, engine: String, output: StageOutput, duration: Duration, of work: StageWork
    ) async throws(JobStoreError) -> Bool {
        try await self.complete(stage, engine: engine, output: output, duration: duration, origin: .computed, cacheKey: nil, of: work)
    }
}

/// Where a stage's output came from.
public enum StageOrigin: Sendable, Hashable {
    /// The stage ran.
    case computed
    /// It was found in a cache; `saved` is how long it took to make.
    case cached(saved: Duration)
}

/// What a pipeline works on, under which fence.
public struct StageWork: Sendable {
    public var identity: WorkIdentity
    public var processingVersion: Int
    public var fence: Fence
    public var worker: WorkerID
    public var envelope: Envelope

    public init(identity: WorkIdentity, processingVersion: Int, fence: Fence, worker: WorkerID, envelope: Envelope) {
        self.identity = identity
        self.processingVersion = processingVersion
        self.fence = fence
        self.worker = worker
        self.envelope = envelope
    }
}
