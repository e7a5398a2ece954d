import Flotilla
import FlotillaDaemon
import JSONText

struct Doctor: Verb {
    static let spec = CommandSpec(
        path: ["doctor"],
        summary: "Checks Redis, PostgreSQL, queues, cache, tools, directories, secrets and limits, and says how to mend what is wrong",
        options: [.value("role", "ROLE", "what this machine is for: a daemon's name, or operator (default: every processor)")],
        examples: ["doctor", "doctor --role audio-processor", "doctor --role retry-scheduler --json"],
        notes: "Ends with 0 when nothing failed (warnings included), with 1 when a check failed, with 2 when the configuration is wrong.")

    /// Daemons whose needs this machine must fulfil; without any, only the servers and queues are looked at.
    private let roles: [DaemonRole]
    private static let processors: [DaemonRole] = [.documentProcessor, .audioProcessor, .videoProcessor, .graphProcessor]

    init(_ arguments: Arguments) throws(CommandError) {
        switch arguments.text("role") {
        case nil: self.roles = Self.processors
        case "operator": self.roles = []
        case let word?:
            guard let role = DaemonRole(rawValue: word) else {
                let known = DaemonRole.allCases.map(\.rawValue) + ["operator"]
                throw .usage(
                    "there is no role '\(word)'" + Suggestion.sentence(word, among: known) + "; there are \(known.joined(separator: ", "))")
            }
            self.roles = Self.processors.contains(role) ? [role] : []
        }
    }

    func run(_ context: CommandContext) async throws -> Output {
        var findings: [HealthFinding] = []
        let settings = try context.settings()
        _ = try context.fleet()
        findings.append(
            .ok("config", "every setting can be read" + (settings.warnings.isEmpty ? "" : "; \(settings.warnings.count) look misspelt")))
        findings += MachineChecks.secrets(context.environment)
        let redis = await RedisChecks.run(context)
        let postgres = await PostgresChecks.run(context)
        findings += redis.findings + postgres.findings
        findings.append(self.clocks(redis: redis.time, postgres: postgres.time, now: redis.askedAt))
        findings += await QueueChecks.run(context, redisAnswers: redis.time != nil, postgresAnswers: postgres.isUpToDate)
        findings += await CacheChecks.run(context)
        findings += MachineChecks.limits()
        if !self.roles.isEmpty {
            findings += MachineChecks.directories(settings)
            findings += await ToolChecks.run(settings, roles: self.roles)
        }
        return Self.output(findings)
    }

    private func clocks(redis: Int64?, postgres: Int64?, now: Int64) -> HealthFinding {
        let differences = [("Redis", redis), ("PostgreSQL", postgres)].compactMap { name, time in
            time.map { (name, Double($0 - now) / 1e6) }
        }
        guard !differences.isEmpty else { return .skipped("clock", "no server answers") }
        let text = differences.map { "\($0.0) \(($0.1 * 100).rounded() / 100) s" }.joined(separator: ", ")
        let worst = differences.map { abs($0.1) }.max() ?? 0
        if worst < 2 { return .ok("clock", "ahead of this machine: \(text)") }
        return .warning(
            "clock", "ahead of this machine: \(text)",
            fix: "run a time service (systemd-timesyncd, chrony) everywhere; leases do not depend on it, times shown and expiry do")
    }

    static func output(_ findings: [HealthFinding]) -> Output {
        let failed = findings.count { $0.severity == .failed }
        let warnings = findings.count { $0.severity == .warning }
        var output = Output("Doctor", ["failed": .count(failed), "warnings": .count(warnings), "checks": .array(findings.map(\.json))])
        var table = Table([.left("CHECK"), .left("RESULT"), .flexible("SEEN")], empty: "nothing was checked")
        table.rows = findings.map { [$0.id, $0.severity.rawValue, $0.evidence] }
        output.table(table)
        for finding in findings where !finding.fix.isEmpty {
            output.line("")
            output.line("\(finding.severity.rawValue): \(finding.id): \(finding.evidence)")
            output.line("    \(finding.fix)")
        }
        output.line("")
        output.line(
            failed == 0
                ? "\(findings.count) checks, \(warnings) \(warnings == 1 ? "warning" : "warnings"), nothing failed"
                : "\(failed) of \(findings.count) checks failed")
        output.exit = failed == 0 ? .success : .failed
        return output
    }
}
