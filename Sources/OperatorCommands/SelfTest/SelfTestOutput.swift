import FlotillaPostgres
import JSONText
import SelfTest
import Threading

/// What the self-test says: the table for people, the document for programs.
enum SelfTestOutput {
    static func list(_ scenarios: [any Scenario]) -> Output {
        var output = Output("ScenarioList")
        var table = Table([.left("ID"), .left("LENGTH"), .left("SCENARIO"), .flexible("PROMISE")], empty: "none")
        for scenario in scenarios { table.rows.append([scenario.id, scenario.length.rawValue, scenario.title, scenario.promise]) }
        output.set(
            "scenarios",
            .array(
                scenarios.map { scenario in
                    [
                        "id": .string(scenario.id), "length": .string(scenario.length.rawValue), "title": .string(scenario.title),
                        "promise": .string(scenario.promise), "requirements": .array(scenario.requirements.map { .string($0.name) }),
                    ]
                }))
        output.table(table)
        return output
    }

    static func report(_ report: SelfTestReport) -> Output {
        var output = Output(
            "SelfTest",
            [
                "seed": .integer(Int64(clamping: report.seed)), "held": .bool(report.isHeld), "interrupted": .bool(report.isInterrupted),
                "equation": .string(report.equation.sentence),
                "unaccounted": .count(report.equation.unaccounted), "artefacts": .optional(report.artefacts),
            ])
        output.set("samples", self.json(report.samples))
        output.set("scenarios", .array(report.entries.map { self.json($0) }))

        var table = Table(
            [
                .left("ID"), .left("SCENARIO"), .left("RESULT"), .right("JOBS"), .right("FAULTS"), .right("LOST"), .right("RUN TWICE"),
                .right("APPLIED TWICE"), .right("STALL s"), .right("TOOK s"),
            ], empty: "nothing was played")
        table.rows = report.entries.map { self.row($0) } + [self.totals(report)]
        output.table(table)
        for entry in report.entries {
            for figure in entry.figures { output.line("\(entry.id): \(figure.name): \(figure.value)") }
        }
        let samples = report.samples
        output.line(
            "T22: the equation was sampled \(samples.samples) times under fault, and did not hold \(samples.imbalances.count) times"
                + (samples.unanswered > 0 ? " (\(samples.unanswered) more fell into an outage)" : ""))
        for entry in report.entries { for text in entry.broken { output.line("BROKEN \(text)") } }
        if let path = report.artefacts { output.line("logs, journals and histories: \(path)") }
        output.line(report.equation.sentence)
        let isBroken = report.entries.contains { $0.verdict == .broken }
        let sentence =
            report.isHeld
            ? "every promise held" : report.isInterrupted && !isBroken ? "interrupted; every promise so far held" : "NOT every promise held"
        output.line("\(sentence); again with --seed \(report.seed)")
        output.exit = report.isInterrupted ? .interrupted : report.isHeld ? .success : .failed
        return output
    }

    private static func row(_ entry: SelfTestReport.Entry) -> [String] {
        if case .skipped(let reason) = entry.verdict { return [entry.id, entry.title, "skipped: \(reason)"] }
        if entry.verdict == .interrupted { return [entry.id, entry.title, "interrupted"] }
        return [
            entry.id, entry.title, entry.verdict == .held ? "held" : "BROKEN", "\(entry.jobs)", "\(entry.faults)", "\(entry.lost)",
            "\(entry.duplicatesExecuted)", "\(entry.duplicatesApplied)",
            entry.longestStall == .zero ? "-" : self.seconds(entry.longestStall),
            self.seconds(entry.duration),
        ]
    }

    private static func totals(_ report: SelfTestReport) -> [String] {
        func sum(_ value: (SelfTestReport.Entry) -> Int) -> String { "\(report.entries.reduce(0) { $0 + value($1) })" }
        return [
            "all", "", report.isHeld ? "held" : report.isInterrupted ? "interrupted" : "BROKEN", sum(\.jobs), sum(\.faults), sum(\.lost),
            sum(\.duplicatesExecuted),
            sum(\.duplicatesApplied), self.seconds(report.entries.map(\.longestStall).max() ?? .zero),
            self.seconds(report.entries.reduce(.zero) { $0 + $1.duration }),
        ]
    }

    /// With one decimal.
    private static func seconds(_ duration: Duration) -> String { "\((duration.inSeconds * 10).rounded() / 10)" }

    private static func json(_ entry: SelfTestReport.Entry) -> JSONValue {
        let (verdict, reason): (String, String?) =
            switch entry.verdict {
            case .held: ("held", nil)
            case .broken: ("broken", nil)
            case .interrupted: ("interrupted", nil)
            case .skipped(let reason): ("skipped", reason)
            }
        return [
            "id": .string(entry.id), "title": .string(entry.title), "promise": .string(entry.promise), "verdict": .string(verdict),
            "skipped_because": .optional(reason), "broken": .array(entry.broken.map { .string($0) }), "jobs": .count(entry.jobs),
            "faults": .count(entry.faults), "jobs_lost": .count(entry.lost), "duplicates_executed": .count(entry.duplicatesExecuted),
            "duplicates_applied": .count(entry.duplicatesApplied), "longest_stall_ms": .integer(entry.longestStall.inMilliseconds),
            "duration_ms": .integer(entry.duration.inMilliseconds),
            "figures": .array(entry.figures.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "fault_schedule": .array(entry.scenes.flatMap(\.faults).map(\.json)),
        ]
    }

    private static func json(_ tally: ConservationSampler.Tally) -> JSONValue {
        [
            "taken": .count(tally.samples), "unanswered": .count(tally.unanswered),
            "imbalances": .array(tally.imbalances.map { .string($0) }),
        ]
    }
}
