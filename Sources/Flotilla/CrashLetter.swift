internal import Threading

/// The dead letter of a message whose workers died while they held it.
package enum CrashLetter {
    /// The message as it rests in the dead-letter queue, and the letter about it.
    ///
    /// - Parameters:
    ///   - payload: as the dead worker held it. It may be anything: what is no message rests as it is.
    ///   - crashes: how many workers died.
    ///   - id: the letter's.
    ///   - time: of the quarantine, microseconds since 1970.
    package static func make(
        for payload: [UInt8], crashes: Int, queue: QueueName, id: String = ULID.next(), at time: Int64 = WallClock.microseconds
    ) -> (payload: [UInt8], letter: DeadLetter) {
        // A malformed message says nothing about itself.
        let envelope = try? Envelope(payload)
        let message = "its worker died while it held this message"
        let failure = Failure(.permanent, code: "crash", message: message)
        let letter = DeadLetter(
            id: id, reason: .crash,
            errorMessage: crashes == 1 ? message : "its worker died \(crashes) times while it held this message",
            fingerprint: failure.fingerprint,
            failureTime: time, originalQueue: queue, jobID: envelope?.jobID, filename: envelope?.filename,
            failureCount: crashes)
        return (envelope.map { MessageSplice.adding(letter, to: $0.producerBytes) } ?? payload, letter)
    }
}
