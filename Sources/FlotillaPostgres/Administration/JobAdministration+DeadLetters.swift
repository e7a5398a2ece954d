public import Flotilla
internal import PostgresClient

extension JobAdministration {
    // MARK: Looking

    /// Where the next page begins: the last row of this one.
    public struct LetterCursor: Sendable, Hashable {
        public var failureTime: Int64
        public var id: String
        public init(_ record: DeadLetterRecord) {
            self.failureTime = record.letter.failureTime
            self.id = record.letter.id
        }
    }

    /// Dead letters, newest first.
    public func deadLetters(
        _ filter: DeadLetterFilter = .init(), after cursor: LetterCursor? = nil, limit: Int = 100
    ) async throws(JobStoreError) -> [DeadLetterRecord] {
        let place: PostgresQuery =
            cursor.map { "AND (letter.failure_time, letter.id) < (\(Storable.time($0.failureTime)), \($0.id))" } ?? ""
        return try await self.perform("list dead letters") {
            try await self.pool.query(
                """
                SELECT \(fragment: DeadLetterRecord.columns) FROM dead_letter AS letter WHERE \(fragment: filter.condition) \(fragment: place)
                ORDER BY letter.failure_time DESC, letter.id DESC LIMIT \(self.page(limit))
                """
            ).map { try DeadLetterRecord($0) }
        }
    }

    /// One dead letter, nil when the history has none of this id.
    public func deadLetter(_ id: String) async throws(JobStoreError) -> DeadLetterRecord? {
        try await self.deadLetters(.init(ids: [id]), limit: 1).first
    }

    /// How many dead letters a filter means.
    public func countDeadLetters(_ filter: DeadLetterFilter = .init()) async throws(JobStoreError) -> Int {
        try await self.perform("count dead letters") {
            try await self.pool.query("SELECT count(*) FROM dead_letter AS letter WHERE \(fragment: filter.condition)").one()[
                0, as: Int.self]
        }
    }

    /// Failures by kind, the most frequent first.
    public func failureStatistics(_ filter: DeadLetterFilter = .init(), limit: Int = 50) async throws(JobStoreError) -> [FailureStatistics]
    {
        try await self.perform("count failures by kind") {
            try await self.pool.query(
                """
                SELECT letter.fingerprint, count(*), min(letter.queue), min(letter.reason), min(letter.stage),
                    (array_agg(letter.error_message ORDER BY letter.failure_time DESC))[1], min(letter.failure_time), max(letter.failure_time)
                FROM dead_letter AS letter WHERE \(fragment: filter.condition)
                GROUP BY letter.fingerprint ORDER BY count(*) DESC, letter.fingerprint LIMIT \(self.page(limit))
                """
            ).map { row in
                FailureStatistics(
                    fingerprint: try row[0, as: String.self], count: try row[1, as: Int.self],
                    queue: QueueName(try row[2, as: String.self]),
                    reason: DeadLetter.Reason(try row[3, as: String.self]), stage: try row[4, as: String?.self].map { StageName($0) },
                    errorMessage: try row[5, as: String.self], firstTime: try row[6, as: PostgresTimestamp.self].microseconds,
                    lastTime: try row[7, as: PostgresTimestamp.self].microseconds)
            }
        }
    }

    // MARK: Changing

    /// Makes the work of these letters queued again, with a fresh count and its job reopened, before their messages are moved back to the
    /// queue. If the move never happens, ``Reconciler`` finds it missing; repeating the call is safe.
    ///
    /// - Parameter filter: how the letters were chosen, for the audit log.
    /// - Returns: a change for each id, in order; only those that are `ready` may be moved.
    public func prepareRequeue(_ ids: [String], actor: String, filter: String? = nil) async throws(JobStoreError) -> [LetterChange] {
        try await self.change(ids, operation: "requeue dead letters", action: "dlq.requeue", actor: actor, filter: filter) { ids in
            """
            WITH wanted AS MATERIALIZED (
                SELECT letter.id, letter.work_id
                FROM dead_letter AS letter LEFT JOIN processing_job AS job ON job.id = letter.job_id
                WHERE letter.id = ANY (\(ids)) AND letter.state = 'dead' AND job.cancel_requested_at IS NULL
            ), locked AS MATERIALIZED (
                SELECT item.id FROM work_item AS item WHERE item.id IN (SELECT work_id FROM wanted) AND item.status = 'failed'
                ORDER BY item.id FOR NO KEY UPDATE
            ), reopened AS (
                UPDATE work_item AS item SET
                    status = 'queued', failures = 0, requeues = item.requeues + 1, finished_at = NULL, due_at = NULL, updated_at = now(),
                    fence = (SELECT nextval('fence'))
                FROM locked WHERE item.id = locked.id
                RETURNING item.id, CASE WHEN item.counts_toward_job THEN item.job_id END AS job_id
            ), delta AS (
                SELECT job_id, count(*)::integer AS failed, 0 AS cancelled FROM reopened WHERE job_id IS NOT NULL GROUP BY job_id
            ), \(fragment: JobCounters.takeBack)
            UPDATE dead_letter AS letter SET state = 'requeued', requeued_at = now()
            FROM wanted
            WHERE letter.id = wanted.id AND (
                wanted.work_id IS NULL OR wanted.work_id IN (SELECT id FROM reopened)
                OR NOT EXISTS (SELECT FROM work_item AS item WHERE item.id = wanted.work_id))
            RETURNING letter.id
            """
        }
    }

    /// Marks letters as discarded; their work stays failed. Their messages may be removed from the dead-letter queue afterwards.
    public func discard(_ ids: [String], actor: String, filter: String? = nil) async throws(JobStoreError) -> [LetterChange] {
        try await self.change(ids, operation: "discard dead letters", action: "dlq.discard", actor: actor, filter: filter) { ids in
            """
            UPDATE dead_letter AS letter SET state = 'discarded', discarded_at = now()
            WHERE letter.id = ANY (\(ids)) AND letter.state = 'dead' RETURNING letter.id
            """
        }
    }

    /// Marks letters that failed before `cutoff` as expired, oldest first, and returns them: their messages may then be removed from the
    /// dead-letter queue. The history stays. No audit row: retention is nobody's decision of the moment.
    ///
    /// - Parameter limit: at most 500.
    public func archiveDeadLetters(
        failedBefore cutoff: Int64, queue: QueueName? = nil, limit: Int = 100
    ) async throws(JobStoreError) -> [DeadLetterRecord] {
        let ofQueue: PostgresQuery = queue.map { "AND queue = \(Storable.text($0.rawValue))" } ?? ""
        return try await self.perform("archive dead letters") {
            let rows = try await self.pool.query(
                """
                UPDATE dead_letter AS letter SET state = 'expired', expired_at = now(), archived_at = now()
                WHERE letter.id IN (
                    SELECT id FROM dead_letter WHERE state = 'dead' AND failure_time < \(Storable.time(cutoff)) \(fragment: ofQueue)
                    ORDER BY failure_time LIMIT \(self.page(limit)) FOR UPDATE SKIP LOCKED)
                RETURNING \(fragment: DeadLetterRecord.columns)
                """)
            FaultPoint.deadLetterArchived.hit()
            return try rows.map { try DeadLetterRecord($0) }
        }
    }

    /// Marks letters as expired; for messages that retention found in a dead-letter queue. Unknown ids are ignored.
    public func expire(_ ids: [String]) async throws(JobStoreError) {
        try await self.perform("expire dead letters") {
            try await self.pool.query(
                """
                UPDATE dead_letter SET state = 'expired', expired_at = now(), archived_at = now()
                WHERE id = ANY (\(ids.map { Storable.text($0) })) AND state = 'dead'
                """)
        }
    }

    /// Which of these letters the history does not have.
    public func unknownDeadLetters(among ids: [String]) async throws(JobStoreError) -> Set<String> {
        try await self.perform("look up dead letters") {
            let rows = try await self.pool.query("SELECT id FROM dead_letter WHERE id = ANY (\(ids.map { Storable.text($0) }))")
            return Set(ids).subtracting(try rows.map { try $0[0, as: String.self] })
        }
    }

    /// Changes letters in batches, audits, and says for each what became of it.
    private func change(
        _ ids: [String], operation: String, action: String, actor: String, filter: String?, _ statement: ([String]) -> PostgresQuery
    ) async throws(JobStoreError) -> [LetterChange] {
        var changed: Set<String> = []
        var records: [String: DeadLetterRecord] = [:]
        var cancelledJobs: Set<String> = []
        for start in stride(from: 0, to: ids.count, by: Self.maximumPage) {
            let batch = ids[start..<min(start + Self.maximumPage, ids.count)].map { Storable.text($0) }
            let target = ids.count == 1 ? ids[0] : nil
            let query = statement(batch)
            try await self.perform(operation) {
                let rows = try await self.pool.pipeline([
                    JobCounters.ordered, query,
                    self.auditQuery(actor: actor, action: action, target: target, filter: filter, count: batch.count),
                ])[1]
                for row in rows { changed.insert(try row[0, as: String.self]) }
            }
            for record in try await self.deadLetters(.init(ids: batch), limit: Self.maximumPage) { records[record.letter.id] = record }
            let jobs = Set(records.values.compactMap(\.letter.jobID))
            try await self.perform(operation) {
                let rows = try await self.pool.query(
                    "SELECT id FROM processing_job WHERE id = ANY (\(Array(jobs))) AND cancel_requested_at IS NOT NULL")
                for row in rows { cancelledJobs.insert(try row[0, as: String.self]) }
            }
        }
        return ids.map { id in
            let record = records[Storable.text(id)]
            let outcome: LetterChange.Outcome
            if changed.contains(Storable.text(id)) {
                outcome = .ready
            } else if let record {
                let isCancelled = record.state == "dead" && record.letter.jobID.map(cancelledJobs.contains) ?? false
                // The same change once more: the message may still wait to be moved.
                let isRepeat = action == "dlq.requeue" ? record.state == "requeued" : record.state == "discarded"
                outcome = isRepeat ? .ready : isCancelled ? .jobCancelled : .notDead(record.state)
            } else {
                outcome = .unknown
            }
            return LetterChange(id: id, outcome: outcome, record: record)
        }
    }

    // MARK: Beginning anew

    /// Forgets what the pipelines of some work items did, outputs and checkpoints too, so that their next run begins with the first stage. What
    /// other queues' pipelines made of the same documents stays. Only items that are queued are touched.
    public func forgetStages(ofWork items: [String]) async throws(JobStoreError) {
        let items = items.compactMap { PostgresUUID($0) }
        let stages: PostgresQuery = """
            SELECT run.document_uuid, run.processing_version, run.stage FROM stage_run AS run JOIN work_item AS item ON item.id = run.work_id
            WHERE item.id = ANY (\(items)) AND item.status = 'queued'
            """
        _ = try await self.perform("forget the stages of work") {
            try await self.pool.query(
                """
                WITH stage AS MATERIALIZED (\(fragment: stages)), output AS (
                    DELETE FROM stage_output AS output USING stage
                    WHERE (output.document_uuid, output.processing_version, output.stage) = (stage.document_uuid, stage.processing_version, stage.stage)
                ), piece AS (
                    DELETE FROM stage_checkpoint AS piece USING stage
                    WHERE (piece.document_uuid, piece.processing_version, piece.stage) = (stage.document_uuid, stage.processing_version, stage.stage)
                )
                DELETE FROM stage_run AS run USING stage
                WHERE (run.document_uuid, run.processing_version, run.stage) = (stage.document_uuid, stage.processing_version, stage.stage)
                """)
        }
    }
}
