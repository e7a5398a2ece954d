import Flotilla
import FlotillaPostgres
import JSONText

struct Reconcile: Verb {
    static let spec = CommandSpec(
        path: ["reconcile"], summary: "Proves from Redis and PostgreSQL that nothing was lost, and names what does not add up",
        options: [.flag("repair", "make lost messages anew, write missing history, count jobs again")],
        examples: ["reconcile", "reconcile --repair", "reconcile --json"],
        notes: "accepted = completed + cancelled + dead + queued + leased + scheduled. Ends with 0 when it holds and with 1 when not.")

    private let isRepairing: Bool

    init(_ arguments: Arguments) { self.isRepairing = arguments.has("repair") }

    func run(_ context: CommandContext) async throws -> Output {
        let fleet = try context.fleet()
        let reconciler = try Reconciler(
            pool: context.database(), countingQueues: context.countingQueues(), brokers: fleet.queues.map { fleet.broker($0) })
        let report = try await reconciler.run(repair: self.isRepairing, actor: context.actor)
        return Self.output(report, isRepairing: self.isRepairing)
    }

    static func output(_ report: ReconcileReport, isRepairing: Bool) -> Output {
        var output = Output("Reconciliation", ["balanced": .bool(report.isBalanced), "unaccounted": .count(report.unaccounted)])
        output.set("queues", .array(report.queues.map { self.json($0) }))
        output.set(
            "items",
            .array(
                report.items.map { item in
                    [
                        "finding": .string(self.word(item.finding)), "work_id": .string(item.work.workID),
                        "job_id": .optional(item.work.jobID), "filename": .optional(item.work.filename),
                        "queue": .string(item.work.queue.rawValue), "status": .string(item.work.status), "repaired": .bool(item.isRepaired),
                    ]
                }))
        output.set(
            "jobs",
            .array(
                report.jobs.map { job in
                    [
                        "job_id": .string(job.job.id), "processed": .count(job.processed), "failed": .count(job.failed),
                        "cancelled": .count(job.cancelled), "missing": .bool(job.isMissing), "repaired": .bool(job.isRepaired),
                    ]
                }))
        output.set(
            "unrecorded_letters", .array(report.unrecordedLetters.map { ["id": .string($0.letter.id), "repaired": .bool($0.isRepaired)] }))
        output.set(
            "short_jobs", .array(report.shortJobs.map { ["job_id": .string($0.job.id), "missing_files": .count($0.missingFiles)] }))
        output.set("outbox", .count(report.outbox))
        output.set("unnamed", .count(report.unnamed))

        output.line(report.total.sentence)
        let busy = report.queues.filter { $0.accepted > 0 }
        if busy.count > 1 { for queue in busy { output.line("  \(queue.name): \(queue.sentence)") } }
        self.name(report, in: &output)
        let isRepaired = isRepairing && report.unnamed == 0 && report.items.allSatisfy(\.isRepaired) && report.jobs.allSatisfy(\.isRepaired)
        if report.isBalanced {
            output.line("it adds up")
        } else if isRepaired {
            output.line("it did not add up; everything named was repaired")
        } else {
            output.line("it does not add up" + (isRepairing ? "" : ": flotilla reconcile --repair"))
        }
        output.set("repaired", .bool(isRepaired && !report.isBalanced))
        output.exit = report.isBalanced || isRepaired ? .success : .failed
        return output
    }

    private static func name(_ report: ReconcileReport, in output: inout Output) {
        for item in report.items {
            output.line(
                "\(self.word(item.finding)): \(item.work.label) of job \(item.work.jobID ?? "-") on \(item.work.queue), \(item.work.status)"
                    + (item.isRepaired ? "; repaired" : ""))
        }
        for job in report.jobs {
            if job.isMissing {
                output.line(
                    "job \(job.job.id) has files and is not known itself, as after a failover" + (job.isRepaired ? "; repaired" : ""))
                continue
            }
            output.line(
                "job \(job.job.id) counts \(job.job.processedFiles) processed, \(job.job.failedFiles) failed, \(job.job.cancelledFiles) "
                    + "cancelled; its files say \(job.processed), \(job.failed), \(job.cancelled)" + (job.isRepaired ? "; repaired" : ""))
        }
        for entry in report.unrecordedLetters {
            output.line("dead letter \(entry.letter.id) is not in the history" + (entry.isRepaired ? "; repaired" : ""))
        }
        for job in report.shortJobs { output.line("job \(job.job.id) waits for \(job.missingFiles) files that nobody has sent") }
        for (queue, count) in report.uncheckedWork.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            output.line("\(count) open files on \(queue), a queue that the configuration does not name")
        }
        if report.outbox > 0 { output.line("\(report.outbox) follow-up messages wait for their push") }
        if report.unnamed > 0 { output.line("… and \(report.unnamed) findings more") }
    }

    private static func json(_ queue: ReconcileReport.Queue) -> JSONValue {
        [
            "name": .string(queue.name.rawValue), "accepted": .count(queue.accepted), "completed": .count(queue.completed),
            "cancelled": .count(queue.cancelled), "dead": .count(queue.dead), "queued": .count(queue.queued),
            "leased": .count(queue.leased),
            "scheduled": .count(queue.scheduled), "unaccounted": .count(queue.unaccounted), "unseen": .count(queue.unseen),
            "duplicates": .count(queue.duplicates),
        ]
    }

    private static func word(_ finding: ReconcileReport.Finding) -> String {
        switch finding {
        case .messageMissing: "message missing"
        case .deadLetterMissing: "dead letter missing"
        case .requeueUnfinished: "requeue unfinished"
        }
    }
}
