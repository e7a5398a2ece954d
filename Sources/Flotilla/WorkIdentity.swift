/// A UUID computed from what something is, so that every process gives the same thing the same name.
public struct ContentUUID: Hashable, Sendable, CustomStringConvertible {
    /// 16 bytes.
    public let bytes: [UInt8]

    /// The first 16 bytes of the SHA-256 of the parts, each with its length before it, marked as version 8 (RFC 9562).
    public init(of parts: [String]) {
        var hash = SHA256()
        for part in parts {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: part.utf8.count).bigEndian) { hash.update($0) }
            hash.update(part.utf8)
        }
        var bytes = Array(hash.finish().prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        self.bytes = bytes
    }

    /// Lower-case text with dashes.
    public var description: String {
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: 36) { text in
            var count = 0
            for (index, byte) in self.bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    text[count] = UInt8(ascii: "-")
                    count += 1
                }
                text[count] = digits.utf8Start[Int(byte >> 4)]
                text[count + 1] = digits.utf8Start[Int(byte & 15)]
                count += 2
            }
            return count
        }
    }
}

/// Which piece of work a message asks for, whichever delivery it comes with: what makes a second message about the same file a duplicate.
public struct WorkIdentity: Sendable, Hashable {
    /// Names the work item: one file of one job on one queue in one processing version.
    public let workID: String
    /// Names the document, the same on every queue: `document_uuid` of the message if it is a UUID, else computed from tenant, job and file.
    public let documentUUID: String

    /// - Note: A message with neither `dedupe_key`, a file nor an `id` is identified by its bytes.
    public init(_ envelope: Envelope, queue: QueueName) {
        let tenant = envelope.tenantID ?? ""
        let version = String(envelope.processingVersion)
        let file: [String]? =
            envelope.filename == nil && envelope.path == nil && envelope.documentUUID == nil
            ? nil : [envelope.documentUUID ?? "", envelope.path ?? "", envelope.filename ?? ""]
        let job = envelope.jobID ?? ""
        if let given = envelope.documentUUID, let uuid = Self.canonicalUUID(given) {
            self.documentUUID = uuid
        } else if let file {
            self.documentUUID = ContentUUID(of: ["document", tenant, job] + file).description
        } else {
            self.documentUUID =
                ContentUUID(of: ["message", envelope.id ?? String(decoding: envelope.producerBytes, as: UTF8.self)]).description
        }
        let parts: [String]
        if let key = envelope.dedupeKey {
            parts = ["dedupe", queue.rawValue, tenant, key, version]
        } else if let file {
            // A document's name says tenant, job and file, unless the producer chose it.
            parts =
                envelope.documentUUID == nil
                ? ["file", queue.rawValue, self.documentUUID, version] : ["file", queue.rawValue, tenant, job] + file + [version]
        } else if let id = envelope.id {
            parts = ["id", queue.rawValue, tenant, id, version]
        } else {
            parts = ["bytes", queue.rawValue, String(decoding: envelope.producerBytes, as: UTF8.self)]
        }
        self.workID = ContentUUID(of: parts).description
    }

    /// An identity that is known already.
    public init(documentUUID: String, workID: String) {
        self.documentUUID = documentUUID
        self.workID = workID
    }

    private static func canonicalUUID(_ text: String) -> String? {
        let lower = text.lowercased()
        let bytes = Array(lower.utf8)
        guard bytes.count == 36 else { return nil }
        for (index, byte) in bytes.enumerated() {
            let isDash = [8, 13, 18, 23].contains(index)
            let isHex = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            guard isDash ? byte == 0x2D : isHex else { return nil }
        }
        return lower
    }
}
