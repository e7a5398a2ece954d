public import FlotillaCache
internal import JSONText
public import PostgresClient
internal import Threading

/// Applies recorded events to the cache, by the rules in the database.
///
/// Any number may run: one works at a time, and another goes on where it died, so that the events of a tenant are applied in the order of their
/// ids. An event is marked as applied after `apply` has returned: a crash in between applies it again, which does no harm. While the cache
/// cannot be reached, events wait; none is lost.
public final class InvalidationRelay: Sendable {
    /// Ends values. When it throws, nothing is marked as applied, and all is applied again. It has ten seconds.
    public typealias Apply = @Sendable (_ endings: [CacheEnding]) async throws -> Void

    private let pool: PostgresPool
    private let types: [CacheType]
    private let interval: Duration
    private let ruleAge: Duration
    private let report: @Sendable (Result<InvalidationProgress, any Error>) -> Void
    private let apply: Apply
    private let bell = WakeBell()
    private let rules = Lock<(rules: InvalidationRules, read: MonotonicTime)?>(nil)
    /// Events a transaction.
    private static let limit = 256
    /// Events with long arrays of ids are taken fewer at a time.
    private static let maximumEndings = 4_096

    /// - Parameters:
    ///   - types: all cache types: what is global, and what permits no delay.
    ///   - interval: how often it looks when nobody wakes it.
    ///   - ruleAge: for how long rules are remembered.
    ///   - report: told of every batch that was not empty, and of every failure.
    public init(
        pool: PostgresPool, types: [CacheType] = CacheType.all, interval: Duration = .milliseconds(250), ruleAge: Duration = .seconds(5),
        report: @escaping @Sendable (Result<InvalidationProgress, any Error>) -> Void = { _ in }, apply: @escaping Apply
    ) {
        self.pool = pool
        self.types = types
        self.interval = interval
        self.ruleAge = ruleAge
        self.report = report
        self.apply = apply
    }

    /// Works until the task is cancelled. After a failure it waits for up to five seconds.
    public func run() async {
        var failures = 0
        while !Task.isCancelled {
            var pause = self.interval
            do {
                let progress = try await self.relay()
                failures = 0
                if !progress.isEmpty { self.report(.success(progress)) }
                if progress.hasMore { continue }
            } catch {
                failures += 1
                pause = min(.seconds(5), self.interval * (1 << min(failures, 6)))
                if !Task.isCancelled { self.report(.failure(error)) }
            }
            await self.bell.wait(atMost: pause)
        }
    }

    /// Looks at once: something was just recorded.
    public func wake() { self.bell.ring() }

    /// Applies one batch: ends whose time has come, then events, oldest first. Nothing while another relay is at it.
    ///
    /// - Throws: `PostgresError`, and what `apply` throws. Nothing was marked then, unless `mayHaveCommitted` says so.
    public func relay() async throws -> InvalidationProgress {
        try await self.pool.withTransaction { transaction in
            guard try await self.takeTurn(in: transaction) else { return InvalidationProgress() }
            let rows = try await transaction.pipeline([Self.dueEnds, Self.events])
            guard !rows[0].isEmpty || !rows[1].isEmpty else { return InvalidationProgress() }
            var batch = try InvalidationBatch(dueEnds: rows[0])
            let rules = try await self.currentRules(in: transaction)
            for row in rows[1] {
                guard batch.endings.count < Self.maximumEndings else { break }
                try batch.add(row, by: rules)
            }
            batch.progress.hasMore = rows[0].count == Self.limit || rows[1].count > batch.progress.events || rows[1].count == Self.limit
            if !batch.endings.isEmpty { try await self.apply(batch.endings) }
            batch.progress.endings = batch.endings.count
            batch.progress.postponed = try await transaction.pipeline(batch.marks)[1].affected
            return batch.progress
        }
    }

    /// How far the cache is behind.
    public func backlog() async throws -> InvalidationBacklog {
        let row = try await self.pool.query(
            """
            SELECT
                (SELECT count(*) FROM cache_invalidation_event WHERE applied_at IS NULL AND ends_key IS NULL),
                (SELECT (extract(epoch FROM clock_timestamp() - min(created_at)) * 1000000)::bigint
                    FROM cache_invalidation_event WHERE applied_at IS NULL AND ends_key IS NULL),
                (SELECT count(*) FROM cache_invalidation_event WHERE applied_at IS NULL AND ends_key IS NOT NULL)
            """
        ).one()
        return InvalidationBacklog(
            events: try row[0, as: Int.self], oldest: try row[1, as: Int64?.self].map { .microseconds(max(0, $0)) },
            postponed: try row[2, as: Int.self])
    }

    /// Whether this transaction may work: one relay at a time, so that order is kept, and that an end which waits is not
    /// taken for one that still comes while it is being applied.
    private func takeTurn(in transaction: PostgresConnection) async throws(PostgresError) -> Bool {
        // A relay that freezes holds its turn: the server ends its transaction, and another one goes on.
        let rows = try await transaction.pipeline([
            "SELECT set_config('idle_in_transaction_session_timeout', '10s', true)",
            "SELECT pg_try_advisory_xact_lock(hashtextextended('flotilla.cache_invalidation_relay', 0))",
        ])
        return try rows[1].one()[0, as: Bool.self]
    }

    private func currentRules(in transaction: PostgresConnection) async throws(PostgresError) -> InvalidationRules {
        if let known = self.rules.withLock({ $0 }), .now - known.read < self.ruleAge { return known.rules }
        let read = MonotonicTime.now
        let rows = try await transaction.query(InvalidationRuleStore.selection)
        let rules = InvalidationRules(try InvalidationRuleStore.rules(from: rows), types: self.types)
        self.rules.withLock { $0 = (rules, read) }
        return rules
    }

    /// Rows that somebody removes by hand at this moment are passed over.
    package static let events: PostgresQuery = """
        SELECT id, event, tenant_id, everyone, fields::text, (extract(epoch FROM clock_timestamp() - created_at) * 1000000)::bigint
        FROM cache_invalidation_event WHERE applied_at IS NULL AND ends_key IS NULL ORDER BY id LIMIT \(limit) FOR UPDATE SKIP LOCKED
        """

    /// `now()`, not `clock_timestamp()`: no index can be asked for a time that changes while it is read.
    package static let dueEnds: PostgresQuery = """
        SELECT id, tenant_id, everyone, ends_tag, ends_type
        FROM cache_invalidation_event WHERE applied_at IS NULL AND ends_key IS NOT NULL AND due_at <= now()
        ORDER BY due_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
        """
}
