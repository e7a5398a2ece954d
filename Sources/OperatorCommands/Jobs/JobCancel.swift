import Flotilla
import FlotillaPostgres
import JSONText

struct JobCancel: Verb {
    static let spec = CommandSpec(
        path: ["job", "cancel"], summary: "Cancels a job: what waits at once, what runs within seconds",
        positionals: [.init(name: "JOB", help: "the job's id")], examples: ["job cancel invoices-7"])

    private let job: String

    init(_ arguments: Arguments) { self.job = arguments.positionals[0] }

    func run(_ context: CommandContext) async throws -> Output {
        guard let found = try await context.jobs().cancelJob(self.job, actor: context.actor) else {
            throw CommandError.notFound("there is no job '\(self.job)'")
        }
        var output = Output("JobCancellation", ["job": found.job.json])
        output.set("cancelled_items", .count(found.cancelledItems))
        output.set("running_items", .count(found.runningItems))
        if found.job.isDone, found.job.status != "cancelled" {
            output.line("job \(self.job) had ended before: \(found.job.status)")
            output.exit = .conflict
        } else {
            output.line("\(found.cancelledItems) waiting files are cancelled, \(found.runningItems) running ones are told")
        }
        return output
    }
}
