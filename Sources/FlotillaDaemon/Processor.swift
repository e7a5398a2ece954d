public import Flotilla
public import FlotillaPostgres
internal import FlotillaRedis
internal import Glibc
internal import PostgresClient
internal import RedisClient
internal import Threading

/// A processor put together: a worker on one queue, the reclaimer that every process runs, and how the daemon answers for them.
public enum Processor {
    /// What a processor adds to what all have in common.
    public struct Parts: Sendable {
        /// Runs the queue's messages.
        public var handler: any JobHandler
        /// What else runs for as long as the daemon does; drained after the worker.
        public var services: [any DaemonService]
        /// Answers for itself in `/readyz`, and takes over settings that change; nil for none.
        public var cache: CachePlatform?

        public init(handler: any JobHandler, services: [any DaemonService] = [], cache: CachePlatform? = nil) {
            self.handler = handler
            self.services = services
            self.cache = cache
        }
    }

    /// Waits until Redis and PostgreSQL are fit, then builds the daemon.
    ///
    /// - Parameters:
    ///   - migrations: what the program needs in the database.
    ///   - build: builds what is the queue's own; may take its time.
    public static func daemon(
        _ kind: QueueKind, context: DaemonContext, migrations: [Migration],
        build: (_ connections: Connections, _ observer: FleetObserver) async throws -> Parts
    ) async throws -> Daemon {
        let configuration = context.configuration
        let connections = try Connections(configuration, logger: context.logger.labelled("connections"), metrics: context.metrics)
        let broker = connections.broker(kind)
        try await connections.checkRedis(broker)
        try await connections.checkSchema(migrations)
        let observer = FleetObserver(queue: broker.queue, metrics: context.metrics, logger: context.logger.labelled("worker"))
        let delivery = OutboxDelivery(QueueKind.allCases.map { $0 == kind ? broker : connections.broker($0) }, context)
        let outbox = OutboxPusher(pool: connections.postgres, report: delivery.report, push: delivery.push)
        let store = PostgresJobStore(pool: connections.postgres, countingQueues: connections.countingQueues, outbox: outbox)
        let parts = try await build(connections, observer)
        let worker = Worker(
            broker: broker, store: store, handler: parts.handler, options: WorkerOptions(configuration, kind: kind),
            logger: context.logger.labelled("stage"), observer: observer)
        let reclaimer = LeaseReclaimer(broker: broker, store: store, configuration: configuration, context: context)
        let health = ConnectionHealth(connections, queues: [kind])
        return Daemon(
            // Drained from the last to the first: the worker before what it needs.
            services: [ClosureService("connections", run: { await Self.untilCancelled { await connections.close() } })]
                + parts.services + [
                    ClosureService("health", run: { await health.run(metrics: context.metrics) }),
                    ClosureService("reclaimer", run: { await reclaimer.run() }),
                    ClosureService("outbox", drain: { outbox.stop() }, run: { await outbox.run() }),
                    ClosureService(
                        "worker", quiet: { worker.quiet() }, drain: { worker.drain(within: configuration.drain - .seconds(1)) },
                        abort: { worker.drain(within: .zero) }, run: { await worker.run() }),
                ],
            checks: { health.checks + (parts.cache.map { [$0.check] } ?? []) },
            sinceProgress: { worker.status.sinceLastTurn },
            status: {
                let status = worker.status
                return "\(status.running)/\(status.concurrency) busy, \(status.held) held\(status.isClaiming ? "" : ", taking no new work")"
            },
            dump: {
                let status = worker.status
                return [["worker": worker.id.rawValue, "running": status.running, "held": status.held]]
            },
            reload: { settings in
                context.logger.setLevel(LogLevel(name: settings[\.logLevel].rawValue) ?? .info)
                parts.cache?.reload(settings)
            })
    }

    static func untilCancelled(_ cleanUp: @Sendable () async -> Void) async {
        while !Task.isCancelled {
            // Ends early when the task is cancelled, which is what it waits for.
            try? await Task.sleep(for: .seconds(3600))
        }
        await cleanUp()
    }
}

extension WorkerOptions {
    init(_ configuration: DaemonConfiguration, kind: QueueKind) {
        self.init(
            concurrency: configuration.concurrency, lease: configuration.lease, heartbeat: configuration.heartbeat,
            deadline: configuration.stageDeadline,
            retryPolicy: RetryPolicy(
                maximumRetries: configuration.queue(kind).maximumRetries,
                backoff: Backoff(base: configuration.backoffBase, cap: configuration.backoffMaximum)),
            info: WorkerInfo(
                host: hostName(), processID: getpid(), role: configuration.role.rawValue, version: BuildInfo.version,
                startedAt: WallClock.microseconds, concurrency: configuration.concurrency))
    }
}

extension LeaseReclaimer {
    convenience init(broker: any Broker, store: any JobStore, configuration: DaemonConfiguration, context: DaemonContext) {
        let queue = broker.queue.rawValue
        let logger = context.logger.labelled("reclaimer").with(["queue": queue])
        let metrics = context.metrics
        self.init(
            broker: broker, store: store, interval: configuration.reclaimInterval, crashLimit: configuration.maximumCrashes,
            settleTime: configuration.heartbeat,
            onReclaim: { result in
                switch result {
                case .success(let reclamation):
                    metrics.recovered(queue).increment(by: reclamation.returned)
                    metrics.leasesExpired(queue).increment(by: reclamation.sweptWorkers.count)
                    logger.warning(
                        "took back what dead workers held",
                        [
                            "returned": reclamation.returned, "quarantined": reclamation.quarantined.count,
                            "swept": reclamation.sweptWorkers.map(\.rawValue).joined(separator: " "),
                        ])
                    for entry in reclamation.quarantined {
                        metrics.dead(queue, entry.letter.reason.rawValue).increment()
                        logger.error("message quarantined", ["dead_letter": entry.letter.id, "error": entry.letter.errorMessage])
                    }
                case .failure(let error): logger.warning("cannot reclaim", ["error": error.description])
                }
            })
    }
}

/// Asks PostgreSQL, and each Redis that holds one of the queues, every two seconds whether they answer.
final class ConnectionHealth: Sendable {
    private let connections: Connections
    /// The servers to ask, under the names that checks and metrics show: `redis`, or `redis-audio` for a server of the audio queue's own.
    private let servers: [(name: String, client: RedisClient)]
    private let state: Lock<[HealthCheck]>

    init(_ connections: Connections, queues: [QueueKind]) {
        self.connections = connections
        let settings = connections.configuration.settings
        var seen: Set<RedisShard> = []
        self.servers = queues.filter { seen.insert(settings.redisShard($0)).inserted }.map { kind in
            (settings.redisShard(kind) == .main ? "redis" : "redis-\(kind.rawValue)", connections.redis(of: kind))
        }
        self.state = Lock((self.servers.map(\.name) + ["postgres"]).map { HealthCheck($0, isHealthy: false) })
    }

    var checks: [HealthCheck] { self.state.withLock { $0 } }

    func run(metrics: FleetMetrics) async {
        while !Task.isCancelled {
            var checks: [HealthCheck] = []
            for server in self.servers {
                checks.append(await self.check(server.name) { _ = try await server.client.send(["PING"], timeout: .seconds(1)) })
            }
            checks.append(
                await self.check("postgres") { _ = try await self.connections.postgres.query("SELECT 1", timeout: .seconds(2)) })
            self.state.withLock { $0 = checks }
            for check in checks { metrics.dependencyUp(check.name).set(check.isHealthy ? 1 : 0) }
            // Ends early when the task is cancelled, and the loop with it.
            try? await Task.sleep(for: .seconds(2))
        }
    }

    private func check(_ name: String, _ body: () async throws -> Void) async -> HealthCheck {
        do {
            try await body()
            return HealthCheck(name, isHealthy: true, detail: "answers")
        } catch {
            return HealthCheck(name, isHealthy: false, detail: Redactor.redact("\(error)"))
        }
    }
}

func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
