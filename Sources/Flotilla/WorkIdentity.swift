/// Which piece of work a message asks for, whichever delivery it comes with: what makes a second message about the same file a duplicate.
///
/// Both names are kept as the 16 bytes that they nearly always are: thousands are in a worker's hands at a time, and each is written to a
/// table twice.
public struct WorkIdentity: Sendable, Hashable {
    /// A name: a UUID, or text that somebody gave instead.
    public enum Name: Sendable, Hashable, CustomStringConvertible {
        case uuid(ContentUUID)
        /// Never the text of a UUID as ``ContentUUID/description`` writes it, so that equal names are equal.
        case text(String)

        public init(_ text: String) { self = ContentUUID(canonical: text).map { .uuid($0) } ?? .text(text) }

        public var description: String {
            switch self {
            case .uuid(let uuid): uuid.description
            case .text(let text): text
            }
        }
    }

    /// Names the work item: one file of one job on one queue in one processing version.
    public let work: Name
    /// Names the document, the same on every queue: `document_uuid` of the message if it is a UUID, else computed from tenant, job and file.
    public let document: Name

    /// ``work`` as text.
    public var workID: String { self.work.description }
    /// ``document`` as text.
    public var documentUUID: String { self.document.description }

    /// - Note: A message with neither `dedupe_key`, a file nor an `id` is identified by its bytes.
    public init(_ envelope: Envelope, queue: QueueName) {
        let document = Self.document(envelope)
        self.document = .uuid(document)
        self.work = .uuid(Self.work(envelope, queue: queue, document: document))
    }

    /// An identity that is known already.
    public init(documentUUID: String, workID: String) {
        self.document = Name(documentUUID)
        self.work = Name(workID)
    }

    private static func document(_ envelope: Envelope) -> ContentUUID {
        if let given = envelope.documentUUID, let uuid = ContentUUID(canonical: given.lowercased()) { return uuid }
        var hash = ContentHash()
        if self.hasFile(envelope) {
            hash.add("document")
            hash.add(envelope.tenantID ?? "")
            hash.add(envelope.jobID ?? "")
            self.addFile(of: envelope, to: &hash)
        } else {
            hash.add("message")
            if let id = envelope.id { hash.add(id) } else { self.addBytes(of: envelope, to: &hash) }
        }
        return hash.finish()
    }

    private static func work(_ envelope: Envelope, queue: QueueName, document: ContentUUID) -> ContentUUID {
        let tenant = envelope.tenantID ?? ""
        let version = String(envelope.processingVersion)
        var hash = ContentHash()
        if let key = envelope.dedupeKey {
            for part in ["dedupe", queue.rawValue, tenant, key, version] { hash.add(part) }
        } else if self.hasFile(envelope) {
            hash.add("file")
            hash.add(queue.rawValue)
            if envelope.documentUUID == nil {
                // A document's name says tenant, job and file, unless the producer chose it.
                hash.add(document)
            } else {
                hash.add(tenant)
                hash.add(envelope.jobID ?? "")
                self.addFile(of: envelope, to: &hash)
            }
            hash.add(version)
        } else if let id = envelope.id {
            for part in ["id", queue.rawValue, tenant, id, version] { hash.add(part) }
        } else {
            hash.add("bytes")
            hash.add(queue.rawValue)
            self.addBytes(of: envelope, to: &hash)
        }
        return hash.finish()
    }

    private static func hasFile(_ envelope: Envelope) -> Bool {
        envelope.filename != nil || envelope.path != nil || envelope.documentUUID != nil
    }

    private static func addFile(of envelope: Envelope, to hash: inout ContentHash) {
        hash.add(envelope.documentUUID ?? "")
        hash.add(envelope.path ?? "")
        hash.add(envelope.filename ?? "")
    }

    private static func addBytes(of envelope: Envelope, to hash: inout ContentHash) {
        envelope.producerBytes.withUnsafeBufferPointer { hash.add($0) }
    }
}
