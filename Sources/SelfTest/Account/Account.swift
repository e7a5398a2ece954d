public import FlotillaPostgres

/// What became of every job of a scene, from Redis, PostgreSQL and the workers' run log, once the fleet has settled.
public struct Account: Sendable {
    /// Jobs that Redis accepted, malformed messages among them.
    public var sent: Int
    /// Names of accepted jobs of which nothing is left: neither an end in PostgreSQL nor a message anywhere in Redis.
    public var lost: [String] = []
    /// Jobs that have not ended, though a message is there.
    public var unfinished: [String] = []
    /// Jobs that ended otherwise than they must: `name: completed instead of dead`.
    public var wrongEnds: [String] = []
    /// Jobs in quarantine (reason `crash`) that never killed anybody.
    public var innocentsQuarantined: [String] = []
    /// Work that nobody sent.
    public var strangers: [String] = []
    /// Runs beyond one for each attempt: a killed worker's runs are run again.
    public var duplicatesExecuted = 0
    /// Jobs whose effect is in PostgreSQL more than once.
    public var duplicatesApplied: [String] = []
    /// Completed jobs whose effect is missing, and dead ones that had one.
    public var wrongEffects: [String] = []
    /// The longest time without any job ending while at least one was waiting for it.
    public var longestStall = Duration.zero
    /// What the reconciler says.
    public var report: ReconcileReport

    init(sent: Int, report: ReconcileReport) {
        self.sent = sent
        self.report = report
    }

    /// A sentence for each promise that holds for all scenarios and did not hold.
    public var brokenPromises: [String] {
        func sentence(_ what: String, _ names: [String]) -> String? {
            names.isEmpty
                ? nil : "\(names.count) \(what): \(names.prefix(8).joined(separator: ", "))\(names.count > 8 ? ", …" : "")"
        }
        return [
            sentence("lost", self.lost), sentence("not finished", self.unfinished), sentence("ended wrongly", self.wrongEnds),
            sentence("innocents quarantined", self.innocentsQuarantined), sentence("work items that nobody sent", self.strangers),
            sentence("effects applied twice", self.duplicatesApplied), sentence("effects missing or too many", self.wrongEffects),
            self.report.isBalanced ? nil : self.report.sentence,
        ].compactMap { $0 }
    }
}
