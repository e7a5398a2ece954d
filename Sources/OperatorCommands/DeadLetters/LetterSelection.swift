import Flotilla
import FlotillaPostgres
import JSONText

/// Which letters a verb is about, and what to do with them: by id at once, by filter after a count and `--yes`.
struct LetterSelection: Sendable {
    private let arguments: Arguments
    private let action: LetterMover.Action
    private let takesEverything: Bool
    private let pace: LetterMover.Pace?

    static let options: [CommandSpec.Option] = [
        .filter, .queue, .yes, .dryRun, .value("rate", "N/s", "at most so many a second, to spare what comes after"),
    ]

    /// - Parameter takesEverything: no ids and no filter mean all letters.
    init(_ arguments: Arguments, _ action: LetterMover.Action, takesEverything: Bool = false) throws(CommandError) {
        self.arguments = arguments
        self.action = action
        self.takesEverything = takesEverything
        if arguments.positionals.isEmpty {
            guard arguments.has("filter") || takesEverything else { throw .usage("say which: ids, or --filter 'reason:permanent …'") }
        } else if arguments.has("filter") {
            throw .usage("ids and --filter exclude each other")
        }
        if arguments.positionals.count > 500 { throw .usage("at most 500 ids; use --filter") }
        self.pace = try arguments.text("rate").map { text throws(CommandError) in
            guard let pace = LetterMover.Pace(text) else { throw .usage("--rate must be such as 10/s or 600/m, not '\(text)'") }
            return pace
        }
    }

    func apply(_ context: CommandContext) async throws -> Output {
        let filter = try self.arguments.letterFilter(now: context.time.now)
        let fleet = try context.fleet()
        let queues = try fleet.queues(self.arguments)
        return self.arguments.positionals.isEmpty
            ? try await self.applyFilter(filter, queues, fleet, context) : try await self.applyIDs(queues, fleet, context)
    }

    // MARK: By id

    private func applyIDs(_ queues: [FleetQueue], _ fleet: any Fleet, _ context: CommandContext) async throws -> Output {
        let wanted = Set(self.arguments.positionals)
        var found: [(letter: RestingLetter, position: Int)] = []
        for queue in queues where found.count < wanted.count {
            var pages = LetterPages(fleet.broker(queue), queue)
            while let page = try await pages.next() {
                for (index, letter) in page.letters.enumerated() where wanted.contains(letter.letter.id) {
                    found.append((letter, page.start + index))
                }
                if Set(found.map(\.letter.letter.id)).count == wanted.count { break }
            }
        }
        let missing = wanted.subtracting(found.map(\.letter.letter.id)).sorted()
        var notes: [String] = []
        for id in missing { notes.append("\(id): \(await self.story(of: id, context))") }
        if found.isEmpty { throw CommandError.notFound(notes.joined(separator: "\n")) }
        if self.arguments.has("dry-run") {
            var output = Output("DeadLetterPlan", ["matching": .count(found.count), "changed": 0])
            for (letter, _) in found { output.line("would be \(self.action.done): \(letter.letter.id) \(letter.letter.filename ?? "")") }
            output.messages = notes
            return output
        }
        let mover = LetterMover(action: self.action, context: context, filter: nil)
        var tally = LetterMover.Tally()
        do {
            for (letter, position) in found {
                try await mover.move([letter], on: fleet.broker(letter.queue), depth: position, pace: self.pace, into: &tally)
            }
        } catch {
            guard tally.changed > 0 else { throw error }
            tally.failure = CommandError(error)
        }
        return self.output(tally, notes: notes)
    }

    /// What the history says of a letter that no queue holds.
    private func story(of id: String, _ context: CommandContext) async -> String {
        do {
            guard let record = try await context.jobs().deadLetter(id) else { return "there is no such dead letter" }
            let time = record.requeuedAt ?? record.discardedAt ?? record.expiredAt
            if record.state == "dead" { return "its message is not in the queue: flotilla reconcile" }
            return "it was \(record.state)" + (time.map { " \(context.time.moment($0))" } ?? "")
        } catch {
            return "it is in no dead-letter queue, and PostgreSQL cannot be asked: \(CommandError(error).message)"
        }
    }

    // MARK: By filter

    private func applyFilter(
        _ filter: LetterFilter, _ queues: [FleetQueue], _ fleet: any Fleet, _ context: CommandContext
    ) async throws -> Output {
        if self.arguments.has("dry-run") || !self.arguments.has("yes") {
            return try await self.plan(filter, queues, fleet)
        }
        // What dies from now on is not meant, or a replay that fails again would be replayed for ever.
        let newest = context.time.now
        let mover = LetterMover(
            action: self.action, context: context, filter: filter.isEmpty ? "all" : filter.source)
        var tally = LetterMover.Tally()
        do {
            for queue in queues {
                let broker = fleet.broker(queue)
                var seen: Set<String> = []
                var pages = LetterPages(broker, queue)
                var removed = 0
                while let page = try await pages.next(afterRemoving: removed) {
                    let chosen = page.letters.filter { letter in
                        filter.matches(letter.entry, queue: queue, time: letter.time) && letter.letter.failureTime <= newest
                            && seen.insert(letter.letter.id).inserted
                    }
                    let before = tally.changed + tally.gone
                    try await mover.move(chosen, on: broker, depth: page.start + page.letters.count, pace: self.pace, into: &tally)
                    removed = tally.changed + tally.gone - before
                }
            }
        } catch {
            guard tally.changed > 0 else { throw error }
            tally.failure = CommandError(error)
        }
        return self.output(tally, notes: [])
    }

    private func plan(_ filter: LetterFilter, _ queues: [FleetQueue], _ fleet: any Fleet) async throws -> Output {
        var count = 0
        var reasons: [String: Int] = [:]
        for queue in queues {
            var pages = LetterPages(fleet.broker(queue), queue)
            while let page = try await pages.next() {
                for letter in page.letters where filter.matches(letter.entry, queue: queue, time: letter.time) {
                    count += 1
                    if reasons.count < 100 || reasons[letter.letter.reason.rawValue] != nil {
                        reasons[letter.letter.reason.rawValue, default: 0] += 1
                    }
                }
            }
        }
        var output = Output("DeadLetterPlan", ["matching": .count(count), "changed": 0])
        let sorted = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        output.set("by_reason", .object(sorted.map { .init($0.key, .count($0.value)) }))
        let detail = sorted.isEmpty ? "" : " (" + sorted.prefix(5).map { "\($0.value) \($0.key)" }.joined(separator: ", ") + ")"
        output.line("\(count) dead \(count == 1 ? "letter matches" : "letters match")\(detail); nothing was done")
        if !self.arguments.has("dry-run"), count > 0 {
            output.messages.append("to have them \(self.action.done), repeat the command with --yes")
            output.exit = .conflict
        }
        return output
    }

    private func output(_ tally: LetterMover.Tally, notes: [String]) -> Output {
        var output = Output(
            "DeadLetterResult",
            [
                "matching": .count(tally.total), "changed": .count(tally.changed), "gone": .count(tally.gone),
                "refused": .array(tally.refused.prefix(500).map { ["id": .string($0.id), "reason": .string($0.reason)] }),
            ])
        if let failure = tally.failure { output.set("error", .string(failure.message)) }
        output.line("\(tally.changed) \(self.action.done)")
        output.messages = notes
        if tally.gone > 0 { output.messages.append("\(tally.gone) had left the dead-letter queue meanwhile") }
        for (id, reason) in tally.refused.prefix(20) { output.messages.append("\(id): \(reason)") }
        if tally.refused.count > 20 { output.messages.append("… and \(tally.refused.count - 20) more were refused") }
        if let failure = tally.failure { output.messages.append("stopped: \(failure.message); the same command again does the rest") }
        let hasFailed = !notes.isEmpty || !tally.refused.isEmpty || tally.failure != nil
        output.exit = !hasFailed ? .success : tally.changed > 0 ? .partial : .conflict
        return output
    }
}
