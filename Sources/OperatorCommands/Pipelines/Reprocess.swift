import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import JSONText

struct Reprocess: Verb {
    static let spec = CommandSpec(
        path: ["reprocess"], summary: "Processes documents anew, in a new version, wholly or from a stage on",
        positionals: [.init(name: "DOCUMENT", help: "the document's UUID, from 'document list' or 'job show'", isOptional: true)],
        options: [
            .value("job", "ID", "all files of this job"), .flag("failed", "with --job: only files whose last version failed"),
            .value("from", "STAGE", "take the outputs of earlier stages over from the current version, and begin here"),
            .value("version", "N", "the new version (default: one above the current one)"),
            .flag("clean", "remove older versions, in the moment in which the new one is shown"),
            .flag("yes", short: "y", "do it; without this --job and --clean only print what they would do"), .dryRun,
        ],
        examples: [
            "reprocess c39937bd-461f-8db4-bc79-aa56e46f0437 --from summarize", "reprocess --job invoices-7 --dry-run",
            "reprocess --job invoices-7 --from extract_entities --yes", "reprocess --job invoices-7 --failed --clean --yes",
        ],
        notes: """
            Nothing that an older version made is used again, other than what --from takes over. Until the new version's last stage is complete, \
            readers see the version before, whole; then they see the new one, whole. The graph follows in the same way when its own last stage is \
            complete. A version that fails changes nothing of what is seen. A command that is repeated with the same --version adds nothing.
            """)

    private let arguments: Arguments
    private let stage: StageName?
    private let version: Int?

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.stage = arguments.text("from").map { StageName($0) }
        self.version = try arguments.number("version", in: 2...1_000_000)
        guard (arguments.positionals.first != nil) != arguments.has("job") else {
            throw .usage("give a document's UUID, or --job with a job's id")
        }
        if arguments.has("failed"), !arguments.has("job") { throw .usage("--failed needs --job") }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let fleet = try context.fleet()
        let settings = try context.settings()
        if let stage = self.stage, PipelineStages.graph.contains(stage), !settings[\.graphChaining] {
            throw CommandError.conflict("GRAPH_CHAINING is off: no document goes on to the stage '\(stage)'")
        }
        let kinds = Dictionary(fleet.queues.map { ($0.queueName, $0) }) { first, _ in first }
        let plan = try ReprocessPlan(
            try await self.documents(context), from: self.stage, version: self.version, translates: settings[\.translateTo] != nil,
            stages: { kinds[$0].flatMap { PipelineStages($0.kind) } })
        var output = Self.output(plan, cleans: self.arguments.has("clean"))
        guard !plan.documents.isEmpty else {
            if plan.done.isEmpty { throw CommandError.notFound("there is nothing to process anew") }
            output.line("all \(plan.done.count) have this version already; nothing was added")
            return output
        }
        let needsYes = self.arguments.has("job") || self.arguments.has("clean")
        if self.arguments.has("dry-run") || needsYes && !self.arguments.has("yes") {
            output.table(Self.table(plan))
            output.messages.append("nothing was done" + (self.arguments.has("dry-run") ? "" : "; to do it, repeat the command with --yes"))
            if !self.arguments.has("dry-run") { output.exit = .conflict }
            return output
        }
        try await self.start(plan, kinds, context, fleet, &output)
        return output
    }

    private func documents(_ context: CommandContext) async throws -> [ProcessedDocument] {
        let administration = try context.jobs()
        if let job = self.arguments.text("job") {
            guard try await administration.job(job) != nil else { throw CommandError.notFound("there is no job '\(job)'") }
            let all = try await administration.processedDocuments(ofJob: job)
            // Those that have the version already are named as such.
            let chosen = self.arguments.has("failed") ? all.filter { $0.item.status == "failed" || $0.currentVersion == self.version } : all
            guard !chosen.isEmpty else {
                throw CommandError.notFound("job '\(job)' has no \(self.arguments.has("failed") ? "failed " : "")files")
            }
            return chosen
        }
        let id = self.arguments.positionals[0]
        let found = try await administration.processedDocuments(uuid: id)
        guard !found.isEmpty else { throw CommandError.notFound("there is no document '\(id)'") }
        return found
    }

    private func start(
        _ plan: ReprocessPlan, _ queues: [QueueName: FleetQueue], _ context: CommandContext, _ fleet: any Fleet, _ output: inout Output
    ) async throws {
        var all: [(work: String, queue: FleetQueue, reprocessing: Reprocessing)] = []
        for one in plan.documents {
            let item = one.document.item
            guard let queue = queues[item.queue] else { continue }
            let payload = try ReprocessMessage.make(
                from: one.document.payload, of: WorkIdentity(documentUUID: item.documentUUID, workID: item.workID), queue: item.queue,
                version: one.version, now: context.time.now)
            let work = WorkIdentity(try Envelope(payload), queue: item.queue).workID
            all.append((work, queue, Reprocessing(document: one.document, payload: payload, carried: one.carried)))
        }
        let added: Set<String>
        do {
            added = try await context.jobs().reprocess(
                all.map(\.reprocessing), cleans: self.arguments.has("clean"), actor: context.actor)
        } catch let error as JobStoreError where error.code == .refused {
            throw CommandError.conflict(error.message)
        }
        // Somebody else may have asked for the same version at the same time: their messages are on the way.
        let new = all.filter { added.contains($0.work) }
        try await MessagePush(
            messages: new.map { ($0.queue, $0.reprocessing.payload) }, subject: "version \(plan.documents[0].version)"
        ).run(fleet)
        output.set("messages", .count(new.count))
        let from = self.stage.map { " from \($0) on" } ?? ""
        output.line(
            "\(new.count) \(new.count == 1 ? "document is" : "documents are") processed anew\(from), in version "
                + "\(plan.documents[0].version)"
        )
        if let job = self.arguments.text("job") { output.messages.append("flotilla job watch \(job) shows the progress") }
    }

    private static func output(_ plan: ReprocessPlan, cleans: Bool) -> Output {
        var output = Output("Reprocessing", ["clean": .bool(cleans)])
        output.set("version", .optional(plan.documents.first?.version ?? plan.done.first?.currentVersion))
        output.set(
            "documents",
            .array(
                plan.documents.map { one in
                    [
                        "document_uuid": .string(one.document.item.documentUUID), "filename": .optional(one.document.item.filename),
                        "queue": .string(one.document.item.queue.rawValue), "current_version": .count(one.document.currentVersion),
                        "carried": .array(one.carried.map { .string($0.rawValue) }), "runs": .array(one.runs.map { .string($0.rawValue) }),
                    ]
                }))
        output.set("already", .array(plan.done.map { .string($0.item.documentUUID) }))
        return output
    }

    private static func table(_ plan: ReprocessPlan) -> Table {
        var table = Table(
            [.flexible("FILE"), .left("VERSION"), .flexible("TAKEN OVER"), .flexible("RUN ANEW"), .left("DOCUMENT")],
            empty: "nothing to process anew")
        for one in plan.documents.prefix(500) {
            table.rows.append([
                one.document.item.label, "\(one.document.currentVersion) to \(one.version)",
                one.carried.isEmpty ? "-" : one.carried.map(\.rawValue).joined(separator: " "),
                one.runs.map(\.rawValue).joined(separator: " "), one.document.item.documentUUID,
            ])
        }
        return table
    }
}
