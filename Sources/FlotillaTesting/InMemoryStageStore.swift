public import Flotilla
internal import Threading

/// A stage store in memory. It trusts `isCurrent` on whether a fence is still the work item's own.
public final class InMemoryStageStore: StageStore {
    /// One stage of one document in one processing version.
    public struct Run: Sendable {
        public var isCompleted = false
        public var attempt: Int
        public var engine: String
        public var failure: Failure?
        public var output: StageOutput?
        /// Where the output came from.
        public var origin: StageOrigin?
        /// Where a cache has the output.
        public var cacheKey: StageCacheKey?
        /// How often it began.
        public var begins = 0
        /// By engine, then key.
        public var checkpoints: [String: [String: [UInt8]]] = [:]
    }

    private struct Key: Hashable {
        var documentUUID: String
        var version: Int
        var stage: StageName
    }

    private let runs = Lock<[Key: Run]>([:])
    private let isCurrent: @Sendable (StageWork) -> Bool
    private let refuses: @Sendable (StageName, StageOutput) -> String?

    /// - Parameter refuses: why an output cannot be stored; nil for those that can.
    public init(
        isCurrent: @escaping @Sendable (StageWork) -> Bool = { _ in true },
        refuses: @escaping @Sendable (StageName, StageOutput) -> String? = { _, _ in nil }
    ) {
        self.isCurrent = isCurrent
        self.refuses = refuses
    }

    /// What is known of a stage, nil when it never began.
    public func run(_ stage: StageName, of work: StageWork) -> Run? { self.runs.withLock { $0[self.key(stage, work)] } }

    public func completed(_ stages: Set<StageName>, of work: StageWork) async throws(JobStoreError) -> [StageName: StageOutput] {
        self.runs.withLock { runs in
            var outputs: [StageName: StageOutput] = [:]
            for (key, run) in runs where key.documentUUID == work.identity.documentUUID && key.version == work.processingVersion {
                if run.isCompleted, stages.contains(key.stage) { outputs[key.stage] = run.output }
            }
            return outputs
        }
    }

    public func begin(_ stage: StageName, engine: String, attempt: Int, of work: StageWork) async throws(JobStoreError) -> Bool {
        self.change(stage, work) { run in
            run.isCompleted = false
            run.attempt = attempt
            run.engine = engine
            run.failure = nil
            run.begins += 1
        }
    }

    public func checkpoints(
        of stage: StageName, engine: String, of work: StageWork
    ) async throws(JobStoreError) -> [String: [UInt8]] {
        self.run(stage, of: work)?.checkpoints[engine] ?? [:]
    }

    public func keep(
        _ checkpoint: [UInt8], as key: String, of stage: StageName, engine: String, of work: StageWork
    ) async throws(JobStoreError) -> Bool {
        self.change(stage, work) { $0.checkpoints[engine, default: [:]][key] = checkpoint }
    }

    public func complete(
        _ stage: StageName, engine: String, output: StageOutput, duration: Duration, origin: StageOrigin, cacheKey: StageCacheKey?,
        of work: StageWork
    ) async throws(JobStoreError) -> Bool {
        if let reason = self.refuses(stage, output) { throw JobStoreError(.refused, operation: "complete a stage", message: reason) }
        return self.change(stage, work) { run in
            run.isCompleted = true
            run.origin = origin
            run.cacheKey = cacheKey
            run.engine = engine
            run.failure = nil
            run.output = output
            run.checkpoints = [:]
        }
    }

    public func fail(_ stage: StageName, failure: Failure, duration: Duration, of work: StageWork) async throws(JobStoreError) -> Bool {
        self.change(stage, work) { run in
            run.isCompleted = false
            run.failure = failure
        }
    }

    private func change(_ stage: StageName, _ work: StageWork, _ body: (inout Run) -> Void) -> Bool {
        guard self.isCurrent(work) else { return false }
        self.runs.withLock { body(&$0[self.key(stage, work), default: Run(attempt: 1, engine: "")]) }
        return true
    }

    private func key(_ stage: StageName, _ work: StageWork) -> Key {
        Key(documentUUID: work.identity.documentUUID, version: work.processingVersion, stage: stage)
    }
}
