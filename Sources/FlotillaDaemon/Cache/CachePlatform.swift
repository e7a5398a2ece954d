public import Flotilla
public import FlotillaCache
public import FlotillaCacheRedis
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
    private let settings: Lock<Settings>
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
        // What must not be evicted stays in the queues' Redis, which evicts nothing.
        let durable =
            self.isApart
            ? RedisCacheBackend(client: connections.redis, eventLoop: connections.loop, keySpace: options.keySpace, options: budgets) : nil
        self.cache = Cache(options: options, codec: settings.cacheCodec, shared: self.backend, durable: durable)
        self.settings = Lock(settings)
        self.logger = logger
        if options.isEnabled { self.client.start() }
        if let metrics { CacheMetrics(self.cache, registry: metrics.registry).install() }
    }

    /// Where stages remember what they made.
    public var stages: CachedStages { CachedStages(cache: self.cache) { self.remembersStages } }
    /// Where they show how far they are.
    public var stageStates: CachedStageStates { CachedStageStates(cache: self.cache) { self.remembersStages } }

    private var remembersStages: Bool { self.settings.withLock { $0[\.cache.isEnabled] && $0[\.cache.stages] } }

    /// Listens to what ends elsewhere.
    public var listener: any DaemonService {
        ClosureService("cache listener") {
            await self.cache.run()
            // Ends before the daemon does only where it was never needed.
            await Processor.untilCancelled {}
        }
    }

    /// Takes over what may change while the program runs: the kill switch, types, times to live, quotas.
    public func reload(_ settings: Settings) {
        self.settings.withLock { $0 = settings }
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

    public func close() async { await self.client.close() }
}
