public import FlotillaCache
public import PostgresClient
internal import Threading

/// Warm-up jobs in their table, and who runs them. Members throw `PostgresError`, and ``CacheStoreError`` where they say so.
public struct WarmupJobStore: Sendable {
    let pool: PostgresPool
    private let types: [CacheType]

    /// - Parameter types: all cache types, for the check of jobs.
    public init(pool: PostgresPool, types: [CacheType] = CacheType.all) {
        self.pool = pool
        self.types = types
    }

    // MARK: Jobs

    /// All jobs, the highest priority first, then by name.
    public func all() async throws(PostgresError) -> [WarmupJobStatus] {
        try await self.statuses(where: "true")
    }

    /// One job; nil if there is none of the name.
    public func job(_ name: String) async throws(PostgresError) -> WarmupJobStatus? {
        try await self.statuses(where: "name = \(name)").first
    }

    /// Adds a job. With an interval it is due at once, else at its next time of day.
    ///
    /// - Throws: ``CacheStoreError`` with `.invalid` or `.exists`.
    public func add(_ job: WarmupJob, at now: PostgresTimestamp = .now) async throws {
        try job.validate(known: self.types)
        let columns = JobColumns(job)
        let rows = try await self.pool.query(
            """
            INSERT INTO cache_warmup_job (
                name, kind, type, tenant_id, pinned, every_seconds, daily_at, rate_per_second, entry_limit, priority, enabled, due_at)
            VALUES (
                \(job.name), \(job.kind.name), \(job.type), \(job.tenantID), \(columns.pinned), \(columns.every), \(columns.daily)::interval::time,
                \(Float(job.ratePerSecond)), \(Int32(job.limit)), \(Int32(job.priority)), \(job.isEnabled), \(columns.firstDue(at: now)))
            ON CONFLICT (name) DO NOTHING
            """)
        guard rows.affected > 0 else { throw CacheStoreError(.exists, "there is a warm-up job \(job.name) already") }
    }

    /// Changes a job. One that is running goes on as it began; when it is due next follows the new schedule.
    ///
    /// - Throws: ``CacheStoreError`` with `.invalid` or `.notFound`.
    public func update(_ job: WarmupJob, at now: PostgresTimestamp = .now) async throws {
        try job.validate(known: self.types)
        let columns = JobColumns(job)
        let rows = try await self.pool.query(
            """
            UPDATE cache_warmup_job SET
                kind = \(job.kind.name), type = \(job.type), tenant_id = \(job.tenantID), pinned = \(columns.pinned),
                every_seconds = \(columns.every), daily_at = \(columns.daily)::interval::time,
                rate_per_second = \(Float(job.ratePerSecond)), entry_limit = \(Int32(job.limit)), priority = \(Int32(job.priority)),
                enabled = \(job.isEnabled), due_at = \(columns.firstDue(at: now)), updated_at = now()
            WHERE name = \(job.name)
            """)
        guard rows.affected > 0 else { throw CacheStoreError(.notFound, "there is no warm-up job \(job.name)") }
    }

    /// Switches a job on or off. One that is running is not stopped.
    ///
    /// - Throws: ``CacheStoreError`` with `.notFound`.
    public func setEnabled(_ isEnabled: Bool, job name: String) async throws {
        let rows = try await self.pool.query(
            "UPDATE cache_warmup_job SET enabled = \(isEnabled), updated_at = now() WHERE name = \(name)")
        guard rows.affected > 0 else { throw CacheStoreError(.notFound, "there is no warm-up job \(name)") }
    }

    /// Makes a job due now, whatever its schedule.
    ///
    /// - Throws: ``CacheStoreError`` with `.notFound`.
    public func runSoon(_ name: String, at now: PostgresTimestamp = .now) async throws {
        let rows = try await self.pool.query("UPDATE cache_warmup_job SET due_at = least(due_at, \(now)) WHERE name = \(name)")
        guard rows.affected > 0 else { throw CacheStoreError(.notFound, "there is no warm-up job \(name)") }
    }

    /// Returns whether there was such a job.
    public func remove(_ name: String) async throws(PostgresError) -> Bool {
        try await self.pool.query("DELETE FROM cache_warmup_job WHERE name = \(name)").affected > 0
    }

    // MARK: Runs

    /// Takes the lease of the job that is due and has the highest priority; of equal ones, of the one that waits longest. Nil: none is due.
    ///
    /// - Parameters:
    ///   - runner: host and process.
    ///   - duration: until when nobody else may take it; renew it before.
    public func claim(
        for runner: String, lease duration: Duration = .seconds(120), at now: PostgresTimestamp = .now
    ) async throws -> WarmupLease? {
        let rows = try await self.pool.query(
            """
            UPDATE cache_warmup_job SET
                leased_by = \(runner), leased_until = \(now + duration), fence = fence + 1, last_started_at = \(now)
            WHERE name = (
                SELECT name FROM cache_warmup_job
                WHERE enabled AND due_at <= \(now) AND (leased_until IS NULL OR leased_until <= \(now))
                ORDER BY priority DESC, due_at, name LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING \(unescaped: Self.columns), fence
            """)
        guard let row = rows.first else { return nil }
        let status = try Self.status(row)
        return WarmupLease(
            job: status.job, runner: runner, dueAt: status.dueAt, until: now + duration, fence: try row["fence", as: Int64.self])
    }

    /// Prolongs a lease from now on.
    ///
    /// - Throws: ``CacheStoreError`` with `.leaseLost`: stop, somebody else may run the job.
    public func renew(
        _ lease: WarmupLease, for duration: Duration = .seconds(120), at now: PostgresTimestamp = .now
    ) async throws -> WarmupLease {
        let rows = try await self.pool.query(
            """
            UPDATE cache_warmup_job SET leased_until = \(now + duration)
            WHERE name = \(lease.job.name) AND fence = \(lease.fence) AND leased_by IS NOT NULL
            """)
        guard rows.affected > 0 else { throw CacheStoreError(.leaseLost, "the lease on \(lease.job.name) was lost") }
        return WarmupLease(job: lease.job, runner: lease.runner, dueAt: lease.dueAt, until: now + duration, fence: lease.fence)
    }

    /// Records a run and gives the lease back. A run that was stopped stays due; any other is due again by the schedule of now.
    ///
    /// - Throws: ``CacheStoreError`` with `.leaseLost`: nothing was recorded.
    public func finish(_ lease: WarmupLease, _ result: WarmupResult, at now: PostgresTimestamp = .now) async throws {
        // By the table's schedule, which may have changed meanwhile.
        let schedule = try await self.job(lease.job.name)?.job.schedule ?? lease.job.schedule
        let outcome: String
        var message: String?
        var due = schedule.next(after: lease.dueAt, finishedAt: now)
        switch result.outcome {
        case .succeeded: outcome = "succeeded"
        case .failed(let reason):
            outcome = "failed"
            message = StatisticsText.cut(reason, to: 2_000)
        case .stopped:
            outcome = "stopped"
            due = lease.dueAt
        }
        let rows = try await self.pool.query(
            """
            UPDATE cache_warmup_job SET
                leased_by = NULL, leased_until = NULL, last_finished_at = \(now), last_result = \(outcome),
                last_loaded = \(Int32(clamping: max(0, result.loaded))), last_skipped = \(Int32(clamping: max(0, result.skipped))),
                last_failed = \(Int32(clamping: max(0, result.failed))), last_error = \(message), due_at = \(due)
            WHERE name = \(lease.job.name) AND fence = \(lease.fence) AND leased_by IS NOT NULL
            """)
        guard rows.affected > 0 else { throw CacheStoreError(.leaseLost, "the lease on \(lease.job.name) was lost") }
    }
}
