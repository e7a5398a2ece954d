import Flotilla
import FlotillaPostgres
import JSONText

struct RetryList: Verb {
    static let spec = CommandSpec(
        path: ["retry", "list"], summary: "Shows messages that wait for another attempt or for their time, next due first",
        options: [.queue, .value("job", "ID", "only of this job"), .limit], examples: ["retry list", "retry list --job invoices-7 --json"])

    private let arguments: Arguments
    private let limit: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.limit = try arguments.limit()
    }

    func run(_ context: CommandContext) async throws -> Output {
        let fleet = try context.fleet()
        let job = self.arguments.text("job")
        var found: [ScheduledMessage] = []
        var total = 0
        for queue in try fleet.queues(self.arguments) {
            let broker = fleet.broker(queue)
            total += try await broker.counts().scheduled
            var here = 0
            try await ScheduledMessage.scan(broker, queue) { message in
                if job == nil || message.envelope?.jobID == job {
                    found.append(message)
                    here += 1
                }
                return here < self.limit
            }
        }
        found.sort { ($0.dueAt, $0.id) < ($1.dueAt, $1.id) }
        var table = Table(
            [.left("ID"), .left("QUEUE"), .flexible("JOB"), .flexible("FILE"), .right("ATTEMPT"), .left("DUE")],
            empty: "nothing is scheduled")
        for message in found.prefix(self.limit) {
            let failures = message.envelope?.retry?.retryCount ?? 0
            table.rows.append([
                message.id, message.queue.name, message.envelope?.jobID ?? "-", message.envelope?.filename ?? "-",
                failures == 0 ? "first" : "\(min(failures + 1, message.queue.maximumRetries + 1)) of \(message.queue.maximumRetries + 1)",
                message.dueIn < .zero ? "overdue by \(HumanTime.span(.zero - message.dueIn))" : context.time.moment(message.dueAt),
            ])
        }
        var output = Output("RetryList", ["total": .count(total), "retries": .array(found.prefix(self.limit).map(\.json))])
        output.table(table)
        if found.count > self.limit || total > found.count, job == nil { output.messages.append("\(total) in all; --limit shows more") }
        return output
    }
}

struct RetryRun: Verb {
    static let spec = CommandSpec(
        path: ["retry", "run"], summary: "Makes scheduled messages due now",
        positionals: [
            .init(name: "ID", help: "ids from 'retry list'; a beginning of at least 4 letters will do", isOptional: true, repeats: true)
        ],
        options: [.queue, .value("job", "ID", "those of this job"), .flag("all", "every one"), .yes, .dryRun],
        examples: ["retry run 5f0c2ab91d3e", "retry run --job invoices-7 --yes"])

    private let selection: RetrySelection

    init(_ arguments: Arguments) throws(CommandError) { self.selection = try RetrySelection(arguments) }

    func run(_ context: CommandContext) async throws -> Output {
        try await self.selection.apply(context, verb: "run", done: "made due now") { broker, messages in
            try await broker.promoteNow(messages.map(\.payload))
        }
    }
}

struct RetryDiscard: Verb {
    static let spec = CommandSpec(
        path: ["retry", "discard"], summary: "Removes scheduled messages for good",
        positionals: [
            .init(name: "ID", help: "ids from 'retry list'; a beginning of at least 4 letters will do", isOptional: true, repeats: true)
        ],
        options: [.queue, .value("job", "ID", "those of this job"), .flag("all", "every one"), .yes, .dryRun],
        examples: ["retry discard 5f0c2ab91d3e --yes", "retry discard --job invoices-7 --dry-run"],
        notes: "To end the rest of a job with its counters, cancel it: flotilla job cancel.")

    private let selection: RetrySelection

    init(_ arguments: Arguments) throws(CommandError) { self.selection = try RetrySelection(arguments, alwaysNeedsYes: true) }

    func run(_ context: CommandContext) async throws -> Output {
        try await self.selection.apply(context, verb: "discard", done: "discarded") { broker, messages in
            // PostgreSQL first: an item that is still open there would be found missing, and pushed again.
            let dead = messages.compactMap { $0.discarded(by: context.actor, at: context.time.now) }
            try await context.jobStore().recordDead(dead)
            let removed = try await broker.removeScheduled(messages.map(\.payload))
            _ = try await context.jobs().discard(dead.map(\.letter.id), actor: context.actor, filter: "retry discard")
            return removed
        }
    }
}

extension ScheduledMessage {
    /// The letter that ends its work item; nil for a message that cannot be read, which has no item.
    fileprivate func discarded(by actor: String, at now: Int64) -> DeadMessage? {
        guard let envelope = self.envelope else { return nil }
        let letter = DeadLetter(
            id: ULID.next(), reason: .init("discarded"), errorMessage: "discarded by \(actor) while it waited for another attempt",
            fingerprint: ErrorFingerprint.of(type: "discarded", message: "discarded by an operator", stage: nil), failureTime: now,
            originalQueue: self.queue.queueName, jobID: envelope.jobID, filename: envelope.filename,
            failureCount: envelope.retry?.retryCount ?? 0)
        return DeadMessage(payload: self.payload, letter: letter, identity: WorkIdentity(envelope, queue: self.queue.queueName))
    }
}

/// Which scheduled messages a verb is about: by id, by job, or all.
struct RetrySelection: Sendable {
    private let arguments: Arguments
    private let needsYes: Bool

    init(_ arguments: Arguments, alwaysNeedsYes: Bool = false) throws(CommandError) {
        self.arguments = arguments
        let ways = [!arguments.positionals.isEmpty, arguments.has("job"), arguments.has("all")].count { $0 }
        guard ways == 1 else { throw .usage("say which: ids, --job or --all") }
        if let short = arguments.positionals.first(where: { $0.utf8.count < 4 }) {
            throw .usage("'\(short)' is too short for an id: at least 4 letters")
        }
        self.needsYes = alwaysNeedsYes || arguments.positionals.isEmpty
    }

    func apply(
        _ context: CommandContext, verb: String, done: String,
        act: (any BrokerAdministration, [ScheduledMessage]) async throws -> [Bool]
    ) async throws -> Output {
        let fleet = try context.fleet()
        let queues = try fleet.queues(self.arguments)
        var found: [(queue: FleetQueue, messages: [ScheduledMessage])] = []
        for queue in queues {
            var messages: [ScheduledMessage] = []
            try await ScheduledMessage.scan(fleet.broker(queue), queue) { message in
                if self.selects(message) { messages.append(message) }
                return true
            }
            if !messages.isEmpty { found.append((queue, messages)) }
        }
        let count = found.reduce(0) { $0 + $1.messages.count }
        try self.check(found.flatMap(\.messages))
        if self.arguments.has("dry-run") || self.needsYes && !self.arguments.has("yes") {
            var output = Output("RetryPlan", ["matching": .count(count), "changed": 0])
            output.line("\(count) scheduled \(count == 1 ? "message matches" : "messages match"); nothing was done")
            if !self.arguments.has("dry-run"), count > 0 {
                output.messages.append("to \(verb) them, repeat the command with --yes")
                output.exit = .conflict
            }
            return output
        }
        var changed = 0
        for (queue, messages) in found {
            for start in stride(from: 0, to: messages.count, by: 100) {
                try Task.checkCancellation()
                let batch = Array(messages[start..<min(start + 100, messages.count)])
                changed += try await act(fleet.broker(queue), batch).count { $0 }
            }
        }
        var output = Output("RetryResult", ["matching": .count(count), "changed": .count(changed)])
        output.line("\(changed) of \(count) \(done)")
        if changed < count { output.messages.append("\(count - changed) had left the retry set meanwhile") }
        if count == 0 { output.exit = self.arguments.positionals.isEmpty ? .success : .notFound }
        return output
    }

    private func selects(_ message: ScheduledMessage) -> Bool {
        if let job = self.arguments.text("job") { return message.envelope?.jobID == job }
        if self.arguments.has("all") { return true }
        return self.arguments.positionals.contains { message.id.hasPrefix($0.lowercased()) || message.envelope?.id == $0 }
    }

    private func check(_ messages: [ScheduledMessage]) throws(CommandError) {
        for wanted in self.arguments.positionals {
            let matching = messages.filter { $0.id.hasPrefix(wanted.lowercased()) || $0.envelope?.id == wanted }
            if matching.isEmpty { throw .notFound("nothing scheduled is called '\(wanted)'") }
            if matching.count > 1, wanted.count < 12 { throw .conflict("'\(wanted)' fits \(matching.count) messages: give more of the id") }
        }
    }
}
