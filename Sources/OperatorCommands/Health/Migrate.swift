import CorpusPostgres
import FlotillaCachePostgres
import Flotilla
import FlotillaPostgres
import JSONText
import PostgresClient

/// The steps of the whole schema: what the runtime needs and what documents need.
enum FleetSchema {
    static let migrations: [Migration] = JobSchema.migrations + CorpusSchema.migrations + CacheSchema.migrations

    static func migrator(_ context: CommandContext) throws -> Migrator {
        try Migrator(pool: context.database(), migrations: Self.migrations)
    }
}

struct Migrate: Verb {
    static let spec = CommandSpec(
        path: ["migrate"], summary: "Brings the database to the schema of this program",
        positionals: [.init(name: "status|plan|up", help: "show the steps, show what is pending, or do it (default)", isOptional: true)],
        examples: ["migrate", "migrate status", "migrate plan --json"],
        notes: "Steps are forward only, each in one transaction, under a lock: any number may run this at once.")

    private enum What: String { case status, plan, up }
    private let what: What

    init(_ arguments: Arguments) throws(CommandError) {
        let word = arguments.positionals.first ?? "up"
        guard let what = What(rawValue: word) else {
            throw .usage("'migrate \(word)' is none of status, plan, up" + Suggestion.sentence(word, among: ["status", "plan", "up"]))
        }
        self.what = what
    }

    func run(_ context: CommandContext) async throws -> Output {
        let migrator = try FleetSchema.migrator(context)
        switch self.what {
        case .status: return try await self.status(migrator, context.time)
        case .plan: return self.plan(try await migrator.plan())
        case .up:
            let done = try await migrator.migrate()
            var output = Output("Migration", ["applied": .array(done.map { Self.json($0) })])
            for step in done { output.line("applied \(step.label) \(step.name)") }
            if done.isEmpty { output.line("the schema is up to date (\(FleetSchema.migrations.last?.label ?? "no steps"))") }
            return output
        }
    }

    private func status(_ migrator: Migrator, _ time: HumanTime) async throws -> Output {
        let steps = try await migrator.status()
        var table = Table([.left("STEP"), .left("NAME"), .left("APPLIED")], empty: "there are no steps")
        table.rows = steps.map { [$0.migration.label, $0.migration.name, $0.appliedAt.map { time.moment($0.microseconds) } ?? "pending"] }
        var output = Output("MigrationStatus")
        output.set(
            "steps",
            .array(
                steps.map { step in
                    [
                        "version": .count(step.migration.version), "name": .string(step.migration.name),
                        "applied_at": .optional(step.appliedAt.map { Timestamp.text($0.microseconds) }),
                    ]
                }))
        output.set("pending", .count(steps.count { $0.appliedAt == nil }))
        output.table(table)
        return output
    }

    private func plan(_ pending: [Migration]) -> Output {
        var output = Output("MigrationPlan", ["pending": .array(pending.map { Self.json($0) })])
        if pending.isEmpty { output.line("nothing is pending") }
        for step in pending {
            output.heading("-- \(step.label) \(step.name)")
            output.blocks.append(.text(step.sql))
        }
        return output
    }

    private static func json(_ step: Migration) -> JSONValue {
        ["version": .count(step.version), "name": .string(step.name), "checksum": .string(step.checksum)]
    }
}
