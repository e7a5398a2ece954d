/// A message read once: the fields that Flotilla understands, and where its own metadata stand, so that the rest of the bytes is never touched.
///
/// docs/wire-format.md is the contract; change the two together.
public struct Envelope: Sendable {
    /// Messages larger than this are malformed.
    public static let maximumBytes = 256 * 1024
    /// Messages that nest deeper than this are malformed.
    public static let maximumDepth = 32

    /// The message as it was received.
    public var bytes: [UInt8] { self.content.fields.bytes }
    /// The producer's own bytes: `bytes` without `retry_metadata` and `dlq_metadata`.
    public var producerBytes: [UInt8] { self.content.fields.producerBytes }

    /// `id`: a ULID or whatever the producer uses.
    public var id: String? { self.content.fields.id }
    /// `v`: the version of the envelope; 0 when it is absent.
    public var version: Int { self.content.fields.version }
    public var jobID: String? { self.content.fields.jobID }
    public var tenantID: String? { self.content.fields.tenantID }
    /// `gcs_path`: where the file is; also `file://` URLs and paths under the storage root.
    public var path: String? { self.content.fields.path }
    public var filename: String? { self.content.fields.filename }
    public var documentUUID: String? { self.content.fields.documentUUID }
    /// `processing_version`: 1 when it is absent. Outputs of different versions never mix.
    public var processingVersion: Int { self.content.fields.processingVersion }
    public var dedupeKey: String? { self.content.fields.dedupeKey }
    /// `enqueued_at`, microseconds since 1970.
    public var enqueuedAt: Int64? { self.content.fields.enqueuedAt }
    /// `expires_at`, microseconds since 1970: past it the message is not run but dead-lettered.
    public var expiresAt: Int64? { self.content.fields.expiresAt }
    public var traceparent: String? { self.content.fields.traceparent }
    public var language: String? { self.content.fields.language }
    public var mimeType: String? { self.content.fields.mimeType }
    /// What the retry set's transitions wrote. Without a job store its count decides how many attempts are left.
    public var retry: RetryMetadata? { self.content.fields.retry }
    /// The id in `dlq_metadata`: present when the message lies in the dead-letter queue, or was put back by hand without taking it out.
    public var deadLetterID: String? { self.content.fields.deadLetterID }
    /// The whole of `dlq_metadata`.
    public var deadLetterMetadata: DeadLetterMetadata? { self.content.fields.deadLetterMetadata }

    /// In a class, since a message passes through many hands and has many fields: a copy costs one count.
    private let content: EnvelopeContent

    /// Reads a message.
    ///
    /// - Throws: ``MalformedMessage`` unless it is one JSON object of valid UTF-8 within the limits. Known fields of a wrong type are
    ///   treated as absent: the message is the producer's, and a handler that needs the field says so.
    public init(_ bytes: [UInt8]) throws(MalformedMessage) { self.content = EnvelopeContent(try EnvelopeFields(bytes)) }
}

/// A message that no worker can read. It goes to the dead-letter queue as it is.
public struct MalformedMessage: Error, Sendable, CustomStringConvertible {
    /// What is wrong, for people.
    public let description: String
    init(_ description: String) { self.description = description }
}
