public import Flotilla
internal import PostgresClient

/// One thing that happened to a piece of work.
public struct TimelineEntry: Sendable, Hashable {
    /// Microseconds since 1970.
    public var at: Int64
    /// What happened, as a word: `accepted`, `started`, `stage completed`, `dead-lettered`, `requeued`, `retry due`, ….
    public var event: String
    /// For people; empty when there is no more to say. May hold what producers wrote.
    public var detail: String

    public init(at: Int64, event: String, detail: String = "") {
        self.at = at
        self.event = event
        self.detail = detail
    }
}

extension JobAdministration {
    /// What is known to have happened to a work item, oldest first. Only the last run's start and end are kept, and all stages, deaths and
    /// audited actions.
    public func timeline(of work: WorkRecord) async throws(JobStoreError) -> [TimelineEntry] {
        var entries = [TimelineEntry(at: work.createdAt, event: "accepted", detail: "on \(work.queue)")]
        if let startedAt = work.startedAt {
            entries.append(
                .init(at: startedAt, event: "started", detail: "by \(work.worker ?? "nobody"), \(work.failures) failures before or since"))
        }
        for stage in try await self.stages(ofDocument: work.documentUUID, version: work.processingVersion) {
            entries.append(.init(at: stage.startedAt, event: "stage started", detail: "\(stage.stage), attempt \(stage.attempt)"))
            guard let finishedAt = stage.finishedAt else { continue }
            var detail = stage.errorMessage.map { "\(stage.stage): \($0)" } ?? stage.stage.rawValue
            if stage.isFromCache { detail += ", from the cache" }
            if let version = stage.carriedFrom { detail += ", taken over from version \(version)" }
            entries.append(.init(at: finishedAt, event: "stage \(stage.status)", detail: detail))
        }
        let letters = try await self.deadLetters(ofWork: work.workID)
        for record in letters {
            entries.append(
                .init(
                    at: record.letter.failureTime, event: "dead-lettered", detail: "\(record.letter.reason): \(record.letter.errorMessage)")
            )
            if let at = record.requeuedAt { entries.append(.init(at: at, event: "requeued", detail: record.letter.id)) }
            if let at = record.discardedAt { entries.append(.init(at: at, event: "discarded", detail: record.letter.id)) }
            if let at = record.expiredAt { entries.append(.init(at: at, event: "expired", detail: record.letter.id)) }
        }
        switch work.status {
        case "completed", "cancelled": entries.append(.init(at: work.finishedAt ?? work.updatedAt, event: work.status))
        case "retrying":
            entries.append(.init(at: work.updatedAt, event: "failed", detail: work.errorMessage ?? ""))
            if let dueAt = work.dueAt { entries.append(.init(at: dueAt, event: "retry due")) }
        case "queued" where work.startedAt != nil: entries.append(.init(at: work.updatedAt, event: "given back"))
        default: break
        }
        for entry in try await self.auditEntries(onTargets: letters.map(\.letter.id) + [work.jobID].compactMap { $0 }) {
            entries.append(.init(at: entry.at, event: entry.action, detail: "by \(entry.actor)"))
        }
        return entries.sorted { $0.at < $1.at }
    }

    /// The deaths of a work item, newest first.
    public func deadLetters(ofWork workID: String) async throws(JobStoreError) -> [DeadLetterRecord] {
        guard let id = PostgresUUID(workID) else { return [] }
        return try await self.perform("show an item's dead letters") {
            try await self.pool.query(
                """
                SELECT \(fragment: DeadLetterRecord.columns) FROM dead_letter AS letter WHERE letter.work_id = \(id)
                ORDER BY letter.failure_time DESC, letter.id DESC LIMIT \(Self.maximumPage)
                """
            ).map { try DeadLetterRecord($0) }
        }
    }

    /// What operators did to these jobs or letters, newest first.
    public func auditEntries(onTargets targets: [String], limit: Int = 100) async throws(JobStoreError) -> [AuditEntry] {
        try await self.perform("read the audit log") {
            try await self.pool.query(
                """
                SELECT \(fragment: AuditEntry.columns) FROM audit_log WHERE target = ANY (\(targets.map { Storable.text($0) }))
                ORDER BY id DESC LIMIT \(self.page(limit))
                """
            ).map { try AuditEntry($0) }
        }
    }
}
