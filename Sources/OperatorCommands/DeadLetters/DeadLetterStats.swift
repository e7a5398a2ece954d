import Flotilla
import JSONText

struct DeadLetterStats: Verb {
    static let spec = CommandSpec(
        path: ["dlq", "stats"], summary: "Counts the dead letters by cause: reason, stage and fingerprint of the error",
        options: [.filter, .queue, .limit], examples: ["dlq stats", "dlq stats --filter after:24h --json"], notes: LetterFilter.help)

    private let arguments: Arguments
    private let limit: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.limit = try arguments.limit()
    }

    private struct Cause: Hashable {
        let queue: String
        let reason: String
        let stage: String
        let fingerprint: String
    }

    private struct Tally {
        var count = 0
        var oldest: Int64 = .max
        var newest: Int64 = .min
        var example = ""
    }

    func run(_ context: CommandContext) async throws -> Output {
        let fleet = try context.fleet()
        let filter = try self.arguments.letterFilter(now: context.time.now)
        var tallies: [Cause: Tally] = [:]
        var total = 0
        for queue in try fleet.queues(self.arguments) {
            var pages = LetterPages(fleet.broker(queue), queue)
            while let page = try await pages.next() {
                for resting in page.letters where filter.matches(resting.entry, queue: queue, time: resting.time) {
                    total += 1
                    let letter = resting.letter
                    let cause = Cause(
                        queue: queue.name, reason: letter.reason.rawValue, stage: letter.stage?.rawValue ?? "",
                        fingerprint: letter.fingerprint)
                    // Hostile messages could invent causes without end.
                    if tallies[cause] == nil, tallies.count >= 10_000 { continue }
                    var tally = tallies[cause, default: Tally()]
                    if tally.count == 0 { tally.example = Redactor.redact(letter.errorMessage) }
                    tally.count += 1
                    if let time = resting.time {
                        tally.oldest = min(tally.oldest, time)
                        tally.newest = max(tally.newest, time)
                    }
                    tallies[cause] = tally
                }
            }
        }
        let sorted = tallies.sorted { ($1.value.count, $0.key.fingerprint) < ($0.value.count, $1.key.fingerprint) }
        var table = Table(
            [
                .right("COUNT"), .left("REASON"), .left("STAGE"), .left("FINGERPRINT"), .left("NEWEST"), .left("QUEUE"), .flexible("ERROR"),
            ], empty: "no dead letters")
        for (cause, tally) in sorted.prefix(self.limit) {
            table.rows.append([
                "\(tally.count)", cause.reason, cause.stage.isEmpty ? "-" : cause.stage, cause.fingerprint,
                context.time.moment(tally.newest > 0 ? tally.newest : nil), cause.queue, tally.example,
            ])
        }
        let causes = sorted.prefix(self.limit).map { cause, tally -> JSONValue in
            [
                "count": .count(tally.count), "queue": .string(cause.queue), "reason": .string(cause.reason),
                "stage": cause.stage.isEmpty ? .null : .string(cause.stage), "fingerprint": .string(cause.fingerprint),
                "oldest": tally.newest > 0 ? .string(Timestamp.text(tally.oldest)) : .null,
                "newest": tally.newest > 0 ? .string(Timestamp.text(tally.newest)) : .null, "example": .string(tally.example),
            ]
        }
        var output = Output("DeadLetterStats", ["total": .count(total), "causes": .array(causes)])
        output.table(table)
        if let first = sorted.first, sorted.count > 0 {
            output.messages.append("flotilla dlq list --filter 'fp:\(first.key.fingerprint)' shows the most frequent")
        }
        return output
    }
}
