import Flotilla
import FlotillaCache
import FlotillaCachePostgres
import JSONText
import Threading

struct CacheStats: Verb {
    static let spec = CommandSpec(
        path: ["cache", "stats"], summary: "Shows how often the cache was hit, how fast, and what that saved, by type",
        options: [.cacheType, .cacheTenant, .since("1h")],
        examples: ["cache stats", "cache stats --since 24h --tenant acme", "cache stats --type ocr_result --json"],
        notes: """
            Counts are those that daemons wrote down, some seconds old. MEMORY, SHARED and STALE are shares of all reads: found in the process,
            in Redis, and past their time while a new value was made. P50 and P99 are of hits in Redis, for all tenants together.
            """)

    private let type: CacheType?
    private let tenant: CacheTenant?
    private let since: Duration

    init(_ arguments: Arguments) throws(CommandError) {
        self.type = try arguments.cacheType()
        self.tenant = arguments.cacheTenant()
        self.since = try arguments.since(default: .seconds(3_600))
    }

    func run(_ context: CommandContext) async throws -> Output {
        let now = context.time.now
        let start = now - self.since.inNanoseconds / 1_000
        let history = try context.cacheHistory()
        let counts = try await history.counts(since: start, now: now, by: .type, type: self.type?.name, tenant: self.tenant)
        let speeds = try await history.speeds(since: start, of: self.type?.name)
        let server = await Reading.of { try await CacheServer.read(from: context.fleet().cacheRedis()) }
        return Self.output(counts, speeds, server, start: start)
    }

    static func output(
        _ counts: CacheHistory.Counts, _ speeds: [String: CacheHistory.Speed], _ server: Reading<CacheServer>, start: Int64
    ) -> Output {
        let total = counts.total
        var output = Output("CacheStats", ["since": .string(Timestamp.text(start)), "span_seconds": .number(counts.span.inSeconds)])
        output.set("total", .object(total.json + (speeds[""]?.json ?? [])))
        output.set(
            "types",
            .array(
                counts.entries.map { entry in
                    .object([.init("type", .string(entry.name))] + entry.tally.json + (speeds[entry.name]?.json ?? []))
                }))
        output.set("engine_runs_avoided", .integer(Int64(clamping: counts.avoided.engineRuns)))
        output.set("queries_avoided", .integer(Int64(clamping: counts.avoided.queries)))
        output.set("server", server.value?.json ?? .null)

        output.table(CacheTables.reads(counts, speeds))
        output.line("")
        output.table(CacheTables.writes(counts))
        output.line("")
        output.line(CacheTables.savings(counts))
        switch server {
        case .known(let server):
            output.line(
                "Redis since its start: \(server.totalConnections) connections, \(server.totalCommands) commands, "
                    + "\(server.hitRate.map { "\($0) %" } ?? "no") hits of keys, \(HumanTime.bytes(server.memory.used)) used, "
                    + "\(HumanTime.bytes(server.memory.peak)) at most")
        case .failed(let reason):
            output.set("server_error", .string(reason))
            output.messages.append("the cache's Redis says nothing of itself: \(reason)")
        }
        return output
    }
}
