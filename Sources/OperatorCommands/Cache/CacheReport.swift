import Flotilla
import FlotillaCache
import FlotillaCachePostgres
import JSONText
import PostgresClient
import Threading

struct CacheReport: Verb {
    static let spec = CommandSpec(
        path: ["cache", "report"], summary: "Holds the cache against its targets and says what to do",
        positionals: [.init(name: "daily|weekly|monthly", help: "of the last 24 hours (default), 7 days or 30 days", isOptional: true)],
        options: [.since("24h")],
        examples: ["cache report", "cache report weekly", "cache report --since 90d --json"],
        notes: "Each target is ok, warn (near the limit), bad or unknown. Ends with 0 when none is bad, otherwise with 1.")

    private enum Period: String { case daily, weekly, monthly }
    private let since: Duration

    init(_ arguments: Arguments) throws(CommandError) {
        guard let word = arguments.positionals.first else {
            self.since = try arguments.since(default: .seconds(86_400))
            return
        }
        if arguments.has("since") { throw .usage("'\(word)' and --since exclude each other") }
        self.since =
            switch Period(rawValue: word) {
            case .daily: .seconds(86_400)
            case .weekly: .seconds(7 * 86_400)
            case .monthly: .seconds(30 * 86_400)
            case nil:
                throw .usage(
                    "'\(word)' is none of daily, weekly, monthly" + Suggestion.sentence(word, among: ["daily", "weekly", "monthly"]))
            }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let now = context.time.now
        let start = now - self.since.inNanoseconds / 1_000
        let quarter = now - 900_000_000
        let history = try context.cacheHistory()
        let types = try await history.counts(since: start, now: now, by: .type)
        let tenants = try await history.counts(since: start, now: now, by: .tenant, limit: 10)
        let speeds = try await history.speeds(since: start)
        let lately = try await history.counts(since: quarter, now: now, by: .type).total
        let evicted = try await history.tiers(evictedSince: quarter).compactMap(\.evicted)
        let spikes = try await history.store.missSpikes(at: PostgresTimestamp(microseconds: now))
        let memory = await Reading.of { try await CacheServer.read(from: context.fleet().cacheRedis()).memory }
        let judgements = CacheReview.judge(
            .init(
                total: types.total, shared99: speeds[""]?.shared99, evicted: evicted.isEmpty ? nil : evicted.reduce(0, +),
                writes: Int(clamping: lately.writes), spikes: spikes, memory: memory.value,
                sharesRedis: try context.fleet().sharesRedis))
        return Self.output(judgements, types: types, tenants: tenants, speeds: speeds, start: start)
    }

    static func output(
        _ judgements: [CacheReview.Judgement], types: CacheHistory.Counts, tenants: CacheHistory.Counts,
        speeds: [String: CacheHistory.Speed], start: Int64
    ) -> Output {
        var output = Output("CacheReport", ["since": .string(Timestamp.text(start)), "targets": .array(judgements.map(\.json))])
        func rows(_ counts: CacheHistory.Counts, _ name: String) -> JSONValue {
            .array(counts.entries.map { entry in .object([.init(name, .string(entry.name))] + entry.tally.json) })
        }
        output.set("total", .object(types.total.json))
        output.set("types", rows(types, "type"))
        output.set("tenants", rows(tenants, "tenant"))
        output.set("engine_runs_avoided", .integer(Int64(clamping: types.avoided.engineRuns)))
        output.set("queries_avoided", .integer(Int64(clamping: types.avoided.queries)))

        var table = Table([.left("TARGET"), .left("RESULT"), .flexible("SEEN"), .flexible("WANTED")], empty: "")
        table.rows = judgements.map { [$0.id, $0.verdict.rawValue, $0.seen, $0.target] }
        output.heading("the cache since \(Timestamp.text(start))")
        output.line(CacheTables.savings(types))
        output.line("")
        output.table(table)
        for judgement in judgements where !judgement.advice.isEmpty {
            output.line("")
            output.line("\(judgement.verdict.rawValue): \(judgement.id): \(judgement.seen)")
            output.line("    \(judgement.advice)")
        }
        output.line("")
        output.table(CacheTables.reads(types, speeds))
        output.line("")
        output.table(CacheTables.writes(types))
        output.line("")
        output.table(CacheTables.reads(tenants, [:], first: "TENANT"))
        let bad = judgements.count { $0.verdict == .bad }
        output.line("")
        output.line(bad == 0 ? "no target is missed" : "\(bad) of \(judgements.count) targets are missed")
        output.exit = bad == 0 ? .success : .failed
        return output
    }
}
