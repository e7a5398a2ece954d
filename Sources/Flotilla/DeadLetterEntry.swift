/// One element of a dead-letter queue, read: what an operator sees of it and needs to move it.
public struct DeadLetterEntry: Sendable {
    /// The exact bytes in the dead-letter queue.
    public let payload: [UInt8]
    /// Nil for a malformed message.
    public let envelope: Envelope?
    public let letter: DeadLetter

    /// Reads an element.
    ///
    /// A malformed message rests as it is, without metadata: its id is computed from its bytes, so equal ones share it. The same holds for
    /// what other programs have put there without metadata. Their failure time is 0: unknown.
    public init(_ payload: [UInt8], queue: QueueName) {
        self.payload = payload
        do throws(MalformedMessage) {
            let envelope = try Envelope(payload)
            self.envelope = envelope
            if let metadata = envelope.deadLetterMetadata {
                self.letter = DeadLetter(
                    id: metadata.id, reason: metadata.reason, errorMessage: metadata.errorMessage, stackTrace: metadata.stackTrace,
                    fingerprint: metadata.fingerprint, failureTime: metadata.failureTime, originalQueue: queue, jobID: envelope.jobID,
                    filename: envelope.filename, failureCount: metadata.failureCount, stage: metadata.stage)
            } else {
                self.letter = DeadLetter(
                    id: Self.contentID("foreign", payload), reason: .init("unknown"),
                    errorMessage: "put into the dead-letter queue by another program, without a reason", fingerprint: "000000000000",
                    failureTime: 0, originalQueue: queue, jobID: envelope.jobID, filename: envelope.filename, failureCount: 0)
            }
        } catch {
            self.envelope = nil
            self.letter = Self.malformed(payload, error, queue: queue, at: 0)
        }
    }

    /// What the queue gets when the message is put back: the producer's own bytes; a malformed message as it is.
    public var restored: [UInt8] { self.envelope?.producerBytes ?? self.payload }

    /// The letter of a message that cannot be read.
    static func malformed(_ payload: [UInt8], _ error: MalformedMessage, queue: QueueName, at time: Int64) -> DeadLetter {
        DeadLetter(
            id: self.contentID("malformed", payload), reason: .malformed, errorMessage: error.description,
            fingerprint: ErrorFingerprint.of(type: "malformed", message: error.description, stage: nil), failureTime: time,
            originalQueue: queue, failureCount: 0)
    }

    private static func contentID(_ kind: String, _ payload: [UInt8]) -> String {
        let digits = SHA256.digest(of: payload).prefix(8).map { hexadecimal(UInt64($0)).suffix(2) }.joined()
        return "\(kind)-\(digits)"
    }
}
