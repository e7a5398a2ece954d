public import Flotilla
internal import PostgresClient
internal import Threading

extension JobAdministration {
    /// At most so many ended runs are counted, the newest ones: what watching costs is bounded, however busy the fleet is.
    public static let maximumRuns = 20_000
    /// At most so many runs under way are looked at, the newest ones.
    static let maximumRunning = 5_000

    /// What stages do now and did within `window`, in one round trip.
    ///
    /// - Parameters:
    ///   - finishedSince: from when on ended work is counted by queue; nil for the last minute.
    ///   - slowest: how many runs under way to name.
    ///   - timeout: for the whole of it.
    public func activity(
        window: Duration, finishedSince: Int64? = nil, slowest: Int = 10, timeout: Duration = .seconds(5)
    ) async throws(JobStoreError) -> PipelineActivity {
        let finishedSince = finishedSince.map { PostgresTimestamp(microseconds: $0) }
        let questions: [PostgresQuery] = [
            "SELECT now()", self.bounds(window), self.stages(window), self.versions(window), self.running(self.page(slowest)),
            "SELECT stage, count(*) FROM (\(fragment: self.held)) AS held GROUP BY stage",
            self.finished(since: finishedSince),
        ]
        return try await self.perform("read the pipeline's activity") {
            let answers = try await self.pool.pipeline(questions, timeout: timeout)
            return try Self.activity(answers)
        }
    }

    // MARK: Questions

    /// Ended runs of the window, the newest first, no more than the limit.
    private func recent(_ window: Duration) -> PostgresQuery {
        """
        SELECT * FROM stage_run WHERE finished_at > now() - \(window.inSeconds) * interval '1 second'
        ORDER BY finished_at DESC LIMIT \(Self.maximumRuns)
        """
    }

    private func bounds(_ window: Duration) -> PostgresQuery {
        """
        SELECT count(*), min(finished_at), now() - \(window.inSeconds) * interval '1 second'
        FROM (\(fragment: self.recent(window))) AS recent
        """
    }

    private func stages(_ window: Duration) -> PostgresQuery {
        """
        SELECT
            stage, count(*), count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE from_cache),
            coalesce(sum(saved_ms) FILTER (WHERE from_cache), 0)::bigint,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms) FILTER (WHERE NOT from_cache),
            percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms) FILTER (WHERE NOT from_cache),
            (max(duration_ms) FILTER (WHERE NOT from_cache))::double precision
        FROM (\(fragment: self.recent(window))) AS recent GROUP BY stage
        """
    }

    /// A document is one of a version; it may have work on several queues, and is done when all that ran is.
    private func versions(_ window: Duration) -> PostgresQuery {
        """
        WITH recent AS MATERIALIZED (\(fragment: self.recent(window))), item AS MATERIALIZED (
            SELECT id, status FROM work_item WHERE id IN (SELECT DISTINCT work_id FROM recent)
        ), document AS (
            SELECT
                processing_version, document_uuid, sum(duration_ms) AS work, count(*) AS runs, count(*) FILTER (WHERE from_cache) AS cached,
                coalesce(sum(saved_ms) FILTER (WHERE from_cache), 0) AS saved, bool_and(item.status = 'completed') AS is_done,
                bool_or(item.status = 'failed') AS is_failed
            FROM recent JOIN item ON item.id = recent.work_id GROUP BY processing_version, document_uuid
        )
        SELECT
            processing_version, count(*), count(*) FILTER (WHERE is_done), count(*) FILTER (WHERE is_failed),
            (avg(work) FILTER (WHERE is_done))::double precision, sum(runs)::bigint, sum(cached)::bigint, sum(saved)::bigint
        FROM document GROUP BY processing_version ORDER BY processing_version
        """
    }

    /// Runs whose worker still holds their work. Others are left of workers that died.
    private var held: PostgresQuery {
        """
        SELECT run.stage, run.document_uuid, run.processing_version, run.attempt, run.worker, run.started_at, item.filename
        FROM (
            SELECT * FROM stage_run WHERE status = 'running' ORDER BY started_at DESC LIMIT \(Self.maximumRunning)
        ) AS run JOIN work_item AS item ON item.id = run.work_id AND item.fence = run.fence AND item.status = 'processing'
        """
    }

    private func running(_ limit: Int) -> PostgresQuery {
        "SELECT * FROM (\(fragment: self.held)) AS held ORDER BY started_at, document_uuid LIMIT \(limit)"
    }

    /// Work ends within moments of its last stage.
    private func finished(since: PostgresTimestamp?) -> PostgresQuery {
        """
        SELECT item.queue, count(*) FROM work_item AS item
        WHERE item.finished_at > coalesce(\(since)::timestamptz, now() - interval '1 minute') AND item.id IN (
            SELECT DISTINCT work_id FROM (
                SELECT work_id FROM stage_run
                WHERE finished_at > coalesce(\(since)::timestamptz, now() - interval '1 minute') - interval '1 minute'
                ORDER BY finished_at DESC LIMIT \(Self.maximumRuns)
            ) AS run)
        GROUP BY item.queue
        """
    }

    // MARK: Answers

    private static func activity(_ answers: [PostgresRows]) throws(PostgresError) -> PipelineActivity {
        let bounds = try answers[1].one()
        let isCut = try bounds[0, as: Int.self] >= Self.maximumRuns
        let start = isCut ? try bounds[1, as: PostgresTimestamp.self] : try bounds[2, as: PostgresTimestamp.self]
        var activity = PipelineActivity(
            at: try answers[0].one()[0, as: PostgresTimestamp.self].microseconds, since: start.microseconds, isCut: isCut)
        var stages: [String: StageActivity] = [:]
        for row in answers[2] {
            let stage = try row[0, as: String.self]
            stages[stage] = StageActivity(
                stage: stage, runs: try row[1, as: Int.self], failed: try row[2, as: Int.self], cached: try row[3, as: Int.self],
                saved: .milliseconds(try row[4, as: Int64.self]), median: self.duration(try row[5, as: Double?.self]),
                percentile95: self.duration(try row[6, as: Double?.self]), longest: self.duration(try row[7, as: Double?.self]))
        }
        for row in answers[5] {
            let stage = try row[0, as: String.self]
            stages[stage, default: StageActivity(stage: stage)].running = try row[1, as: Int.self]
        }
        activity.stages = stages.values.sorted { $0.stage < $1.stage }
        for row in answers[3] {
            activity.versions.append(
                VersionActivity(
                    version: try row[0, as: Int.self], documents: try row[1, as: Int.self], done: try row[2, as: Int.self],
                    failed: try row[3, as: Int.self], meanWork: self.duration(try row[4, as: Double?.self]), runs: try row[5, as: Int.self],
                    cached: try row[6, as: Int.self], saved: .milliseconds(try row[7, as: Int64.self])))
        }
        for row in answers[4] {
            activity.running.append(
                RunningStage(
                    stage: try row[0, as: String.self], documentUUID: try row[1, as: PostgresUUID.self].description,
                    version: try row[2, as: Int.self], attempt: try row[3, as: Int.self], worker: try row[4, as: String.self],
                    since: try row[5, as: PostgresTimestamp.self].microseconds, filename: try row[6, as: String?.self]))
        }
        for row in answers[6] { activity.finished[try row[0, as: String.self]] = try row[1, as: Int.self] }
        return activity
    }

    private static func duration(_ milliseconds: Double?) -> Duration? { milliseconds.map { .microseconds(Int64($0 * 1_000)) } }
}
