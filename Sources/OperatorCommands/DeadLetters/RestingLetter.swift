import Flotilla
import JSONText

/// A dead letter in its queue, with what people see of it.
struct RestingLetter: Sendable {
    let entry: DeadLetterEntry
    let queue: FleetQueue
    /// When it failed; of a letter that does not say, when its neighbour above did. Nil when nobody knows.
    let time: Int64?

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

    /// A queue's dead letters, newest first, in bounded reads. Stops when `visit` returns false.
    ///
    /// - Parameter visit: also gets how far the letter is from the head, and may remove it: then it returns `.removed`.
    static func scan(
        _ broker: any BrokerAdministration, _ queue: FleetQueue, visitPage: ([RestingLetter], _ start: Int) async throws -> PageVerdict
    ) async throws {
        var start = 0
        var time: Int64?
        while true {
            try Task.checkCancellation()
            let page = try await broker.deadLetters(from: start, limit: 500)
            if page.isEmpty { return }
            let letters = page.map { payload in
                let entry = DeadLetterEntry(payload, queue: queue.queueName)
                if entry.letter.failureTime > 0 { time = entry.letter.failureTime }
                return RestingLetter(entry: entry, queue: queue, time: time)
            }
            switch try await visitPage(letters, start) {
            case .stop: return
            // What was removed has made the rest move up.
            case .next(let removed): start += page.count - removed
            }
        }
    }

    enum PageVerdict: Sendable {
        case next(removed: Int)
        case stop
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
