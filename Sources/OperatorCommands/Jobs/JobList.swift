import Flotilla
import FlotillaPostgres
import JSONText

struct JobList: Verb {
    static let statuses = ["pending", "processing", "completed", "completed_with_errors", "failed", "cancelled"]

    static let spec = CommandSpec(
        path: ["job", "list"], summary: "Shows jobs, newest first",
        options: [
            .value("status", "STATUS", repeats: true, "only these: \(Self.statuses.joined(separator: ", "))"),
            .value("tenant", "ID", "only of this tenant"), .limit,
            .value("cursor", "JOB", "the last job of the page before"),
        ], examples: ["job list", "job list --status failed --status completed_with_errors", "job list --tenant acme --limit 10 --json"])

    private let arguments: Arguments
    private let status: [String]
    private let limit: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.status = arguments.texts("status").flatMap { $0.split(separator: ",").map(String.init) }
        for status in self.status where !Self.statuses.contains(status) {
            throw .usage("there is no status '\(status)'" + Suggestion.sentence(status, among: Self.statuses))
        }
        self.limit = try arguments.limit()
    }

    func run(_ context: CommandContext) async throws -> Output {
        let jobStore = try context.jobs()
        var cursor: JobAdministration.JobCursor?
        if let id = self.arguments.text("cursor") {
            guard let last = try await jobStore.job(id) else { throw CommandError.usage("--cursor '\(id)' is no job") }
            cursor = .init(last)
        }
        // One more than asked for says that there is more.
        let found = try await jobStore.jobs(
            status: self.status, tenantID: self.arguments.text("tenant"), after: cursor,
            limit: min(self.limit + 1, JobAdministration.maximumPage))
        let jobs = found.prefix(self.limit)
        var table = Table(
            [
                .flexible("JOB"), .left("STATUS"), .right("FILES"), .right("FAILED"), .left("CREATED"), .left("ENDED"), .left("TENANT"),
                .flexible("ERROR"),
            ], empty: "no jobs")
        for job in jobs {
            table.rows.append([
                job.id, job.status, job.progress, "\(job.failedFiles)", context.time.moment(job.createdAt),
                context.time.moment(job.completedAt), job.tenantID ?? "-", job.errorMessage.map { Redactor.redact($0) } ?? "-",
            ])
        }
        var output = Output("JobList", ["jobs": .array(jobs.map(\.json))])
        let hasMore = found.count > self.limit || found.count == JobAdministration.maximumPage
        output.set("next_cursor", .optional(hasMore ? jobs.last?.id : nil))
        output.table(table)
        if hasMore { output.messages.append("there are more: --limit, or --cursor with next_cursor of --json") }
        return output
    }
}
