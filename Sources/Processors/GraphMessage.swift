internal import Flotilla
internal import FlotillaDaemon
internal import JSONText

/// The message that sends a finished document on to the graph. It goes into the outbox with the document's completion.
struct GraphMessage: Sendable {
    private let queue: QueueName

    init(queue: QueueSettings) { self.queue = QueueName(queue.queue) }

    /// The same for every run of the same work, so that a message that comes twice is recognised as one.
    func message(after job: JobContext) -> FollowUp {
        let source = job.message
        var members: [JSONValue.Member] = [.init("document_uuid", .string(job.identity.documentUUID))]
        let texts: [(String, String?)] = [
            ("job_id", source.jobID), ("tenant_id", source.tenantID), ("filename", source.filename), ("language", source.language),
            ("traceparent", source.traceparent),
        ]
        for (name, text) in texts { if let text { members.append(.init(name, .string(text))) } }
        if source.processingVersion != 1 { members.append(.init("processing_version", .integer(Int64(source.processingVersion)))) }
        return FollowUp(queue: self.queue, payload: JSONValue.object(members).jsonBytes)
    }
}
