public import Flotilla
internal import Threading

/// Turns what happens in a worker into metrics and log lines: `started` and `ended` per run, a warning for what will be retried, an error only
/// for what is dead.
public final class FleetObserver: WorkerObserver, PipelineObserver {
    private let queue: String
    private let metrics: FleetMetrics
    private let logger: Logger
    private let claimed: Counter
    private let stale: Counter
    private let duplicates: Counter
    private let quarantineTrials: Counter
    private let leasesLost: Counter
    private let abandoned: Counter

    public init(queue: QueueName, metrics: FleetMetrics, logger: Logger) {
        self.queue = queue.rawValue
        self.metrics = metrics
        self.logger = logger.with(["queue": queue.rawValue])
        let registry = metrics.registry
        func counter(_ name: String, _ help: String) -> Counter { registry.counter(name, help: help, labels: ["queue"])(queue.rawValue) }
        self.claimed = counter("flotilla_jobs_claimed_total", "Messages claimed by this process.")
        self.stale = counter("flotilla_stale_settlements_total", "Results and settlements that came too late and changed nothing.")
        self.duplicates = counter("flotilla_duplicates_dropped_total", "Messages whose work was finished already.")
        self.quarantineTrials = counter("flotilla_suspects_tried_total", "Runs of messages whose worker had died.")
        self.leasesLost = counter("flotilla_leases_lost_total", "Leases that this process lost.")
        self.abandoned = counter("flotilla_slots_abandoned_total", "Handlers that ignored their cancellation.")
    }

    public func observe(_ event: WorkerEvent) {
        switch event {
        case .claimed(let count): self.claimed.increment(by: count)
        case .started(let job, let waited):
            if let waited { self.metrics.wait(self.queue).observe(waited.inSeconds) }
            self.logger.debug("run started", Self.fields(of: job))
        case .ended(let job, let end, let route, let duration): self.ended(job, end, route, duration)
        case .malformed(let reason):
            self.metrics.dead(self.queue, DeadLetter.Reason.malformed.rawValue).increment()
            self.logger.warning("message is malformed", ["error": reason])
        case .duplicateDropped(let identity):
            self.duplicates.increment()
            self.logger.info("message dropped: its work is finished", ["document_uuid": identity.documentUUID])
        case .cancelled(let identity):
            self.metrics.finished(self.queue, "cancelled").increment()
            self.logger.info("message dropped: its job was cancelled", ["document_uuid": identity.documentUUID])
        case .stale(let delivery):
            self.stale.increment()
            self.logger.info("settlement was stale", ["delivery": delivery.description])
        case .leaseLost(let worker):
            self.leasesLost.increment()
            self.logger.error("lease lost: every run was stopped", ["worker": worker.rawValue])
        case .brokerFailed(let error): self.logger.warning("redis failed", ["operation": error.operation, "error": error.message])
        case .storeFailed(let error): self.logger.warning("postgres failed", ["operation": error.operation, "error": error.message])
        case .slotAbandoned(let delivery):
            self.abandoned.increment()
            self.logger.error("a handler ignored its cancellation and lost its slot", ["delivery": delivery.description])
        case .suspectTried(let delivery, let crashes):
            self.quarantineTrials.increment()
            self.logger.warning("trying a message whose worker died", ["delivery": delivery.description, "crashes": crashes])
        }
    }

    private func ended(_ job: JobContext, _ end: RunEnd, _ route: RunRoute, _ duration: Duration) {
        let outcome =
            switch route {
            case .done: if case .cancelled = end { "cancelled" } else { "completed" }
            case .retry: "retried"
            case .dead: "dead"
            case .returned: "released"
            }
        self.metrics.finished(self.queue, outcome).increment()
        self.metrics.duration(self.queue, outcome).observe(duration.inSeconds)
        var fields = Self.fields(of: job).merging(["duration_ms": duration.inMilliseconds])
        switch route {
        case .done:
            // Quick queues finish many thousands a second: their line is for debugging.
            if self.logger.isEnabled(.debug) || duration > .milliseconds(50) {
                self.logger.info("run ended", fields.merging(["outcome": outcome]))
            }
        case .returned:
            if case .failed(let failure) = end { fields = fields.merging(Self.fields(of: failure)) }
            self.logger.warning("message given back, no attempt counted", fields)
        case .retry(let delay):
            if case .failed(let failure) = end {
                self.metrics.retries(self.queue, failure.code).increment()
                fields = fields.merging(Self.fields(of: failure))
            }
            self.logger.warning("run failed and will be retried", fields.merging(["retry_in_ms": delay.inMilliseconds]))
        case .dead(let letter):
            self.metrics.dead(self.queue, letter.reason.rawValue).increment()
            if case .failed(let failure) = end { fields = fields.merging(Self.fields(of: failure)) }
            self.logger.error(
                "message is dead", fields.merging(["dead_letter": letter.id, "reason": letter.reason.rawValue]))
        }
    }

    public func ended(_ job: JobContext, stage: StageName, outcome: String, duration: Duration) {
        self.metrics.stageDuration(self.queue, stage.rawValue, outcome).observe(duration.inSeconds)
        self.logger.info(
            "stage ended",
            Self.fields(of: job).merging(["stage": stage.rawValue, "outcome": outcome, "duration_ms": duration.inMilliseconds]))
    }

    public func saved(_ time: Duration, _ job: JobContext, stage: StageName) {
        self.metrics.stageSaved(self.queue, stage.rawValue).increment(by: time.inSeconds)
    }

    public func progressed(_ job: JobContext, stage: StageName, done: Int, total: Int) {
        self.logger.debug("stage progressed", Self.fields(of: job).merging(["stage": stage.rawValue, "done": done, "total": total]))
    }

    private static func fields(of job: JobContext) -> LogFields {
        var fields: LogFields = [
            "job_id": job.message.jobID ?? "", "filename": job.message.filename ?? "", "attempt": job.attempt,
            "max_attempts": job.maximumAttempts, "document_uuid": job.identity.documentUUID, "worker": job.worker.rawValue,
        ]
        if let traceID = job.message.traceparent?.split(separator: "-").dropFirst().first { fields["trace_id"] = .string(String(traceID)) }
        return fields
    }

    private static func fields(of failure: Failure) -> LogFields {
        var fields: LogFields = [
            "error_type": failure.code, "error": failure.message, "error_class": failure.failureClass.name,
            "fingerprint": failure.fingerprint,
        ]
        if let stage = failure.stage { fields["stage"] = .string(stage.rawValue) }
        return fields
    }
}
