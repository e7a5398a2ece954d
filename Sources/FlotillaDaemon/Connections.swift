public import Flotilla
public import FlotillaPostgres
public import FlotillaRedis
public import PostgresClient
public import Reactor
public import RedisClient
internal import Threading

/// What a program of the fleet talks to: one event loop, a Redis client for each server that holds queues, one PostgreSQL pool, made from the
/// settings.
public final class Connections: Sendable {
    public let loop: EventLoop
    public let postgres: PostgresPool
    public let configuration: DaemonConfiguration
    private let main: Shard
    /// Those beside the main one.
    private let shards: [RedisShard: Shard]
    private let logger: Logger

    private struct Shard: Sendable {
        let client: RedisClient
        let configuration: RedisConfiguration
    }

    /// Begins to connect; returns at once. While a server is away its callers wait and fail with typed errors; nothing gives up.
    ///
    /// - Throws: ``SettingMistakes`` when a URL cannot be read.
    public init(_ configuration: DaemonConfiguration, logger: Logger, metrics: FleetMetrics? = nil) throws(SettingMistakes) {
        self.configuration = configuration
        self.logger = logger
        let loop = EventLoop(name: "io")
        self.loop = loop
        let name = configuration.role.rawValue
        let postgresConfiguration = try configuration.postgres(applicationName: name)
        let lost = metrics?.registry.counter(
            "flotilla_redis_connections_lost_total", help: "Connections to Redis that broke and were made anew.", labels: [])()
        func shard(_ redis: RedisConfiguration) -> Shard {
            let endpoint = "\(redis.endpoint)"
            let client = RedisClient(configuration: redis, eventLoop: loop) { event in
                switch event {
                case .connected: break
                case .disconnected(let error, _):
                    lost?.increment()
                    logger.warning("connection to Redis lost", ["server": endpoint, "error": error.description])
                case .connectFailed(let error, _):
                    logger.warning("cannot connect to Redis", ["server": endpoint, "error": error.description])
                }
            }
            return Shard(client: client, configuration: redis)
        }
        self.main = shard(try configuration.redis(clientName: name))
        var shards: [RedisShard: Shard] = [:]
        for kind in QueueKind.allCases {
            let place = configuration.settings.redisShard(kind)
            if place != .main, shards[place] == nil { shards[place] = shard(try configuration.redis(of: kind, clientName: name)) }
        }
        self.shards = shards
        self.postgres = PostgresPool(configuration: postgresConfiguration, eventLoop: self.loop)
        self.postgres.start()
    }

    /// The client of `REDIS_URL`, for what belongs to no queue. Connects when it is first used.
    public var redis: RedisClient { self.main.client }

    /// The client of the server that holds the queue of a kind. Connects when it is first used.
    public func redis(of kind: QueueKind) -> RedisClient { self.shard(kind).client }

    private func shard(_ kind: QueueKind) -> Shard { self.shards[self.configuration.settings.redisShard(kind)] ?? self.main }

    /// The broker of one kind's queues, with a connection of its own for waiting.
    public func broker(_ kind: QueueKind) -> RedisBroker {
        let queue = self.configuration.queue(kind)
        let settings = self.configuration.settings
        let shard = self.shard(kind)
        shard.client.start()
        let blocking = RedisBlockingConnection(configuration: shard.configuration, eventLoop: self.loop)
        return RedisBroker(
            names: QueueNames(queue: QueueName(queue.queue), retry: queue.retry, deadLetter: queue.dead), client: shard.client,
            blocking: blocking, eventLoop: self.loop,
            options: .init(
                metadataRetention: self.configuration.deadLetterRetention ?? .zero, replicas: settings[\.redisWaitReplicas],
                replicationTimeout: settings[\.redisWaitTimeout]))
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
        for shard in [self.main] + self.shards.values { await shard.client.close() }
        await self.postgres.close(grace: .seconds(1))
        self.loop.stop()
    }
}
