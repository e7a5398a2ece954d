internal import JSONText

/// A message read once: the fields that Flotilla understands, and where its own metadata stand, so that the rest of the bytes is never touched.
///
/// docs/wire-format.md is the contract; change the two together.
public struct Envelope: Sendable {
    /// Messages larger than this are malformed.
    public static let maximumBytes = 256 * 1024
    /// Messages that nest deeper than this are malformed.
    public static let maximumDepth = 32

    /// The message as it was received.
    public let bytes: [UInt8]
    /// The producer's own bytes: `bytes` without `retry_metadata` and `dlq_metadata`.
    public let producerBytes: [UInt8]

    /// `id`: a ULID or whatever the producer uses.
    public private(set) var id: String?
    /// `v`: the version of the envelope; 0 when it is absent.
    public private(set) var version = 0
    public private(set) var jobID: String?
    public private(set) var tenantID: String?
    /// `gcs_path`: where the file is; also `file://` URLs and paths under the storage root.
    public private(set) var path: String?
    public private(set) var filename: String?
    public private(set) var documentUUID: String?
    /// `processing_version`: 1 when it is absent. Outputs of different versions never mix.
    public private(set) var processingVersion = 1
    public private(set) var dedupeKey: String?
    /// `enqueued_at`, microseconds since 1970.
    public private(set) var enqueuedAt: Int64?
    /// `expires_at`, microseconds since 1970: past it the message is not run but dead-lettered.
    public private(set) var expiresAt: Int64?
    public private(set) var traceparent: String?
    public private(set) var language: String?
    public private(set) var mimeType: String?
    /// What the retry set's transitions wrote. Without a job store its count decides how many attempts are left.
    public private(set) var retry: RetryMetadata?
    /// The id in `dlq_metadata`: present when the message lies in the dead-letter queue, or was put back by hand without taking it out.
    public private(set) var deadLetterID: String?
    /// The whole of `dlq_metadata`.
    public private(set) var deadLetterMetadata: DeadLetterMetadata?

    /// Reads a message.
    ///
    /// - Throws: ``MalformedMessage`` unless it is one JSON object of valid UTF-8 within the limits. Known fields of a wrong type are
    ///   treated as absent: the message is the producer's, and a handler that needs the field says so.
    public init(_ bytes: [UInt8]) throws(MalformedMessage) {
        guard bytes.count <= Self.maximumBytes else {
            throw MalformedMessage("the message has \(bytes.count) bytes, more than \(Self.maximumBytes)")
        }
        self.bytes = bytes
        var scanner = JSONScanner(bytes, maximumDepth: Self.maximumDepth)
        var cuts: [Range<Int>] = []
        var fields: [(Field, JSONValue)] = []
        do {
            scanner.skipBlanks()
            guard scanner.next == UInt8(ascii: "{") else { throw JSONError(.unexpectedByte, offset: scanner.offset) }
            try Self.scanMembers(&scanner) { field, value, cut in
                fields.append((field, value))
                if let cut { cuts.append(cut) }
            }
            try scanner.expectEnd()
        } catch {
            throw MalformedMessage("the message is not one JSON object: \(error)")
        }
        self.producerBytes = MessageSplice.cutting(cuts, from: bytes)
        for (field, value) in fields { self.set(field, value) }
    }

    enum Field: String, CaseIterable {
        case id, v, job_id, tenant_id, gcs_path, filename, document_uuid, processing_version, dedupe_key, enqueued_at, expires_at
        case traceparent, language, mime_type, retry_metadata, dlq_metadata

        /// The fields by the length of their names: looking one up makes no string.
        private static let byLength: [[(name: [UInt8], field: Field)]] = {
            var table: [[(name: [UInt8], field: Field)]] = Array(repeating: [], count: 19)
            for field in Field.allCases { table[field.rawValue.utf8.count].append((Array(field.rawValue.utf8), field)) }
            return table
        }()

        /// The field whose name stands at `range`.
        static func named(_ range: Range<Int>, in bytes: [UInt8]) -> Field? {
            guard range.count < self.byLength.count else { return nil }
            return self.byLength[range.count].first { bytes[range].elementsEqual($0.name) }?.field
        }
    }

    /// Calls `found` for each known member; `cut` is what must be taken out, one comma included, to remove a member of ours.
    private static func scanMembers(
        _ scanner: inout JSONScanner, found: (Field, JSONValue, Range<Int>?) -> Void
    ) throws(JSONError) {
        try scanner.expect(UInt8(ascii: "{"))
        scanner.skipBlanks()
        if scanner.take(UInt8(ascii: "}")) { return }
        var separator: Int?  // Where the comma before this member stands.
        var keptBefore = false  // Whether a member that stays stands before this one.
        while true {
            scanner.skipBlanks()
            let start = scanner.offset
            let (content, hasEscapes) = try scanner.skipString()
            scanner.skipBlanks()
            try scanner.expect(UInt8(ascii: ":"))
            // A name with escapes is compared as the text that it stands for.
            let field =
                hasEscapes
                ? Field(rawValue: scanner.text(of: content, hasEscapes: true)) : Field.named(content, in: scanner.bytes)
            let value: JSONValue?
            if field == nil {
                _ = try scanner.skipValue(depth: 1)
                value = nil
            } else {
                value = try scanner.readValue(depth: 1)
            }
            let end = scanner.offset
            scanner.skipBlanks()
            let comma = scanner.offset
            let hasMore = scanner.take(UInt8(ascii: ","))
            if let field, let value {
                let isOurs = field == .retry_metadata || field == .dlq_metadata
                // One comma goes with the member: the one before it, or the one after it if nothing that stays stands before.
                let cut: Range<Int>? =
                    !isOurs ? nil : keptBefore ? (separator ?? start)..<end : hasMore ? start..<(comma + 1) : start..<end
                found(field, value, cut)
                if !isOurs { keptBefore = true }
            } else {
                keptBefore = true
            }
            guard hasMore else { break }
            separator = comma
        }
        try scanner.expect(UInt8(ascii: "}"))
    }

    private mutating func set(_ field: Field, _ value: JSONValue) {
        switch field {
        case .id: self.id = Self.name(value)
        case .v: self.version = Int(clamping: value.integer ?? 0)
        case .job_id: self.jobID = Self.name(value)
        case .tenant_id: self.tenantID = Self.name(value)
        case .gcs_path: self.path = value.string
        case .filename: self.filename = value.string
        case .document_uuid: self.documentUUID = Self.name(value)
        case .processing_version: self.processingVersion = Int(clamping: min(max(value.integer ?? 1, 1), 1_000_000))
        case .dedupe_key: self.dedupeKey = Self.name(value)
        case .enqueued_at: self.enqueuedAt = Timestamp.microseconds(from: value)
        case .expires_at: self.expiresAt = Timestamp.microseconds(from: value)
        case .traceparent: self.traceparent = value.string
        case .language: self.language = value.string
        case .mime_type: self.mimeType = value.string
        case .retry_metadata: self.retry = RetryMetadata(value)
        case .dlq_metadata:
            self.deadLetterMetadata = DeadLetterMetadata(value)
            self.deadLetterID = self.deadLetterMetadata?.id
        }
    }

    /// Ids are strings or, from careless producers, whole numbers.
    private static func name(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text) where !text.isEmpty: text
        case .integer(let number): String(number)
        default: nil
        }
    }
}

/// A message that no worker can read. It goes to the dead-letter queue as it is.
public struct MalformedMessage: Error, Sendable, CustomStringConvertible {
    /// What is wrong, for people.
    public let description: String
    init(_ description: String) { self.description = description }
}
