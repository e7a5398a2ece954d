import SelfTest

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
            "Needs redis-server and PostgreSQL's programs. Starts private servers in temporary directories; touches none of the configuration's. "
            + "SIGINT or SIGTERM ends the scenario that is being played, stops all that was started, and reports what came before."
    )

    /// What it started has to end first: servers, a fleet, networks.
    static let stopGrace = Duration.seconds(30)

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
        do {
            if self.isListing { return SelfTestOutput.list(try runner.scenarios()) }
            printer.message("seed \(self.options.seed)")
            return SelfTestOutput.report(try await runner.run())
        } catch let error as SelfTestError {
            throw CommandError.usage(error.message)
        }
    }
}
