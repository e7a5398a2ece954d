struct PipelineMonitor: Verb {
    static let spec = CommandSpec(
        path: ["monitor", "pipeline"], summary: "Shows queues, stages, versions and memory as they are now, again and again",
        options: LiveView.options + [.value("window", "DURATION", "count runs that ended within it, 1m to 24h (default 15m)")],
        examples: ["monitor pipeline", "monitor pipeline --once", "monitor pipeline --interval 10s --window 2h --json"],
        notes: """
            IN/S and OUT/S are of the last minute, or since the page began: OUT counts work that ended after at least one stage, IN what the
            queue grew by and OUT. P50, P95 and MAX are of computed runs; CACHED ones took their output from the cache, and SAVED is what those
            had taken when they were computed. MEAN WORK is the time in stages of a document that is done.
            \(LiveView.notes)
            """)

    private let view: LiveView
    private let window: Duration

    init(_ arguments: Arguments) throws(CommandError) {
        self.view = try LiveView(arguments)
        self.window = try arguments.duration("window") ?? .seconds(900)
        if !(.seconds(60) ... .seconds(86_400)).contains(self.window) { throw .usage("--window must be from 1m to 24h") }
    }

    func run(_ context: CommandContext) async throws -> Output {
        // A wrong configuration is no outage.
        let fleet = try context.fleet()
        let sampler = PipelineSampler(context, fleet, window: self.window)
        return try await self.view.run(
            context, kind: "PipelineFrame", sample: { await sampler.sample() },
            page: { PipelinePage.page($0, width: $1, isLive: $2) }, frame: \.json)
    }
}
