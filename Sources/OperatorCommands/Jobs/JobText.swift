import Flotilla
import FlotillaPostgres
import JSONText

extension JobRecord {
    var json: JSONValue {
        [
            "job_id": .string(self.id), "tenant_id": .optional(self.tenantID), "status": .string(self.status),
            "total_files": .optional(self.totalFiles), "processed_files": .count(self.processedFiles),
            "failed_files": .count(self.failedFiles),
            "cancelled_files": .count(self.cancelledFiles), "percentage": self.percentage.map { .number($0) } ?? .null,
            "created_at": .string(Timestamp.text(self.createdAt)), "started_at": .optional(self.startedAt.map { Timestamp.text($0) }),
            "completed_at": .optional(self.completedAt.map { Timestamp.text($0) }), "updated_at": .string(Timestamp.text(self.updatedAt)),
            "cancel_requested_at": .optional(self.cancelRequestedAt.map { Timestamp.text($0) }), "source": .string(self.source),
            "error": .optional(self.errorMessage.map { Redactor.redact($0) }),
        ]
    }

    /// How many files have ended.
    var ended: Int { self.processedFiles + self.failedFiles + self.cancelledFiles }

    /// `7 of 12`.
    var progress: String { "\(self.ended) of \(self.totalFiles.map { "\($0)" } ?? "?")" }

    /// How a program that waited for it ends.
    var exit: ExitCode {
        switch self.status {
        case "failed": .failed
        case "completed_with_errors", "cancelled": .partial
        default: .success
        }
    }
}

extension WorkRecord {
    var json: JSONValue {
        let times: [(String, Int64?)] = [("started_at", self.startedAt), ("finished_at", self.finishedAt), ("due_at", self.dueAt)]
        let members: [JSONValue.Member] =
            [
                .init("work_id", .string(self.workID)), .init("document_uuid", .string(self.documentUUID)),
                .init("queue", .string(self.queue.rawValue)), .init("job_id", .optional(self.jobID)),
                .init("tenant_id", .optional(self.tenantID)), .init("filename", .optional(self.filename)),
                .init("path", .optional(self.path)), .init("status", .string(self.status)),
                .init("processing_version", .count(self.processingVersion)), .init("failures", .count(self.failures)),
                .init("requeues", .count(self.requeues)), .init("worker", .optional(self.worker)),
                .init("created_at", .string(Timestamp.text(self.createdAt))),
            ] + times.map { .init($0.0, .optional($0.1.map { Timestamp.text($0) })) } + [
                .init("duration_ms", .optional(self.durationMilliseconds)), .init("error_class", .optional(self.errorClass)),
                .init("error_code", .optional(self.errorCode)), .init("error", .optional(self.errorMessage.map { Redactor.redact($0) })),
                .init("error_stage", .optional(self.errorStage)), .init("fingerprint", .optional(self.fingerprint)),
                .init("dead_letter_id", .optional(self.deadLetterID)),
            ]
        return .object(members)
    }

    /// What people call it.
    var label: String { self.filename ?? self.path ?? self.workID }

    static func table(_ items: [WorkRecord], empty: String) -> Table {
        var table = Table(
            [
                .flexible("FILE"), .left("QUEUE"), .left("STATUS"), .right("FAILURES"), .right("TOOK"), .left("STAGE"), .flexible("ERROR"),
                .left("DOCUMENT"),
            ], empty: empty)
        for item in items {
            // An error that a later run got over is history.
            let hasError = item.status == "failed" || item.status == "retrying"
            table.rows.append([
                item.label, item.queue.rawValue, item.status, "\(item.failures)",
                item.durationMilliseconds.map { HumanTime.span(.milliseconds($0)) } ?? "-",
                hasError ? item.errorStage ?? "-" : "-", hasError ? Redactor.redact(item.errorMessage ?? "-") : "-", item.documentUUID,
            ])
        }
        return table
    }
}
