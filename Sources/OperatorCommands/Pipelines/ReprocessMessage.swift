import Flotilla
import JSONText

/// The message that asks for a document in a new processing version.
enum ReprocessMessage {
    /// What a new message says anew, or no more: it is not late because the old one was.
    private static let replaced: Set<String> = [
        "processing_version", "id", "enqueued_at", "expires_at", "traceparent", "retry_metadata", "dlq_metadata",
    ]

    /// The producer's message with the version, and a name for the document where the new message would not lead to the same one.
    ///
    /// - Parameters:
    ///   - now: microseconds since 1970.
    /// - Throws: ``CommandError`` for bytes that are no message.
    static func make(from payload: [UInt8], of item: WorkIdentity, queue: QueueName, version: Int, now: Int64) throws(CommandError)
        -> [UInt8]
    {
        // What was stored was a message once; a row that was changed by hand may not be.
        guard let members = (try? JSONValue(parsing: payload))?.members else {
            throw .failed("the stored message of document \(item.documentUUID) cannot be read")
        }
        var message = members.filter { !Self.replaced.contains($0.name) }
        message.append(.init("id", .string(ULID.next())))
        message.append(.init("enqueued_at", .string(Timestamp.text(now))))
        message.append(.init("processing_version", .count(version)))
        let bytes = JSONValue.object(message).jsonBytes
        if (try? Envelope(bytes)).map({ WorkIdentity($0, queue: queue).documentUUID }) == item.documentUUID { return bytes }
        message.removeAll { $0.name == "document_uuid" }
        message.append(.init("document_uuid", .string(item.documentUUID)))
        return JSONValue.object(message).jsonBytes
    }
}
