import Flotilla
import FlotillaCache
import FlotillaCachePostgres
import FlotillaPostgres
import JSONText
import PostgresClient

struct CacheWarm: Verb {
    static let spec = CommandSpec(
        path: ["cache", "warm"], summary: "Lists, adds, changes and starts jobs that fill the cache before anybody asks",
        positionals: [
            .init(name: "list|add|enable|disable|run|remove", help: "what to do (default list)", isOptional: true),
            .init(name: "NAME", help: "the job; needed for all but list", isOptional: true),
        ],
        options: [
            .value("kind", "KIND", "scheduled (what the type's loader lists), frequency (what was read most) or pinned (--id)"),
            .value("type", "TYPE", short: "t", "values of this type"),
            .value("tenant", "TENANT", "only this tenant's; without it every tenant has its share"),
            .value("id", "ID", repeats: true, "an id that a pinned job loads"),
            .value("every", "DURATION", "how often, 10s to 31d"), .value("daily", "HH:MM", "or at this time of day, in UTC"),
            .value("rate", "N", "loads a second, 1 to 10000 (default 10)"),
            .value("limit", "N", short: "n", "values a run, 1 to 1000000 (default 1000)"),
            .value("priority", "N", "of jobs that are due the highest runs first, -100 to 100 (default 0)"),
            .flag("disabled", "add it switched off"), .flag("yes", short: "y", "remove the job; without this nothing is removed"),
        ],
        examples: [
            "cache warm", "cache warm add front-page --kind pinned --type dashboard --tenant acme --id main --every 5m",
            "cache warm add nightly --kind scheduled --type reference --daily 04:00 --rate 50", "cache warm run nightly",
        ],
        notes: "A retry-scheduler runs the jobs, one at a time, and only if its program has a loader for the type. 'run' makes one due now."
    )

    private enum Action: String, CaseIterable { case list, add, enable, disable, run, remove }
    private let action: Action
    private let name: String
    /// What to add.
    private let job: WarmupJob?
    private let isConfirmed: Bool

    init(_ arguments: Arguments) throws(CommandError) {
        let words = arguments.positionals
        let word = words.first ?? "list"
        guard let action = Action(rawValue: word) else {
            let known = Action.allCases.map(\.rawValue)
            throw .usage("'cache warm \(word)' is none of \(known.joined(separator: ", "))" + Suggestion.sentence(word, among: known))
        }
        self.action = action
        self.isConfirmed = arguments.has("yes")
        guard action != .list else {
            if words.count > 1 { throw .usage("'cache warm list' takes no name") }
            (self.name, self.job) = ("", nil)
            return
        }
        guard words.count == 2 else { throw .usage("say which job: cache warm \(word) NAME") }
        self.name = words[1]
        self.job = action == .add ? try Self.job(words[1], arguments) : nil
    }

    private static func job(_ name: String, _ arguments: Arguments) throws(CommandError) -> WarmupJob {
        let ids = arguments.texts("id")
        let kind: WarmupJob.Kind
        switch arguments.text("kind") {
        case "scheduled": kind = .scheduled
        case "frequency": kind = .frequency
        case "pinned": kind = .pinned(ids)
        case nil where !ids.isEmpty: kind = .pinned(ids)
        case let word: throw .usage("--kind must be one of scheduled, frequency, pinned" + (word.map { ", not '\($0)'" } ?? ""))
        }
        if case .pinned = kind {} else if !ids.isEmpty { throw .usage("--id belongs to --kind pinned") }
        guard let type = try arguments.cacheType() else { throw .usage("say which values: --type") }
        return WarmupJob(
            name: name, kind: kind, type: type.name, tenantID: arguments.text("tenant"), schedule: try Self.schedule(arguments),
            ratePerSecond: Double(try arguments.number("rate", in: 1...10_000) ?? 10),
            limit: try arguments.number("limit", in: 1...1_000_000) ?? 1_000,
            priority: try arguments.number("priority", in: -100...100) ?? 0, isEnabled: !arguments.has("disabled"))
    }

    private static func schedule(_ arguments: Arguments) throws(CommandError) -> WarmupSchedule {
        switch (try arguments.duration("every"), arguments.text("daily")) {
        case (let interval?, nil): return .every(interval)
        case (nil, let text?):
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { $0.count == 2 ? Int($0) : nil }
            guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0..<24).contains(hour), (0..<60).contains(minute) else {
                throw .usage("--daily must be a time such as 04:00, not '\(text)'")
            }
            return .daily(secondOfDay: hour * 3_600 + minute * 60)
        default: throw .usage("say when: --every or --daily")
        }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let store = WarmupJobStore(pool: try context.database())
        var output: Output
        switch self.action {
        case .list: return Self.list(try await store.all(), context.time)
        case .add:
            guard let job = self.job else { throw CommandError.usage("say what to add") }
            try await store.add(job)
            output = self.done("is added" + (job.isEnabled ? "" : ", switched off"))
        case .enable:
            try await store.setEnabled(true, job: self.name)
            output = self.done("is switched on")
        case .disable:
            try await store.setEnabled(false, job: self.name)
            output = self.done("is switched off; a run under way goes on")
        case .run:
            guard let status = try await store.job(self.name) else { throw CommandError.notFound("there is no warm-up job '\(self.name)'") }
            try await store.runSoon(self.name)
            output = self.done("is due now")
            if !status.job.isEnabled { output.messages.append("it is switched off and waits: flotilla cache warm enable \(self.name)") }
        case .remove:
            guard try await store.job(self.name) != nil else { throw CommandError.notFound("there is no warm-up job '\(self.name)'") }
            guard self.isConfirmed else {
                throw CommandError.conflict("to remove \(self.name), repeat the command with --yes; 'disable' keeps it")
            }
            _ = try await store.remove(self.name)
            output = self.done("is removed")
        }
        try await context.jobs().audit(actor: context.actor, action: "cache.warm.\(self.action.rawValue)", target: self.name)
        return output
    }

    private func done(_ what: String) -> Output {
        var output = Output("WarmupJob", ["name": .string(self.name), "action": .string(self.action.rawValue)])
        output.line("\(self.name) \(what)")
        return output
    }

    static func list(_ jobs: [WarmupJobStatus], _ time: HumanTime) -> Output {
        var table = Table(
            [
                .left("JOB"), .left("KIND"), .left("TYPE"), .left("WHEN"), .left("STATE"), .left("DUE"), .left("LAST"), .right("LOADED"),
                .flexible("TENANT"),
            ], empty: "there are no warm-up jobs")
        table.rows = jobs.map { status in
            let job = status.job
            return [
                job.name, job.kind.name, job.type, self.when(job.schedule),
                status.runner != nil ? "running" : job.isEnabled ? "on" : "off",
                job.isEnabled ? time.moment(status.dueAt.microseconds) : "-",
                status.lastResult.map { self.word($0.outcome) } ?? "never", status.lastResult.map { "\($0.loaded)" } ?? "-",
                job.tenantID ?? "all",
            ]
        }
        var output = Output("WarmupJobs")
        output.set("jobs", .array(jobs.map(self.json)))
        output.table(table)
        for status in jobs {
            if case .failed(let reason) = status.lastResult?.outcome { output.messages.append("\(status.job.name) failed: \(reason)") }
        }
        return output
    }

    private static func when(_ schedule: WarmupSchedule) -> String {
        switch schedule {
        case .every(let interval): return "every \(HumanTime.span(interval))"
        case .daily(let second):
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            return "daily \(two(second / 3_600)):\(two(second / 60 % 60))"
        }
    }

    private static func word(_ outcome: WarmupResult.Outcome) -> String {
        switch outcome {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .stopped: "stopped"
        }
    }

    private static func json(_ status: WarmupJobStatus) -> JSONValue {
        let job = status.job
        var members: [JSONValue.Member] = [
            .init("name", .string(job.name)), .init("kind", .string(job.kind.name)), .init("type", .string(job.type)),
            .init("tenant", .optional(job.tenantID)), .init("schedule", .string(self.when(job.schedule))),
            .init("enabled", .bool(job.isEnabled)), .init("rate_per_second", .number(job.ratePerSecond)), .init("limit", .count(job.limit)),
            .init("priority", .count(job.priority)), .init("due_at", .string(Timestamp.text(status.dueAt.microseconds))),
            .init("runner", .optional(status.runner)),
            .init("last_finished_at", .optional(status.lastFinishedAt.map { Timestamp.text($0.microseconds) })),
        ]
        if let result = status.lastResult {
            members += [
                .init("last_result", .string(self.word(result.outcome))), .init("last_loaded", .count(result.loaded)),
                .init("last_skipped", .count(result.skipped)), .init("last_failed", .count(result.failed)),
            ]
            if case .failed(let reason) = result.outcome { members.append(.init("last_error", .string(reason))) }
        }
        return .object(members)
    }
}
