internal import JSONText

/// What an ``Envelope`` shares between its copies.
final class EnvelopeContent: Sendable {
    let fields: EnvelopeFields
    init(_ fields: EnvelopeFields) { self.fields = fields }
}

/// The fields of a message, read.
struct EnvelopeFields: Sendable {
    let bytes: [UInt8]
    private(set) var producerBytes: [UInt8]
    private(set) var id: String?
    private(set) var version = 0
    private(set) var jobID: String?
    private(set) var tenantID: String?
    private(set) var path: String?
    private(set) var filename: String?
    private(set) var documentUUID: String?
    private(set) var processingVersion = 1
    private(set) var dedupeKey: String?
    private(set) var enqueuedAt: Int64?
    private(set) var expiresAt: Int64?
    private(set) var traceparent: String?
    private(set) var language: String?
    private(set) var mimeType: String?
    private(set) var retry: RetryMetadata?
    private(set) var deadLetterID: String?
    private(set) var deadLetterMetadata: DeadLetterMetadata?

    init(_ bytes: [UInt8]) throws(MalformedMessage) {
        guard bytes.count <= Envelope.maximumBytes else {
            throw MalformedMessage("the message has \(bytes.count) bytes, more than \(Envelope.maximumBytes)")
        }
        self.bytes = bytes
        self.producerBytes = bytes
        var scanner = JSONScanner(bytes, maximumDepth: Envelope.maximumDepth)
        var cuts: [Range<Int>] = []
        do {
            scanner.skipBlanks()
            guard scanner.next == UInt8(ascii: "{") else { throw JSONError(.unexpectedByte, offset: scanner.offset) }
            try Self.scanMembers(&scanner) { field, value, cut in
                self.set(field, value)
                if let cut {
                    cuts.append(cut.member)
                    if let comma = cut.comma { cuts.append(comma..<comma + 1) }
                }
            }
            try scanner.expectEnd()
        } catch {
            throw MalformedMessage("the message is not one JSON object: \(error)")
        }
        if !cuts.isEmpty { self.producerBytes = MessageSplice.cutting(cuts, from: bytes) }
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

    /// What must be taken out to remove a member of ours: its bytes, and a comma after it that stands apart.
    private typealias Cut = (member: Range<Int>, comma: Int?)

    /// Calls `found` for each known member; `cut` is nil for members that stay.
    private static func scanMembers(
        _ scanner: inout JSONScanner, found: (Field, JSONValue, Cut?) -> Void
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
                value = try Self.readValue(&scanner)
            }
            let end = scanner.offset
            scanner.skipBlanks()
            let comma = scanner.offset
            let hasMore = scanner.take(UInt8(ascii: ","))
            if let field, let value {
                let isOurs = field == .retry_metadata || field == .dlq_metadata
                // One comma goes with the member: the one before it, or the one after it if nothing that stays stands before. Blanks before
                // the one after it are the producer's: they stood before the brace when the next member of ours was put there.
                let cut: Cut? =
                    !isOurs ? nil : keptBefore ? ((separator ?? start)..<end, nil) : (start..<end, hasMore ? comma : nil)
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

    /// The value of a known member. A number that no double can hold makes it null and not the message malformed: it is JSON all the same.
    private static func readValue(_ scanner: inout JSONScanner) throws(JSONError) -> JSONValue {
        let before = scanner
        do throws(JSONError) {
            return try scanner.readValue(depth: 1)
        } catch  where error.reason == .invalidNumber {
            scanner = before
            _ = try scanner.skipValue(depth: 1)
            return .null
        }
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
