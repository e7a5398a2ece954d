import Flotilla
import FlotillaPostgres
import JSONText
import Threading

extension PipelineSnapshot {
    /// A frame for programs. What could not be read is null, with the reason in `…_error`.
    var json: [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("at", .string(Timestamp.text(self.time))), .init("window_seconds", .number(self.window.inSeconds)),
        ]
        members.append(.init("queues", self.queues.value.map { .array($0.map(\.json)) } ?? .null))
        if let reason = self.queues.failure { members.append(.init("queues_error", .string(reason))) }
        if let activity = self.activity.value {
            members += [
                .init("since", .string(Timestamp.text(activity.since))), .init("stages", .array(activity.stages.map(\.json))),
                .init("versions", .array(activity.versions.map(\.json))),
                .init("running", .array(activity.running.map { $0.json(now: activity.at) })),
            ]
        } else {
            members += [.init("stages", .null), .init("versions", .null), .init("running", .null)]
            members.append(.init("stages_error", .optional(self.activity.failure)))
        }
        members.append(.init("queries_avoided", .optional(self.queriesAvoided)))
        members.append(
            .init(
                "instances",
                .array(
                    self.instances.map { instance in
                        [
                            "holds": .string(instance.purpose), "memory": instance.memory.value?.json ?? .null,
                            "error": .optional(instance.memory.failure),
                        ]
                    })))
        members.append(
            .init(
                "daemons",
                .array(
                    self.daemons.map {
                        ["role": .string($0.role), "pid": .integer(Int64($0.process)), "resident_bytes": .count($0.bytes)]
                    })))
        return members
    }
}

extension PipelineSnapshot.QueueReading {
    var json: JSONValue {
        [
            "name": .string(self.name), "ready": .count(self.counts.ready), "leased": .count(self.counts.leased),
            "scheduled": .count(self.counts.scheduled), "dead": .count(self.counts.dead), "paused": .bool(self.counts.isPaused),
            "pause_reason": .optional(self.pauseReason), "overdue_seconds": .number(self.counts.overdue.inSeconds),
            "in_per_second": .optional(self.arriving), "out_per_second": .optional(self.leaving),
            "oldest_seconds": .optional(self.oldest?.inSeconds), "workers": .count(self.live), "dead_workers": .count(self.dead),
            "busy": .count(self.held), "slots": .count(self.slots),
        ]
    }
}

extension StageActivity {
    fileprivate var json: JSONValue {
        [
            "stage": .string(self.stage), "running": .count(self.running), "runs": .count(self.runs), "failed": .count(self.failed),
            "from_cache": .count(self.cached), "saved_seconds": .number(self.saved.inSeconds),
            "p50_seconds": .optional(self.median?.inSeconds), "p95_seconds": .optional(self.percentile95?.inSeconds),
            "max_seconds": .optional(self.longest?.inSeconds),
        ]
    }
}

extension VersionActivity {
    fileprivate var json: JSONValue {
        [
            "version": .count(self.version), "documents": .count(self.documents), "done": .count(self.done), "failed": .count(self.failed),
            "mean_work_seconds": .optional(self.meanWork?.inSeconds), "runs": .count(self.runs), "from_cache": .count(self.cached),
            "saved_seconds": .number(self.saved.inSeconds),
        ]
    }
}

extension RunningStage {
    fileprivate func json(now: Int64) -> JSONValue {
        [
            "stage": .string(self.stage), "document": .string(self.documentUUID), "version": .count(self.version),
            "attempt": .count(self.attempt), "worker": .string(self.worker), "filename": .optional(self.filename),
            "running_seconds": .number(Double(now - self.since) / 1e6),
        ]
    }
}

extension JSONValue {
    /// A number, or null.
    static func optional(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }
}
