internal import Flotilla
public import FlotillaDaemon
public import FlotillaRedis
public import PostgresClient
internal import FlotillaPostgres
internal import Glibc
internal import Reactor
public import RedisClient
public import ServerHarness
internal import Threading

/// A private Redis, a database, and a fleet of real processes between them: what a scenario plays on.
///
/// Members may be called from any task. Whatever was started ends with the scene.
public final class Scene: Sendable {
    public let setting: SceneSetting
    public let options: SceneOptions
    /// Holds logs and files of this scene, and goes with it.
    public let directory: ScratchDirectory
    /// The scene's PostgreSQL server: its own, or one shared with others that must be left alone. Nil where the options gave an address.
    public let postgres: PrivatePostgres?
    /// Where the scene's database is.
    public let databaseURL: String
    /// Where its Redis is.
    public let redisURL: String
    public let journal = FaultJournal()
    /// To look at the database with; never goes through a proxy.
    public let pool: PostgresPool
    /// To look at Redis with.
    public let client: RedisClient
    /// The queue of the scene's workers; for everything but waiting.
    public let broker: RedisBroker
    /// All queues of the scene: that one, and those of ``SceneOptions/shards``.
    public let brokers: [QueueKind: RedisBroker]
    /// Of the queues on servers of their own.
    private let shardClients: [RedisClient]

    private let privateRedis: PrivateRedis?
    let state: Lock<State>

    struct State {
        var generator: SeededGenerator
        var processes: [FleetProcess] = []
        var jobs: [String: SentJob] = [:]
        var malformed: [[UInt8]] = []
        var broken: [String] = []
        var figures: [SceneOutcome.Figure] = []
        var children: [SceneOutcome] = []
        var account: Account?
    }

    static let queue = QueueName("document_queue")
    private static let loop = EventLoop(name: "selftest")

    init(_ setting: SceneSetting, options: SceneOptions) async throws {
        self.setting = setting
        self.options = options
        self.directory = try ScratchDirectory(prefix: "flotilla-selftest")
        self.state = Lock(State(generator: SeededGenerator(seed: setting.seed, part: setting.name)))
        if let url = options.redisURL {
            self.privateRedis = nil
            self.redisURL = url
        } else {
            let server = try PrivateRedis(options.privateRedis)
            self.privateRedis = server
            self.redisURL = server.url
        }
        if let url = options.databaseURL {
            self.postgres = nil
            self.databaseURL = url
        } else if options.ownsPostgres {
            let server = try PrivatePostgres(
                .init(fsync: options.postgresSync, tcp: options.postgresTCP, settings: options.postgresSettings))
            self.postgres = server
            self.databaseURL = server.url()
        } else {
            let (server, url) = try setting.servers.database()
            self.postgres = server
            self.databaseURL = url
        }
        self.pool = PostgresPool(configuration: try PostgresConfiguration(url: self.databaseURL), eventLoop: Self.loop)
        let configuration = try RedisConfiguration(url: self.redisURL)
        self.client = RedisClient(configuration: configuration, eventLoop: Self.loop)
        self.broker = RedisBroker(
            names: configuration.isCluster
                ? RedisKeys.clusterNames(Self.queue)
                : QueueNames(queue: Self.queue, retry: "document_retry", deadLetter: "document_dlq"), client: self.client,
            blocking: RedisBlockingConnection(configuration: configuration, eventLoop: Self.loop), eventLoop: Self.loop,
            options: .init(replicas: options.redisReplicas))
        var brokers = [QueueKind.document: self.broker]
        var clients: [RedisClient] = []
        for (kind, url) in options.shards {
            let configuration = try RedisConfiguration(url: url)
            let client = RedisClient(configuration: configuration, eventLoop: Self.loop)
            clients.append(client)
            brokers[kind] = RedisBroker(
                names: QueueNames(queue: QueueName("\(kind)_queue"), retry: "\(kind)_retry", deadLetter: "\(kind)_dlq"), client: client,
                blocking: RedisBlockingConnection(configuration: configuration, eventLoop: Self.loop), eventLoop: Self.loop,
                options: .init(replicas: options.redisReplicas))
        }
        self.brokers = brokers
        self.shardClients = clients
        if options.isMigrated { try await self.migrate() }
    }

    /// Brings the database up to date, as `flotilla migrate` does.
    public func migrate() async throws {
        _ = try await Migrator(pool: self.pool, migrations: fleetMigrations).migrate()
    }

    func close() async {
        for process in self.processes { process.process.kill(SIGKILL) }
        await self.client.close()
        for client in self.shardClients { await client.close() }
        await self.pool.close(grace: .seconds(1))
    }

    /// The private Redis server.
    /// - Throws: when the options gave an address instead.
    public func redis() throws -> PrivateRedis {
        guard let server = self.privateRedis else { throw SelfTestError("the scene has no Redis of its own") }
        return server
    }

    // MARK: Chance

    /// The scene's generator. Draw everything random before the first fault, so that a seed repeats the same faults whatever the clock does.
    public func random<Value>(_ draw: (inout SeededGenerator) throws -> Value) rethrows -> Value {
        try self.state.withLock { try draw(&$0.generator) }
    }

    // MARK: What is found

    /// Notes a promise that did not hold. Returns the condition.
    @discardableResult
    public func expect(_ condition: Bool, _ promise: @autoclosure () -> String) -> Bool {
        if !condition {
            let text = promise()
            self.state.withLock { $0.broken.append(text) }
        }
        return condition
    }

    /// Notes a figure that was measured, for the report.
    public func measured(_ name: String, _ value: some CustomStringConvertible) {
        self.state.withLock { $0.figures.append(.init(name: name, value: value.description)) }
    }

    /// A line for people who watch.
    public func progress(_ text: String) { self.setting.progress("\(self.setting.name): \(text)") }

    // MARK: Scenes within scenes

    /// Plays a scene with servers, fleet and jobs of its own beside this one, and counts what it finds as this one's.
    ///
    /// For scenarios of many cases, or of servers that they make themselves (``SceneOptions/redisURL``). May be called by several tasks at once.
    public func child(_ part: String, options: SceneOptions, _ body: @Sendable (Scene) async throws -> Void) async {
        if Task.isCancelled { return }
        var setting = self.setting
        setting.name += ".\(part)"
        let outcome = await Scene.play(setting, options: options, body)
        self.state.withLock { $0.children.append(outcome) }
    }
}

extension SceneOptions {
    var privateRedis: PrivateRedis.Options {
        let lines =
            switch self.redis {
            case .none: [String]()
            case .everySecond: ["appendfsync everysec"]
            case .always: ["appendfsync always"]
            }
        return .init(tcp: self.redisTCP, appendOnly: self.redis != .none, configuration: lines + self.redisConfiguration)
    }
}
