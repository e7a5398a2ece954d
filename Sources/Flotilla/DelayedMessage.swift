internal import Threading

/// A message that is only delayed, made different from any other by a nonce.
package enum DelayedMessage {
    package static func bytes(of payload: [UInt8], after delay: Duration, on queue: QueueName) -> [UInt8] {
        // What cannot be read is not touched: a worker will say what is wrong with it.
        guard let envelope = try? Envelope(payload), envelope.retry == nil else { return payload }
        let due = WallClock.microseconds.addingReportingOverflow(delay.inNanoseconds / 1_000)
        let metadata = RetryMetadata(
            retryCount: 0, retryAt: due.overflow ? .max : due.partialValue, originalQueue: queue, nonce: ULID.next())
        return MessageSplice.adding(metadata, to: payload)
    }
}
