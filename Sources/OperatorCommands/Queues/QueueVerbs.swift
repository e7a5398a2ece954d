import Flotilla
import JSONText
import Threading

struct QueueList: Verb {
    static let spec = CommandSpec(
        path: ["queue", "list"], summary: "Shows how many messages wait, run, are scheduled and are dead in each queue", options: [.queue],
        examples: ["queue list", "queue list --json"])

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func run(_ context: CommandContext) async throws -> Output {
        let fleet = try context.fleet()
        var table = Table(
            [
                .left("QUEUE"), .right("READY"), .right("LEASED"), .right("SCHEDULED"), .right("DEAD"), .right("OVERDUE"),
                .right("WORKERS"),
                .flexible("STATE"),
            ], empty: "no queues")
        var rows: [JSONValue] = []
        for queue in try fleet.queues(self.arguments) {
            let broker = fleet.broker(queue)
            let counts = try await broker.counts()
            let reason = counts.isPaused ? try await broker.pauseReason() : nil
            let live = try await broker.workers().count { $0.leaseLeft > .zero }
            table.rows.append([
                queue.name, "\(counts.ready)", "\(counts.leased)", "\(counts.scheduled)", "\(counts.dead)",
                counts.overdue > .zero ? HumanTime.span(counts.overdue) : "-", "\(live)",
                counts.isPaused ? "paused: \(PauseNote(reason ?? "").text)" : "running",
            ])
            rows.append([
                "name": .string(queue.name), "kind": .string(queue.kindName), "ready": .count(counts.ready),
                "leased": .count(counts.leased), "scheduled": .count(counts.scheduled), "dead": .count(counts.dead),
                "overdue_seconds": .number(counts.overdue.inSeconds), "workers": .count(live), "paused": .bool(counts.isPaused),
                "pause_reason": .optional(reason.map { PauseNote($0).reason }),
                "paused_by": .optional(reason.flatMap { PauseNote($0).actor }),
            ])
        }
        var output = Output("QueueList", ["queues": .array(rows)])
        output.table(table)
        return output
    }
}

struct QueuePause: Verb {
    static let spec = CommandSpec(
        path: ["queue", "pause"], summary: "Stops claims from a queue by every worker; what runs goes on",
        positionals: [.init(name: "QUEUE", help: "the queue's name or kind")],
        options: [.value("reason", "TEXT", "why, for whoever finds it paused")],
        examples: ["queue pause document_queue --reason 'storage is being moved'"])

    private let queue: String
    private let reason: String

    init(_ arguments: Arguments) throws(CommandError) {
        self.queue = arguments.positionals[0]
        self.reason = arguments.text("reason") ?? ""
        guard self.reason.utf8.count <= 500 else { throw .usage("--reason is longer than 500 bytes") }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let fleet = try context.fleet()
        let queue = try fleet.queue(named: self.queue)
        let note = PauseNote(reason: self.reason, actor: context.actor)
        try await fleet.broker(queue).pause(reason: note.stored)
        await Audit.note(context, action: "queue.pause", target: queue.name, detail: ["reason": self.reason])
        var output = Output("Queue", ["name": .string(queue.name), "paused": true, "pause_reason": .string(self.reason)])
        output.line("\(queue.name) is paused; resume it with: flotilla queue resume \(queue.name)")
        return output
    }
}

struct QueueResume: Verb {
    static let spec = CommandSpec(
        path: ["queue", "resume"], summary: "Lets workers claim from a paused queue again",
        positionals: [.init(name: "QUEUE", help: "the queue's name or kind")], examples: ["queue resume document_queue"])

    private let queue: String

    init(_ arguments: Arguments) { self.queue = arguments.positionals[0] }

    func run(_ context: CommandContext) async throws -> Output {
        let fleet = try context.fleet()
        let queue = try fleet.queue(named: self.queue)
        let broker = fleet.broker(queue)
        let wasPaused = try await broker.counts().isPaused
        try await broker.resume()
        if wasPaused { await Audit.note(context, action: "queue.resume", target: queue.name) }
        var output = Output("Queue", ["name": .string(queue.name), "paused": false, "was_paused": .bool(wasPaused)])
        output.line(wasPaused ? "\(queue.name) runs again" : "\(queue.name) was not paused")
        return output
    }
}

/// The pause switch's value: the reason, and who gave it when.
struct PauseNote: Sendable {
    let reason: String
    let actor: String?
    let at: String?

    init(reason: String, actor: String) {
        self.reason = reason
        self.actor = actor
        self.at = Timestamp.text(WallClock.microseconds)
    }

    /// Reads what is stored. Anybody may write there: what has no signature is all reason.
    init(_ stored: String) {
        guard stored.hasSuffix("]"), let open = stored.lastIndex(of: "["), let space = stored[open...].firstIndex(of: " ") else {
            (self.reason, self.actor, self.at) = (stored, nil, nil)
            return
        }
        self.reason = String(stored[..<open].last == " " ? stored[..<open].dropLast() : stored[..<open])
        self.actor = String(stored[stored.index(after: open)..<space])
        self.at = String(stored[stored.index(after: space)...].dropLast())
    }

    var stored: String { (self.reason.isEmpty ? "" : "\(self.reason) ") + "[\(self.actor ?? "") \(self.at ?? "")]" }

    /// For people.
    var text: String {
        let reason = self.reason.isEmpty ? "no reason given" : self.reason
        return self.actor.map { "\(reason) (by \($0), \(self.at ?? ""))" } ?? reason
    }
}
