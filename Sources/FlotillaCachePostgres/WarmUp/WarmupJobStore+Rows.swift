internal import PostgresClient
internal import Threading

/// The columns of a job that are not simply its members.
struct JobColumns {
    var pinned: [String] = []
    var every: Int32?
    /// Since midnight.
    var daily: Duration?
    private let schedule: WarmupSchedule

    init(_ job: WarmupJob) {
        self.schedule = job.schedule
        if case .pinned(let ids) = job.kind { self.pinned = ids }
        switch job.schedule {
        case .every(let interval): self.every = Int32(clamping: interval.components.seconds)
        case .daily(let second): self.daily = .seconds(second)
        }
    }

    func firstDue(at now: PostgresTimestamp) -> PostgresTimestamp {
        switch self.schedule {
        case .every: now
        case .daily: self.schedule.next(after: now, finishedAt: now)
        }
    }
}

extension WarmupJobStore {
    static let columns = """
        name, kind, type, tenant_id, pinned, every_seconds, extract(epoch FROM daily_at)::integer AS daily_second, rate_per_second, entry_limit,
        priority, enabled, due_at, leased_by, leased_until, last_started_at, last_finished_at, last_result, last_loaded, last_skipped,
        last_failed, last_error
        """

    func statuses(where condition: PostgresQuery) async throws(PostgresError) -> [WarmupJobStatus] {
        let rows = try await self.pool.query(
            """
            SELECT \(unescaped: Self.columns) FROM cache_warmup_job WHERE \(fragment: condition) ORDER BY priority DESC, name
            """)
        var statuses: [WarmupJobStatus] = []
        for row in rows { statuses.append(try Self.status(row)) }
        return statuses
    }

    static func status(_ row: PostgresRow) throws(PostgresError) -> WarmupJobStatus {
        let kind: WarmupJob.Kind =
            switch try row["kind", as: String.self] {
            case "pinned": .pinned(try row["pinned", as: [String].self])
            case "frequency": .frequency
            default: .scheduled
            }
        let schedule: WarmupSchedule =
            if let seconds = try row["every_seconds", as: Int?.self] {
                .every(.seconds(seconds))
            } else {
                .daily(secondOfDay: try row["daily_second", as: Int.self])
            }
        let job = WarmupJob(
            name: try row["name", as: String.self], kind: kind, type: try row["type", as: String.self],
            tenantID: try row["tenant_id", as: String?.self], schedule: schedule,
            ratePerSecond: Double(try row["rate_per_second", as: Float.self]), limit: try row["entry_limit", as: Int.self],
            priority: try row["priority", as: Int.self], isEnabled: try row["enabled", as: Bool.self])
        return WarmupJobStatus(
            job: job, dueAt: try row["due_at", as: PostgresTimestamp.self], runner: try row["leased_by", as: String?.self],
            leasedUntil: try row["leased_until", as: PostgresTimestamp?.self],
            lastStartedAt: try row["last_started_at", as: PostgresTimestamp?.self],
            lastFinishedAt: try row["last_finished_at", as: PostgresTimestamp?.self], lastResult: try Self.result(row))
    }

    private static func result(_ row: PostgresRow) throws(PostgresError) -> WarmupResult? {
        let outcome: WarmupResult.Outcome
        switch try row["last_result", as: String?.self] {
        case nil: return nil
        case "succeeded": outcome = .succeeded
        case "stopped": outcome = .stopped
        default: outcome = .failed(try row["last_error", as: String?.self] ?? "")
        }
        return WarmupResult(
            outcome, loaded: try row["last_loaded", as: Int?.self] ?? 0, skipped: try row["last_skipped", as: Int?.self] ?? 0,
            failed: try row["last_failed", as: Int?.self] ?? 0)
    }
}
