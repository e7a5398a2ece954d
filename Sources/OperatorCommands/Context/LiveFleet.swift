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
    private let cacheConfiguration: RedisConfiguration
    let sharesRedis: Bool
    private let postgresConfiguration: PostgresConfiguration
    private let deadLetterRetention: Duration
    private let connections = Lock(Connections())

    private static let patience = Duration.seconds(5)

    private struct Connections {
        var loop: EventLoop?
        var redis: (client: RedisClient, blocking: RedisBlockingConnection)?
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
        var redis = try settings.redis(clientName: "flotilla-cli", connections: 1)
        // Somebody sits in front of it.
        redis.connectTimeout = .seconds(3)
        self.redisConfiguration = redis
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
            let (client, blocking) = self.redis(&connections)
            let broker = RedisBroker(
                names: queue.names, client: client, blocking: blocking, eventLoop: connections.eventLoop(),
                options: .init(metadataRetention: self.deadLetterRetention))
            connections.brokers[queue] = broker
            return broker
        }
    }

    func redis() -> RedisClient { self.connections.withLock { self.redis(&$0).client } }

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

    private func redis(_ connections: inout Connections) -> (client: RedisClient, blocking: RedisBlockingConnection) {
        if let redis = connections.redis { return redis }
        let loop = connections.eventLoop()
        let redis = (
            client: RedisClient(configuration: self.redisConfiguration, eventLoop: loop),
            // Connects only when somebody waits with it, which no verb but bench does.
            blocking: RedisBlockingConnection(configuration: self.redisConfiguration, eventLoop: loop)
        )
        connections.redis = redis
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
        await redis?.client.close()
        await redis?.blocking.close()
    }
}
