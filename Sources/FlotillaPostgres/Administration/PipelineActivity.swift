/// What stages did lately and do now. Times are microseconds since 1970, by PostgreSQL's clock.
public struct PipelineActivity: Sendable, Hashable {
    /// When this was read.
    public var at: Int64
    /// From when on runs are counted. Later than asked for when there were more than ``JobAdministration/maximumRuns``.
    public var since: Int64
    /// Whether there were more runs than are counted.
    public var isCut: Bool
    /// By name.
    public var stages: [StageActivity]
    /// By version.
    public var versions: [VersionActivity]
    /// The slowest first.
    public var running: [RunningStage]
    /// How many work items of each queue came to an end since the moment that was asked for; queues without any are missing.
    public var finished: [String: Int]

    public init(
        at: Int64, since: Int64, isCut: Bool = false, stages: [StageActivity] = [], versions: [VersionActivity] = [],
        running: [RunningStage] = [], finished: [String: Int] = [:]
    ) {
        self.at = at
        self.since = since
        self.isCut = isCut
        self.stages = stages
        self.versions = versions
        self.running = running
        self.finished = finished
    }
}

/// The runs of one stage.
public struct StageActivity: Sendable, Hashable {
    public var stage: String
    /// Under way now.
    public var running: Int
    /// Ended, whether they failed, were computed or came from the cache.
    public var runs: Int
    public var failed: Int
    /// Whose output came from the cache.
    public var cached: Int
    /// What those took when they were computed.
    public var saved: Duration
    /// Of computed runs; nil without any.
    public var median: Duration?
    public var percentile95: Duration?
    public var longest: Duration?

    public init(
        stage: String, running: Int = 0, runs: Int = 0, failed: Int = 0, cached: Int = 0, saved: Duration = .zero, median: Duration? = nil,
        percentile95: Duration? = nil, longest: Duration? = nil
    ) {
        self.stage = stage
        self.running = running
        self.runs = runs
        self.failed = failed
        self.cached = cached
        self.saved = saved
        self.median = median
        self.percentile95 = percentile95
        self.longest = longest
    }
}

/// The documents of one processing version.
public struct VersionActivity: Sendable, Hashable {
    public var version: Int
    /// With at least one run that ended in time.
    public var documents: Int
    /// All of whose work ended well.
    public var done: Int
    /// With work that failed for good.
    public var failed: Int
    /// Time in stages for a document that is done; nil without any.
    public var meanWork: Duration?
    public var runs: Int
    /// Runs whose output came from the cache.
    public var cached: Int
    public var saved: Duration

    public init(
        version: Int, documents: Int, done: Int, failed: Int, meanWork: Duration?, runs: Int, cached: Int = 0, saved: Duration = .zero
    ) {
        self.version = version
        self.documents = documents
        self.done = done
        self.failed = failed
        self.meanWork = meanWork
        self.runs = runs
        self.cached = cached
        self.saved = saved
    }
}

/// A run under way.
public struct RunningStage: Sendable, Hashable {
    public var stage: String
    public var documentUUID: String
    public var version: Int
    public var attempt: Int
    public var worker: String
    public var since: Int64
    /// As the producer wrote it.
    public var filename: String?

    public init(stage: String, documentUUID: String, version: Int, attempt: Int, worker: String, since: Int64, filename: String?) {
        self.stage = stage
        self.documentUUID = documentUUID
        self.version = version
        self.attempt = attempt
        self.worker = worker
        self.since = since
        self.filename = filename
    }
}
