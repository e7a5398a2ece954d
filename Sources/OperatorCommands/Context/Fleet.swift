import Flotilla
import FlotillaCache
import FlotillaDaemon
import FlotillaRedis
import PostgresClient
import RedisClient

/// One of the fleet's queues, with the names of its keys.
struct FleetQueue: Sendable, Hashable {
    let kind: QueueKind
    let names: QueueNames
    /// Retries after the first run.
    let maximumRetries: Int

    var queueName: QueueName { self.names.queue }
    var name: String { self.names.queue.rawValue }
    /// `document`, `audio`, …
    var kindName: String { self.kind.rawValue }
    /// Whether its items are a job's files. The graph follows from them.
    var countsTowardJob: Bool { self.kind != .graph }
}

/// Where cached values are.
struct CacheTiers: Sendable {
    let shared: any CacheBackend
    /// For what must not be evicted; nil where that is in `shared` with the rest.
    let durable: (any CacheBackend)?
}

/// What verbs work on. The real one connects when it is first asked; tests bring brokers without a server.
protocol Fleet: Sendable {
    /// All queues that the configuration names, in a fixed order.
    var queues: [FleetQueue] { get }
    func broker(_ queue: FleetQueue) -> any BrokerAdministration
    /// - Throws: when there is none, or its address is wrong. Nobody has connected yet.
    func database() throws -> PostgresPool
    /// The Redis of everything that belongs to no queue, and of all queues that have none of their own.
    func redis() throws -> RedisClient
    /// The Redis that holds the queue of a kind.
    func redis(of kind: QueueKind) throws -> RedisClient
    /// Every Redis that holds queues, each once: `redis`, and those of single queues, like `redis-audio`.
    func redisServers() throws -> [(name: String, client: RedisClient)]
    /// The Redis of the cache: that of the brokers where none is configured.
    func cacheRedis() throws -> RedisClient
    /// The tiers of the cache. Nobody has connected yet.
    func cacheTiers(_ keySpace: CacheKeySpace) throws -> CacheTiers
    /// Whether cache and queues share one instance.
    var sharesRedis: Bool { get }
    func close() async
}

extension Fleet {
    /// The queues that `--queue` picks: by name or by kind; all without it.
    func queues(_ arguments: Arguments) throws(CommandError) -> [FleetQueue] {
        guard let wanted = arguments.text("queue") else { return self.queues }
        return [try self.queue(named: wanted)]
    }

    func queue(named wanted: String) throws(CommandError) -> FleetQueue {
        if let queue = self.queues.first(where: { $0.name == wanted || $0.kind.rawValue == wanted }) { return queue }
        let known = self.queues.map(\.name)
        throw .notFound(
            "there is no queue '\(wanted)'" + Suggestion.sentence(wanted, among: known) + "; there are " + known.joined(separator: ", "))
    }
}
