public import Flotilla
public import FlotillaPostgres
public import FlotillaRedis
public import PostgresClient
public import Reactor
public import RedisClient
internal import Threading

/// What a program of the fleet talks to: one event loop, one Redis client, one PostgreSQL pool, made from the settings.
public final class Connections: Sendable {
    public let loop: EventLoop
    public let redis: RedisClient
    public let postgres: PostgresPool
    public let configuration: DaemonConfiguration
    private let redisConfiguration: RedisConfiguration
    private let logger: Logger

    /// Begins to connect; returns at once. While a server is away its callers wait and fail with typed errors; nothing gives up.
    ///
    /// - Throws: ``SettingMistakes`` when a URL cannot be read.
    public init(_ configuration: DaemonConfiguration, logger: Logger, metrics: FleetMetrics? = nil) throws(SettingMistakes) {
        self.configuration = configuration
        self.logger = logger
        self.loop = EventLoop(name: "io")
        self.redisConfiguration = try configuration.redis(clientName: configuration.role.rawValue)
        let postgresConfiguration = try configuration.postgres(applicationName: configuration.role.rawValue)
        let lost = metrics?.registry.counter(
            "flotilla_redis_connections_lost_total", help: "Connections to Redis that broke and were made anew.", labels: [])()
        self.redis = RedisClient(configuration: self.redisConfiguration, eventLoop: self.loop) { event in
            switch event {
            case .connected: break
            case .disconnected(let error, _):
                lost?.increment()
                logger.warning("connection to Redis lost", ["error": error.description])
            case .connectFailed(let error, _): logger.warning("cannot connect to Redis", ["error": error.description])
            }
        }
        self.postgres = PostgresPool(configuration: postgresConfiguration, eventLoop: self.loop)
        self.redis.start()
        self.postgres.start()
    }

    /// The broker of one kind's queues, with a connection of its own for waiting.
    public func broker(_ kind: QueueKind) -> RedisBroker {
        let queue = self.configuration.queue(kind)
        let blocking = RedisBlockingConnection(configuration: self.redisConfiguration, eventLoop: self.loop)
        return RedisBroker(
            names: QueueNames(queue: QueueName(queue.queue), retry: queue.retry, deadLetter: queue.dead), client: self.redis,
            blocking: blocking, eventLoop: self.loop,
            options: .init(metadataRetention: self.configuration.deadLetterRetention ?? .zero))
    }

    /// The queues whose messages are a job's files.
    public var countingQueues: Set<QueueName> {
        Set([.document, .audio, .video].map { QueueName(self.configuration.queue($0).queue) })
    }

    /// Waits until Redis answers and is fit to hold queues. A server that is away is waited for; one that is unfit is not.
    ///
    /// - Throws: ``UnsuitableRedisServer``, or `CancellationError`.
    public func checkRedis(_ broker: RedisBroker) async throws {
        let allowsEviction = self.configuration.settings[\.allowEvictingRedis]
        let report = try await self.retrying("Redis") { try await broker.checkServer(allowEviction: allowsEviction) }
        if let policy = report.evictionPolicy, policy != "noeviction" {
            self.logger.error("ALLOW_EVICTING_REDIS is set: this Redis may throw messages away", ["maxmemory_policy": policy])
        }
        self.logger.info("redis answers", ["version": report.version, "mode": report.mode])
    }

    /// Waits until PostgreSQL answers and has the tables that this program needs.
    ///
    /// - Throws: ``MigrationError`` when the schema is newer than this program; `CancellationError`.
    public func checkSchema(_ migrations: [Migration]) async throws {
        let migrator = Migrator(pool: self.postgres, migrations: migrations)
        try await self.retrying("PostgreSQL") { try await migrator.verify() }
    }

    private func retrying<Result>(_ what: String, _ body: () async throws -> Result) async throws -> Result {
        var attempt = 0
        while true {
            do {
                return try await body()
            } catch let error as BrokerError {
                self.logger.warning("waiting for Redis", ["error": error.description])
            } catch let error as PostgresError where error.isTransient || error.code == .unavailable {
                let advice = error.suggestsPooler ? "is pgbouncer in between? then set DATABASE_POOLER" : nil
                self.logger.warning("waiting for PostgreSQL", ["error": error.description, "advice": advice])
            } catch let error as MigrationError where error.code == .schemaOlder {
                self.logger.warning("waiting for the migration: run `flotilla migrate`", ["error": error.description])
            }
            attempt += 1
            try await Task.sleep(for: .milliseconds(min(2_000, 200 * attempt)))
        }
    }

    public func close() async {
        await self.redis.close()
        await self.postgres.close(grace: .seconds(1))
        self.loop.stop()
    }
}
