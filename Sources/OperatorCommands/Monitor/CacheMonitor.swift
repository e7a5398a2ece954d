struct CacheMonitor: Verb {
    static let spec = CommandSpec(
        path: ["monitor", "cache"], summary: "Shows what the cache does by type and tenant, its memory, and what it saves, again and again",
        options: LiveView.options + [
            .value("window", "DURATION", "add up what happened within it, 1m to 1h (default 5m)"),
            .value("limit", "N", short: "n", "tenants to show, 1 to 500 (default 10)"),
        ],
        examples: ["monitor cache", "monitor cache --once --window 1h", "monitor cache --interval 10s --json"],
        notes: """
            Counts are those that daemons write down every few seconds; rates are means over the window. MEMORY, SHARED and STALE are shares of
            all reads. P50 and P99 are of hits in Redis. Each daemon has a breaker of its own: TIERS shows what they last saw.
            \(LiveView.notes)
            """)

    private let view: LiveView
    private let window: Duration
    private let limit: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.view = try LiveView(arguments)
        self.window = try arguments.duration("window") ?? .seconds(300)
        self.limit = try arguments.limit(default: 10)
        if !(.seconds(60) ... .seconds(3_600)).contains(self.window) {
            throw .usage("--window must be from 1m to 1h; flotilla cache stats looks further back")
        }
    }

    func run(_ context: CommandContext) async throws -> Output {
        // A wrong configuration is no outage.
        _ = try context.fleet()
        let sampler = CacheSampler(context: context, window: self.window, limit: self.limit)
        return try await self.view.run(
            context, kind: "CacheFrame", sample: { try await sampler.sample() }, page: { CachePage.page($0, width: $1, isLive: $2) },
            frame: \.json)
    }
}
