import Flotilla
import FlotillaPostgres
import JSONText

struct JobShow: Verb {
    private static let statuses = ["queued", "processing", "retrying", "completed", "failed", "cancelled"]

    static let spec = CommandSpec(
        path: ["job", "show"], summary: "Shows one job and where each of its files is",
        positionals: [.init(name: "JOB", help: "the job's id")],
        options: [
            .value("status", "STATUS", repeats: true, "only files with this status: \(Self.statuses.joined(separator: ", "))"), .limit,
            .value("cursor", "ID", "work id of the last file of the page before"),
        ], examples: ["job show invoices-7", "job show invoices-7 --status failed --json"])

    private let job: String
    private let arguments: Arguments
    private let limit: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.job = arguments.positionals[0]
        self.arguments = arguments
        self.limit = try arguments.limit()
        for status in arguments.texts("status") where !Self.statuses.contains(status) {
            throw .usage("there is no status '\(status)'" + Suggestion.sentence(status, among: Self.statuses))
        }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let administration = try context.jobs()
        guard let job = try await administration.job(self.job) else { throw CommandError.notFound("there is no job '\(self.job)'") }
        let counts = try await administration.itemCounts(ofJob: self.job)
        let items = try await administration.items(
            ofJob: self.job, status: self.arguments.texts("status"), after: self.arguments.text("cursor"), limit: self.limit)
        var output = Output("Job", ["job": job.json])
        output.set("items_by_status", .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .count($0.value)) }))
        output.set("items", .array(items.map(\.json)))
        output.set("next_cursor", .optional(items.count == self.limit ? items.last?.workID : nil))
        output.fields(Self.fields(job, context.time))
        output.line("")
        output.table(WorkRecord.table(items, empty: "no files are known yet"))
        let all = counts.values.reduce(0, +)
        if items.count == self.limit, all > items.count { output.messages.append("\(all) files in all; --limit and --status choose") }
        return output
    }

    static func fields(_ job: JobRecord, _ time: HumanTime) -> [(String, String?)] {
        [
            ("job", job.id), ("tenant", job.tenantID), ("status", job.status),
            ("files", "\(job.progress) ended: \(job.processedFiles) processed, \(job.failedFiles) failed, \(job.cancelledFiles) cancelled"),
            ("created", "\(time.moment(job.createdAt)), by \(job.source)"), ("started", job.startedAt.map { time.moment($0) }),
            ("ended", job.completedAt.map { time.moment($0) }), ("cancelled", job.cancelRequestedAt.map { time.moment($0) }),
            ("error", job.errorMessage.map { Redactor.redact($0) }),
        ]
    }
}
