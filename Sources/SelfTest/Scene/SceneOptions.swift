public import FlotillaDaemon

/// What a scene begins with.
public struct SceneOptions: Sendable {
    /// How much of what Redis accepted survives its death.
    public enum RedisDurability: Sendable, Hashable {
        /// Nothing: for faults that leave Redis alone.
        case none
        /// `appendfsync everysec`: all, when only the process dies; the last second may go with the machine.
        case everySecond
        /// `appendfsync always`.
        case always
    }

    public var redis = RedisDurability.everySecond
    /// Further lines of the Redis configuration.
    public var redisConfiguration: [String] = []
    /// Redis listens on a TCP port too (``Scene/redis``'s `tcpURL`), for proxies and network faults.
    public var redisTCP = false
    /// The address of a Redis that the scenario has made itself; no private one is started then.
    public var redisURL: String?
    /// Queues beside that of the documents, each with the address of the Redis that holds it.
    public var shards: [QueueKind: String] = [:]
    /// How many replicas must confirm what the scene sends, and what its fleet does, before it counts as accepted.
    public var redisReplicas = 0

    /// A PostgreSQL server of the scene's own, for faults that touch it. Otherwise a database of its own on a shared one.
    public var ownsPostgres = false
    /// Only with ``ownsPostgres``: the shared server runs without.
    public var postgresSync = true
    /// Only with ``ownsPostgres``: listens on TCP too.
    public var postgresTCP = false
    /// Only with ``ownsPostgres``: settings by name.
    public var postgresSettings: [String: String] = [:]
    /// The address of a database that the scenario has made itself.
    public var databaseURL: String?
    /// Whether the database is brought up to date before the scenario begins.
    public var isMigrated = true

    /// Added to the environment of all workers and schedulers.
    public var environment: [String: String] = [:]
    /// Whether work that waits ought to be done at once. Off where the scenario keeps workers away on purpose.
    public var measuresStall = true
    /// Whether the equation is sampled while the scenario runs. Off where a server is away for most of it.
    public var samplesConservation = true

    public init() {}

    public init(environment: [String: String]) { self.environment = environment }
}
