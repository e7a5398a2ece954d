import Flotilla
import FlotillaDaemon
import FlotillaPostgres

/// Why a job has no graph, as far as PostgreSQL and the settings know.
struct GraphAbsence: Hashable {
    let job: String
    /// Whether there is a row for the job, or for one of its files.
    var isKnown: Bool
    /// Files of all kinds by status.
    var files: [String: Int]
    /// Messages for the graph that a worker has begun, by status.
    var graph: [String: Int]
    /// `GRAPH_CHAINING`, as it is set here.
    var isChaining: Bool
    let queue: QueueName

    /// In a sentence, with what to do about it.
    var sentence: String {
        guard self.isKnown else { return "there is no job '\(self.job)': flotilla job list shows those there are" }
        if let failed = self.graph["failed"], failed > 0 {
            return "the graph of \(failed) files failed: flotilla dlq list --queue \(self.queue) says why"
        }
        let begun = self.graph.values.reduce(0, +)
        if begun > 0 {
            let open = begun - (self.graph["completed"] ?? 0) - (self.graph["cancelled"] ?? 0)
            return open > 0 ? "\(open) files are being worked on: look again later" : "its files name nothing that is looked for"
        }
        if self.files.isEmpty { return "no file of the job has been begun yet: flotilla queue list says what waits" }
        guard let done = self.files["completed"], done > 0 else { return "none of its files is done yet: flotilla job show \(self.job)" }
        guard self.isChaining else {
            return "GRAPH_CHAINING is off here: if the workers have it so, files do not go on to \(self.queue) when they are done"
        }
        return "\(done) files are done, and no graph-processor has begun with one: "
            + "does one run, and is \(self.queue) empty (flotilla queue list)?"
    }
}

extension CommandContext {
    /// Why the job has no graph.
    func graphAbsence(_ job: String) async throws -> GraphAbsence {
        let jobs = try self.jobs()
        let settings = try self.settings()
        let queue = QueueName(settings.queue(.graph).queue)
        let all = try await jobs.itemCounts(ofJob: job)
        let graph = try await jobs.itemCounts(ofJob: job, queue: queue)
        let files = all.map { ($0.key, $0.value - (graph[$0.key] ?? 0)) }.filter { $0.1 > 0 }
        return GraphAbsence(
            job: job, isKnown: try await jobs.job(job) != nil || !all.isEmpty, files: Dictionary(files) { first, _ in first }, graph: graph,
            isChaining: settings[\.graphChaining], queue: queue)
    }
}
