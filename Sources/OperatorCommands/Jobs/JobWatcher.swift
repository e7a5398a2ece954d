import Flotilla
import FlotillaPostgres
import Threading

/// Waits for a job's end and shows how far it is.
struct JobWatcher: Sendable {
    let job: String
    let timeout: Duration?
    /// Whether to show progress.
    let isVisible: Bool

    private static let pause = Duration.milliseconds(250)
    /// How many polls in a row may fail: PostgreSQL restarts, and the job lives on.
    private static let patience = 30

    /// - Returns: the job as it ended; and whether its total was never said and all known files have ended.
    /// - Throws: `.timedOut` when the time ran out; the job goes on.
    func wait(_ context: CommandContext) async throws -> (job: JobRecord, isOpenEnded: Bool) {
        let administration = try context.jobs()
        let start = MonotonicTime.now
        var progress = JobProgress()
        var display = Display(isVisible: self.isVisible, terminal: context.terminal, printer: context.printer)
        var nextHint = start + .seconds(5)
        var failures = 0
        var ended = 0
        defer { display.end() }
        while true {
            try Task.checkCancellation()
            do {
                guard let job = try await administration.job(self.job) else { throw CommandError.notFound("there is no job '\(self.job)'") }
                failures = 0
                progress.add(ended: job.ended, total: job.totalFiles, at: .now)
                display.show(progress.line(failed: job.failedFiles), isLast: job.isDone)
                if job.isDone { return (job, false) }
                if job.totalFiles == nil {
                    let counts = try await administration.itemCounts(ofJob: self.job)
                    let open = ["queued", "processing", "retrying"].reduce(0) { $0 + (counts[$1] ?? 0) }
                    if !counts.isEmpty, open == 0 { return (job, true) }
                }
                if job.ended != ended {
                    ended = job.ended
                    nextHint = .now + .seconds(5)
                }
                if self.isVisible, MonotonicTime.now > nextHint {
                    nextHint = .now + .seconds(60)
                    if let hint = await self.hint(context) { display.interject(hint) }
                }
            } catch let error as JobStoreError where error.code != .refused && failures < Self.patience {
                failures += 1
            }
            if let timeout, MonotonicTime.now > start + timeout {
                throw CommandError(.timedOut, "job \(self.job) had not ended after \(HumanTime.span(timeout)); it goes on")
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Why nothing moves, if Redis can say so.
    private func hint(_ context: CommandContext) async -> String? {
        do {
            let fleet = try context.fleet()
            for queue in fleet.queues where queue.countsTowardJob {
                let broker = fleet.broker(queue)
                let counts = try await broker.counts()
                if counts.overdue > .seconds(5) {
                    return "a retry is overdue by \(HumanTime.span(counts.overdue)): is a retry-scheduler alive? flotilla why \(self.job)"
                }
                guard counts.ready > 0 else { continue }
                if counts.isPaused { return "\(queue.name) is paused; flotilla why \(self.job)" }
                if try await !broker.workers().contains(where: { $0.leaseLeft > .zero }) {
                    return "no worker is alive for \(queue.name); flotilla why \(self.job)"
                }
            }
            return nil
        } catch {
            return "nothing moves, and Redis cannot be asked why: \(CommandError(error).message)"
        }
    }

    /// On a terminal one line that is written over; elsewhere a line now and then.
    private struct Display {
        let isVisible: Bool
        let terminal: any Terminal
        let printer: Printer
        private var shown = ""
        private var lastLine = MonotonicTime.now

        init(isVisible: Bool, terminal: any Terminal, printer: Printer) {
            self.isVisible = isVisible
            self.terminal = terminal
            self.printer = printer
        }

        mutating func show(_ line: String, isLast: Bool) {
            guard self.isVisible, line != self.shown else { return }
            if self.terminal.showsProgress {
                self.terminal.writeError(Array("\r\u{1B}[K\(TerminalText.line(line))".utf8))
            } else {
                guard self.shown.isEmpty || isLast || MonotonicTime.now > self.lastLine + .seconds(5) else { return }
                self.lastLine = .now
                self.printer.message(line)
            }
            self.shown = line
        }

        mutating func interject(_ text: String) {
            self.end()
            self.printer.message(text)
        }

        mutating func end() {
            if self.isVisible, self.terminal.showsProgress, !self.shown.isEmpty { self.terminal.writeError(Array("\n".utf8)) }
            self.shown = ""
        }
    }
}

struct JobWatch: Verb {
    static let spec = CommandSpec(
        path: ["job", "watch"], summary: "Shows the progress of a job until it ends",
        positionals: [.init(name: "JOB", help: "the job's id")],
        options: [.value("timeout", "DURATION", "give up after so long, with exit status 124")],
        examples: ["job watch invoices-7", "job watch invoices-7 --timeout 10m --json"],
        notes: "Ends with 0 when every file was processed, 7 when some failed or were cancelled, 1 when all failed.")

    private let job: String
    private let timeout: Duration?

    init(_ arguments: Arguments) throws(CommandError) {
        self.job = arguments.positionals[0]
        self.timeout = try arguments.duration("timeout")
    }

    func run(_ context: CommandContext) async throws -> Output {
        let watcher = JobWatcher(job: self.job, timeout: self.timeout, isVisible: !context.printer.isJSON)
        let (job, isOpenEnded) = try await watcher.wait(context)
        return Self.output(job, isOpenEnded: isOpenEnded)
    }

    static func output(_ job: JobRecord, isOpenEnded: Bool) -> Output {
        var output = Output("Job", ["job": job.json])
        let took = job.startedAt.flatMap { start in job.completedAt.map { HumanTime.span(.microseconds(max(0, $0 - start))) } }
        output.line(
            "job \(job.id): \(isOpenEnded ? "every file that is known has ended" : job.status), \(job.processedFiles) processed, "
                + "\(job.failedFiles) failed, \(job.cancelledFiles) cancelled" + (took.map { " in \($0)" } ?? ""))
        if isOpenEnded {
            output.messages.append("nobody has said how many files job \(job.id) has, so it stays open")
            output.exit = job.failedFiles == 0 ? .success : job.processedFiles == 0 ? .failed : .partial
        } else {
            output.exit = job.exit
        }
        if job.failedFiles > 0 { output.messages.append("flotilla why \(job.id) says why files failed") }
        return output
    }
}
