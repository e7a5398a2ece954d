import Flotilla
import JSONText

/// One message that waits for its time, read for people.
struct ScheduledMessage: Sendable {
    let payload: [UInt8]
    let queue: FleetQueue
    let dueAt: Int64
    let dueIn: Duration
    /// Nil when it cannot be read.
    let envelope: Envelope?

    init(payload: [UInt8], queue: FleetQueue, dueAt: Int64, dueIn: Duration) {
        self.payload = payload
        self.queue = queue
        self.dueAt = dueAt
        self.dueIn = dueIn
        // A worker will say what is wrong with it.
        self.envelope = try? Envelope(payload)
    }

    /// Twelve hexadecimal digits of the bytes' digest: the name by which people run or discard it.
    var id: String { Self.id(of: self.payload) }

    static func id(of payload: [UInt8]) -> String {
        SHA256.digest(of: payload).prefix(6).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    var json: JSONValue {
        [
            "id": .string(self.id), "queue": .string(self.queue.name), "job_id": .optional(self.envelope?.jobID),
            "filename": .optional(self.envelope?.filename), "message_id": .optional(self.envelope?.id),
            "failures": .count(self.envelope?.retry?.retryCount ?? 0), "due_at": .string(Timestamp.text(self.dueAt)),
        ]
    }

    /// All scheduled messages of a queue, next due first, in bounded reads. Stops when `visit` returns false.
    static func scan(
        _ broker: any BrokerAdministration, _ queue: FleetQueue, visit: (ScheduledMessage) async throws -> Bool
    ) async throws {
        var start = 0
        var seen: Set<String> = []
        while true {
            try Task.checkCancellation()
            let page = try await broker.scheduledMessages(from: start, limit: 500)
            for (payload, dueIn, dueAt) in page {
                let message = ScheduledMessage(payload: payload, queue: queue, dueAt: dueAt, dueIn: dueIn)
                // Pages overlap when messages come in between.
                guard seen.insert(message.id).inserted else { continue }
                guard try await visit(message) else { return }
            }
            if page.count < 500 { return }
            start += page.count
        }
    }
}
