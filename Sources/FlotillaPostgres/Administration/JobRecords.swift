public import Flotilla
internal import PostgresClient

/// A job as it is stored.
public struct JobRecord: Sendable, Hashable {
    public var id: String
    public var tenantID: String?
    /// `pending`, `processing`, `completed`, `completed_with_errors`, `failed` or `cancelled`.
    public var status: String
    /// Nil while nobody has said.
    public var totalFiles: Int?
    public var processedFiles: Int
    public var failedFiles: Int
    public var cancelledFiles: Int
    public var createdAt: Int64
    public var startedAt: Int64?
    public var completedAt: Int64?
    public var updatedAt: Int64
    public var errorMessage: String?
    public var cancelRequestedAt: Int64?
    public var source: String

    /// Whether nothing is left to do.
    public var isDone: Bool { self.status != "pending" && self.status != "processing" }

    /// 0 to 100; nil while the total is unknown.
    public var percentage: Double? {
        guard let total = self.totalFiles else { return nil }
        guard total > 0 else { return self.isDone ? 100 : 0 }
        return min(100, 100 * Double(self.processedFiles + self.failedFiles + self.cancelledFiles) / Double(total))
    }

    static let columns: PostgresQuery = """
        job.id, job.tenant_id, job.status, job.total_files, job.processed_files, job.failed_files, job.cancelled_files, job.created_at,
        job.started_at, job.completed_at, job.updated_at, job.error_message, job.cancel_requested_at, job.source
        """

    init(_ row: PostgresRow) throws(PostgresError) {
        self.id = try row[0, as: String.self]
        self.tenantID = try row[1, as: String?.self]
        self.status = try row[2, as: String.self]
        self.totalFiles = try row[3, as: Int?.self]
        self.processedFiles = try row[4, as: Int.self]
        self.failedFiles = try row[5, as: Int.self]
        self.cancelledFiles = try row[6, as: Int.self]
        self.createdAt = try row[7, as: PostgresTimestamp.self].microseconds
        self.startedAt = try row[8, as: PostgresTimestamp?.self]?.microseconds
        self.completedAt = try row[9, as: PostgresTimestamp?.self]?.microseconds
        self.updatedAt = try row[10, as: PostgresTimestamp.self].microseconds
        self.errorMessage = try row[11, as: String?.self]
        self.cancelRequestedAt = try row[12, as: PostgresTimestamp?.self]?.microseconds
        self.source = try row[13, as: String.self]
    }
}

/// A work item as it is stored.
public struct WorkRecord: Sendable, Hashable {
    public var workID: String
    public var documentUUID: String
    public var processingVersion: Int
    public var queue: QueueName
    public var jobID: String?
    public var tenantID: String?
    public var filename: String?
    public var path: String?
    /// `queued`, `processing`, `retrying`, `completed`, `failed` or `cancelled`.
    public var status: String
    public var fence: Fence
    public var failures: Int
    public var requeues: Int
    /// Who has it or had it last.
    public var worker: String?
    public var delivery: Int64?
    public var createdAt: Int64
    public var startedAt: Int64?
    public var finishedAt: Int64?
    public var updatedAt: Int64
    public var dueAt: Int64?
    public var durationMilliseconds: Int?
    /// Of the last failure, which may be an earlier run's.
    public var errorClass: String?
    public var errorCode: String?
    public var errorMessage: String?
    public var errorStage: String?
    public var fingerprint: String?
    public var deadLetterID: String?

    /// Whether a message for it must lie somewhere.
    public var isOpen: Bool { ["queued", "processing", "retrying"].contains(self.status) }

    static let columns: PostgresQuery = """
        item.id, item.document_uuid, item.processing_version, item.queue, item.job_id, item.tenant_id, item.filename, item.path, item.status,
        item.fence, item.failures, item.requeues, item.worker, item.delivery, item.created_at, item.started_at, item.finished_at,
        item.updated_at, item.due_at, item.duration_ms, item.error_class, item.error_code, item.error_message, item.error_stage,
        item.fingerprint, item.dead_letter_id
        """

    init(_ row: PostgresRow) throws(PostgresError) {
        self.workID = try row[0, as: String.self]
        self.documentUUID = try row[1, as: String.self]
        self.processingVersion = try row[2, as: Int.self]
        self.queue = QueueName(try row[3, as: String.self])
        self.jobID = try row[4, as: String?.self]
        self.tenantID = try row[5, as: String?.self]
        self.filename = try row[6, as: String?.self]
        self.path = try row[7, as: String?.self]
        self.status = try row[8, as: String.self]
        self.fence = Fence(try row[9, as: Int64.self])
        self.failures = try row[10, as: Int.self]
        self.requeues = try row[11, as: Int.self]
        self.worker = try row[12, as: String?.self]
        self.delivery = try row[13, as: Int64?.self]
        self.createdAt = try row[14, as: PostgresTimestamp.self].microseconds
        self.startedAt = try row[15, as: PostgresTimestamp?.self]?.microseconds
        self.finishedAt = try row[16, as: PostgresTimestamp?.self]?.microseconds
        self.updatedAt = try row[17, as: PostgresTimestamp.self].microseconds
        self.dueAt = try row[18, as: PostgresTimestamp?.self]?.microseconds
        self.durationMilliseconds = try row[19, as: Int?.self]
        self.errorClass = try row[20, as: String?.self]
        self.errorCode = try row[21, as: String?.self]
        self.errorMessage = try row[22, as: String?.self]
        self.errorStage = try row[23, as: String?.self]
        self.fingerprint = try row[24, as: String?.self]
        self.deadLetterID = try row[25, as: String?.self]
    }
}

/// One stage of one document in one processing version, as it is stored.
public struct StageRecord: Sendable, Hashable {
    public var documentUUID: String
    public var stage: StageName
    public var processingVersion: Int
    /// `running`, `completed` or `failed`.
    public var status: String
    public var attempt: Int
    public var worker: String
    public var engine: String
    public var startedAt: Int64
    public var finishedAt: Int64?
    public var durationMilliseconds: Int?
    public var errorMessage: String?
    public var isPartial: Bool
    /// A JSON object of numbers.
    public var metrics: String?
    /// Nil when there is no readable output.
    public var outputBytes: Int?
    /// The output was found in a cache.
    public var isFromCache: Bool
    /// How long the output had taken to make, where it was not made anew.
    public var savedMilliseconds: Int?
    /// The version from which the output was taken over by a reprocessing.
    public var carriedFrom: Int?
    /// SHA-256 of the output in hexadecimal.
    public var digest: String?

    static let columns: PostgresQuery = """
        run.document_uuid, run.stage, run.processing_version, run.status, run.attempt, run.worker, run.engine, run.started_at,
        run.finished_at, run.duration_ms, run.error_message, run.is_partial, run.metrics::text, output.bytes, run.from_cache, run.saved_ms,
        run.carried_from, output.digest
        """

    init(_ row: PostgresRow) throws(PostgresError) {
        self.documentUUID = try row[0, as: String.self]
        self.stage = StageName(try row[1, as: String.self])
        self.processingVersion = try row[2, as: Int.self]
        self.status = try row[3, as: String.self]
        self.attempt = try row[4, as: Int.self]
        self.worker = try row[5, as: String.self]
        self.engine = try row[6, as: String.self]
        self.startedAt = try row[7, as: PostgresTimestamp.self].microseconds
        self.finishedAt = try row[8, as: PostgresTimestamp?.self]?.microseconds
        self.durationMilliseconds = try row[9, as: Int?.self]
        self.errorMessage = try row[10, as: String?.self]
        self.isPartial = try row[11, as: Bool.self]
        self.metrics = try row[12, as: String?.self]
        self.outputBytes = try row[13, as: Int?.self]
        self.isFromCache = try row[14, as: Bool.self]
        self.savedMilliseconds = try row[15, as: Int?.self]
        self.carriedFrom = try row[16, as: Int?.self]
        self.digest = try row[17, as: String?.self]
    }
}
