public import Flotilla
internal import PostgresClient

extension PostgresJobStore {
    public func record(_ results: [WorkResult], by worker: WorkerID) async throws(JobStoreError) -> [RecordVerdict] {
        var verdicts: [RecordVerdict] = Array(repeating: .stale, count: results.count)
        var keys: [BatchKey] = []
        keys.reserveCapacity(results.count)
        for index in results.indices { keys.append(BatchKey(id: Storable.uuid(results[index].identity.work), index: index)) }
        BatchKey.sort(&keys)
        var wroteBefore = false
        // One statement cannot change a row twice: a second result for the same item waits for the first.
        while !keys.isEmpty {
            let rest = BatchKey.takeDuplicates(from: &keys).map(\.key)
            do throws(JobStoreError) {
                try await self.write(keys, of: results, into: &verdicts)
            } catch {
                throw JobStoreError(error, operation: "record", wroteBefore: wroteBefore)
            }
            wroteBefore = true
            keys = rest
        }
        return verdicts
    }

    /// Records results without duplicates, sorted by id. A row that cannot be written is found by halves.
    private func write(_ keys: [BatchKey], of results: [WorkResult], into verdicts: inout [RecordVerdict]) async throws(JobStoreError) {
        guard !keys.isEmpty else { return }
        let failure: PostgresError
        do throws(PostgresError) {
            return try await self.apply(keys, of: results, into: &verdicts)
        } catch {
            failure = error
        }
        guard failure.blamesRow else { throw JobStoreError(failure, operation: "record") }
        if keys.count == 1 {
            verdicts[keys[0].index] = .unrecordable(failure.description)
            return
        }
        try await self.write(Array(keys[..<(keys.count / 2)]), of: results, into: &verdicts)
        do throws(JobStoreError) {
            try await self.write(Array(keys[(keys.count / 2)...]), of: results, into: &verdicts)
        } catch {
            throw JobStoreError(error, operation: "record", wroteBefore: true)
        }
    }

    private func apply(_ keys: [BatchKey], of results: [WorkResult], into verdicts: inout [RecordVerdict]) async throws(PostgresError) {
        let isPlain = keys.allSatisfy { results[$0.index].isPlain }
        let statement = isPlain ? self.completionStatement(keys, of: results) : self.resultStatement(keys, of: results)
        let row = try await self.transact([JobCounters.ordered, statement])[1].one()
        if !isPlain, let written = try row[2, as: [Int64]?.self] { self.outbox?.push(written) }
        if try row[0, as: Int.self] == keys.count {
            for key in keys { verdicts[key.index] = .recorded }
            return
        }
        let applied = Set(try row[1, as: [PostgresUUID]?.self] ?? [])
        let missing = keys.filter { !applied.contains($0.id) }
        // Applied by an earlier call whose answer was lost: the fence stays in the row, and only its holder writes under it. The row is
        // touched, since a commit that wrote nothing does not wait for a synchronous standby, and the earlier may not have waited either.
        let known = try await self.transact([
            JobCounters.ordered,
            """
            UPDATE work_item AS item SET updated_at = item.updated_at
            FROM unnest(
                \(missing.map(\.id)), \(missing.map { results[$0.index].fence.rawValue }), \(missing.map { results[$0.index].status })
            ) AS result (id, fence, status)
            WHERE item.id = ANY (ARRAY[result.id]) AND item.fence = result.fence AND item.status = result.status
            RETURNING item.id
            """,
        ])[1]
        let repeated = Set(try known.map { row throws(PostgresError) in try row[0, as: PostgresUUID.self] })
        for key in keys { verdicts[key.index] = applied.contains(key.id) || repeated.contains(key.id) ? .recorded : .stale }
    }

    /// All completed, nothing follows: the common batch, with three columns a row.
    private func completionStatement(_ keys: [BatchKey], of results: [WorkResult]) -> PostgresQuery {
        var id = Column(.uuid, rows: keys.count, width: 16)
        var fence = Column(.bigint, rows: keys.count, width: 8)
        var duration = Column(.integer, rows: keys.count, width: 4)
        for key in keys {
            id.append(key.id)
            fence.append(results[key.index].fence.rawValue)
            duration.append(Storable.milliseconds(results[key.index].duration))
        }
        return """
            WITH done AS (
                UPDATE work_item AS item SET
                    finished_at = now(), updated_at = now(), duration_ms = result.duration_ms, status = 'completed'
                FROM unnest(\(id), \(fence), \(duration)) AS result (id, fence, duration_ms)
                WHERE item.id = ANY (ARRAY[result.id]) AND item.fence = result.fence AND item.status = 'processing'
                RETURNING item.id, CASE WHEN item.counts_toward_job THEN item.job_id END AS job_id
            ), delta AS (
                SELECT job_id, count(*)::integer AS processed, 0 AS failed, 0 AS cancelled, NULL::text AS message
                FROM done WHERE job_id IS NOT NULL GROUP BY job_id
            ), \(fragment: JobCounters.add)
            SELECT count(*), CASE WHEN count(*) < \(keys.count) THEN array_agg(id) END FROM done
            """
    }

    /// Results of every kind.
    private func resultStatement(_ keys: [BatchKey], of results: [WorkResult]) -> PostgresQuery {
        let batch = keys.map { results[$0.index] }
        return """
            WITH done AS (
                UPDATE work_item AS item SET
                    finished_at = CASE WHEN result.status IN ('completed', 'failed', 'cancelled') THEN now() END, updated_at = now(),
                    due_at = now() + result.delay, duration_ms = result.duration_ms, failures = item.failures + result.failed,
                    status = result.status, error_class = coalesce(result.error_class, item.error_class),
                    error_code = coalesce(result.error_code, item.error_code),
                    error_message = coalesce(result.error_message, item.error_message),
                    error_stage = CASE WHEN result.error_message IS NULL THEN item.error_stage ELSE result.error_stage END,
                    fingerprint = coalesce(result.fingerprint, item.fingerprint),
                    dead_letter_id = coalesce(result.dead_letter_id, item.dead_letter_id)
                FROM unnest(
                    \(keys.map(\.id)), \(batch.map(\.fence.rawValue)), \(batch.map { Storable.milliseconds($0.duration) }), \(batch.map(\.status)),
                    \(batch.map(\.delay)),
                    \(batch.map { $0.failure == nil ? Int32(0) : 1 }), \(batch.map { $0.failure?.failureClass.name }),
                    \(batch.map { Storable.text($0.failure?.code) }), \(batch.map { Storable.text($0.message) }),
                    \(batch.map { Storable.text($0.errorStage) }), \(batch.map { Storable.text($0.fingerprint) }),
                    \(batch.map { Storable.id($0.letter?.id) })
                ) AS result (
                    id, fence, duration_ms, status, delay, failed, error_class, error_code, error_message, error_stage, fingerprint,
                    dead_letter_id)
                WHERE item.id = ANY (ARRAY[result.id]) AND item.fence = result.fence AND item.status = 'processing'
                RETURNING item.id, item.status, item.error_message, item.filename, item.tenant_id, item.job_id AS owner, item.payload,
                    CASE WHEN item.counts_toward_job THEN item.job_id END AS job_id
            ), delta AS (
                SELECT job_id, (count(*) FILTER (WHERE status = 'completed'))::integer AS processed,
                    (count(*) FILTER (WHERE status = 'failed'))::integer AS failed,
                    (count(*) FILTER (WHERE status = 'cancelled'))::integer AS cancelled,
                    max('Failed to process ' || coalesce(filename, id::text) || ': ' || coalesce(error_message, 'unknown error'))
                        FILTER (WHERE status = 'failed') AS message
                FROM done WHERE job_id IS NOT NULL AND status IN ('completed', 'failed', 'cancelled') GROUP BY job_id
            ), \(fragment: JobCounters.add)\(fragment: self.lettersFragment(keys, of: results))\(fragment: self.followUpsFragment(keys, of: results))
            SELECT count(*), CASE WHEN count(*) < \(batch.count) THEN array_agg(id) END, \(fragment: Self.writtenMessages(batch)) FROM done
            """
    }

    /// The outbox rows that a statement has written, NULL when there are none.
    private static func writtenMessages(_ batch: [WorkResult]) -> PostgresQuery {
        batch.contains { !$0.followUps.isEmpty } ? "(SELECT array_agg(id) FROM messages)" : "NULL::bigint[]"
    }

    private func lettersFragment(_ keys: [BatchKey], of results: [WorkResult]) -> PostgresQuery {
        let dead: [(id: PostgresUUID, letter: DeadLetter)] = keys.compactMap { key in results[key.index].letter.map { (key.id, $0) } }
        guard !dead.isEmpty else { return "" }
        return """
            , letters AS (
                INSERT INTO dead_letter (
                    id, work_id, job_id, tenant_id, filename, queue, reason, error_message, stack_trace, fingerprint, stage, failure_count,
                    failure_time, payload)
                SELECT
                    letter.id, done.id, done.owner, done.tenant_id, done.filename, letter.queue, letter.reason, letter.error_message,
                    letter.stack_trace, letter.fingerprint, letter.stage, letter.failure_count, letter.failure_time, done.payload
                FROM unnest(
                    \(dead.map(\.id)), \(dead.map { Storable.id($0.letter.id) ?? "" }),
                    \(dead.map { Storable.text($0.letter.originalQueue.rawValue) }), \(dead.map { Storable.text($0.letter.reason.rawValue) }),
                    \(dead.map { Storable.text($0.letter.errorMessage) }), \(dead.map { Storable.text($0.letter.stackTrace) }),
                    \(dead.map { Storable.id($0.letter.fingerprint) ?? "" }), \(dead.map { Storable.text($0.letter.stage?.rawValue) }),
                    \(dead.map { Int32(clamping: $0.letter.failureCount) }), \(dead.map { Storable.time($0.letter.failureTime) })
                ) AS letter (work_id, id, queue, reason, error_message, stack_trace, fingerprint, stage, failure_count, failure_time)
                JOIN done ON done.id = letter.work_id
                ON CONFLICT (id) DO NOTHING
            )
            """
    }

    private func followUpsFragment(_ keys: [BatchKey], of results: [WorkResult]) -> PostgresQuery {
        let messages: [(id: PostgresUUID, message: FollowUp)] = keys.flatMap { key in results[key.index].followUps.map { (key.id, $0) } }
        guard !messages.isEmpty else { return "" }
        return """
            , messages AS (
                INSERT INTO outbox (queue, payload)
                SELECT message.queue, message.payload
                FROM unnest(
                    \(messages.map(\.id)), \(messages.map { Storable.text($0.message.queue.rawValue) }), \(messages.map(\.message.payload))
                ) WITH ORDINALITY AS message (work_id, queue, payload, position)
                JOIN done ON done.id = message.work_id
                ORDER BY message.position
                RETURNING id
            )
            """
    }
}

extension WorkResult {
    /// Completed, and nothing follows.
    fileprivate var isPlain: Bool {
        guard case .completed(let followUps) = self.outcome else { return false }
        return followUps.isEmpty
    }

    fileprivate var status: String {
        switch self.outcome {
        case .completed: "completed"
        case .failed: "retrying"
        case .dead: "failed"
        case .cancelled: "cancelled"
        case .released: "queued"
        }
    }

    /// How long it waits for its next attempt.
    fileprivate var delay: Duration? {
        guard case .failed(_, let delay) = self.outcome else { return nil }
        return Storable.delay(delay)
    }

    fileprivate var failure: Failure? {
        switch self.outcome {
        case .failed(let failure, _): failure
        case .dead(let failure, _): failure
        default: nil
        }
    }

    fileprivate var letter: DeadLetter? {
        guard case .dead(_, let letter) = self.outcome else { return nil }
        return letter
    }

    fileprivate var followUps: [FollowUp] {
        guard case .completed(let followUps) = self.outcome else { return [] }
        return followUps
    }

    fileprivate var message: String? { self.failure?.message ?? self.letter?.errorMessage }
    fileprivate var errorStage: String? { self.failure?.stage?.rawValue ?? self.letter?.stage?.rawValue }
    fileprivate var fingerprint: String? { self.failure?.fingerprint ?? self.letter?.fingerprint }
}
