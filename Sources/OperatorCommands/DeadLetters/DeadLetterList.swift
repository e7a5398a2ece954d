import Flotilla
import JSONText

struct DeadLetterList: Verb {
    static let spec = CommandSpec(
        path: ["dlq", "list"], summary: "Shows the dead letters, newest first",
        options: [.filter, .queue, .limit, .value("cursor", "CURSOR", "where the page before ended (next_cursor of its JSON)")],
        examples: ["dlq list", "dlq list --filter 'reason:permanent file:*.pdf after:24h'", "dlq list --limit 500 --json"],
        notes: LetterFilter.help)

    private let arguments: Arguments
    private let limit: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.limit = try arguments.limit()
        if let cursor = arguments.text("cursor"), Cursor(cursor) == nil { throw .usage("--cursor '\(cursor)' is none of ours") }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let filter = try self.arguments.letterFilter(now: context.time.now)
        let cursor = self.arguments.text("cursor").flatMap(Cursor.init)
        let (found, total) = try await self.search(context.fleet(), filter, after: cursor)
        return self.output(found, total: total, isFiltered: !filter.isEmpty, context)
    }

    /// The newest letters of each queue that match, one more than asked for where there are more, and how many letters there are in all.
    private func search(_ fleet: any Fleet, _ filter: LetterFilter, after cursor: Cursor?) async throws -> ([RestingLetter], total: Int) {
        var found: [RestingLetter] = []
        var total = 0
        for queue in try fleet.queues(self.arguments) {
            let broker = fleet.broker(queue)
            let counts = try await broker.counts()
            total += counts.dead
            found += try await self.search(broker, queue, filter, after: cursor)
        }
        return (found, total)
    }

    private func search(
        _ broker: any BrokerAdministration, _ queue: FleetQueue, _ filter: LetterFilter, after cursor: Cursor?
    ) async throws -> [RestingLetter] {
        var found: [RestingLetter] = []
        var pages = LetterPages(broker, queue)
        while found.count <= self.limit, let page = try await pages.next() {
            found += self.matching(page, queue, filter, after: cursor, atMost: self.limit + 1 - found.count)
        }
        return found
    }

    private func matching(
        _ page: LetterPages.Page, _ queue: FleetQueue, _ filter: LetterFilter, after cursor: Cursor?, atMost limit: Int
    ) -> [RestingLetter] {
        let all = page.letters.lazy.filter { letter in
            if let cursor, !(Cursor(letter) < cursor) { return false }
            return filter.matches(letter.entry, queue: queue, time: letter.time)
        }
        return Array(all.prefix(limit))
    }

    private func output(_ letters: [RestingLetter], total: Int, isFiltered: Bool, _ context: CommandContext) -> Output {
        let found = letters.sorted { Cursor($1) < Cursor($0) }
        let page = found.prefix(self.limit)
        var table = Table(
            [
                .left("ID"), .left("FAILED"), .left("REASON"), .left("STAGE"), .flexible("JOB"), .flexible("FILE"), .left("FINGERPRINT"),
                .flexible("ERROR"),
            ], empty: isFiltered ? "no dead letters match" : "no dead letters")
        for letter in page {
            table.rows.append([
                letter.letter.id, context.time.moment(letter.letter.failureTime > 0 ? letter.letter.failureTime : nil),
                letter.letter.reason.rawValue, letter.letter.stage?.rawValue ?? "-", letter.letter.jobID ?? "-",
                letter.letter.filename ?? "-", letter.letter.fingerprint, Redactor.redact(letter.letter.errorMessage),
            ])
        }
        var output = Output("DeadLetterList", ["total": .count(total), "dead_letters": .array(page.map(\.json))])
        let next = found.count > self.limit ? page.last.map { Cursor($0).text } : nil
        output.set("next_cursor", .optional(next))
        output.table(table)
        if next != nil { output.messages.append("\(total) dead letters in all; --limit and --filter choose") }
        return output
    }

    /// A place in the order of all queues' letters.
    private struct Cursor: Comparable {
        let time: Int64
        let id: String

        init(_ letter: RestingLetter) {
            self.time = letter.time ?? .max
            self.id = letter.letter.id
        }

        init?(_ text: String) {
            guard let dot = text.firstIndex(of: "."), let time = Int64(text[..<dot]) else { return nil }
            self.time = time
            self.id = String(text[text.index(after: dot)...])
        }

        var text: String { "\(self.time).\(self.id)" }

        static func < (left: Self, right: Self) -> Bool { (left.time, left.id) < (right.time, right.id) }
    }
}
