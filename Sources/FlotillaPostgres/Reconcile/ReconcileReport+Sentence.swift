import Flotilla

extension ReconcileReport {
    /// The equation in one line, and what does not add up by name.
    public var sentence: String {
        let named =
            self.items.prefix(5).map { "\($0.finding): \($0.work.filename ?? $0.work.workID), \($0.work.status)" }
            + self.jobs.prefix(3).map { "counters of job \($0.job.id)" }
        return self.total.sentence + (named.isEmpty ? "" : " (\(named.joined(separator: "; ")))")
    }

    /// All queues together.
    public var total: Queue { Queue(sum: self.queues) }
}

extension ReconcileReport.Queue {
    /// Several queues as one.
    public init(sum queues: some Sequence<Self>) {
        self.init(name: "all")
        for queue in queues {
            self.accepted += queue.accepted
            self.completed += queue.completed
            self.cancelled += queue.cancelled
            self.dead += queue.dead
            self.queued += queue.queued
            self.leased += queue.leased
            self.scheduled += queue.scheduled
        }
    }

    /// The equation in one line.
    public var sentence: String {
        "accepted \(self.accepted) = completed \(self.completed) + cancelled \(self.cancelled) + dead \(self.dead) + queued \(self.queued) "
            + "+ leased \(self.leased) + scheduled \(self.scheduled); unaccounted \(self.unaccounted)"
    }
}
