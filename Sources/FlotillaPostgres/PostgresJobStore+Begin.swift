public import Flotilla
internal import PostgresClient

extension PostgresJobStore {
    public func begin(_ claims: [WorkClaim], by worker: WorkerID) async throws(JobStoreError) -> [Admission] {
        var answers: [Admission?] = Array(repeating: nil, count: claims.count)
        var batch: [NumberedClaim] = []
        batch.reserveCapacity(claims.count)
        for (index, claim) in claims.enumerated() {
            if let job = claim.envelope.jobID, job.utf8.count > Storable.maximumIDBytes {
                answers[index] = .unrecordable("job_id has \(job.utf8.count) bytes, more than \(Storable.maximumIDBytes)")
            } else {
                batch.append(NumberedClaim(index: index, claim: claim))
            }
        }
        batch.sort { $0.id.isBefore($1.id) }
        let duplicates = NumberedClaim.takeDuplicates(from: &batch)
        for (index, admission) in try await self.admit(batch) { answers[index] = admission }
        for (duplicate, first) in duplicates {
            if case .run(let fence, _) = answers[first], claims[duplicate].delivery != claims[first].delivery {
                answers[duplicate] = .busy(holder: claims[first].delivery, fence: fence)
            } else {
                answers[duplicate] = answers[first]
            }
        }
        // Every index was answered or is a duplicate of one that was.
        return answers.map { $0 ?? .unrecordable("the store has no answer") }
    }

    /// Admits a batch without duplicates, sorted by id. A row that cannot be written is found by halves; the others are written without it.
    private func admit(_ batch: [NumberedClaim]) async throws(JobStoreError) -> [(Int, Admission)] {
        guard !batch.isEmpty else { return [] }
        let failure: PostgresError
        do throws(PostgresError) {
            let (answers, rest) = try await self.claim(batch)
            if rest.isEmpty { return answers }
            return answers + (try await self.explain(rest))
        } catch {
            failure = error
        }
        guard failure.blamesRow else { throw JobStoreError(failure, operation: "begin") }
        if batch.count == 1 { return [(batch[0].index, .unrecordable(failure.description))] }
        let first = try await self.admit(Array(batch[..<(batch.count / 2)]))
        do throws(JobStoreError) {
            return first + (try await self.admit(Array(batch[(batch.count / 2)...])))
        } catch {
            throw JobStoreError(error, operation: "begin", wroteBefore: true)
        }
    }

    /// One round trip, one transaction: makes or takes every item that is free. Returns the claims that were not granted.
    func claim(_ batch: [NumberedClaim]) async throws(PostgresError) -> ([(Int, Admission)], [NumberedClaim]) {
        let jobs = Set(batch.compactMap(\.jobID))
        let unknown = self.knownJobs.unknown(among: jobs)
        var statements = [self.claimStatement(batch, jobs: Array(jobs))]
        if !unknown.isEmpty { statements.append(self.jobStatement(Set(unknown), batch)) }
        let row = try await self.transact(statements)[0].one()
        self.knownJobs.insert(unknown)
        let count = try row[0, as: Int.self]
        if count == batch.count, let fence = try row[1, as: Int64?.self], try row[2, as: [PostgresUUID]?.self] == nil {
            return (batch.map { ($0.index, .run(fence: Fence(fence), failures: 0)) }, [])
        }
        guard count > 0, let fence = try row[1, as: Int64?.self] else { return ([], batch) }
        let ids = try row[2, as: [PostgresUUID]?.self] ?? []
        let failures = Dictionary(zip(ids, try row[3, as: [Int]?.self] ?? [])) { first, _ in first }
        var answers: [(Int, Admission)] = []
        var rest: [NumberedClaim] = []
        for claim in batch {
            if let failures = failures[claim.id] {
                answers.append((claim.index, .run(fence: Fence(fence), failures: failures)))
            } else {
                rest.append(claim)
            }
        }
        return (answers, rest)
    }

    /// The fence is drawn once a batch: with the item's id it is unique, and an item's fences grow. Ids come back only when there is more to
    /// say than that all were granted.
    private func claimStatement(_ batch: [NumberedClaim], jobs: [String]) -> PostgresQuery {
        """
        WITH stopped AS MATERIALIZED (
            SELECT id FROM processing_job WHERE id = ANY (\(jobs)) AND cancel_requested_at IS NOT NULL
        ), begun AS (
            INSERT INTO work_item AS item (
                id, document_uuid, processing_version, counts_toward_job, fence, started_at, delivery, status, worker, queue, job_id,
                tenant_id, filename, path, payload)
            SELECT
                claim.id, claim.document_uuid, claim.version, claim.counts, (SELECT nextval('fence')), now(), claim.delivery, 'processing',
                claim.worker, claim.queue, claim.job_id, claim.tenant_id, claim.filename, claim.path, claim.payload
            FROM unnest(
                \(batch.map(\.id)), \(batch.map(\.documentUUID)), \(batch.map(\.version)), \(batch.map { self.counts($0.claim.queue) }),
                \(batch.map(\.delivery)), \(batch.map(\.worker)), \(batch.map { Storable.text($0.claim.queue.rawValue) }),
                \(batch.map(\.jobID)), \(batch.map { Storable.text($0.claim.envelope.tenantID) }),
                \(batch.map { Storable.text($0.claim.envelope.filename) }), \(batch.map { Storable.text($0.claim.envelope.path) }),
                \(batch.map(\.claim.envelope.producerBytes))
            ) AS claim (id, document_uuid, version, counts, delivery, worker, queue, job_id, tenant_id, filename, path, payload)
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
            CASE WHEN count(*) < \(batch.count) OR max(failures) > 0 THEN array_agg(id) END,
            CASE WHEN count(*) < \(batch.count) OR max(failures) > 0 THEN array_agg(failures) END
        FROM begun
        """
    }

    /// Makes the jobs, or notes that they have begun; leaves running ones alone, without a lock.
    private func jobStatement(_ jobs: Set<String>, _ batch: [NumberedClaim]) -> PostgresQuery {
        var tenants: [String: String?] = [:]
        for claim in batch {
            if let job = claim.jobID, jobs.contains(job), tenants[job] == nil { tenants[job] = Storable.text(claim.claim.envelope.tenantID) }
        }
        let ids = Array(tenants.keys)
        return """
            INSERT INTO processing_job AS job (id, tenant_id, status, started_at, source)
            SELECT new.id, new.tenant_id, 'processing', now(), 'message'
            FROM unnest(\(ids), \(ids.map { tenants[$0] ?? nil })) AS new (id, tenant_id)
            WHERE NOT EXISTS (SELECT FROM processing_job AS known WHERE known.id = new.id AND known.status <> 'pending')
            ORDER BY new.id
            ON CONFLICT (id) DO UPDATE SET status = 'processing', started_at = coalesce(job.started_at, now()), updated_at = now()
            WHERE job.status = 'pending'
            """
    }

    func counts(_ queue: QueueName) -> Bool { self.countingQueues.contains(queue) }
}

/// A claim with its place in the caller's batch and what the statements need of it.
struct NumberedClaim: Sendable {
    let index: Int
    let claim: WorkClaim
    let id: PostgresUUID
    let documentUUID: PostgresUUID

    init(index: Int, claim: WorkClaim) {
        self.index = index
        self.claim = claim
        self.id = Storable.uuid(claim.identity.workID)
        self.documentUUID = Storable.uuid(claim.identity.documentUUID)
    }

    var jobID: String? { Storable.text(self.claim.envelope.jobID) }
    var version: Int32 { Int32(clamping: self.claim.envelope.processingVersion) }
    var worker: String { Storable.text(self.claim.delivery.worker.rawValue) }
    var delivery: Int64 { Int64(bitPattern: self.claim.delivery.sequence) }

    /// Takes out of a sorted batch what has the id of an earlier claim. Returns pairs of the caller's indices.
    static func takeDuplicates(from batch: inout [NumberedClaim]) -> [(duplicate: Int, first: Int)] {
        guard zip(batch, batch.dropFirst()).contains(where: { $0.id == $1.id }) else { return [] }
        // Sorting is not stable: of equal ids the caller's first one counts.
        batch.sort { $0.id == $1.id ? $0.index < $1.index : $0.id.isBefore($1.id) }
        var unique: [NumberedClaim] = []
        var duplicates: [(duplicate: Int, first: Int)] = []
        for claim in batch {
            if let last = unique.last, last.id == claim.id {
                duplicates.append((claim.index, last.index))
            } else {
                unique.append(claim)
            }
        }
        batch = unique
        return duplicates
    }
}
