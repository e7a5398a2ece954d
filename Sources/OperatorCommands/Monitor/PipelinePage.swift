import Flotilla
import FlotillaPostgres
import Threading

/// The page of the pipeline. A pure function of what was read.
enum PipelinePage {
    static func page(_ snapshot: PipelineSnapshot, width: Int, isLive: Bool) -> Page {
        var page = Page(
            title: "flotilla pipeline  \(Timestamp.text(snapshot.time).prefix(19))Z" + (isLive ? "  Ctrl-C ends" : ""), width: width)
        switch snapshot.queues {
        case .failed(let reason): page.text("QUEUES", ["no figures from Redis: \(reason)"], style: .alarm)
        case .known(let queues): page.table("QUEUES", self.queues(queues), notes: queues.flatMap(self.notes))
        }
        switch snapshot.activity {
        case .failed(let reason): page.text("STAGES", ["no figures from PostgreSQL: \(reason)"], style: .alarm)
        case .known(let activity):
            let span = HumanTime.span(.microseconds(max(0, activity.at - activity.since)))
            page.table(
                "STAGES in the last \(span)" + (activity.isCut ? " (the newest \(JobAdministration.maximumRuns) runs)" : ""),
                self.stages(activity.stages))
            page.text("ENGINES", [self.engines(activity.stages), self.queries(snapshot.queriesAvoided)])
            page.table("VERSIONS", self.versions(activity.versions))
            page.table("RUNNING LONGEST", self.running(activity))
        }
        page.table("MEMORY", self.memory(snapshot.instances), notes: snapshot.instances.flatMap(self.notes))
        if !snapshot.daemons.isEmpty {
            page.text(
                "DAEMONS HERE",
                [snapshot.daemons.map { "\($0.role) \($0.process): \(HumanTime.bytes($0.bytes))" }.joined(separator: "  ")])
        }
        return page
    }

    // MARK: Queues

    private static func queues(_ queues: [PipelineSnapshot.QueueReading]) -> Table {
        var table = Table(
            [
                .flexible("QUEUE"), .right("READY"), .right("LEASED"), .right("SCHED"), .right("DEAD"), .right("IN/S"), .right("OUT/S"),
                .right("OLDEST"), .right("WORKERS"), .right("BUSY"),
            ], empty: "no queues")
        table.rows = queues.map { queue in
            [
                queue.name, "\(queue.counts.ready)", "\(queue.counts.leased)", "\(queue.counts.scheduled)", "\(queue.counts.dead)",
                MonitorText.rate(queue.arriving), MonitorText.rate(queue.leaving), queue.oldest.map { HumanTime.span($0) } ?? "-",
                queue.dead == 0 ? "\(queue.live)" : "\(queue.live)+\(queue.dead)!", "\(queue.held)/\(queue.slots)",
            ]
        }
        return table
    }

    /// What is wrong with a queue, in words.
    private static func notes(_ queue: PipelineSnapshot.QueueReading) -> [String] {
        var notes: [String] = []
        if queue.counts.isPaused { notes.append("\(queue.name) is paused: \(PauseNote(queue.pauseReason ?? "").text)") }
        if queue.live == 0, queue.counts.ready + queue.counts.leased > 0, !queue.counts.isPaused {
            notes.append("\(queue.name): messages wait and no worker is alive")
        }
        if queue.dead > 0 {
            notes.append("\(queue.name): \(queue.dead) dead \(queue.dead == 1 ? "worker" : "workers"), and nobody took over yet")
        }
        if queue.counts.overdue > .seconds(10) {
            notes.append("\(queue.name): a retry is overdue by \(HumanTime.span(queue.counts.overdue)): is a retry-scheduler alive?")
        }
        return notes
    }

    // MARK: Stages

    private static func stages(_ stages: [StageActivity]) -> Table {
        var table = Table(
            [
                .flexible("STAGE"), .right("NOW"), .right("RUNS"), .right("FAILED"), .right("P50"), .right("P95"), .right("MAX"),
                .right("CACHED"), .right("SAVED"),
            ], empty: "no stage ran")
        table.rows = stages.map { stage in
            [
                stage.stage, "\(stage.running)", "\(stage.runs)", "\(stage.failed)", MonitorText.span(stage.median),
                MonitorText.span(stage.percentile95), MonitorText.span(stage.longest), MonitorText.share(stage.cached, of: stage.runs),
                stage.cached == 0 ? "-" : HumanTime.span(stage.saved),
            ]
        }
        return table
    }

    private static func engines(_ stages: [StageActivity]) -> String {
        let runs = stages.reduce(0) { $0 + $1.runs }
        let cached = stages.reduce(0) { $0 + $1.cached }
        let saved = stages.reduce(Duration.zero) { $0 + $1.saved }
        return "\(runs - cached) runs of engines, \(cached) avoided by the cache (\(MonitorText.share(cached, of: runs))), "
            + "\(HumanTime.span(saved)) of work saved"
    }

    private static func queries(_ avoided: Int?) -> String {
        avoided.map { "\($0) queries of applications avoided by the cache" } ?? "queries avoided: nobody wrote it down"
    }

    private static func versions(_ versions: [VersionActivity]) -> Table {
        var table = Table(
            [
                .left("VERSION"), .right("DOCUMENTS"), .right("DONE"), .right("FAILED"), .right("OPEN"), .right("MEAN WORK"),
                .right("CACHED"), .right("SAVED"),
            ], empty: "no documents")
        table.rows = versions.map { version in
            [
                "\(version.version)", "\(version.documents)", "\(version.done)", "\(version.failed)",
                "\(version.documents - version.done - version.failed)", MonitorText.span(version.meanWork),
                MonitorText.share(version.cached, of: version.runs), version.cached == 0 ? "-" : HumanTime.span(version.saved),
            ]
        }
        return table
    }

    private static func running(_ activity: PipelineActivity) -> Table {
        var table = Table(
            [.left("STAGE"), .right("FOR"), .right("TRY"), .left("VERSION"), .left("DOCUMENT"), .flexible("FILE")],
            empty: "nothing runs")
        table.rows = activity.running.map { run in
            [
                run.stage, HumanTime.span(.microseconds(max(0, activity.at - run.since))), "\(run.attempt)", "\(run.version)",
                String(run.documentUUID.prefix(13)), run.filename ?? "-",
            ]
        }
        return table
    }

    // MARK: Memory

    private static func memory(_ instances: [PipelineSnapshot.Instance]) -> Table {
        var table = Table(
            [
                .flexible("REDIS FOR"), .right("USED"), .right("PEAK"), .right("LIMIT"), .left("POLICY"), .right("FRAGM"),
                .right("EVICTED"),
                .right("CLIENTS"),
            ], empty: "no Redis answers")
        for instance in instances {
            guard let memory = instance.memory.value else { continue }
            table.rows.append([
                instance.purpose, HumanTime.bytes(memory.used), HumanTime.bytes(memory.peak),
                memory.limit == 0 ? "none" : HumanTime.bytes(memory.limit), memory.policy, MonitorText.decimal(memory.fragmentation),
                "\(memory.evicted)", "\(memory.clients)",
            ])
        }
        return table
    }

    private static func notes(_ instance: PipelineSnapshot.Instance) -> [String] {
        switch instance.memory {
        case .failed(let reason): return ["no figures from the Redis for \(instance.purpose): \(reason)"]
        case .known(let memory):
            var notes: [String] = []
            if memory.limit > 0, memory.used > memory.limit / 10 * 8 {
                notes.append("the Redis for \(instance.purpose) uses \(MonitorText.share(memory.used, of: memory.limit)) of its memory")
            }
            if instance.purpose.contains("queues"), memory.policy != "noeviction" {
                notes.append("the Redis for \(instance.purpose) may throw messages away: its policy is \(memory.policy)")
            }
            return notes
        }
    }
}
