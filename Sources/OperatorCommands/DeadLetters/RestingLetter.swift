import Flotilla
import JSONText

/// A dead letter in its queue, with what people see of it.
final class RestingLetter: Sendable {
    let entry: DeadLetterEntry
    let queue: FleetQueue
    /// When it failed; of a letter that does not say, when its neighbour above did. Nil when nobody knows.
    let time: Int64?

    init(entry: DeadLetterEntry, queue: FleetQueue, time: Int64?) {
        self.entry = entry
        self.queue = queue
        self.time = time
    }

    var letter: DeadLetter { self.entry.letter }

    var json: JSONValue {
        [
            "id": .string(self.letter.id), "queue": .string(self.queue.name), "reason": .string(self.letter.reason.rawValue),
            "fingerprint": .string(self.letter.fingerprint), "job_id": .optional(self.letter.jobID),
            "filename": .optional(self.letter.filename), "tenant_id": .optional(self.entry.envelope?.tenantID),
            "stage": .optional(self.letter.stage?.rawValue), "failures": .count(self.letter.failureCount),
            "failed_at": self.letter.failureTime > 0 ? .string(Timestamp.text(self.letter.failureTime)) : .null,
            "error": .string(Redactor.redact(self.letter.errorMessage)),
        ]
    }
}

/// A queue's dead letters, newest first, in bounded reads.
struct LetterPages {
    /// Some letters, and how far the first is from the head of the queue.
    struct Page {
        let letters: [RestingLetter]
        let start: Int
    }

    private let broker: any BrokerAdministration
    private let queue: FleetQueue
    private var start = 0
    private var time: Int64?

    init(_ broker: any BrokerAdministration, _ queue: FleetQueue) {
        self.broker = broker
        self.queue = queue
    }

    /// The next page, or nil at the end.
    ///
    /// - Parameter removed: how many letters of the page before were removed from the queue: the rest has moved up.
    mutating func next(afterRemoving removed: Int = 0) async throws -> Page? {
        try Task.checkCancellation()
        self.start -= removed
        let payloads = try await self.broker.deadLetters(from: self.start, limit: 500)
        if payloads.isEmpty { return nil }
        var letters: [RestingLetter] = []
        for payload in payloads {
            let entry = DeadLetterEntry(payload, queue: self.queue.queueName)
            if entry.letter.failureTime > 0 { self.time = entry.letter.failureTime }
            letters.append(RestingLetter(entry: entry, queue: self.queue, time: self.time))
        }
        defer { self.start += payloads.count }
        return Page(letters: letters, start: self.start)
    }
}

extension Arguments {
    /// `--filter` and the options that are short for parts of it.
    func letterFilter(now: Int64) throws(CommandError) -> LetterFilter {
        try LetterFilter(parsing: self.texts("filter").joined(separator: " "), now: now)
    }
}

extension CommandSpec.Option {
    static let filter = Self.value("filter", "FILTER", short: "f", repeats: true, "which letters: 'reason:permanent file:*.pdf after:24h'")
}
