public import Flotilla
internal import PostgresClient

extension PostgresJobStore {
    public func begin(_ claims: [WorkClaim], by worker: WorkerID) async throws(JobStoreError) -> [Admission] {
        var answers = Admissions(count: claims.count)
        var keys: [BatchKey] = []
        keys.reserveCapacity(claims.count)
        for index in claims.indices {
            if let job = claims[index].envelope.jobID, job.utf8.count > Storable.maximumIDBytes {
                answers[index] = .unrecordable("job_id has \(job.utf8.count) bytes, more than \(Storable.maximumIDBytes)")
            } else {
                keys.append(BatchKey(id: Storable.uuid(claims[index].identity.work), index: index))
            }
        }
        BatchKey.sort(&keys)
        let duplicates = BatchKey.takeDuplicates(from: &keys)
        try await self.admit(keys, of: claims, into: &answers)
        for (duplicate, first) in duplicates {
            if case .run(let fence, _) = answers[first], claims[duplicate.index].delivery != claims[first].delivery {
                answers[duplicate.index] = .busy(holder: claims[first].delivery, fence: fence)
            } else {
                answers[duplicate.index] = answers[first]
            }
        }
        return answers.values
    }

    /// Admits claims without duplicates, sorted by id. A row that cannot be written is found by halves; the others are written without it.
    private func admit(_ keys: [BatchKey], of claims: [WorkClaim], into answers: inout Admissions) async throws(JobStoreError) {
        guard !keys.isEmpty else { return }
        let failure: PostgresError
        var hasClaimed = false
        do throws(PostgresError) {
            let rest = try await self.claim(keys, of: claims, into: &answers)
            hasClaimed = true
            if !rest.isEmpty { try await self.explain(rest, of: claims, into: &answers) }
            return
        } catch {
            failure = error
        }
        guard failure.blamesRow else { throw JobStoreError(failure, operation: "begin", wroteBefore: hasClaimed) }
        if keys.count == 1 {
            answers[keys[0].index] = .unrecordable(failure.description)
            return
        }
        try await self.admit(Array(keys[..<(keys.count / 2)]), of: claims, into: &answers)
        do throws(JobStoreError) {
            try await self.admit(Array(keys[(keys.count / 2)...]), of: claims, into: &answers)
        } catch {
            throw JobStoreError(error, operation: "begin", wroteBefore: true)
        }
    }

    /// One round trip, one transaction: makes or takes every item that is free. Returns the claims that were not granted.
    func claim(
        _ keys: [BatchKey], of claims: [WorkClaim], into answers: inout Admissions
    ) async throws(PostgresError) -> [BatchKey] {
        let columns = ClaimColumns(keys, of: claims, countingQueues: self.countingQueues)
        let unknown = self.knownJobs.unknown(among: columns.jobs, connection: self.pool.statistics.connectionsMade)
        var statements = [self.claimStatement(columns, count: keys.count)]
        if !unknown.isEmpty { statements.append(self.jobStatement(Set(unknown), keys, of: claims)) }
        let row = try await self.transact(statements)[0].one()
        self.knownJobs.insert(unknown)
        let count = try row[0, as: Int.self]
        guard count > 0, let fence = try row[1, as: Int64?.self].map({ Fence($0) }) else { return keys }
        guard let ids = try row[2, as: [PostgresUUID]?.self] else {
            answers.grant(keys, fence)
            return []
        }
        let failures = Dictionary(zip(ids, try row[3, as: [Int]?.self] ?? [])) { first, _ in first }
        var rest: [BatchKey] = []
        for key in keys {
            if let failures = failures[key.id] { answers[key.index] = .run(fence: fence, failures: failures) } else { rest.append(key) }
        }
        return rest
    }

    /// The fence is drawn once a batch: with the item's id it is unique, and an item's fences grow. Ids come back only when there is more to
    /// say than that all were granted.
    private func claimStatement(_ columns: ClaimColumns, count: Int) -> PostgresQuery {
        """
        WITH stopped AS MATERIALIZED (
            SELECT id FROM processing_job WHERE id = ANY (\(Array(columns.jobs))) AND cancel_requested_at IS NOT NULL
        ), begun AS (
            INSERT INTO work_item AS item (
                id, document_uuid, processing_version, counts_toward_job, fence, started_at, delivery, status, worker, queue, job_id,
                tenant_id, filename, path, payload)
            SELECT
                claim.id, claim.document_uuid, claim.version, claim.counts, (SELECT nextval('fence')), now(), claim.delivery, 'processing',
                claim.worker, claim.queue, claim.job_id, claim.tenant_id, claim.filename, claim.path, claim.payload
            FROM \(fragment: columns.table) AS claim
            WHERE (claim.job_id = ANY (ARRAY(SELECT id FROM stopped))) IS NOT TRUE
            ON CONFLICT (id) DO UPDATE SET
                fence = EXCLUDED.fence, started_at = EXCLUDED.started_at, updated_at = EXCLUDED.updated_at, due_at = NULL,
                delivery = EXCLUDED.delivery, status = 'processing', worker = EXCLUDED.worker
            WHERE EXCLUDED.fence > item.fence AND (
                item.status IN ('queued', 'retrying')
                OR item.status = 'processing' AND item.worker = EXCLUDED.worker AND item.delivery = EXCLUDED.delivery)
            RETURNING item.id, item.fence, item.failures
        )
        SELECT
            count(*), min(fence),
            CASE WHEN count(*) < \(count) OR max(failures) > 0 THEN array_agg(id) END,
            CASE WHEN count(*) < \(count) OR max(failures) > 0 THEN array_agg(failures) END
        FROM begun
        """
    }

    /// Makes the jobs, or notes that they have begun, and whose they are where nobody said so; leaves running ones alone, without a lock.
    private func jobStatement(_ jobs: Set<String>, _ keys: [BatchKey], of claims: [WorkClaim]) -> PostgresQuery {
        var tenants: [String: String?] = [:]
        for key in keys {
            guard let job = Storable.text(claims[key.index].envelope.jobID), jobs.contains(job), tenants[job] == nil else { continue }
            tenants[job] = .some(Storable.text(claims[key.index].envelope.tenantID))
        }
        let ids = Array(tenants.keys)
        return """
            INSERT INTO processing_job AS job (id, tenant_id, status, started_at, source)
            SELECT new.id, new.tenant_id, 'processing', now(), 'message'
            FROM unnest(\(ids), \(ids.map { tenants[$0] ?? nil })) AS new (id, tenant_id)
            WHERE NOT EXISTS (SELECT FROM processing_job AS known WHERE known.id = new.id AND known.status <> 'pending')
            ORDER BY new.id
            ON CONFLICT (id) DO UPDATE SET
                tenant_id = coalesce(job.tenant_id, EXCLUDED.tenant_id), status = 'processing',
                started_at = coalesce(job.started_at, now()), updated_at = now()
            WHERE job.status = 'pending'
            """
    }
}

/// The answers to a batch, by the caller's indices.
struct Admissions: Sendable {
    private(set) var values: [Admission]

    init(count: Int) { self.values = Array(repeating: .unrecordable("the store has no answer"), count: count) }

    subscript(index: Int) -> Admission {
        get { self.values[index] }
        set { self.values[index] = newValue }
    }

    mutating func grant(_ keys: [BatchKey], _ fence: Fence) {
        for key in keys { self.values[key.index] = .run(fence: fence, failures: 0) }
    }
}
