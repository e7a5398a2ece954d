/// The metrics that every daemon of the fleet has, under the names that dashboards and alerts use.
public struct FleetMetrics: Sendable {
    /// The registry that they are in.
    public let registry: Metrics
    /// `queue`
    public let enqueued: CounterFamily
    /// `queue`, `outcome` (completed, retried, dead, released, cancelled)
    public let finished: CounterFamily
    /// `queue`, `error_class`
    public let retries: CounterFamily
    /// `queue`
    public let recovered: CounterFamily
    /// `queue`, `reason`
    public let dead: CounterFamily
    /// `queue`
    public let leasesExpired: CounterFamily
    /// `queue`, `outcome`
    public let duration: HistogramFamily
    /// `queue`
    public let wait: HistogramFamily
    /// `queue`, `stage`, `outcome`
    public let stageDuration: HistogramFamily
    /// `queue`, `stage`
    public let stageSaved: CounterFamily
    /// `dependency` (redis, postgres, storage): 1 or 0
    public let dependencyUp: GaugeFamily

    /// Declares them in `registry`, with `flotilla_build_info` set to 1.
    public init(registry: Metrics, version: String, commit: String, role: String) {
        self.registry = registry
        registry.gauge("flotilla_build_info", help: "Always 1; the labels say what runs.", labels: ["version", "commit", "role"])(
            version, commit, role
        ).set(1)
        self.enqueued = registry.counter("flotilla_jobs_enqueued_total", help: "Messages pushed by this process.", labels: ["queue"])
        self.finished = registry.counter(
            "flotilla_jobs_finished_total", help: "Deliveries settled by this process.", labels: ["queue", "outcome"])
        self.retries = registry.counter(
            "flotilla_job_retries_total", help: "Messages scheduled for another attempt.", labels: ["queue", "error_class"])
        self.recovered = registry.counter(
            "flotilla_jobs_recovered_total", help: "Messages taken back from workers that went away.", labels: ["queue"])
        self.dead = registry.counter(
            "flotilla_jobs_dead_total", help: "Messages moved to the dead-letter queue.", labels: ["queue", "reason"])
        self.leasesExpired = registry.counter(
            "flotilla_leases_expired_total", help: "Worker leases found expired.", labels: ["queue"])
        self.duration = registry.histogram(
            "flotilla_job_duration_seconds", help: "Time from claim to settled.", labels: ["queue", "outcome"])
        self.wait = registry.histogram(
            "flotilla_job_wait_seconds", help: "Time from enqueued_at to claim, for messages that say when.", labels: ["queue"])
        self.stageDuration = registry.histogram(
            "flotilla_stage_duration_seconds", help: "Time one run of a stage took.", labels: ["queue", "stage", "outcome"])
        self.stageSaved = registry.counter(
            "flotilla_stage_saved_seconds_total", help: "Time that outputs took to make which a cache had.", labels: ["queue", "stage"])
        self.dependencyUp = registry.gauge(
            "flotilla_dependency_up", help: "Whether the dependency answered when last asked.", labels: ["dependency"])
    }
}
