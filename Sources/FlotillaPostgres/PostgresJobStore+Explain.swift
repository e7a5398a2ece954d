internal import Flotilla
internal import PostgresClient

/// What the store knows of an item that a claim did not get.
struct ItemState: Sendable {
    var status: String
    var fence: Fence
    var worker: String
    var delivery: Int64
    var isJobCancelled: Bool
    var deadLetterID: String?
    var letter: DeadLetter?
}

/// What is to be done about a claim that was not granted.
enum ClaimStep: Sendable {
    case answer(Admission)
    case takeOver
    case reopen
    case cancel
    /// It became free in the meantime.
    case again
}

extension ItemState {
    /// Decides about a claim. `state` is nil when there is no item, which only a cancelled job explains.
    static func step(for claim: WorkClaim, _ state: ItemState?) -> ClaimStep {
        guard let state else { return .cancel }
        switch state.status {
        case "completed": return .answer(.finished)
        case "cancelled": return .answer(.cancelled)
        case "failed":
            // A message that carries the letter of this death was put back. With an older letter (they sort by time) it may have been put back
            // earlier, died once more, and come again because its worker died too.
            let isReplay = claim.reopening || claim.envelope.deadLetterID.map { $0 >= state.deadLetterID ?? "" } ?? false
            if isReplay { return state.isJobCancelled ? .answer(.cancelled) : .reopen }
            return state.letter.map { .answer(.dead($0)) } ?? .reopen
        case "processing":
            let isOwn = state.worker == claim.delivery.worker.rawValue && state.delivery == Int64(bitPattern: claim.delivery.sequence)
            guard isOwn || claim.takingOver == state.fence else {
                let holder = DeliveryID(worker: WorkerID(state.worker), sequence: UInt64(bitPattern: state.delivery))
                return .answer(.busy(holder: holder, fence: state.fence))
            }
            return state.isJobCancelled ? .cancel : isOwn ? .again : .takeOver
        default: return state.isJobCancelled ? .cancel : .again
        }
    }
}

extension PostgresJobStore {
    /// Answers the claims that were not granted: says why, or takes over, reopens or cancels. Rare, so clarity goes before round trips.
    func explain(_ keys: [BatchKey], of claims: [WorkClaim], into answers: inout Admissions) async throws(PostgresError) {
        var open = keys
        for _ in 0..<8 {
            let states = try await self.states(of: open.map(\.id))
            var takeOver: [BatchKey] = []
            var reopen: [BatchKey] = []
            var cancel: [BatchKey] = []
            var again: [BatchKey] = []
            for key in open {
                switch ItemState.step(for: claims[key.index], states[key.id]) {
                case .answer(let admission): answers[key.index] = admission
                case .takeOver: takeOver.append(key)
                case .reopen: reopen.append(key)
                case .cancel: cancel.append(key)
                case .again: again.append(key)
                }
            }
            // Whatever changed under our eyes is looked at once more.
            open = again.isEmpty ? [] : try await self.claim(again, of: claims, into: &answers)
            open += try await self.grant(takeOver, into: &answers, by: self.takeOverStatement(takeOver, of: claims))
            open += try await self.grant(reopen, into: &answers, by: self.reopenStatement(reopen, of: claims))
            let runnable = try await self.cancel(cancel, of: claims, into: &answers)
            // Not cancelled after all: the item was deleted, by people or retention.
            if !runnable.isEmpty { open += try await self.claim(runnable.sorted { $0.id.isBefore($1.id) }, of: claims, into: &answers) }
            if open.isEmpty { return }
            BatchKey.sort(&open)
        }
        throw PostgresError(.timedOut, "\(open.count) work items changed hands faster than they could be claimed")
    }

    /// Runs a statement that returns id, fence and failures of the items it took. Returns the others.
    private func grant(
        _ keys: [BatchKey], into answers: inout Admissions, by statement: PostgresQuery
    ) async throws(PostgresError) -> [BatchKey] {
        guard !keys.isEmpty else { return [] }
        var open = Dictionary(keys.map { ($0.id, $0) }) { first, _ in first }
        for row in try await self.transact([JobCounters.ordered, statement])[1] {
            guard let key = open.removeValue(forKey: try row[0, as: PostgresUUID.self]) else { continue }
            answers[key.index] = .run(fence: Fence(try row[1, as: Int64.self]), failures: try row[2, as: Int.self])
        }
        return Array(open.values)
    }

    private func cancel(
        _ keys: [BatchKey], of claims: [WorkClaim], into answers: inout Admissions
    ) async throws(PostgresError) -> [BatchKey] {
        guard !keys.isEmpty else { return [] }
        var open = Dictionary(keys.map { ($0.id, $0) }) { first, _ in first }
        for row in try await self.transact([JobCounters.ordered, self.cancelStatement(keys, of: claims)])[1] {
            if let key = open.removeValue(forKey: try row[0, as: PostgresUUID.self]) { answers[key.index] = .cancelled }
        }
        return Array(open.values)
    }

    private func states(of ids: [PostgresUUID]) async throws(PostgresError) -> [PostgresUUID: ItemState] {
        let rows = try await self.transact([
            JobCounters.ordered,
            """
            SELECT
                item.id, item.status, item.fence, coalesce(item.worker, ''), coalesce(item.delivery, 0),
                job.cancel_requested_at IS NOT NULL, item.dead_letter_id, \(fragment: DeadLetterRow.columns),
                coalesce(item.error_message, ''), coalesce(item.fingerprint, ''), item.failures, item.queue, item.job_id, item.filename,
                coalesce(item.finished_at, item.updated_at)
            FROM unnest(\(ids)) AS wanted (id)
            JOIN work_item AS item ON item.id = ANY (ARRAY[wanted.id])
            LEFT JOIN processing_job AS job ON job.id = item.job_id
            LEFT JOIN dead_letter AS letter ON letter.id = item.dead_letter_id
            """,
        ])[1]
        var states: [PostgresUUID: ItemState] = [:]
        for row in rows {
            var state = ItemState(
                status: try row[1, as: String.self], fence: Fence(try row[2, as: Int64.self]), worker: try row[3, as: String.self],
                delivery: try row[4, as: Int64.self], isJobCancelled: try row[5, as: Bool.self],
                deadLetterID: try row[6, as: String?.self])
            let next = 7 + DeadLetterRow.count
            if let known = try DeadLetterRow.letter(row, from: 7) {
                state.letter = known
            } else if let id = state.deadLetterID {
                // The history of a death may be gone: then the item itself knows enough.
                state.letter = DeadLetter(
                    id: id, reason: .permanent, errorMessage: try row[next, as: String.self],
                    fingerprint: try row[next + 1, as: String.self],
                    failureTime: try row[next + 6, as: PostgresTimestamp.self].microseconds,
                    originalQueue: QueueName(try row[next + 3, as: String.self]), jobID: try row[next + 4, as: String?.self],
                    filename: try row[next + 5, as: String?.self], failureCount: try row[next + 2, as: Int.self])
            }
            states[try row[0, as: PostgresUUID.self]] = state
        }
        return states
    }

    private func takeOverStatement(_ keys: [BatchKey], of claims: [WorkClaim]) -> PostgresQuery {
        """
        UPDATE work_item AS item SET
            fence = (SELECT nextval('fence')), started_at = now(), updated_at = now(), delivery = claim.delivery, worker = claim.worker
        FROM unnest(
            \(keys.map(\.id)), \(keys.map { claims[$0.index].takingOver?.rawValue }),
            \(keys.map { Int64(bitPattern: claims[$0.index].delivery.sequence) }),
            \(keys.map { Storable.text(claims[$0.index].delivery.worker.rawValue) })
        ) AS claim (id, fence, delivery, worker)
        WHERE item.id = ANY (ARRAY[claim.id]) AND item.status = 'processing' AND item.fence = claim.fence
        RETURNING item.id, item.fence, item.failures
        """
    }

    private func reopenStatement(_ keys: [BatchKey], of claims: [WorkClaim]) -> PostgresQuery {
        """
        WITH reopened AS (
            UPDATE work_item AS item SET
                fence = (SELECT nextval('fence')), started_at = now(), finished_at = NULL, updated_at = now(), failures = 0,
                requeues = item.requeues + 1, delivery = claim.delivery, status = 'processing', worker = claim.worker
            FROM unnest(
                \(keys.map(\.id)), \(keys.map { Int64(bitPattern: claims[$0.index].delivery.sequence) }),
                \(keys.map { Storable.text(claims[$0.index].delivery.worker.rawValue) })
            ) AS claim (id, delivery, worker)
            WHERE item.id = ANY (ARRAY[claim.id]) AND item.status = 'failed'
            RETURNING item.id, item.fence, item.failures, item.dead_letter_id,
                CASE WHEN item.counts_toward_job THEN item.job_id END AS job_id
        ), delta AS (
            SELECT job_id, count(*)::integer AS failed, 0 AS cancelled FROM reopened WHERE job_id IS NOT NULL GROUP BY job_id
        ), \(fragment: JobCounters.takeBack), letters AS (
            UPDATE dead_letter AS letter SET state = 'requeued', requeued_at = now()
            FROM reopened WHERE letter.id = reopened.dead_letter_id
        )
        SELECT id, fence, failures FROM reopened
        """
    }

    /// Makes items of a cancelled job cancelled, whether or not they were seen before.
    private func cancelStatement(_ keys: [BatchKey], of claims: [WorkClaim]) -> PostgresQuery {
        let columns = ClaimColumns(keys, of: claims, countingQueues: self.countingQueues)
        return """
            WITH cancelled AS (
                INSERT INTO work_item AS item (
                    id, document_uuid, processing_version, counts_toward_job, fence, finished_at, delivery, status, worker, queue, job_id,
                    tenant_id, filename, path, payload)
                SELECT
                    claim.id, claim.document_uuid, claim.version, claim.counts, (SELECT nextval('fence')), now(), claim.delivery,
                    'cancelled', claim.worker, claim.queue, claim.job_id, claim.tenant_id, claim.filename, claim.path, claim.payload
                FROM \(fragment: columns.table) AS claim
                JOIN processing_job AS job ON job.id = claim.job_id AND job.cancel_requested_at IS NOT NULL
                ON CONFLICT (id) DO UPDATE SET
                    fence = EXCLUDED.fence, finished_at = now(), updated_at = now(), due_at = NULL, status = 'cancelled'
                WHERE item.status IN ('queued', 'retrying') OR item.status = 'processing' AND (
                    item.worker = EXCLUDED.worker AND item.delivery = EXCLUDED.delivery
                    OR (item.id, item.fence) IN (
                        SELECT * FROM unnest(\(keys.map(\.id)), \(keys.map { claims[$0.index].takingOver?.rawValue }))))
                RETURNING item.id, CASE WHEN item.counts_toward_job THEN item.job_id END AS job_id
            ), delta AS (
                SELECT job_id, 0 AS processed, 0 AS failed, count(*)::integer AS cancelled, NULL::text AS message
                FROM cancelled WHERE job_id IS NOT NULL GROUP BY job_id
            ), \(fragment: JobCounters.add)
            SELECT id FROM cancelled
            """
    }
}
