import Flotilla
import FlotillaRedis
import Glibc
import Threading

/// A worker as a daemon runs it, with the reclaimer and the promoter beside it, whose jobs do nothing or wait: for measurements that need a
/// process of its own, such as two workers on one queue, latency, idle cost and death.
struct ServingBenchmark: Sendable {
    let broker: RedisBroker
    let store: (any JobStore)?
    let concurrency: Int
    /// How long each job waits before it is done.
    let work: Duration
    let report: BenchReport

    /// Works until the task is cancelled; gives back what it holds.
    func run() async {
        let info = WorkerInfo(
            host: "bench", processID: getpid(), role: "bench", version: "", startedAt: WallClock.microseconds, concurrency: self.concurrency
        )
        let worker = Worker(
            broker: self.broker, store: self.store, handler: TimingHandler(work: self.work, report: self.report),
            options: WorkerOptions(concurrency: self.concurrency, info: info), logger: .disabled)
        let reclaimer = LeaseReclaimer(broker: self.broker, store: self.store)
        let promoter = RetryPromoter(broker: self.broker)
        await withDiscardingTaskGroup { group in
            group.addTask { await worker.run() }
            group.addTask { await reclaimer.run() }
            group.addTask { await promoter.run() }
        }
    }
}

/// Runs messages. For a ledger their `filename` must be `<number>-<when it was sent, in nanoseconds of the monotonic clock>`; for a count it is
/// not read.
private struct TimingHandler: JobHandler {
    let work: Duration
    let report: BenchReport

    func handle(_ job: JobContext) async throws -> JobOutcome {
        if self.report.kind == .count {
            if self.work > .zero { try await Task.sleep(for: self.work) }
            try self.report.add(number: 0, delay: 0)
            return .completed()
        }
        let now = MonotonicTime.now.nanoseconds
        let parts = (job.message.filename ?? "").split(separator: "-")
        guard parts.count == 2, let number = Int64(parts[0]), let sent = Int64(parts[1]) else { throw NotTimed() }
        if self.work > .zero { try await Task.sleep(for: self.work) }
        try self.report.add(number: number, delay: now - sent)
        return .completed()
    }
}

/// A message that `bench --serve` cannot run, and never will.
private struct NotTimed: FailureClassified {
    var failureClass: FailureClass { .permanent }
    var failureCode: String { "not_timed" }
    var failureMessage: String { "the filename is not <number>-<nanoseconds>" }
}
