extension PipelineHandler {
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
        /// Remembers what stages made; nil for none.
        public var cache: (any StageCache)?
        /// The key of the lock of the work behind a key of the cache, whichever document it is done for.
        public var cacheLockKey: @Sendable (_ key: StageCacheKey) -> String
        /// Is told how far the stages are; nil for none.
        public var mirror: (any StageStateMirror)?
        /// What follows a document whose last stage is completed, such as the message for the next queue.
        public var followUps: @Sendable (_ job: JobContext) -> [FollowUp]

        public init(
            lockLease: Duration = .seconds(15), lockWait: Duration = .seconds(5),
            lockKey: @escaping @Sendable (_ document: String, _ stage: StageName, _ version: Int) -> String,
            withWorkDirectory:
                @escaping @Sendable (_ body: @Sendable (_ path: String) async throws -> JobOutcome) async throws ->
                JobOutcome,
            inputs: Set<StageName> = [], cache: (any StageCache)? = nil,
            cacheLockKey: @escaping @Sendable (_ key: StageCacheKey) -> String = { "work:\($0.tenant ?? ""):\($0.digest)" },
            mirror: (any StageStateMirror)? = nil,
            followUps: @escaping @Sendable (_ job: JobContext) -> [FollowUp] = { _ in [] }
        ) {
            self.lockLease = lockLease
            self.lockWait = lockWait
            self.lockKey = lockKey
            self.withWorkDirectory = withWorkDirectory
            self.inputs = inputs
            self.cache = cache
            self.cacheLockKey = cacheLockKey
            self.mirror = mirror
            self.followUps = followUps
        }
    }
}
