import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import JSONText
import Threading

struct Submit: Verb {
    static let spec = CommandSpec(
        path: ["submit"], summary: "Makes a job of files or folders and sends its messages",
        positionals: [.init(name: "PATH", help: "a file, or a folder with all files below it; within STORAGE_ROOT", repeats: true)],
        options: [
            .value("job", "ID", "the job's id (default: a new ULID)"), .value("tenant", "ID", "whose files they are"),
            .value("language", "CODE", "the language of the texts, such as en or de"),
            .value("delay", "DURATION", "not before so long from now"), .value("expires-in", "DURATION", "do not begin after so long"),
            .value("version", "N", "processing version (default 1): a higher one processes the same files anew"),
            .value("queue", "QUEUE", short: "q", "this queue for all, whatever they look like"),
            .flag("watch", "show progress until the job ends"), .flag("wait", "wait until the job ends"),
            .value("timeout", "DURATION", "with --watch or --wait: give up waiting after so long, with exit status 124"), .dryRun,
        ],
        examples: [
            "submit Examples/documents --watch", "submit scan.pdf --job invoices-7 --tenant acme --language de",
            "submit inbox --expires-in 2h --wait --timeout 30m --json",
        ],
        notes: "The job and its files are written to PostgreSQL first; then the messages go to Redis.")

    private let arguments: Arguments
    private let delay: Duration?
    private let expiresIn: Duration?
    private let version: Int?
    private let timeout: Duration?

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.delay = try arguments.duration("delay")
        self.expiresIn = try arguments.duration("expires-in")
        self.version = try arguments.number("version", in: 1...1_000_000)
        self.timeout = try arguments.duration("timeout")
        if self.timeout != nil, !arguments.has("watch"), !arguments.has("wait") { throw .usage("--timeout needs --watch or --wait") }
        for name in ["job", "tenant", "language"] {
            guard let text = arguments.text(name) else { continue }
            let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
            guard !text.isEmpty, text.utf8.count <= 200, isPlain else {
                throw .usage("--\(name) must be 1 to 200 bytes without control characters")
            }
        }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let fleet = try context.fleet()
        let batch = try self.batch(context, fleet)
        if self.arguments.has("dry-run") { return batch.plan }
        guard !batch.messages.isEmpty else { throw CommandError.conflict("there are no files to submit") }
        let total: Int
        do {
            total = try await context.jobs().createJob(
                batch.job, tenantID: self.arguments.text("tenant"), messages: batch.messages.map { ($0.queue.queueName, $0.payload) },
                actor: context.actor)
        } catch let error as JobStoreError where error.code == .refused {
            throw CommandError.conflict(error.message)
        }
        let push = MessagePush(messages: batch.messages.map { ($0.queue, $0.payload) }, subject: "job \(batch.job)", delay: self.delay)
        try await push.run(fleet)

        var output = Output("Submission", ["job_id": .string(batch.job), "files": .count(total), "messages": .count(batch.messages.count)])
        let queues = Set(batch.messages.map(\.queue.name)).sorted().joined(separator: ", ")
        let summary = "job \(batch.job): \(batch.messages.count) \(batch.messages.count == 1 ? "file" : "files") sent to \(queues)"
        guard self.arguments.has("watch") || self.arguments.has("wait") else {
            output.line(summary)
            output.messages.append("flotilla job watch \(batch.job) shows its progress")
            return output
        }
        if !context.printer.isJSON { context.printer.message(summary) }
        let watcher = JobWatcher(
            job: batch.job, timeout: self.timeout, isVisible: self.arguments.has("watch") && !context.printer.isJSON)
        let (ended, isOpenEnded) = try await watcher.wait(context)
        let end = JobWatch.output(ended, isOpenEnded: isOpenEnded)
        output.json += end.json
        output.blocks += end.blocks
        output.messages += end.messages
        output.exit = end.exit
        return output
    }

    /// What is to be sent.
    private struct Batch {
        var job: String
        var messages: [(queue: FleetQueue, path: String, payload: [UInt8])] = []

        var plan: Output {
            var output = Output("SubmissionPlan", ["job_id": .string(self.job)])
            output.set("files", .array(self.messages.map { ["path": .string($0.path), "queue": .string($0.queue.name)] }))
            var table = Table([.flexible("FILE"), .left("QUEUE")], empty: "there are no files to submit")
            table.rows = self.messages.prefix(500).map { [$0.path, $0.queue.name] }
            output.table(table)
            output.messages.append("\(self.messages.count) files; nothing was sent")
            return output
        }
    }

    private func batch(_ context: CommandContext, _ fleet: any Fleet) throws -> Batch {
        var collector = try FileCollector(root: context.settings()[\.storageRoot])
        for path in self.arguments.positionals { try collector.add(path) }
        let chosen = try self.arguments.text("queue").map { try fleet.queue(named: $0) }
        var batch = Batch(job: self.arguments.text("job") ?? ULID.next())
        for file in collector.files {
            guard let queue = chosen ?? fleet.queues.first(where: { $0.kind == file.kind }) else {
                throw CommandError.conflict("no queue is configured for \(file.kind.rawValue) files such as \(file.path)")
            }
            batch.messages.append((queue, file.path, self.payload(file, job: batch.job, now: context.time.now)))
        }
        return batch
    }

    private func payload(_ file: FileCollector.File, job: String, now: Int64) -> [UInt8] {
        var members: [JSONValue.Member] = [
            .init("job_id", .string(job)), .init("gcs_path", .string(file.path)), .init("filename", .string(file.name)),
            .init("id", .string(ULID.next())), .init("v", 1), .init("enqueued_at", .string(Timestamp.text(now))),
        ]
        if let tenant = self.arguments.text("tenant") { members.append(.init("tenant_id", .string(tenant))) }
        if let language = self.arguments.text("language") { members.append(.init("language", .string(language))) }
        if let version = self.version { members.append(.init("processing_version", .count(version))) }
        if let expiresIn = self.expiresIn {
            members.append(.init("expires_at", .string(Timestamp.text(now &+ expiresIn.inMilliseconds &* 1_000))))
        }
        return JSONValue.object(members).jsonBytes
    }
}
