public import Flotilla
internal import PostgresClient

extension PostgresJobStore {
    public func recordDead(_ letters: [DeadMessage]) async throws(JobStoreError) {
        var wroteBefore = false
        for batch in DeadRecord.batches(letters) {
            do throws(PostgresError) {
                try await self.recordBatch(batch)
                wroteBefore = true
            } catch {
                throw JobStoreError(error, operation: "record dead letters", wroteBefore: wroteBefore)
            }
        }
    }

    /// Writes the letters that are not known yet, and ends the items of those that are.
    ///
    /// An item that is finished stays as it is, and so does one that died before: only its letter is added.
    private func recordBatch(_ batch: [DeadRecord]) async throws(PostgresError) {
        let items = batch.filter { $0.workID != nil }
        var statements = [JobCounters.ordered]
        if !items.isEmpty { statements.append(self.deadItemsStatement(items)) }
        statements.append(self.deadLettersStatement(batch))
        _ = try await self.transact(statements)
    }

    private func deadItemsStatement(_ items: [DeadRecord]) -> PostgresQuery {
        """
        WITH dead AS (
            INSERT INTO work_item AS item (
                id, document_uuid, processing_version, counts_toward_job, fence, finished_at, failures, status, error_class, error_code,
                error_message, error_stage, fingerprint, dead_letter_id, queue, job_id, tenant_id, filename, path, payload)
            SELECT
                new.id, new.document_uuid, new.version, new.counts, (SELECT nextval('fence')), now(), new.failures, 'failed', 'permanent',
                new.reason, new.message, new.stage, new.fingerprint, new.letter, new.queue, new.job_id, new.tenant_id, new.filename,
                new.path, new.payload
            FROM unnest(
                \(items.map { $0.workID ?? .zero }), \(items.map(\.documentUUID)), \(items.map(\.version)),
                \(items.map { self.counts($0.letter.originalQueue) }), \(items.map(\.failures)), \(items.map(\.reason)),
                \(items.map(\.message)), \(items.map(\.stage)), \(items.map(\.fingerprint)), \(items.map(\.id)), \(items.map(\.queue)),
                \(items.map(\.jobID)), \(items.map(\.tenantID)), \(items.map(\.filename)), \(items.map(\.path)), \(items.map(\.payload))
            ) AS new (
                id, document_uuid, version, counts, failures, reason, message, stage, fingerprint, letter, queue, job_id, tenant_id,
                filename, path, payload)
            -- A letter that is known already has ended its item before, whatever became of the item since.
            WHERE NOT EXISTS (SELECT FROM dead_letter AS known WHERE known.id = new.letter)
            ON CONFLICT (id) DO UPDATE SET
                fence = EXCLUDED.fence, finished_at = now(), updated_at = now(), due_at = NULL, status = 'failed',
                error_class = EXCLUDED.error_class, error_code = EXCLUDED.error_code, error_message = EXCLUDED.error_message,
                error_stage = EXCLUDED.error_stage, fingerprint = EXCLUDED.fingerprint, dead_letter_id = EXCLUDED.dead_letter_id
            WHERE item.status IN ('queued', 'processing', 'retrying')
            RETURNING item.id, item.filename, item.error_message, CASE WHEN item.counts_toward_job THEN item.job_id END AS job_id
        ), delta AS (
            SELECT job_id, 0 AS processed, count(*)::integer AS failed, 0 AS cancelled,
                max('Failed to process ' || coalesce(filename, id::text) || ': ' || error_message) AS message
            FROM dead WHERE job_id IS NOT NULL GROUP BY job_id
        ), \(fragment: JobCounters.add)
        SELECT count(*) FROM dead
        """
    }

    private func deadLettersStatement(_ batch: [DeadRecord]) -> PostgresQuery {
        """
        INSERT INTO dead_letter (
            id, work_id, job_id, tenant_id, filename, queue, reason, error_message, stack_trace, fingerprint, stage, failure_count,
            failure_time, payload)
        SELECT * FROM unnest(
            \(batch.map(\.id)), \(batch.map(\.workID)), \(batch.map(\.jobID)), \(batch.map(\.tenantID)), \(batch.map(\.filename)),
            \(batch.map(\.queue)), \(batch.map(\.reason)), \(batch.map(\.message)), \(batch.map { Storable.text($0.letter.stackTrace) }),
            \(batch.map(\.fingerprint)), \(batch.map(\.stage)), \(batch.map(\.failures)),
            \(batch.map { Storable.time($0.letter.failureTime) }), \(batch.map(\.payload)))
        ON CONFLICT (id) DO NOTHING
        """
    }
}

/// A dead message as it is stored.
private struct DeadRecord: Sendable {
    let letter: DeadLetter
    let id: String
    let workID: PostgresUUID?
    let documentUUID: PostgresUUID
    let version: Int32
    let jobID: String?
    let tenantID: String?
    let filename: String?
    let path: String?
    let payload: [UInt8]

    init(_ message: DeadMessage) {
        // A malformed message has no envelope: it is kept as it is.
        let envelope = try? Envelope(message.payload)
        let jobID = message.letter.jobID ?? envelope?.jobID
        // A job whose name cannot be indexed has no row, and neither have its files.
        let isNameable = (jobID?.utf8.count ?? 0) <= Storable.maximumIDBytes
        self.letter = message.letter
        self.id = Storable.id(message.letter.id) ?? ""
        self.workID = isNameable && envelope != nil ? message.identity.map { Storable.uuid($0.work) } : nil
        self.documentUUID = message.identity.map { Storable.uuid($0.document) } ?? .zero
        self.version = Int32(clamping: envelope?.processingVersion ?? 1)
        self.jobID = Storable.id(jobID)
        self.tenantID = Storable.text(envelope?.tenantID)
        self.filename = Storable.text(message.letter.filename ?? envelope?.filename)
        self.path = Storable.text(envelope?.path)
        self.payload = envelope?.producerBytes ?? message.payload
    }

    var queue: String { Storable.id(self.letter.originalQueue.rawValue) ?? "" }
    var reason: String { Storable.text(self.letter.reason.rawValue) }
    var message: String { Storable.text(self.letter.errorMessage) }
    var stage: String? { Storable.text(self.letter.stage?.rawValue) }
    var fingerprint: String { Storable.id(self.letter.fingerprint) ?? "" }
    var failures: Int32 { max(0, Int32(clamping: self.letter.failureCount)) }

    /// At most 500 a transaction, each work item once in it, sorted by work item.
    static func batches(_ messages: [DeadMessage]) -> [[DeadRecord]] {
        var batches: [[DeadRecord]] = []
        var rest = messages.map { DeadRecord($0) }
        while !rest.isEmpty {
            var batch: [DeadRecord] = []
            var later: [DeadRecord] = []
            var items: Set<PostgresUUID> = []
            var ids: Set<String> = []
            for record in rest {
                let isNew = ids.insert(record.id).inserted
                // The same letter twice is one.
                guard isNew else { continue }
                if batch.count < 500, record.workID.map({ items.insert($0).inserted }) ?? true {
                    batch.append(record)
                } else {
                    later.append(record)
                }
            }
            // Sweeps of several processes meet on the same rows: all take them in one order.
            batch.sort { left, right in
                let (first, second) = (left.workID ?? .zero, right.workID ?? .zero)
                return first == second ? left.id < right.id : first.isBefore(second)
            }
            batches.append(batch)
            rest = later
        }
        return batches
    }
}
