public import FlotillaCache
public import PostgresClient
internal import Threading

/// Puts values into the cache before anybody asks for them: a row of `cache_warmup_job`.
public struct WarmupJob: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// What the type's loader lists.
        case scheduled
        /// What was read most lately.
        case frequency
        /// These ids, whatever they mean to the type's loader: one to 10,000.
        case pinned([String])

        public var name: String {
            switch self {
            case .scheduled: "scheduled"
            case .frequency: "frequency"
            case .pinned: "pinned"
            }
        }
    }

    /// Lower-case letters, digits, `.`, `_` and `-`, at most 80.
    public var name: String
    public var kind: Kind
    /// The name of a cache type.
    public var type: String
    /// Nil: all tenants, each with its share.
    public var tenantID: String?
    public var schedule: WarmupSchedule
    /// Loads a second, over all tenants; up to 10,000.
    public var ratePerSecond: Double
    /// Values a run; up to 1,000,000.
    public var limit: Int
    /// From -100 to 100: of jobs that are due the highest runs first.
    public var priority: Int
    public var isEnabled: Bool

    public init(
        name: String, kind: Kind, type: String, tenantID: String? = nil, schedule: WarmupSchedule, ratePerSecond: Double = 10,
        limit: Int = 1_000, priority: Int = 0, isEnabled: Bool = true
    ) {
        self.name = name
        self.kind = kind
        self.type = type
        self.tenantID = tenantID
        self.schedule = schedule
        self.ratePerSecond = ratePerSecond
        self.limit = limit
        self.priority = priority
        self.isEnabled = isEnabled
    }

    /// Checks that the job can be stored.
    ///
    /// - Parameter known: all cache types. Those whose values are never made ahead are refused: sessions, and what a process keeps for itself.
    /// - Throws: ``CacheStoreError`` with `.invalid` and the first mistake.
    public func validate(known: [CacheType] = CacheType.all) throws(CacheStoreError) {
        func refuse(_ reason: String) -> CacheStoreError { CacheStoreError(.invalid, "the warm-up job \(self.name.prefix(80)) \(reason)") }
        guard RowName.isValid(self.name) else {
            throw refuse("needs another name: lower-case letters, digits, '.', '_' and '-', at most 80")
        }
        guard let type = known.first(where: { $0.name == self.type }) else {
            throw refuse("names a cache type that does not exist: \(self.type.prefix(40))")
        }
        switch type.policy.tiers {
        case .durable: throw refuse("cannot make values of \(self.type): only their owners do")
        case .process: throw refuse("cannot make values of \(self.type): each process keeps its own")
        case .shared, .processAndShared: break
        }
        if case .pinned(let ids) = self.kind {
            guard (1...10_000).contains(ids.count) else { throw refuse("must pin one to 10,000 ids") }
            guard !ids.contains(where: { $0.isEmpty || $0.utf8.contains(0) }) else {
                throw refuse("pins an id that is empty or holds a NUL")
            }
        }
        if let tenantID {
            guard !tenantID.isEmpty, !tenantID.utf8.contains(0) else { throw refuse("needs a tenant, or none for all") }
            guard type.policy.scope == .tenant else { throw refuse("has a tenant, but values of \(self.type) are everybody's") }
        }
        guard self.schedule.isValid else { throw refuse("needs an interval of 10 s to 31 days in whole seconds, or a time of day") }
        guard self.ratePerSecond > 0, self.ratePerSecond <= 10_000 else { throw refuse("needs a rate above 0 and up to 10,000 a second") }
        guard (1...1_000_000).contains(self.limit) else { throw refuse("needs a limit of 1 to 1,000,000 values") }
        guard (-100...100).contains(self.priority) else { throw refuse("needs a priority from -100 to 100") }
    }
}

/// A job in the table, with what became of it.
public struct WarmupJobStatus: Sendable, Hashable {
    public var job: WarmupJob
    public var dueAt: PostgresTimestamp
    /// Who runs it now, if the lease still counts.
    public var runner: String?
    public var leasedUntil: PostgresTimestamp?
    public var lastStartedAt: PostgresTimestamp?
    public var lastFinishedAt: PostgresTimestamp?
    /// Nil before the first.
    public var lastResult: WarmupResult?
}

/// What a run did.
public struct WarmupResult: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        case succeeded
        /// It gave up; why, in at most 2,000 characters, without values.
        case failed(String)
        /// The process was stopped before the end.
        case stopped
    }

    public var outcome: Outcome
    public var loaded: Int
    /// Values that were there already.
    public var skipped: Int
    /// Values whose load failed.
    public var failed: Int

    public init(_ outcome: Outcome, loaded: Int = 0, skipped: Int = 0, failed: Int = 0) {
        self.outcome = outcome
        self.loaded = loaded
        self.skipped = skipped
        self.failed = failed
    }
}
