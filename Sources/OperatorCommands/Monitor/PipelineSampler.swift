import Flotilla
import FlotillaCachePostgres
import FlotillaPostgres
import RedisClient
import Threading

/// Reads what the page of the pipeline shows, and remembers the last minute for its rates.
actor PipelineSampler {
    /// How many messages each queue held at a moment, by PostgreSQL's clock.
    private struct Mark {
        let at: Int64
        /// Ready, leased and scheduled together.
        let backlogs: [String: Int]
    }

    private let context: CommandContext
    private let fleet: any Fleet
    private let window: Duration
    private var marks: [Mark] = []
    /// A server that says nothing for so long is as good as away.
    private static let patience = Duration.seconds(2)
    private static let memoryOfRates: Int64 = 60_000_000

    init(_ context: CommandContext, _ fleet: any Fleet, window: Duration) {
        self.context = context
        self.fleet = fleet
        self.window = window
    }

    func sample() async -> PipelineSnapshot {
        let (context, fleet, window, since) = (self.context, self.fleet, self.window, self.marks.first?.at)
        async let queues = Reading.of { try await Self.queues(fleet) }
        async let activity = Reading.of {
            try await context.jobs().activity(window: window, finishedSince: since, timeout: Self.patience * 2)
        }
        async let instances = Self.instances(fleet)
        async let queriesAvoided = Self.queriesAvoided(context, window: window)
        var snapshot = PipelineSnapshot(
            time: WallClock.microseconds, window: window, queues: await queues, activity: await activity, instances: await instances,
            queriesAvoided: await queriesAvoided, daemons: LocalDaemons.list())
        self.addRates(to: &snapshot)
        return snapshot
    }

    /// What came in is what there is more than at the mark, and what left since.
    private func addRates(to snapshot: inout PipelineSnapshot) {
        guard case .known(var queues) = snapshot.queues, let activity = snapshot.activity.value else { return }
        let mark = self.marks.first
        for index in queues.indices {
            let queue = queues[index]
            let finished = activity.finished[queue.name] ?? 0
            let seconds = Double(mark.map { max(1, activity.at - $0.at) } ?? Self.memoryOfRates) / 1e6
            queues[index].leaving = Double(finished) / seconds
            if let before = mark?.backlogs[queue.name] {
                queues[index].arriving = max(0, Double(queue.backlog - before + finished)) / seconds
            }
        }
        snapshot.queues = .known(queues)
        self.marks.append(Mark(at: activity.at, backlogs: Dictionary(queues.map { ($0.name, $0.backlog) }) { first, _ in first }))
        self.marks.removeAll { $0.at < activity.at - Self.memoryOfRates }
    }

    private static func queues(_ fleet: any Fleet) async throws -> [PipelineSnapshot.QueueReading] {
        // Fails sooner than a broker would.
        for server in try fleet.redisServers() { _ = try await server.client.send(["PING"], timeout: Self.patience) }
        let now = WallClock.microseconds
        var readings: [PipelineSnapshot.QueueReading] = []
        for queue in fleet.queues {
            let broker = fleet.broker(queue)
            let counts = try await broker.counts()
            let workers = try await broker.workers()
            let live = workers.filter { $0.leaseLeft > .zero }
            readings.append(
                .init(
                    name: queue.name, counts: counts, pauseReason: counts.isPaused ? try await broker.pauseReason() : nil,
                    oldest: counts.ready > 0 ? try await Self.age(of: broker.readyMessages(from: 0, limit: 1).first, now: now) : nil,
                    live: live.count, dead: workers.count - live.count, held: live.reduce(0) { $0 + $1.held },
                    slots: live.reduce(0) { $0 + ($1.info?.concurrency ?? 0) }))
        }
        return readings
    }

    private static func age(of payload: [UInt8]?, now: Int64) -> Duration? {
        // A malformed message has no age; a worker will bury it.
        guard let payload, let enqueued = (try? Envelope(payload))?.enqueuedAt else { return nil }
        let (age, overflow) = now.subtractingReportingOverflow(enqueued)
        return overflow ? nil : .microseconds(max(0, age))
    }

    private static func instances(_ fleet: any Fleet) async -> [PipelineSnapshot.Instance] {
        let servers: [(name: String, client: RedisClient)]
        do {
            servers = try fleet.redisServers()
        } catch {
            return [.init(purpose: "queues", memory: await Reading.of { throw error })]
        }
        var instances: [PipelineSnapshot.Instance] = []
        for server in servers {
            let isMain = server.name == "redis"
            instances.append(
                .init(
                    purpose: isMain ? fleet.sharesRedis ? "queues and cache" : "queues" : "queue of \(server.name.dropFirst(6))",
                    memory: await Reading.of { try await RedisMemory.read(from: server.client, timeout: Self.patience) }))
        }
        if fleet.sharesRedis, servers.contains(where: { $0.name == "redis" }) { return instances }
        let cache = await Reading.of { try await RedisMemory.read(from: fleet.cacheRedis(), timeout: Self.patience) }
        return instances + [.init(purpose: "cache", memory: cache)]
    }

    /// What others than engines were spared, as far as daemons wrote it down.
    private static func queriesAvoided(_ context: CommandContext, window: Duration) async -> Int? {
        let reading = await Reading.of {
            let now = WallClock.microseconds
            return try await context.cacheHistory().counts(since: now - window.inNanoseconds / 1_000, now: now, by: .type).avoided.queries
        }
        // Without it the page is still worth seeing; why it is missing, the cache's own page says.
        return reading.value.map { Int(clamping: $0) }
    }
}

extension PipelineSnapshot.QueueReading {
    fileprivate var backlog: Int { self.counts.ready + self.counts.leased + self.counts.scheduled }
}

extension RedisMemory {
    static func read(from client: RedisClient, timeout: Duration) async throws -> RedisMemory {
        RedisMemory(RedisChecks.facts(try await client.send(["INFO"], timeout: timeout).bytes ?? []))
    }
}
