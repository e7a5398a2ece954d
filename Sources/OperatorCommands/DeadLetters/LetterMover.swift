import Flotilla
import FlotillaPostgres
import JSONText
import PostgresClient
import Threading

/// Takes dead letters out of their queues: PostgreSQL first, which decides what may be done and notes who did it, then Redis.
///
/// A crash in between leaves a letter that PostgreSQL calls moved and that still rests: the same command again finishes it.
struct LetterMover: Sendable {
    enum Action: Sendable {
        case requeue, discard

        var done: String { self == .requeue ? "requeued" : "discarded" }
    }

    /// What became of the letters.
    struct Tally: Sendable {
        var changed = 0
        /// Somebody else was faster.
        var gone = 0
        /// What PostgreSQL refused, with the reason.
        var refused: [(id: String, reason: String)] = []
        var failure: CommandError?

        var total: Int { self.changed + self.gone + self.refused.count }
    }

    let action: Action
    let context: CommandContext
    /// For the audit log.
    let filter: String?

    /// Removing one letter takes Redis time in proportion to its distance from the head (measured: 12 ms at 100,000). A batch is as large as
    /// keeps others from waiting longer than that or so.
    static func batchSize(depth: Int) -> Int { min(100, max(1, 100_000 / max(1, depth))) }

    /// Moves letters of one queue that lie within `depth` of the head.
    func move(_ letters: [RestingLetter], on broker: any BrokerAdministration, depth: Int, pace: Pace?, into tally: inout Tally)
        async throws
    {
        let size = min(Self.batchSize(depth: depth), pace?.batch ?? .max)
        for start in stride(from: 0, to: letters.count, by: size) {
            try Task.checkCancellation()
            try await self.moveBatch(Array(letters[start..<min(start + size, letters.count)]), on: broker, into: &tally)
            if let pace { try await Task.sleep(for: pace.pause(after: min(size, letters.count - start))) }
        }
    }

    private func moveBatch(_ letters: [RestingLetter], on broker: any BrokerAdministration, into tally: inout Tally) async throws {
        let changes = try await self.prepare(letters)
        let outcomes = Dictionary(changes.map { ($0.id, $0.outcome) }) { first, _ in first }
        var ready: [RestingLetter] = []
        for letter in letters {
            switch outcomes[letter.letter.id] {
            case .ready: ready.append(letter)
            case .notDead(let state):
                tally.refused.append((letter.letter.id, state == "dead" ? "its work is not failed any more" : "it is \(state) already"))
            case .jobCancelled: tally.refused.append((letter.letter.id, "its job was cancelled"))
            case .unknown, nil: tally.refused.append((letter.letter.id, "PostgreSQL does not know it"))
            }
        }
        if self.action == .requeue { try await self.forgetStages(changes) }
        let results =
            switch self.action {
            case .requeue: try await broker.requeue(ready.map { ($0.entry.payload, $0.entry.restored) })
            case .discard: try await broker.discard(ready.map(\.entry.payload))
            }
        let moved = results.count { $0 }
        tally.changed += moved
        tally.gone += ready.count - moved
    }

    /// What failed for good is put back because something outside was mended, most often the file itself: its stages begin anew, where those of
    /// other letters go on after the last that was done.
    ///
    /// Nobody runs the work now: PostgreSQL calls it queued, and its message does not lie in the queue yet.
    private func forgetStages(_ changes: [LetterChange]) async throws {
        let items = changes.filter { $0.outcome == .ready && $0.record?.letter.reason == .permanent }.compactMap { $0.record?.workID }
        guard !items.isEmpty else { return }
        try await self.context.jobs().forgetStages(ofWork: items)
    }

    private func prepare(_ letters: [RestingLetter]) async throws -> [LetterChange] {
        let jobs = try self.context.jobs()
        let ids = letters.map(\.letter.id)
        // Letters that no sweep has recorded yet, or that other programs put there.
        let unknown = try await jobs.unknownDeadLetters(among: ids)
        if !unknown.isEmpty {
            try await self.context.jobStore().recordDead(
                letters.filter { unknown.contains($0.letter.id) }.map { resting in
                    var letter = resting.letter
                    if letter.failureTime == 0 { letter.failureTime = self.context.time.now }
                    return DeadMessage(
                        payload: resting.entry.payload, letter: letter,
                        identity: resting.entry.envelope.map { WorkIdentity($0, queue: resting.queue.queueName) })
                })
        }
        return switch self.action {
        case .requeue: try await jobs.prepareRequeue(ids, actor: self.context.actor, filter: self.filter)
        case .discard: try await jobs.discard(ids, actor: self.context.actor, filter: self.filter)
        }
    }

    /// `--rate`: how many letters a second.
    struct Pace: Sendable {
        let perSecond: Double

        /// One letter a day. Slower is a mistake, and its pauses would fit no number.
        private static let slowest = 1.0 / 86_400

        /// Reads `10`, `10/s`, `600/m`, `100/h`; nil for anything else, and for less than one letter a day.
        init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let number = Double(parts[0]), number > 0, number <= 1e6 else { return nil }
            switch parts.count == 2 ? parts[1] : "s" {
            case "s", "sec": self.perSecond = number
            case "m", "min": self.perSecond = number / 60
            case "h": self.perSecond = number / 3_600
            default: return nil
            }
            guard self.perSecond >= Self.slowest else { return nil }
        }

        /// A tenth of a second's worth.
        var batch: Int { max(1, Int(self.perSecond / 10)) }

        func pause(after count: Int) -> Duration { .milliseconds(Int64(1_000 * Double(count) / self.perSecond)) }
    }
}
