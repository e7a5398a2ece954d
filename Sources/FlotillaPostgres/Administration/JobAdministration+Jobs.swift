public import Flotilla
internal import PostgresClient

extension JobAdministration {
    // MARK: Looking

    /// Where the next page begins: the last row of this one.
    public struct JobCursor: Sendable, Hashable {
        public var createdAt: Int64
        public var id: String
        public init(_ job: JobRecord) {
            self.createdAt = job.createdAt
            self.id = job.id
        }
    }

    /// Jobs, newest first.
    ///
    /// - Parameters:
    ///   - status: only jobs of one of these; empty for all.
    ///   - cursor: the last job of the page before.
    public func jobs(
        status: [String] = [], tenantID: String? = nil, after cursor: JobCursor? = nil, limit: Int = 100
    ) async throws(JobStoreError) -> [JobRecord] {
        var conditions: [PostgresQuery] = ["true"]
        if !status.isEmpty { conditions.append("job.status = ANY (\(status))") }
        if let tenantID { conditions.append("job.tenant_id = \(tenantID)") }
        if let cursor {
            let time = PostgresTimestamp(microseconds: cursor.createdAt)
            conditions.append("(job.created_at < \(time) OR job.created_at = \(time) AND job.id > \(cursor.id))")
        }
        let query: PostgresQuery = """
            SELECT \(fragment: JobRecord.columns) FROM processing_job AS job WHERE \(fragment: conditions.joined(by: " AND "))
            ORDER BY job.created_at DESC, job.id LIMIT \(self.page(limit))
            """
        return try await self.perform("list jobs") { try await self.pool.query(query).map { try JobRecord($0) } }
    }

    /// One job, nil when there is none.
    public func job(_ id: String) async throws(JobStoreError) -> JobRecord? {
        try await self.perform("show a job") {
            let rows = try await self.pool.query("SELECT \(fragment: JobRecord.columns) FROM processing_job AS job WHERE job.id = \(id)")
            return try rows.first.map { try JobRecord($0) }
        }
    }

    /// A job's items, in the order of their ids.
    ///
    /// - Parameter cursor: the work id of the last item of the page before.
    public func items(
        ofJob job: String, status: [String] = [], after cursor: String? = nil, limit: Int = 100
    ) async throws(JobStoreError) -> [WorkRecord] {
        let after = cursor.flatMap { PostgresUUID($0) }
        let query: PostgresQuery = """
            SELECT \(fragment: WorkRecord.columns) FROM work_item AS item
            WHERE item.job_id = \(job) \(fragment: status.isEmpty ? "" : "AND item.status = ANY (\(status))")
                \(fragment: after.map { "AND item.id > \($0)" } ?? "")
            ORDER BY item.id LIMIT \(self.page(limit))
            """
        return try await self.perform("list a job's items") { try await self.pool.query(query).map { try WorkRecord($0) } }
    }

    /// How many of a job's items have which status.
    ///
    /// - Parameter queue: nil counts those of all queues.
    public func itemCounts(ofJob job: String, queue: QueueName? = nil) async throws(JobStoreError) -> [String: Int] {
        try await self.perform("count a job's items") {
            let rows = try await self.pool.query(
                """
                SELECT status, count(*) FROM work_item
                WHERE job_id = \(job) AND coalesce(queue = \(queue?.rawValue)::text, true) GROUP BY status
                """)
            return Dictionary(try rows.map { (try $0[0, as: String.self], try $0[1, as: Int.self]) }) { $1 }
        }
    }

    /// One item, nil when there is none.
    public func item(_ workID: String) async throws(JobStoreError) -> WorkRecord? {
        guard let id = PostgresUUID(workID) else { return nil }
        return try await self.perform("show an item") {
            let rows = try await self.pool.query("SELECT \(fragment: WorkRecord.columns) FROM work_item AS item WHERE item.id = \(id)")
            return try rows.first.map { try WorkRecord($0) }
        }
    }

    /// The items of a document, on every queue. Reads the whole table: for people, not for programs.
    public func items(ofDocument uuid: String) async throws(JobStoreError) -> [WorkRecord] {
        guard let id = PostgresUUID(uuid) else { return [] }
        return try await self.perform("show a document's items") {
            try await self.pool.query(
                """
                SELECT \(fragment: WorkRecord.columns) FROM work_item AS item WHERE item.document_uuid = \(id)
                ORDER BY item.created_at, item.id LIMIT 500
                """
            ).map { try WorkRecord($0) }
        }
    }

    /// The stages of a document, in the order in which they began.
    public func stages(ofDocument uuid: String, version: Int? = nil) async throws(JobStoreError) -> [StageRecord] {
        guard let id = PostgresUUID(uuid) else { return [] }
        return try await self.perform("show a document's stages") {
            try await self.pool.query(
                """
                SELECT \(fragment: StageRecord.columns)
                FROM stage_run AS run LEFT JOIN stage_output AS output USING (document_uuid, processing_version, stage)
                WHERE run.document_uuid = \(id) \(fragment: version.map { "AND run.processing_version = \($0)" } ?? "")
                ORDER BY run.processing_version, run.started_at, run.stage LIMIT 500
                """
            ).map { try StageRecord($0) }
        }
    }

    // MARK: Changing

    /// Makes a job and its items, queued, with the messages that are to be pushed next. If the push never happens, ``Reconciler`` finds the
    /// items without a message and makes it up.
    ///
    /// A job that exists takes messages whose processing version is above 1, which process its files anew: they are added to its total, and it
    /// runs again.
    ///
    /// - Parameter messages: each must carry `job_id`. Equal work counts once.
    /// - Returns: how many files were added to the job, which for a new one is how many it has.
    /// - Throws: `.refused` when the job exists and the messages are not of a version that is new to it, when it is another tenant's or
    ///   cancelled, or when a message is not the job's; nothing was written.
    public func createJob(
        _ id: String, tenantID: String? = nil, messages: [(queue: QueueName, payload: [UInt8])], source: String = "submit", actor: String
    ) async throws(JobStoreError) -> Int {
        guard !id.isEmpty, id.utf8.count <= Storable.maximumIDBytes, Storable.text(id) == id else {
            throw JobStoreError(
                .refused, operation: "create a job", message: "a job id has 1 to \(Storable.maximumIDBytes) bytes without NUL")
        }
        var items: [PostgresUUID: NewItem] = [:]
        for message in messages {
            // Whatever is wrong with a message, it cannot be sent.
            guard let envelope = try? Envelope(message.payload), envelope.jobID == id else {
                throw JobStoreError(.refused, operation: "create a job", message: "a message is not one of job \(id)")
            }
            let item = NewItem(envelope, queue: message.queue, counts: self.countingQueues.contains(message.queue))
            if items[item.id] == nil { items[item.id] = item }
        }
        let sorted = items.values.sorted { $0.id.isBefore($1.id) }
        let total = sorted.count { $0.counts }
        let isAnew = !sorted.isEmpty && sorted.allSatisfy { $0.envelope.processingVersion > 1 }
        return try await self.perform("create a job") {
            try await self.pool.withTransaction { connection in
                var added = 0
                // Items before the job: the order in which everybody locks.
                for start in stride(from: 0, to: sorted.count, by: 1_000) {
                    let rows = try await connection.query(NewItem.statement(Array(sorted[start..<min(start + 1_000, sorted.count)])))
                    added += try rows.count { try $0[0, as: Bool.self] }
                }
                let rows = try await connection.query(
                    """
                    INSERT INTO processing_job (id, tenant_id, total_files, source, status, completed_at)
                    VALUES (
                        \(id), \(Storable.text(tenantID)), \(Int32(clamping: total)), \(Storable.text(source)),
                        \(total == 0 ? "completed" : "pending"), \(total == 0 ? PostgresTimestamp.now : nil))
                    ON CONFLICT (id) DO NOTHING
                    """)
                if rows.affected == 1 {
                    try await connection.query(self.auditQuery(actor: actor, action: "job.create", target: id, count: total))
                    return total
                }
                guard isAnew else {
                    throw JobStoreError(.refused, operation: "create a job", message: "job \(id) exists already")
                }
                guard added > 0 else {
                    throw JobStoreError(
                        .refused, operation: "create a job", message: "job \(id) has these files in that version already")
                }
                let extended = try await connection.query(Self.extendStatement(id, tenantID: tenantID, by: added))
                guard extended.affected == 1 else {
                    throw JobStoreError(
                        .refused, operation: "create a job", message: "job \(id) is cancelled, or belongs to another tenant")
                }
                try await connection.query(self.auditQuery(actor: actor, action: "job.extend", target: id, count: added))
                return added
            }
        }
    }

    /// Adds files to a job, which runs again. A total that nobody knows stays unknown.
    static func extendStatement(_ id: String, tenantID: String?, by added: Int) -> PostgresQuery {
        """
        UPDATE processing_job SET
            total_files = total_files + \(Int32(clamping: added)), completed_at = NULL, updated_at = now(),
            status = job_status(total_files + \(Int32(clamping: added)), processed_files, failed_files, cancelled_files)
        WHERE id = \(id) AND tenant_id IS NOT DISTINCT FROM \(Storable.text(tenantID))::text AND cancel_requested_at IS NULL
        """
    }

    /// Says how many files a job has; makes the job if it is missing, completes it if so many have ended.
    public func setTotalFiles(_ total: Int, ofJob id: String) async throws(JobStoreError) {
        try await self.perform("set a job's total") {
            try await self.pool.query(
                """
                INSERT INTO processing_job AS job (id, total_files) VALUES (\(id), \(Int32(clamping: total)))
                ON CONFLICT (id) DO UPDATE SET total_files = EXCLUDED.total_files
                """)
        }
    }

    /// What a cancellation found.
    public struct CancelledJob: Sendable, Hashable {
        public var job: JobRecord
        /// Items that waited and are cancelled now.
        public var cancelledItems: Int
        /// Items that run: their workers are told within seconds.
        public var runningItems: Int
    }

    /// Asks for a job's cancellation: what waits is cancelled at once, what runs soon, what is yet unseen when it is claimed.
    ///
    /// - Returns: nil when there is no such job. A job that is done stays as it is.
    public func cancelJob(_ id: String, actor: String) async throws(JobStoreError) -> CancelledJob? {
        try await self.perform("cancel a job") {
            // Committed first and alone: from now on nothing of the job is admitted, and no job's row is held while its items are locked.
            let asked = try await self.pool.pipeline([
                """
                UPDATE processing_job SET
                    cancel_requested_at = coalesce(cancel_requested_at, now()), updated_at = now(),
                    total_files = coalesce(
                        total_files, (SELECT count(*)::integer FROM work_item WHERE job_id = \(id) AND counts_toward_job))
                WHERE id = \(id) AND status IN ('pending', 'processing')
                """,
                self.auditQuery(actor: actor, action: "job.cancel", target: id),
            ])
            var cancelled = 0
            if asked[0].affected > 0 {
                while true {
                    let count = try await self.pool.pipeline([JobCounters.ordered, self.cancelBatch(id)])[1].one()[0, as: Int.self]
                    cancelled += count
                    if count < 1_000 { break }
                }
                try await self.pool.query(
                    """
                    UPDATE processing_job SET status = 'cancelled', completed_at = coalesce(completed_at, now()), updated_at = now()
                    WHERE id = \(id) AND processed_files + failed_files + cancelled_files >= total_files AND status <> 'cancelled'
                    """)
            }
            guard let job = try await self.job(id) else { return nil }
            let running = try await self.pool.query(
                "SELECT count(*) FROM work_item WHERE job_id = \(id) AND status = 'processing'"
            ).one()[0, as: Int.self]
            return CancelledJob(job: job, cancelledItems: cancelled, runningItems: running)
        }
    }

    private func cancelBatch(_ id: String) -> PostgresQuery {
        """
        WITH waiting AS MATERIALIZED (
            SELECT id FROM work_item WHERE job_id = \(id) AND status IN ('queued', 'retrying') ORDER BY id LIMIT 1000 FOR NO KEY UPDATE
        ), cancelled AS (
            UPDATE work_item AS item SET
                status = 'cancelled', finished_at = now(), updated_at = now(), due_at = NULL, fence = (SELECT nextval('fence'))
            FROM waiting WHERE item.id = waiting.id
            RETURNING CASE WHEN item.counts_toward_job THEN item.job_id END AS job_id
        ), delta AS (
            SELECT job_id, 0 AS processed, 0 AS failed, count(*)::integer AS cancelled, NULL::text AS message
            FROM cancelled WHERE job_id IS NOT NULL GROUP BY job_id
        ), \(fragment: JobCounters.add)
        SELECT count(*) FROM cancelled
        """
    }
}

/// An item that is registered before its message is pushed.
struct NewItem: Sendable {
    let id: PostgresUUID
    let documentUUID: PostgresUUID
    let queue: QueueName
    let envelope: Envelope
    let counts: Bool

    init(_ envelope: Envelope, queue: QueueName, counts: Bool) {
        let identity = WorkIdentity(envelope, queue: queue)
        self.id = Storable.uuid(identity.work)
        self.documentUUID = Storable.uuid(identity.document)
        self.queue = queue
        self.envelope = envelope
        self.counts = counts
    }

    static func statement(_ items: [NewItem]) -> PostgresQuery {
        """
        INSERT INTO work_item (
            id, document_uuid, processing_version, counts_toward_job, queue, job_id, tenant_id, filename, path, payload)
        SELECT * FROM unnest(
            \(items.map(\.id)), \(items.map(\.documentUUID)), \(items.map { Int32(clamping: $0.envelope.processingVersion) }),
            \(items.map(\.counts)), \(items.map { Storable.text($0.queue.rawValue) }), \(items.map { Storable.text($0.envelope.jobID) }),
            \(items.map { Storable.text($0.envelope.tenantID) }), \(items.map { Storable.text($0.envelope.filename) }),
            \(items.map { Storable.text($0.envelope.path) }), \(items.map(\.envelope.producerBytes)))
        ON CONFLICT (id) DO NOTHING
        RETURNING counts_toward_job
        """
    }
}

extension [PostgresQuery] {
    /// All of them, with `separator` in between.
    func joined(by separator: String) -> PostgresQuery {
        guard var result = self.first else { return "" }
        for query in self.dropFirst() { result = "\(fragment: result)\(unescaped: separator)\(fragment: query)" }
        return result
    }
}
