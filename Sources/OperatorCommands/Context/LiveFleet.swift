import Flotilla
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
    private let databaseURL: String?
    private let deadLetterRetention: Duration
    private let connections = Lock(Connections())

    private struct Connections {
        var loop: EventLoop?
        var redis: (client: RedisClient, blocking: RedisBlockingConnection)?
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
        let configuration = try DaemonConfiguration(settings: settings, role: .documentProcessor)
        self.queues = configuration.allQueues.map { queue in
            FleetQueue(
                kind: queue.kind, names: QueueNames(queue: QueueName(queue.queue), retry: queue.retry, deadLetter: queue.dead),
                maximumRetries: queue.maximumRetries)
        }
        var redis = try Self.redisConfiguration(settings)
        redis.clientName = "flotilla-cli"
        // Somebody sits in front of it.
        redis.connectTimeout = .seconds(3)
        redis.commandTimeout = .seconds(5)
        redis.connections = 1
        self.redisConfiguration = redis
        self.databaseURL = settings[\.databaseURL]
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

    func database() throws -> PostgresPool {
        try self.connections.withLock { connections in
            if let pool = connections.pool { return pool }
            var configuration = try self.databaseURL.map { try PostgresConfiguration(url: $0) } ?? .environment
            configuration.applicationName = "flotilla-cli"
            configuration.maximumConnections = 4
            configuration.connectTimeout = .seconds(3)
            configuration.acquireTimeout = .seconds(4)
            let pool = PostgresPool(configuration: configuration, eventLoop: connections.eventLoop())
            connections.pool = pool
            return pool
        }
    }

    func close() async {
        let (redis, pool) = self.connections.withLock { ($0.redis, $0.pool) }
        await pool?.close(grace: .milliseconds(200))
        await redis?.client.close()
        await redis?.blocking.close()
    }

    /// Where the settings say that Redis is.
    static func redisConfiguration(_ settings: Settings) throws -> RedisConfiguration {
        var configuration: RedisConfiguration
        if let url = settings[\.redisURL] {
            configuration = try RedisConfiguration(url: url)
        } else {
            configuration = RedisConfiguration(
                endpoint: .tcp(host: settings[\.redisHost], port: UInt16(clamping: settings[\.redisPort])), username: settings[\.redisUsername],
                password: settings[\.redisPassword], database: settings[\.redisDB])
        }
        let authority = settings[\.redisTLSCAFile]
        if settings[\.redisTLS] || authority != nil || settings[\.redisTLSCertFile] != nil, configuration.tls == nil {
            configuration.tls = RedisConfiguration.TLS()
        }
        if let authority { configuration.tls?.authorityFile = authority }
        if let certificate = settings[\.redisTLSCertFile] { configuration.tls?.certificateFile = certificate }
        if let key = settings[\.redisTLSKeyFile] { configuration.tls?.keyFile = key }
        return configuration
    }
}
