import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import Threading

/// Whether queues are served and add up.
enum QueueChecks {
    /// Up to so many messages are reconciled at once; more is for the verb of its own.
    private static let reconcileLimit = 50_000

    static func run(_ context: CommandContext, redisAnswers: Bool, postgresAnswers: Bool) async -> [HealthFinding] {
        guard redisAnswers else { return [.skipped("queues", "Redis does not answer")] }
        var findings: [HealthFinding] = []
        do {
            let fleet = try context.fleet()
            var messages = 0
            for queue in fleet.queues {
                let broker = fleet.broker(queue)
                let counts = try await broker.counts()
                let workers = try await broker.workers()
                messages += counts.ready + counts.leased + counts.scheduled + counts.dead
                findings += self.judge(queue, counts, workers)
            }
            findings.append(await self.reconcile(context, messages: messages, isPossible: postgresAnswers))
        } catch {
            findings.append(
                .failed("queues", CommandError(error).message, fix: "the user needs the rights that deploy/redis lists for operators"))
        }
        return findings
    }

    /// A pure function of what was read. Queues without anything say nothing, except that of documents.
    static func judge(_ queue: FleetQueue, _ counts: QueueCounts, _ workers: [WorkerStatus]) -> [HealthFinding] {
        let id = "queue.\(queue.kindName)"
        let live = workers.filter { $0.leaseLeft > .zero }
        let isUnused = counts.ready + counts.leased + counts.scheduled + counts.dead == 0 && workers.isEmpty && !counts.isPaused
        if isUnused, queue.kind != .document { return [] }
        var findings: [HealthFinding] = []
        let evidence =
            "\(counts.ready) ready, \(counts.leased) leased, \(counts.scheduled) scheduled, \(counts.dead) dead, \(live.count) workers"
        if counts.isPaused {
            findings.append(.warning(id, "\(evidence); paused", fix: "flotilla queue resume \(queue.name), once its reason is gone"))
        } else if live.isEmpty, counts.ready + counts.leased > 0 {
            findings.append(.failed(id, evidence, fix: "messages wait and no worker is alive: start \(queue.kindName)-processor"))
        } else if live.isEmpty {
            findings.append(.warning(id, evidence, fix: "no worker is alive: start \(queue.kindName)-processor"))
        } else {
            findings.append(.ok(id, evidence))
        }
        if counts.overdue > .seconds(10) {
            findings.append(
                .failed(
                    "\(id).overdue", "a retry is overdue by \(HumanTime.span(counts.overdue))",
                    fix: "retries move when a retry-scheduler runs: start one"))
        }
        let dead = workers.filter { $0.leaseLeft < .seconds(-60) }
        if !dead.isEmpty {
            findings.append(
                .warning(
                    "\(id).dead_workers",
                    "\(dead.count) workers died and nobody took over what they held (\(dead.reduce(0) { $0 + $1.held }))",
                    fix: "any live worker or retry-scheduler does so within seconds: start one"))
        }
        let versions = Set(live.compactMap { $0.info?.version })
        if versions.count > 1 {
            findings.append(
                .warning(
                    "\(id).versions", "workers of several versions: \(versions.sorted().joined(separator: ", "))",
                    fix: "fine during an upgrade; finish it"))
        }
        return findings
    }

    private static func reconcile(_ context: CommandContext, messages: Int, isPossible: Bool) async -> HealthFinding {
        guard isPossible else { return .skipped("reconcile", "PostgreSQL does not answer, or its schema is not ours") }
        guard messages <= self.reconcileLimit else {
            return .skipped("reconcile", "\(messages) messages are too many to look at in passing: flotilla reconcile")
        }
        do {
            let fleet = try context.fleet()
            let report = try await Reconciler(
                pool: context.database(), countingQueues: context.countingQueues(), brokers: fleet.queues.map { fleet.broker($0) }
            ).run()
            let accepted = report.queues.reduce(0) { $0 + $1.accepted }
            if report.isBalanced { return .ok("reconcile", "\(accepted) accepted, all accounted for") }
            return .failed(
                "reconcile", "\(accepted) accepted, \(report.unaccounted) unaccounted for, \(report.jobs.count) jobs count wrongly",
                fix: "flotilla reconcile names them, flotilla reconcile --repair mends them")
        } catch {
            return .failed("reconcile", CommandError(error).message, fix: "flotilla reconcile")
        }
    }
}
