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

    /// Stores the output, what is derived from it, and the stage's completion, in one transaction, and forgets its checkpoints. False when the fence is not the work
    /// item's own any more: nothing was written.
    func complete(
        _ stage: StageName, engine: String, output: StageOutput, duration: Duration, of work: StageWork
    ) async throws(JobStoreError) -> Bool

    /// Records that a stage failed; outputs of earlier stages stay. False when the fence is not the work item's own any more.
    func fail(_ stage: StageName, failure: Failure, duration: Duration, of work: StageWork) async throws(JobStoreError) -> Bool
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
