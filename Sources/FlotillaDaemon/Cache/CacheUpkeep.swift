internal import Flotilla
internal import FlotillaCache
internal import FlotillaCachePostgres
internal import FlotillaCacheRedis
internal import FlotillaRedis
internal import PostgresClient
internal import Threading

/// What the retry-scheduler does for the cache: looks at its server, recounts quotas, makes room before the server has to, and clears old
/// statistics away. Any number of schedulers may run: one works at a time.
final class CacheUpkeep: Sendable {
    private let platform: CachePlatform
    private let store: CacheStatisticsStore
    private let accesses: CacheAccessStore
    private let lock: RedisLock
    private let interval: Duration
    private let alertShare: Double
    private let logger: Logger
    private let gauges: CacheServerGauges
    /// Whether the server was nearly full when last asked; nil while it does not answer.
    private let isFull = Lock<Bool?>(nil)
    /// Values that one step examines or removes: a step takes the server less than a millisecond or so.
    private static let step = 500

    init(
        _ platform: CachePlatform, connections: Connections, interval: Duration, alertPercent: Int, retention: CacheRetention,
        metrics: Metrics, logger: Logger
    ) {
        self.platform = platform
        self.store = CacheStatisticsStore(pool: connections.postgres, retention: retention)
        self.accesses = CacheAccessStore(pool: connections.postgres)
        self.lock = RedisLock(client: connections.redis, eventLoop: connections.loop)
        self.interval = interval
        self.alertShare = Double(alertPercent) / 100
        self.logger = logger
        self.gauges = CacheServerGauges(metrics)
    }

    /// Whether warm-ups may go on.
    var allowsWarmup: Bool {
        self.platform.cache.currentOptions.isEnabled && self.platform.cache.isReachable && self.isFull.withLock { $0 } == false
    }

    /// Works until the task is cancelled.
    func run() async {
        var maintained: MonotonicTime?
        while !Task.isCancelled {
            if self.platform.cache.currentOptions.isEnabled {
                await self.look()
                let isDue = maintained.map { MonotonicTime.now - $0 > .seconds(3_600) } ?? true
                if await self.underLock({ await self.upkeep(maintains: isDue) }), isDue { maintained = .now }
            }
            // Ends early when the task is cancelled, and the loop with it.
            try? await Task.sleep(for: self.interval)
        }
    }

    private func underLock(_ body: () async -> Void) async -> Bool {
        // Redis away, or somebody else at it: the next turn is soon.
        guard
            case .acquired(let hold)? = try? await self.lock.acquire(
                RedisKeys.lock("cache", "upkeep", ""), lease: .seconds(30), onLoss: {})
        else { return false }
        await body()
        // A release that fails leaves it to the lock's lease.
        _ = try? await hold.release()
        return true
    }

    // MARK: The server

    private func look() async {
        let start = MonotonicTime.now
        do throws(CacheError) {
            let health = try await self.platform.backend.health()
            self.gauges.show(health)
            let share = health.limitBytes > 0 ? Double(health.usedBytes) / Double(health.limitBytes) : 0
            let isFull = share >= self.alertShare
            if isFull { self.logger.warning("the cache's Redis is nearly full", ["used": health.usedBytes, "limit": health.limitBytes]) }
            self.isFull.withLock { $0 = isFull }
            let detail = Self.faults(of: health, isFull: isFull, isApart: self.platform.isApart)
            await self.record(
                CacheHealthReport(
                    tier: "cache", status: detail == nil ? .healthy : .degraded, detail: detail, health: health,
                    latency: MonotonicTime.now - start))
        } catch {
            self.isFull.withLock { $0 = nil }
            await self.record(CacheHealthReport(tier: "cache", status: .down, detail: error.description, health: nil))
        }
    }

    private func record(_ report: CacheHealthReport) async {
        do {
            try await self.store.recordHealth(report)
        } catch {
            self.logger.debug("cannot record the cache's health", ["error": Redactor.redact("\(error)")])
        }
    }

    private static func faults(of health: BackendHealth, isFull: Bool, isApart: Bool) -> String? {
        var faults: [String] = []
        if isFull { faults.append("memory is nearly full") }
        if isApart, health.limitBytes == 0 { faults.append("maxmemory is 0: nothing bounds it") }
        if isApart, health.limitBytes > 0, health.evictionPolicy == "noeviction" {
            faults.append("maxmemory-policy is noeviction: when memory is full nothing is cached any more")
        }
        return faults.isEmpty ? nil : faults.joined(separator: "; ")
    }

    // MARK: Accounts

    private func upkeep(maintains: Bool) async {
        do {
            var usages = try await self.recount()
            if self.isFull.withLock({ $0 }) == true { try await self.makeRoom(&usages) }
            self.gauges.show(usages)
        } catch {
            self.logger.warning("cannot recount the cache", ["error": error.description])
        }
        guard maintains else { return }
        do {
            if let report = try await self.store.maintain(), report.rowsDeleted > 0 || report.hoursRolledUp > 0 {
                self.logger.info("old cache statistics cleared away", ["rows": report.rowsDeleted, "hours": report.hoursRolledUp])
            }
            try await self.accesses.purge()
        } catch {
            self.logger.warning("cannot clear old cache statistics away", ["error": Redactor.redact("\(error)")])
        }
    }

    /// Compares every account with what is there, in small steps.
    ///
    /// - Returns: what each holds.
    private func recount() async throws(CacheError) -> [String: CacheUsage] {
        let backend = self.platform.backend
        var usages: [String: CacheUsage] = [:]
        var cursor: UInt64 = 0
        repeat {
            let page = try await backend.accounts(after: cursor, limit: 100)
            for account in page.accounts where !Task.isCancelled {
                var place: UInt64 = 0
                repeat {
                    let step = try await backend.recount(account, after: place, limit: Self.step)
                    place = step.next
                    if place == 0, abs(step.drift) > 0 {
                        self.logger.debug("a cache account was mended", ["account": account, "drift": step.drift, "gone": step.removed])
                    }
                } while place != 0
                usages[account] = try await backend.usage(of: account)
            }
            cursor = page.next
        } while cursor != 0 && !Task.isCancelled
        return usages
    }

    /// Takes from those who hold most, until a tenth of what is held is free: each one's own oldest.
    private func makeRoom(_ usages: inout [String: CacheUsage]) async throws(CacheError) {
        var missing = usages.values.reduce(0) { $0 + $1.bytes } / 10
        for (account, usage) in usages.sorted(by: { $0.value.bytes > $1.value.bytes }) where missing > 0 && usage.bytes > 0 {
            let goal = max(usage.bytes / 2, usage.bytes - missing)
            var removed = 0
            while !Task.isCancelled {
                let count = try await self.platform.backend.shrink(account, to: goal, limit: Self.step)
                removed += count
                if count < Self.step { break }
            }
            let now = try await self.platform.backend.usage(of: account)
            missing -= usage.bytes - now.bytes
            usages[account] = now
            self.logger.notice(
                "made room in the cache", ["account": account, "values": removed, "bytes": usage.bytes - now.bytes])
        }
    }
}

/// The cache's server, as metrics.
final class CacheServerGauges: Sendable {
    private let memory: Gauge
    private let limit: Gauge
    private let evicted: Counter
    private let tenants: GaugeFamily
    private let lastEvicted = Lock<Int?>(nil)

    init(_ metrics: Metrics) {
        self.memory = metrics.gauge("flotilla_cache_server_memory_bytes", help: "Memory that the cache's Redis uses.")()
        self.limit = metrics.gauge("flotilla_cache_server_limit_bytes", help: "Its maxmemory; 0 is none.")()
        self.evicted = metrics.counter("flotilla_cache_server_evicted_keys_total", help: "Keys that it evicted since this process began.")()
        self.tenants = metrics.gauge(
            "flotilla_cache_tenant_bytes", help: "What the ten largest accounts hold, by tenant and class of quota.", labels: ["tenant"])
    }

    func show(_ health: BackendHealth) {
        self.memory.set(health.usedBytes)
        self.limit.set(health.limitBytes)
        let last = self.lastEvicted.withLock { last in
            defer { last = health.evictedKeys }
            return last
        }
        // A server that began anew counts from nothing.
        if let last { self.evicted.increment(by: health.evictedKeys >= last ? health.evictedKeys - last : health.evictedKeys) }
    }

    func show(_ usages: [String: CacheUsage]) {
        self.tenants.removeAll()
        for (account, usage) in usages.sorted(by: { $0.value.bytes > $1.value.bytes }).prefix(10) {
            let parts = account.split(separator: ":")
            let tenant = parts.first { $0.hasPrefix("tenant_") }?.dropFirst(7) ?? ""
            self.tenants("\(tenant) \(parts.last ?? "")").set(usage.bytes)
        }
    }
}
