public import Flotilla
public import FlotillaCache
internal import FlotillaCachePostgres
public import FlotillaCacheRedis
internal import Glibc
internal import PostgresClient
internal import Reactor
public import RedisClient
public import StageCaching
internal import Threading

/// The cache of a program of the fleet, put together from the settings: client, tiers, metrics, and what must run for as long as the program does.
public final class CachePlatform: Sendable {
    public let cache: Cache
    /// For upkeep: quotas, health, scans.
    public let backend: RedisCacheBackend
    /// The connections to the cache's Redis.
    public let client: RedisClient
    /// Whether the cache has a Redis of its own.
    public let isApart: Bool
    private let postgres: PostgresPool
    private let settings: Lock<Settings>
    /// Of the settings: asked many times a document, and to ask them copies the catalogue.
    private let remembersStages: Lock<Bool>
    private let logger: Logger

    /// Begins to connect; returns at once. A cache that is away costs its users their own work and nothing else.
    ///
    /// - Throws: ``SettingMistakes`` when CACHE_REDIS_URL cannot be read.
    public init(_ connections: Connections, logger: Logger, metrics: FleetMetrics? = nil) throws(SettingMistakes) {
        let settings = connections.configuration.settings
        let options = settings.cacheOptions
        let configuration = try settings.cacheRedis(clientName: "\(connections.configuration.role.rawValue)-cache")
        self.client = RedisClient(configuration: configuration, eventLoop: connections.loop) { event in
            switch event {
            case .connected: break
            case .disconnected(let error, _): logger.warning("connection to the cache lost", ["error": error.description])
            case .connectFailed(let error, _): logger.warning("cannot connect to the cache", ["error": error.description])
            }
        }
        let budgets = RedisCacheBackend.Options(
            readTimeout: settings[\.cache.readTimeout], writeTimeout: settings[\.cache.writeTimeout])
        self.backend = RedisCacheBackend(
            client: self.client, eventLoop: connections.loop, keySpace: options.keySpace, options: budgets)
        self.isApart = settings[\.cache.redisURL] != nil
        // What must not be evicted stays in the queues' Redis, which evicts nothing; the cache's scripts cannot work on a cluster.
        let durable =
            self.isApart && !settings.redisIsCluster
            ? RedisCacheBackend(client: connections.redis, eventLoop: connections.loop, keySpace: options.keySpace, options: budgets) : nil
        self.cache = Cache(options: options, codec: settings.cacheCodec, shared: self.backend, durable: durable)
        self.postgres = connections.postgres
        self.settings = Lock(settings)
        self.remembersStages = Lock(Self.remembersStages(settings))
        self.logger = logger
        if options.isEnabled { self.client.start() }
        if let metrics { CacheMetrics(self.cache, registry: metrics.registry).install() }
    }

    /// Where stages remember what they made.
    public var stages: CachedStages { CachedStages(cache: self.cache) { self.remembersStages.withLock { $0 } } }
    /// Where they show how far they are.
    public var stageStates: CachedStageStates { CachedStageStates(cache: self.cache) { self.remembersStages.withLock { $0 } } }

    private static func remembersStages(_ settings: Settings) -> Bool { settings[\.cache.isEnabled] && settings[\.cache.stages] }

    /// What runs for as long as a processor does: listening to what ends elsewhere, and writing down what was counted.
    public var services: [any DaemonService] {
        let flusher = self.flusher
        return [
            ClosureService("cache connections", run: { await Processor.untilCancelled { await self.client.close() } }),
            ClosureService("cache listener", run: { await self.cache.run() }),
            ClosureService("cache statistics", run: { await flusher.run() }),
        ]
    }

    var flusher: CacheStatisticsFlusher {
        CacheStatisticsFlusher(
            self.cache, pool: self.postgres, process: "\(hostName()) \(getpid())", interval: self.settings.withLock { $0[\.cache.flush] },
            logger: self.logger)
    }

    /// What a retry-scheduler does for the cache beside: applies ends that were recorded, warms up, keeps order.
    func duties(_ connections: Connections, metrics: Metrics) -> [any DaemonService] {
        // Also while the cache is switched off: what ends meanwhile must not come back when it is switched on.
        self.client.start()
        let settings = connections.configuration.settings
        let upkeep = self.upkeep(connections, metrics)
        let relay = self.relay(metrics)
        var services: [any DaemonService] = [
            ClosureService("cache upkeep", run: { await upkeep.run() }),
            ClosureService("cache invalidation", run: { await relay.run() }),
            ClosureService("cache invalidation backlog", run: { await Self.watch(relay, metrics) }),
        ]
        if settings[\.cache.warmup] {
            let warmup = self.warmup(settings) { upkeep.allowsWarmup }
            services.append(ClosureService("cache warm-up", run: { await warmup.run() }))
        }
        return services
    }

    func upkeep(_ connections: Connections, _ metrics: Metrics) -> CacheUpkeep {
        let settings = connections.configuration.settings
        var retention = CacheRetention()
        retention.events = settings[\.cache.eventRetention]
        return CacheUpkeep(
            self, connections: connections, interval: settings[\.cache.cleanup], alertPercent: settings[\.cache.memoryAlert],
            retention: retention, metrics: metrics, logger: self.logger.labelled("cache-upkeep"))
    }

    private func relay(_ metrics: Metrics) -> InvalidationRelay {
        let logger = self.logger.labelled("cache-invalidation")
        let applied = metrics.counter(
            "flotilla_cache_invalidations_total", help: "Recorded changes applied to the cache by this process.")()
        return InvalidationRelay(
            pool: self.postgres,
            report: { result in
                switch result {
                case .success(let progress):
                    applied.increment(by: progress.events)
                    for (rule, events) in progress.unfilled {
                        logger.warning(
                            "an event lacks a field that a rule needs, and what the rule names did not end",
                            ["rule": rule, "events": events])
                    }
                case .failure(let error): logger.warning("cannot apply ends to the cache", ["error": Redactor.redact("\(error)")])
                }
            }, apply: { try await self.cache.end($0) })
    }

    private static func watch(_ relay: InvalidationRelay, _ metrics: Metrics) async {
        let waiting = metrics.gauge("flotilla_cache_invalidations_waiting", help: "Recorded changes that wait to be applied.")()
        let oldest = metrics.gauge("flotilla_cache_invalidations_oldest_seconds", help: "Age of the oldest of them.")()
        while !Task.isCancelled {
            // A gauge that cannot be measured keeps its last value; flotilla_dependency_up says that PostgreSQL is away.
            if let backlog = try? await relay.backlog() {
                waiting.set(backlog.events)
                oldest.set(backlog.oldest?.inSeconds ?? 0)
            }
            // Ends early when the task is cancelled, and the loop with it.
            try? await Task.sleep(for: .seconds(2))
        }
    }

    func warmup(_ settings: Settings, isAllowed: @escaping @Sendable () -> Bool) -> WarmupRunner {
        let logger = self.logger.labelled("cache-warmup")
        return WarmupRunner(
            jobs: WarmupJobStore(pool: self.postgres), accesses: CacheAccessStore(pool: self.postgres),
            loaders: StageOutputLoader.all(pool: self.postgres, stages: self.stages), runner: "\(hostName()) \(getpid())",
            rate: Double(settings[\.cache.warmupRate]), isAllowed: isAllowed
        ) { result in
            switch result {
            case .success(let report):
                logger.info(
                    "cache warmed up",
                    ["job": report.job, "loaded": report.result.loaded, "skipped": report.result.skipped, "failed": report.result.failed])
            case .failure(let error): logger.warning("cannot warm the cache up", ["error": Redactor.redact("\(error)")])
            }
        }
    }

    /// Takes over what may change while the program runs: the kill switch, types, times to live, quotas.
    public func reload(_ settings: Settings) {
        self.settings.withLock { $0 = settings }
        self.remembersStages.withLock { $0 = Self.remembersStages(settings) }
        let options = settings.cacheOptions
        self.cache.reconfigure { $0 = options }
        if options.isEnabled { self.client.start() }
    }

    /// For `/readyz`: a cache that is away makes nobody unready.
    public var check: HealthCheck {
        let isOn = self.cache.currentOptions.isEnabled
        let isUp = !isOn || self.client.isConnected && self.cache.isReachable
        return HealthCheck(
            "cache", isHealthy: isUp, detail: isOn ? (isUp ? "answers" : "does not answer: all work is done anew") : "switched off",
            isCritical: false)
    }
}
