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
    case takeOver(Fence)
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
            return state.isJobCancelled ? .cancel : isOwn ? .again : .takeOver(state.fence)
        default: return state.isJobCancelled ? .cancel : .again
        }
    }
}

extension PostgresJobStore {
    /// Answers the claims that were not granted: says why, or takes over, reopens or cancels. Rare, so clarity goes before round trips.
    func explain(_ claims: [NumberedClaim]) async throws(PostgresError) -> [(Int, Admission)] {
        var answers: [(Int, Admission)] = []
        var open = claims
        for _ in 0..<8 {
            let states = try await self.states(of: open.map(\.id))
            var steps = Steps()
            for claim in open {
                let state = states[claim.id]
                switch ItemState.step(for: claim.claim, state) {
                case .answer(let admission): answers.append((claim.index, admission))
                case .takeOver(let fence): steps.takeOver.append((claim, fence))
                case .reopen: steps.reopen.append(claim)
                case .cancel: steps.cancel.append(claim)
                case .again: steps.again.append(claim)
                }
            }
            // Whatever changed under our eyes is looked at once more.
            let done = try await self.perform(steps)
            answers += done
            let answered = Set(answers.map(\.0))
            open = open.filter { !answered.contains($0.index) }
            if open.isEmpty { return answers }
        }
        throw PostgresError(.timedOut, "\(open.count) work items changed hands faster than they could be claimed")
    }

    private struct Steps: Sendable {
        var takeOver: [(claim: NumberedClaim, fence: Fence)] = []
        var reopen: [NumberedClaim] = []
        var cancel: [NumberedClaim] = []
        var again: [NumberedClaim] = []
    }

    private func perform(_ steps: Steps) async throws(PostgresError) -> [(Int, Admission)] {
        var answers: [(Int, Admission)] = []
        if !steps.takeOver.isEmpty {
            let rows = try await self.transact([JobCounters.ordered, self.takeOverStatement(steps.takeOver)])[1]
            answers += try self.granted(rows, among: steps.takeOver.map(\.claim))
        }
        if !steps.reopen.isEmpty {
            let rows = try await self.transact([JobCounters.ordered, self.reopenStatement(steps.reopen)])[1]
            answers += try self.granted(rows, among: steps.reopen)
        }
        if !steps.cancel.isEmpty {
            let rows = try await self.transact([JobCounters.ordered, self.cancelStatement(steps.cancel)])[1]
            let cancelled = Set(try rows.map { row throws(PostgresError) in try row[0, as: PostgresUUID.self] })
            answers += steps.cancel.filter { cancelled.contains($0.id) }.map { ($0.index, .cancelled) }
        }
        if !steps.again.isEmpty { answers += try await self.claimAgain(steps.again) }
        return answers
    }

    private func granted(_ rows: PostgresRows, among claims: [NumberedClaim]) throws(PostgresError) -> [(Int, Admission)] {
        var answers: [(Int, Admission)] = []
        let indices = Dictionary(claims.map { ($0.id, $0.index) }) { first, _ in first }
        for row in rows {
            guard let index = indices[try row[0, as: PostgresUUID.self]] else { continue }
            answers.append((index, .run(fence: Fence(try row[1, as: Int64.self]), failures: try row[2, as: Int.self])))
        }
        return answers
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
            JOIN work_item AS item ON item.id = wanted.id
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
                    fingerprint: try row[next + 1, as: String.self], failureTime: try row[next + 6, as: PostgresTimestamp.self].microseconds,
                    originalQueue: QueueName(try row[next + 3, as: String.self]), jobID: try row[next + 4, as: String?.self],
                    filename: try row[next + 5, as: String?.self], failureCount: try row[next + 2, as: Int.self])
            }
            states[try row[0, as: PostgresUUID.self]] = state
        }
        return states
    }

    private func claimAgain(_ claims: [NumberedClaim]) async throws(PostgresError) -> [(Int, Admission)] {
        try await self.claim(claims).0
    }

    private func takeOverStatement(_ claims: [(claim: NumberedClaim, fence: Fence)]) -> PostgresQuery {
        """
        UPDATE work_item AS item SET
            fence = (SELECT nextval('fence')), started_at = now(), updated_at = now(), delivery = claim.delivery, worker = claim.worker
        FROM unnest(
            \(claims.map(\.claim.id)), \(claims.map(\.fence.rawValue)), \(claims.map(\.claim.delivery)), \(claims.map(\.claim.worker))
        ) AS claim (id, fence, delivery, worker)
        WHERE item.id = claim.id AND item.status = 'processing' AND item.fence = claim.fence
        RETURNING item.id, item.fence, item.failures
        """
    }

    private func reopenStatement(_ claims: [NumberedClaim]) -> PostgresQuery {
        """
        WITH reopened AS (
            UPDATE work_item AS item SET
                fence = (SELECT nextval('fence')), started_at = now(), finished_at = NULL, updated_at = now(), failures = 0,
                requeues = item.requeues + 1, delivery = claim.delivery, status = 'processing', worker = claim.worker
            FROM unnest(\(claims.map(\.id)), \(claims.map(\.delivery)), \(claims.map(\.worker))) AS claim (id, delivery, worker)
            WHERE item.id = claim.id AND item.status = 'failed'
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
    private func cancelStatement(_ claims: [NumberedClaim]) -> PostgresQuery {
        """
        WITH cancelled AS (
            INSERT INTO work_item AS item (
                id, document_uuid, processing_version, counts_toward_job, fence, finished_at, delivery, status, worker, queue, job_id,
                tenant_id, filename, path, payload)
            SELECT
                claim.id, claim.document_uuid, claim.version, claim.counts, (SELECT nextval('fence')), now(), claim.delivery, 'cancelled',
                claim.worker, claim.queue, claim.job_id, claim.tenant_id, claim.filename, claim.path, claim.payload
            FROM unnest(
                \(claims.map(\.id)), \(claims.map(\.documentUUID)), \(claims.map(\.version)), \(claims.map { self.counts($0.claim.queue) }),
                \(claims.map(\.delivery)), \(claims.map(\.worker)), \(claims.map { Storable.text($0.claim.queue.rawValue) }),
                \(claims.map(\.jobID)), \(claims.map { Storable.text($0.claim.envelope.tenantID) }),
                \(claims.map { Storable.text($0.claim.envelope.filename) }), \(claims.map { Storable.text($0.claim.envelope.path) }),
                \(claims.map(\.claim.envelope.producerBytes))
            ) AS claim (id, document_uuid, version, counts, delivery, worker, queue, job_id, tenant_id, filename, path, payload)
            JOIN processing_job AS job ON job.id = claim.job_id AND job.cancel_requested_at IS NOT NULL
            ON CONFLICT (id) DO UPDATE SET
                fence = EXCLUDED.fence, finished_at = now(), updated_at = now(), due_at = NULL, status = 'cancelled'
            WHERE item.status IN ('queued', 'retrying') OR item.status = 'processing' AND (
                item.worker = EXCLUDED.worker AND item.delivery = EXCLUDED.delivery
                OR (item.id, item.fence) IN (
                    SELECT * FROM unnest(\(claims.map(\.id)), \(claims.map { $0.claim.takingOver?.rawValue }))))
            RETURNING item.id, CASE WHEN item.counts_toward_job THEN item.job_id END AS job_id
        ), delta AS (
            SELECT job_id, 0 AS processed, 0 AS failed, count(*)::integer AS cancelled, NULL::text AS message
            FROM cancelled WHERE job_id IS NOT NULL GROUP BY job_id
        ), \(fragment: JobCounters.add)
        SELECT id FROM cancelled
        """
    }
}
