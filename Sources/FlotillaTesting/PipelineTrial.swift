public import Flotilla
internal import Threading

/// Runs messages through a pipeline without a worker: stages, store, lock and cache are in memory and can be looked at.
public struct PipelineTrial: Sendable {
    public let store: InMemoryStageStore
    public let lock: InMemoryLock
    public let handler: PipelineHandler
    /// What the observer was told: `stage outcome`, in order.
    public var ends: [String] { self.observer.ends.withLock { $0 } }

    private let observer: Observer
    private let queue: QueueName

    /// - Parameter withWorkDirectory: as the pipeline's option.
    public init(
        _ stages: [any StageHandler], queue: QueueName, cache: (any StageCache)? = nil, store: InMemoryStageStore = InMemoryStageStore(),
        lock: InMemoryLock = InMemoryLock(), inputs: Set<StageName> = [], mirror: (any StageStateMirror)? = nil,
        withWorkDirectory:
            @escaping @Sendable (_ body: @Sendable (_ path: String) async throws -> JobOutcome) async throws -> JobOutcome = {
                try await $0("/nowhere")
            }
    ) {
        let observer = Observer()
        self.store = store
        self.lock = lock
        self.queue = queue
        self.observer = observer
        self.handler = PipelineHandler(
            stages: stages, store: store, lock: lock,
            options: .init(
                lockKey: { "stage:\($0):\($1):\($2)" }, withWorkDirectory: withWorkDirectory, inputs: inputs, cache: cache, mirror: mirror),
            observer: observer)
    }

    public func work(_ message: [UInt8]) throws -> StageWork {
        let envelope = try Envelope(message)
        return StageWork(
            identity: WorkIdentity(envelope, queue: self.queue), processingVersion: envelope.processingVersion, fence: Fence(1),
            worker: WorkerID("trial"), envelope: envelope)
    }

    /// One delivery of a message, with what the pipeline ends with.
    public func run(_ message: [UInt8], attempt: Int = 1) async throws -> JobOutcome {
        let work = try self.work(message)
        return try await self.handler.handle(
            JobContext(
                message: work.envelope, identity: work.identity, delivery: DeliveryID(worker: work.worker, sequence: 1), queue: self.queue,
                attempt: attempt, maximumAttempts: 4, fence: work.fence, worker: work.worker, logger: .disabled))
    }

    /// What is stored of a stage.
    public func stage(_ stage: StageName, of message: [UInt8]) throws -> InMemoryStageStore.Run? {
        self.store.run(stage, of: try self.work(message))
    }

    private final class Observer: PipelineObserver {
        let ends = Lock<[String]>([])

        func ended(_ job: JobContext, stage: StageName, outcome: String, duration: Duration) {
            self.ends.withLock { $0.append("\(stage) \(outcome)") }
        }

        func progressed(_ job: JobContext, stage: StageName, done: Int, total: Int) {}
    }
}
