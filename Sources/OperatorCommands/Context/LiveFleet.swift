import Flotilla
import FlotillaCache
import FlotillaCacheRedis
import FlotillaDaemon
import FlotillaRedis
import PostgresClient
import Reactor
import RedisClient
import Threading

/// The fleet that the settings describe. Connects when it is first used.
final class LiveFleet: Fleet {
    let queues: [FleetQueue]
    private let redisConfiguration: RedisConfiguration
    /// Of the queues that have a server of their own.
    private let redisConfigurations: [RedisShard: RedisConfiguration]
    private let shards: [QueueKind: RedisShard]
    private let cacheConfiguration: RedisConfiguration
    let sharesRedis: Bool
    private let postgresConfiguration: PostgresConfiguration
    private let deadLetterRetention: Duration
    private let wait: (replicas: Int, timeout: Duration)
    private let connections = Lock(Connections())

    private static let patience = Duration.seconds(5)

    private struct Connections {
        var loop: EventLoop?
        var redis: [RedisShard: (client: RedisClient, blocking: RedisBlockingConnection)] = [:]
        /// Only where it is another one.
        var cache: RedisClient?
        var brokers: [FleetQueue: RedisBroker] = [:]
        var pool: PostgresPool?

        mutating func eventLoop() -> EventLoop {
            if let loop = self.loop { return loop }
            let loop = EventLoop(name: "flotilla")
            self.loop = loop
            return loop
        }
    }

    /// - Throws: ``CommandError`` when an address cannot be read. Connects to nothing.
    init(_ settings: Settings) throws {
        // Checks what contradicts what.
        _ = try DaemonConfiguration(settings: settings, role: .documentProcessor)
        self.queues = settings.queues.map { FleetQueue(kind: $0.kind, names: $0.names, maximumRetries: $0.maximumRetries) }
        var main = try settings.redis(clientName: "flotilla-cli", connections: 1)
        // Somebody sits in front of it.
        main.connectTimeout = .seconds(3)
        self.redisConfiguration = main
        var others: [RedisShard: RedisConfiguration] = [:]
        for queue in self.queues where settings.redisShard(queue.kind) != .main {
            var other = try settings.redis(of: queue.kind, clientName: "flotilla-cli", connections: 1)
            other.connectTimeout = main.connectTimeout
            others[settings.redisShard(queue.kind)] = other
        }
        self.redisConfigurations = others
        self.shards = Dictionary(uniqueKeysWithValues: QueueKind.allCases.map { ($0, settings.redisShard($0)) })
        self.wait = (settings[\.redisWaitReplicas], settings[\.redisWaitTimeout])
        var cache = try settings.cacheRedis(clientName: "flotilla-cli")
        cache.connections = 1
        cache.connectTimeout = .seconds(3)
        // A daemon does its work anew after some milliseconds; a person can wait.
        cache.commandTimeout = Self.patience
        self.cacheConfiguration = cache
        self.sharesRedis = settings[\.cache.redisURL] == nil
        var postgres = try settings.postgres(applicationName: "flotilla-cli")
        postgres.maximumConnections = 4
        postgres.connectTimeout = .seconds(3)
        postgres.acquireTimeout = .seconds(4)
        self.postgresConfiguration = postgres
        self.deadLetterRetention = settings[\.dlqRetention]
    }

    func broker(_ queue: FleetQueue) -> any BrokerAdministration { self.redisBroker(queue) }

    func redisBroker(_ queue: FleetQueue) -> RedisBroker {
        self.connections.withLock { connections in
            if let broker = connections.brokers[queue] { return broker }
            let (client, blocking) = self.redis(self.shard(queue.kind), &connections)
            let broker = RedisBroker(
                names: queue.names, client: client, blocking: blocking, eventLoop: connections.eventLoop(),
                options: .init(
                    metadataRetention: self.deadLetterRetention, replicas: self.wait.replicas, replicationTimeout: self.wait.timeout))
            connections.brokers[queue] = broker
            return broker
        }
    }

    func redis() -> RedisClient { self.redis(.main) }

    func redis(of kind: QueueKind) -> RedisClient { self.redis(self.shard(kind)) }

    func redisServers() -> [(name: String, client: RedisClient)] {
        var seen: Set<RedisShard> = []
        return self.queues.filter { seen.insert(self.shard($0.kind)).inserted }.map { queue in
            (self.shard(queue.kind) == .main ? "redis" : "redis-\(queue.kindName)", self.redis(of: queue.kind))
        }
    }

    private func shard(_ kind: QueueKind) -> RedisShard { self.shards[kind] ?? .main }

    private func redis(_ shard: RedisShard) -> RedisClient { self.connections.withLock { self.redis(shard, &$0).client } }

    func cacheRedis() -> RedisClient {
        if self.sharesRedis { return self.redis() }
        return self.connections.withLock { connections in
            if let client = connections.cache { return client }
            let client = RedisClient(configuration: self.cacheConfiguration, eventLoop: connections.eventLoop())
            connections.cache = client
            return client
        }
    }

    func cacheTiers(_ keySpace: CacheKeySpace) -> CacheTiers {
        let loop = self.connections.withLock { $0.eventLoop() }
        let options = RedisCacheBackend.Options(readTimeout: Self.patience, writeTimeout: Self.patience, upkeepTimeout: Self.patience)
        func tier(_ client: RedisClient) -> RedisCacheBackend {
            RedisCacheBackend(client: client, eventLoop: loop, keySpace: keySpace, options: options)
        }
        return CacheTiers(
            shared: tier(self.cacheRedis()), durable: self.sharesRedis || self.redisConfiguration.isCluster ? nil : tier(self.redis()))
    }

    private func redis(
        _ shard: RedisShard, _ connections: inout Connections
    ) -> (client: RedisClient, blocking: RedisBlockingConnection) {
        if let redis = connections.redis[shard] { return redis }
        let loop = connections.eventLoop()
        let configuration = self.redisConfigurations[shard] ?? self.redisConfiguration
        let redis = (
            client: RedisClient(configuration: configuration, eventLoop: loop),
            // Connects only when somebody waits with it, which no verb but bench does.
            blocking: RedisBlockingConnection(configuration: configuration, eventLoop: loop)
        )
        connections.redis[shard] = redis
        return redis
    }

    func database() -> PostgresPool {
        self.connections.withLock { connections in
            if let pool = connections.pool { return pool }
            let pool = PostgresPool(configuration: self.postgresConfiguration, eventLoop: connections.eventLoop())
            connections.pool = pool
            return pool
        }
    }

    func close() async {
        let (redis, cache, pool) = self.connections.withLock { ($0.redis, $0.cache, $0.pool) }
        await pool?.close(grace: .milliseconds(200))
        await cache?.close()
        for server in redis.values {
            await server.client.close()
            await server.blocking.close()
        }
    }
}
