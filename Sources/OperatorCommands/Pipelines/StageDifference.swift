import Flotilla
import FlotillaPostgres
import JSONText

/// One stage of a document in two versions, side by side.
struct StageDifference: Sendable {
    let stage: StageName
    let old: StageRecord?
    let new: StageRecord?
    /// Nil where the outputs are the same, byte for byte, or where one is missing.
    var result: ResultDifference?

    init(stage: StageName, old: StageRecord?, new: StageRecord?) {
        self.stage = stage
        self.old = old
        self.new = new
    }

    /// `1.2s`, with what was not made anew: `0ms (cache)`.
    static func took(_ record: StageRecord?) -> String {
        guard let record else { return "-" }
        guard record.status == "completed" else { return record.status }
        return (record.durationMilliseconds.map { HumanTime.span(.milliseconds($0)) } ?? "-") + record.originText
    }

    var engineText: String {
        guard let old = self.old?.engine, let new = self.new?.engine else { return self.old?.engine ?? self.new?.engine ?? "-" }
        return old == new ? old : "\(old) / \(new)"
    }

    var resultText: String {
        guard self.old?.outputBytes != nil, self.new?.outputBytes != nil else { return "-" }
        return self.result?.text ?? "same"
    }

    /// Metrics that differ, `pages 3 / 4`.
    var metricsText: String {
        let changed = self.metrics.filter { $0.old != $0.new }.map { "\($0.name) \(Self.text($0.old)) / \(Self.text($0.new))" }
        return changed.isEmpty ? "-" : changed.joined(separator: ", ")
    }

    var json: JSONValue {
        [
            "stage": .string(self.stage.rawValue), "old": Self.json(self.old), "new": Self.json(self.new),
            "same": self.old?.outputBytes != nil && self.new?.outputBytes != nil ? .bool(self.result == nil) : .null,
            "result": .object(self.result?.facts.map { .init($0.name, .count($0.count)) } ?? []),
            "metrics": .object(
                self.metrics.map { metric in
                    .init(metric.name, ["old": metric.old.map { .number($0) } ?? .null, "new": metric.new.map { .number($0) } ?? .null])
                }),
        ]
    }

    private static func json(_ record: StageRecord?) -> JSONValue {
        guard let record else { return .null }
        return [
            "status": .string(record.status), "engine": .string(record.engine), "duration_ms": .optional(record.durationMilliseconds),
            "from_cache": .bool(record.isFromCache), "saved_ms": .optional(record.savedMilliseconds),
            "carried_from": .optional(record.carriedFrom), "output_bytes": .optional(record.outputBytes),
            "digest": .optional(record.digest),
            "partial": .bool(record.isPartial),
        ]
    }

    /// Of both versions, by name.
    private var metrics: [(name: String, old: Double?, new: Double?)] {
        let (old, new) = (Self.metrics(self.old), Self.metrics(self.new))
        return Set(old.keys).union(new.keys).sorted().map { ($0, old[$0], new[$0]) }
    }

    private static func metrics(_ record: StageRecord?) -> [String: Double] {
        // The database gives back the JSON that it checked.
        guard let json = record?.metrics, let members = (try? JSONValue(parsing: json))?.members else { return [:] }
        return Dictionary(members.compactMap { member in member.value.number.map { (member.name, $0) } }) { $1 }
    }

    private static func text(_ value: Double?) -> String {
        guard let value else { return "-" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\((value * 1000).rounded() / 1000)"
    }
}
