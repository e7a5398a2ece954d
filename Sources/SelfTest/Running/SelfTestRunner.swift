internal import Glibc
internal import ServerHarness
internal import Threading

/// Plays scenarios one after the other and says what held.
public struct SelfTestRunner: Sendable {
    public struct Options: Sendable {
        /// Everything random comes from it: the same seed repeats the same faults.
        public var seed: UInt64
        /// Ids; empty plays all.
        public var only: Set<String> = []
        /// Only the short ones, with fewer jobs and faults.
        public var isShort = false
        /// How many jobs a scenario, where it has a choice.
        public var jobs: Int?
        /// How long random faults go on.
        public var duration: Duration?
        /// Where `flotilla` and `retry-scheduler` are; nil looks beside the program that runs.
        public var programs: String?
        /// Where those of another build are, for fleets of two.
        public var previousPrograms: String?
        /// Keeps logs, journals and histories of what held too.
        public var isKeeping = false

        public init(seed: UInt64) { self.seed = seed }
    }

    private let options: Options
    private let progress: @Sendable (String) -> Void

    /// - Parameter progress: called with lines for people who watch, from any thread.
    public init(_ options: Options, progress: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.progress = progress
    }

    /// The scenarios that the options name, in the catalogue's order.
    /// - Throws: ``SelfTestError`` when one does not exist.
    public func scenarios() throws(SelfTestError) -> [any Scenario] {
        let known = Set(ScenarioCatalogue.all.map(\.id))
        let unknown = self.options.only.subtracting(known).sorted()
        guard unknown.isEmpty else { throw SelfTestError("there is no scenario \(unknown.joined(separator: ", "))") }
        return ScenarioCatalogue.all.filter { scenario in
            self.options.only.isEmpty
                ? !self.options.isShort || scenario.length == .short : self.options.only.contains(scenario.id)
        }
    }

    /// Plays them. Cancelling the task ends the scenario that is being played, with all that it started, and begins no other; the report then says
    /// so, and what came before stands.
    ///
    /// - Throws: ``SelfTestError`` when there is nothing to play with: no such scenario, no programs. What a scenario meets is in the report.
    public func run() async throws -> SelfTestReport {
        let scenarios = try self.scenarios()
        let programs = self.options.programs ?? ownDirectory()
        for program in ["flotilla", "retry-scheduler"] where access("\(programs)/\(program)", X_OK) != 0 {
            throw SelfTestError("there is no program \(program) in \(programs)")
        }
        var report = SelfTestReport(seed: self.options.seed)
        let servers = SharedServers()
        let artefacts = ArtefactDirectory(seed: self.options.seed, keepsAll: self.options.isKeeping)
        for scenario in scenarios {
            if Task.isCancelled { break }
            let setting = SceneSetting(
                name: scenario.id, seed: self.options.seed, isLong: !self.options.isShort, jobs: self.options.jobs,
                duration: self.options.duration, programs: programs, previousPrograms: self.options.previousPrograms, servers: servers,
                artefacts: artefacts,
                progress: self.progress)
            let entry = await self.play(scenario, setting)
            report.entries.append(entry)
            report.artefacts = artefacts.path
        }
        report.isInterrupted = report.entries.count < scenarios.count || report.entries.contains { $0.verdict == .interrupted }
        return report
    }

    private func play(_ scenario: any Scenario, _ setting: SceneSetting) async -> SelfTestReport.Entry {
        var entry = SelfTestReport.Entry(
            id: scenario.id, title: scenario.title, promise: scenario.promise, verdict: .held)
        let unmet = scenario.requirements.compactMap { $0.unmet(in: setting) }
        guard unmet.isEmpty else {
            entry.verdict = .skipped(unmet.joined(separator: ", "))
            self.progress("\(scenario.id) \(scenario.title): skipped, \(unmet.joined(separator: ", "))")
            return entry
        }
        self.progress("\(scenario.id) \(scenario.title)")
        entry.scenes = await Scene.play(setting, options: scenario.options) { try await scenario.run($0) }.all
        if Task.isCancelled {
            // What it had not got to must not be judged.
            entry.verdict = .interrupted
            self.progress("\(scenario.id) interrupted after \(entry.duration.inSeconds.rounded()) s")
            return entry
        }
        if !entry.broken.isEmpty { entry.verdict = .broken }
        for text in entry.broken { self.progress("\(scenario.id) BROKEN: \(text)") }
        self.progress("\(scenario.id) \(entry.verdict == .held ? "held" : "broken") after \(entry.duration.inSeconds.rounded()) s")
        return entry
    }
}
