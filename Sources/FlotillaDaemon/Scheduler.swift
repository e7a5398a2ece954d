internal import Flotilla
public import FlotillaPostgres
internal import FlotillaRedis
internal import Threading

/// The retry-scheduler put together: for each queue it promotes due retries, reclaims leases, keeps the history of dead letters and measures;
/// for all of them it relays the outbox. Any number may run at once.
public enum Scheduler {
    /// Waits until PostgreSQL and a Redis server are fit, then builds the daemon. The duties of each queue begin when its own server is fit.
    public static func daemon(_ context: DaemonContext, migrations: [Migration]) async throws -> Daemon {
        let configuration = context.configuration
        let connections = try Connections(configuration, logger: context.logger.labelled("connections"), metrics: context.metrics)
        let queues = QueueKind.allCases.map { (kind: $0, broker: connections.broker($0)) }
        let brokers = queues.map(\.broker)
        let servers = RedisServerChecks(connections, queues)
        try await servers.first()
        try await connections.checkSchema(migrations)
        let store = PostgresJobStore(pool: connections.postgres, countingQueues: connections.countingQueues)
        let history = PostgresDeadLetterHistory(
            store: store, administration: JobAdministration(pool: connections.postgres, countingQueues: connections.countingQueues))
        let health = ConnectionHealth(connections, queues: QueueKind.allCases)
        let cache = try CachePlatform(connections, logger: context.logger.labelled("cache"), metrics: context.metrics)
        let turned = Lock(MonotonicTime.now)
        var services: [any DaemonService] = [
            ClosureService("connections", run: { await Processor.untilCancelled { await connections.close() } }),
            ClosureService("health", run: { await health.run(metrics: context.metrics) }),
            ClosureService("outbox relay", run: { await Self.relay(connections, context, brokers).run() }),
            ClosureService("gauges", run: { await QueueGauges(brokers, metrics: context.metrics).run { turned.withLock { $0 = .now } } }),
        ]
        func duty(_ name: String, of kind: QueueKind, _ broker: RedisBroker, _ body: @escaping @Sendable () async -> Void) -> ClosureService
        {
            ClosureService("\(name) of \(broker.queue)") {
                try await servers.server(of: kind)
                await body()
            }
        }
        for (kind, broker) in queues {
            let reclaimer = LeaseReclaimer(broker: broker, store: store, configuration: configuration, context: context)
            let promoter = Self.promoter(broker, context)
            let sweeper = Self.sweeper(broker, history, context)
            services += [
                duty("reclaimer", of: kind, broker) { await reclaimer.run() },
                duty("promoter", of: kind, broker) { await promoter.run() },
                duty("sweeper", of: kind, broker) { await sweeper.run() },
            ]
        }
        services += cache.services + cache.duties(connections, metrics: context.metrics.registry)
        return Daemon(
            services: services, checks: { health.checks + [cache.check] }, sinceProgress: { MonotonicTime.now - turned.withLock { $0 } },
            status: { "promoting, reclaiming and sweeping \(brokers.count) queues" },
            reload: { settings in
                context.logger.setLevel(LogLevel(name: settings[\.logLevel].rawValue) ?? .info)
                cache.reload(settings)
            })
    }

    private static func relay(_ connections: Connections, _ context: DaemonContext, _ brokers: [RedisBroker]) -> OutboxRelay {
        let delivery = OutboxDelivery(brokers, context)
        return OutboxRelay(pool: connections.postgres, report: delivery.report, push: delivery.push)
    }

    private static func promoter(_ broker: RedisBroker, _ context: DaemonContext) -> RetryPromoter {
        let logger = context.logger.labelled("promoter").with(["queue": broker.queue.rawValue])
        let promoted = context.metrics.registry.counter(
            "flotilla_retries_promoted_total", help: "Due retries moved back to their queue by this process.", labels: ["queue"])(
                broker.queue.rawValue)
        return RetryPromoter(broker: broker) { result in
            switch result {
            case .success(let count):
                promoted.increment(by: count)
                logger.info("retries promoted", ["count": count])
            case .failure(let error): logger.warning("cannot promote", ["error": error.description])
            }
        }
    }

    private static func sweeper(_ broker: RedisBroker, _ history: any DeadLetterHistory, _ context: DaemonContext) -> DeadLetterSweeper {
        let logger = context.logger.labelled("sweeper").with(["queue": broker.queue.rawValue])
        let expired = context.metrics.registry.counter(
            "flotilla_dead_letters_expired_total", help: "Dead letters removed after their retention.", labels: ["queue"])(
                broker.queue.rawValue)
        let configuration = context.configuration
        return DeadLetterSweeper(
            broker: broker, history: history, retention: configuration.deadLetterRetention, interval: configuration.reclaimInterval * 2
        ) { result in
            switch result {
            case .success(let sweep):
                expired.increment(by: sweep.expired)
                logger.info("dead letters swept", ["recorded": sweep.recorded, "expired": sweep.expired])
            case .failure(let error): logger.warning("cannot sweep dead letters", ["error": Redactor.redact("\(error)")])
            }
        }
    }
}

/// How full the queues are, asked every two seconds in a bounded way: counts are O(1), ages come from the oldest message alone.
final class QueueGauges: Sendable {
    private let brokers: [RedisBroker]
    private let messages: GaugeFamily
    private let oldest: GaugeFamily
    private let overdue: GaugeFamily
    private let workers: GaugeFamily
    private let paused: GaugeFamily

    init(_ brokers: [RedisBroker], metrics: FleetMetrics) {
        let registry = metrics.registry
        self.brokers = brokers
        self.messages = registry.gauge(
            "flotilla_queue_messages", help: "Messages by state: ready, leased, scheduled, dead.", labels: ["queue", "state"])
        self.oldest = registry.gauge(
            "flotilla_queue_oldest_age_seconds",
            help: "Age of the oldest message, by its enqueued_at when ready and by its failure time when dead.", labels: ["queue", "state"])
        self.overdue = registry.gauge(
            "flotilla_retry_overdue_seconds", help: "How long the most overdue retry has been due.", labels: ["queue"])
        self.workers = registry.gauge("flotilla_workers", help: "Registered workers by state: alive, dead.", labels: ["queue", "state"])
        self.paused = registry.gauge("flotilla_queue_paused", help: "Whether claims are paused.", labels: ["queue"])
    }

    /// Measures until the task is cancelled.
    func run(turned: @Sendable () -> Void) async {
        while !Task.isCancelled {
            for broker in self.brokers {
                // A gauge that cannot be measured keeps its last value; flotilla_dependency_up says that Redis is away.
                try? await self.measure(broker)
            }
            turned()
            // Ends early when the task is cancelled, and the loop with it.
            try? await Task.sleep(for: .seconds(2))
        }
    }

    private func measure(_ broker: RedisBroker) async throws(BrokerError) {
        let queue = broker.queue.rawValue
        let counts = try await broker.counts()
        self.messages(queue, "ready").set(counts.ready)
        self.messages(queue, "leased").set(counts.leased)
        self.messages(queue, "scheduled").set(counts.scheduled)
        self.messages(queue, "dead").set(counts.dead)
        self.overdue(queue).set(counts.overdue.inSeconds)
        self.paused(queue).set(counts.isPaused ? 1 : 0)
        let workers = try await broker.workers()
        let alive = workers.count { $0.leaseLeft > .zero }
        self.workers(queue, "alive").set(alive)
        self.workers(queue, "dead").set(workers.count - alive)
        let ready = try await broker.readyMessages(from: 0, limit: 1)
        // A message that cannot be read, or does not say when it was put there, has no age.
        let enqueued = ready.first.flatMap { try? Envelope($0) }?.enqueuedAt
        self.oldest(queue, "ready").set(Self.age(enqueued))
        let dead = counts.dead > 0 ? try await broker.deadLetters(from: counts.dead - 1, limit: 1) : []
        let failed = dead.first.map { DeadLetterEntry($0, queue: broker.queue).letter.failureTime }
        self.oldest(queue, "dead").set(Self.age(failed == 0 ? nil : failed))
    }

    private static func age(_ microseconds: Int64?) -> Double {
        microseconds.map { max(0, Double(WallClock.microseconds - $0) / 1e6) } ?? 0
    }
}
