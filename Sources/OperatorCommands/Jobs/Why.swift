import Flotilla
import FlotillaPostgres
import FlotillaRedis
import JSONText
import RedisClient

struct Why: Verb {
    static let spec = CommandSpec(
        path: ["why"], summary: "Explains on one page why a job is not done, or where and why its files died",
        positionals: [.init(name: "JOB", help: "the job's id")],
        options: [.value("limit", "N", short: "n", "files explained at most, 1 to 500 (default 20)")], examples: ["why invoices-7"])

    private let job: String
    private let limit: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.job = arguments.positionals[0]
        self.limit = try arguments.limit(default: 20)
    }

    func run(_ context: CommandContext) async throws -> Output {
        let administration = try context.jobs()
        let record = try await administration.job(self.job)
        let places = try await MessagePlaces(ofJob: self.job, in: context.fleet())
        guard record != nil || !places.places.isEmpty else {
            throw CommandError.notFound("neither PostgreSQL nor Redis knows a job '\(self.job)'")
        }
        // What is not done comes first.
        var items: [WorkRecord] = []
        for status in ["processing", "queued", "retrying", "failed", "cancelled", "completed"] where items.count < self.limit {
            // Where some are not done, those that are explain nothing.
            if status == "completed", !items.isEmpty { break }
            items += try await administration.items(ofJob: self.job, status: [status], limit: self.limit - items.count)
        }
        let counts = try await administration.itemCounts(ofJob: self.job)
        let explanation = JobExplanation(places: places, time: context.time)
        var output = Output("Explanation", ["job_id": .string(self.job), "job": record?.json ?? .null])
        let headline = self.headline(record, counts, places)
        output.set("headline", .string(headline))
        output.heading(headline)
        if let record { output.fields(JobShow.fields(record, context.time)) }
        self.describe(places, in: &output)

        var explained: [JSONValue] = []
        output.line("")
        for item in items {
            let sentence = explanation.sentence(item)
            output.line("\(item.label): \(sentence)")
            let stages = try await administration.stages(ofDocument: item.documentUUID, version: item.processingVersion)
            let done = stages.filter { $0.status == "completed" }.map(\.stage.rawValue)
            if item.status != "completed", !done.isEmpty { output.line("    stages done: \(done.joined(separator: ", "))") }
            let locks = item.isOpen ? try await self.locks(item, stages, context) : []
            for lock in locks { output.line("    \(lock)") }
            explained.append([
                "work_id": .string(item.workID), "filename": .optional(item.filename), "status": .string(item.status),
                "explanation": .string(sentence), "stages_done": .array(done.map { .string($0) }),
                "locks": .array(locks.map { .string($0) }),
            ])
        }
        let known = Set(items.map(\.workID))
        let unseen = places.places.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }
        if counts.values.reduce(0, +) <= items.count {
            for (id, place) in unseen.prefix(max(0, self.limit - items.count)) {
                let sentence = explanation.sentence(unseen: place)
                output.line("\(places.labels[id] ?? id): not seen by a worker yet; \(sentence)")
                explained.append([
                    "work_id": .string(id), "filename": .optional(places.labels[id]), "status": "unseen", "explanation": .string(sentence),
                ])
            }
        }
        output.set("files", .array(explained))
        let all = counts.filter { $0.key != "completed" || items.contains { $0.status == "completed" } }.values.reduce(0, +)
        if all > items.count { output.messages.append("\(items.count) of \(all) are explained; --limit explains more") }
        try await self.addTimeline(of: items, record, administration, context, to: &output)
        return output
    }

    private func headline(_ record: JobRecord?, _ counts: [String: Int], _ places: MessagePlaces) -> String {
        let parts = [
            ("processing", "running"), ("queued", "waiting"), ("retrying", "to be tried again"), ("failed", "dead"),
            ("cancelled", "cancelled"),
            ("completed", "done"),
        ].compactMap { status, word in counts[status].map { "\($0) \(word)" } }
        let files = parts.isEmpty ? "no file is known to PostgreSQL" : parts.joined(separator: ", ")
        guard let record else {
            return
                "job \(self.job): PostgreSQL does not know it; Redis holds \(places.places.count) of its messages, which no worker has begun"
        }
        var missing = ""
        if let total = record.totalFiles, total > counts.values.reduce(0, +) {
            missing = "; \(total - counts.values.reduce(0, +)) of \(total) were never sent"
        } else if record.totalFiles == nil, !record.isDone {
            missing = "; nobody has said how many files it has, so it stays open"
        }
        return "job \(self.job) is \(record.status): \(files)\(missing)"
    }

    private func describe(_ places: MessagePlaces, in output: inout Output) {
        var states: [JSONValue] = []
        for (queue, state) in places.states.sorted(by: { $0.key.name < $1.key.name }) {
            states.append([
                "queue": .string(queue.name), "paused": .bool(state.counts.isPaused), "pause_reason": .optional(state.pause?.text),
                "workers": .count(state.liveWorkers.count), "ready": .count(state.counts.ready),
            ])
        }
        output.set("queues", .array(states))
    }

    /// Stages that somebody holds, as far as a lock of theirs exists.
    private func locks(_ item: WorkRecord, _ stages: [StageRecord], _ context: CommandContext) async throws -> [String] {
        var sentences: [String] = []
        for stage in stages where stage.status != "completed" {
            let key = RedisKeys.lock(item.documentUUID, stage.stage.rawValue, String(item.processingVersion))
            let fleet = try context.fleet()
            let kind = try fleet.queue(named: item.queue.rawValue).kind
            let left = try await fleet.redis(of: kind).send(["PTTL", .text(key)]).int ?? -2
            guard left > 0 else { continue }
            let isOwn = stage.worker == item.worker && item.status == "processing"
            sentences.append(
                "stage \(stage.stage) is locked by \(isOwn ? "this run" : "another delivery, which must end first"); "
                    + "the lock has \(HumanTime.span(.milliseconds(left))) left")
        }
        return sentences
    }

    private func addTimeline(
        of items: [WorkRecord], _ record: JobRecord?, _ administration: JobAdministration, _ context: CommandContext,
        to output: inout Output
    ) async throws {
        var lines: [(at: Int64, file: String, event: String, detail: String)] = []
        if let record {
            lines.append((record.createdAt, "", "job created", "by \(record.source)"))
            if let at = record.cancelRequestedAt { lines.append((at, "", "cancellation asked for", "")) }
            if let at = record.completedAt { lines.append((at, "", "job ended", record.status)) }
        }
        for item in items.prefix(10) {
            let entries = try await administration.timeline(of: item)
            let finished = entries.filter { $0.event == "stage completed" || $0.event == "stage failed" }.map(\.detail)
            for entry in entries {
                // The start of a stage that has ended is on its line.
                let stage = entry.detail.prefix { $0 != "," }
                if entry.event == "stage started", finished.contains(where: { $0 == stage || $0.hasPrefix("\(stage):") }) { continue }
                lines.append((entry.at, item.label, entry.event, Redactor.redact(entry.detail)))
            }
        }
        // Deeds on the whole job are in each file's timeline.
        var seen: Set<String> = []
        lines = lines.filter {
            seen.insert($0.event.contains(".") ? "\($0.at) \($0.event)" : "\($0.at) \($0.file) \($0.event) \($0.detail)").inserted
        }
        lines.sort { $0.at < $1.at }
        let shown = lines.suffix(60)
        output.set(
            "timeline",
            .array(
                shown.map { line in
                    [
                        "at": .string(Timestamp.text(line.at)), "filename": line.file.isEmpty ? .null : .string(line.file),
                        "event": .string(line.event), "detail": .string(line.detail),
                    ]
                }))
        output.line("")
        output.heading("timeline" + (items.count > 10 ? " of 10 files" : ""))
        var table = Table([.left("WHEN"), .flexible("FILE"), .left("EVENT"), .flexible("DETAIL")], empty: "nothing is known")
        table.rows = shown.map { [Timestamp.text($0.at), $0.file, $0.event, $0.detail] }
        output.table(table)
    }
}
