import Flotilla
import FlotillaPostgres
import Glibc
import JSONText
import SelfTest
import Threading

struct SelfTestVerb: Verb {
    static let spec = CommandSpec(
        path: ["selftest"], summary: "Kills, freezes and starves a private fleet, and proves that no job is lost",
        options: [
            .value("only", "IDS", repeats: true, "these scenarios, such as T01,T16"),
            .value("seed", "N", "repeats the faults of an earlier run"),
            .flag("short", "the quick ones, with fewer jobs and faults"),
            .value("jobs", "N", "how many a scenario"),
            .value("duration", "TIME", "how long random faults go on (default 60s)"),
            .value("previous", "DIR", "programs of another build, for a fleet of both"),
            .flag("list", "say what there is, and play nothing"),
            .flag("keep", "keep logs and journals of what held too"),
        ], examples: ["selftest --short", "selftest --only T01,T16 --seed 42", "selftest --list"],
        notes:
            "Needs redis-server and PostgreSQL's programs. Starts private servers in temporary directories; touches none of the configuration's."
    )

    private let options: SelfTestRunner.Options
    private let isListing: Bool

    init(_ arguments: Arguments) throws(CommandError) {
        var options = SelfTestRunner.Options(
            seed: try arguments.number("seed", in: 0...Int.max).map { UInt64($0) } ?? UInt64.random(in: 0...0xFFFF_FFFF))
        options.only = Set(
            arguments.texts("only").flatMap { $0.split(separator: ",") }.map { $0.uppercased() })
        options.isShort = arguments.has("short")
        options.jobs = try arguments.number("jobs", in: 1...10_000_000)
        options.duration = try arguments.duration("duration")
        options.previousPrograms = arguments.text("previous")
        options.isKeeping = arguments.has("keep")
        self.options = options
        self.isListing = arguments.has("list")
    }

    func run(_ context: CommandContext) async throws -> Output {
        let printer = context.printer
        let runner = SelfTestRunner(self.options) { printer.message($0) }
        if self.isListing { return try Self.list(runner) }
        let report = try await runner.run()
        return Self.output(report)
    }

    static func list(_ runner: SelfTestRunner) throws -> Output {
        var output = Output("ScenarioList")
        var table = Table([.left("ID"), .left("LENGTH"), .left("SCENARIO"), .flexible("PROMISE")], empty: "none")
        let scenarios = try runner.scenarios()
        for scenario in scenarios { table.rows.append([scenario.id, scenario.length.rawValue, scenario.title, scenario.promise]) }
        output.set(
            "scenarios",
            .array(
                scenarios.map {
                    [
                        "id": .string($0.id), "length": .string($0.length.rawValue), "title": .string($0.title),
                        "promise": .string($0.promise),
                    ]
                }))
        output.table(table)
        return output
    }

    static func output(_ report: SelfTestReport) -> Output {
        var output = Output("SelfTest", ["seed": .integer(Int64(clamping: report.seed)), "held": .bool(report.isHeld)])
        output.line(report.equation.sentence)
        var table = Table(
            [
                .left("ID"), .left("SCENARIO"), .left("RESULT"), .right("JOBS"), .right("FAULTS"), .right("LOST"), .right("RUN TWICE"),
                .right("APPLIED TWICE"), .right("LONGEST STALL"), .right("SECONDS"),
            ], empty: "nothing was played")
        for entry in report.entries { table.rows.append(Self.row(entry)) }
        output.table(table)
        for entry in report.entries { for text in entry.broken { output.line("\(entry.id): \(text)") } }
        output.line("seed \(report.seed)" + (report.artefacts.map { "; logs in \($0)" } ?? ""))
        output.exit = report.isHeld ? .success : .failed
        return output
    }

    private static func row(_ entry: SelfTestReport.Entry) -> [String] {
        if case .skipped(let reason) = entry.verdict { return [entry.id, entry.title, "skipped: \(reason)"] }
        return [
            entry.id, entry.title, entry.verdict == .held ? "held" : "BROKEN", "\(entry.jobs)", "\(entry.faults)", "\(entry.lost)",
            "\(entry.duplicatesExecuted)", "\(entry.duplicatesApplied)",
            "\((entry.longestStall.inSeconds * 100).rounded() / 100) s", "\(Int(entry.duration.inSeconds.rounded()))",
        ]
    }
}
