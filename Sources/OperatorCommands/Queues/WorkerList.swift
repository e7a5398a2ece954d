import Flotilla
import JSONText
import Threading

struct WorkerList: Verb {
    static let spec = CommandSpec(
        path: ["worker", "list"], summary: "Shows the workers of each queue, how long their leases last and what they hold",
        options: [.queue],
        examples: ["worker list", "worker list --queue document --json"])

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func run(_ context: CommandContext) async throws -> Output {
        let fleet = try context.fleet()
        var table = Table(
            [
                .left("WORKER"), .left("QUEUE"), .left("STATE"), .right("LEASE"), .right("HELD"), .right("SLOTS"), .left("HOST"),
                .right("PID"),
                .left("ROLE"), .left("VERSION"), .left("STARTED"),
            ], empty: "no workers are registered")
        var rows: [JSONValue] = []
        for queue in try fleet.queues(self.arguments) {
            for worker in try await fleet.broker(queue).workers().sorted(by: { $0.leaseLeft > $1.leaseLeft }) {
                let isLive = worker.leaseLeft > .zero
                let info = worker.info
                table.rows.append([
                    worker.id.rawValue, queue.name, isLive ? "live" : "dead",
                    isLive ? HumanTime.span(worker.leaseLeft) : "-", "\(worker.held)", info.map { "\($0.concurrency)" } ?? "-",
                    info?.host ?? "-", info.map { "\($0.processID)" } ?? "-", info?.role ?? "-", info?.version ?? "-",
                    context.time.moment(info?.startedAt),
                ])
                rows.append([
                    "id": .string(worker.id.rawValue), "queue": .string(queue.name), "live": .bool(isLive),
                    "lease_seconds": .number(worker.leaseLeft.inSeconds), "held": .count(worker.held),
                    "concurrency": .optional(info?.concurrency), "host": .optional(info?.host),
                    "pid": info.map { .integer(Int64($0.processID)) } ?? .null, "role": .optional(info?.role),
                    "version": .optional(info?.version), "started_at": .optional(info.map { Timestamp.text($0.startedAt) }),
                ])
            }
        }
        var output = Output("WorkerList", ["workers": .array(rows)])
        output.table(table)
        return output
    }
}
