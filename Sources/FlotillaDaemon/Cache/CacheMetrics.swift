internal import Flotilla
internal import FlotillaCache
internal import Threading

/// A cache's counts as metrics. Labels are types and results, never tenants or keys.
final class CacheMetrics: Sendable {
    private let cache: Cache
    private let registry: Metrics
    /// What was added to the counters already.
    private let reported = Lock<[String: CacheTally]>([:])
    private let reads: CounterFamily
    private let loads: CounterFamily
    private let writes: CounterFamily
    private let faults: CounterFamily
    private let seconds: CounterFamily
    private let bytes: CounterFamily
    private let latency: GaugeFamily

    init(_ cache: Cache, registry: Metrics) {
        self.cache = cache
        self.registry = registry
        self.reads = registry.counter(
            "flotilla_cache_reads_total", help: "Reads by result: memory, shared, stale, miss, error.", labels: ["type", "result"])
        self.loads = registry.counter(
            "flotilla_cache_loads_total", help: "Loads of missing values by result: loaded, failed, coalesced.", labels: ["type", "result"])
        self.writes = registry.counter(
            "flotilla_cache_writes_total", help: "Writes by result: stored, voided, refused.", labels: ["type", "result"])
        self.faults = registry.counter(
            "flotilla_cache_faults_total",
            help: "Values that could not be used (unreadable), and hits that differed from what was computed in shadow mode (mismatch).",
            labels: ["type", "kind"])
        self.seconds = registry.counter(
            "flotilla_cache_seconds_total", help: "Time spent in loads, and time that hits saved.", labels: ["type", "kind"])
        self.bytes = registry.counter(
            "flotilla_cache_bytes_total", help: "Bytes by direction: given, stored, read.", labels: ["type", "direction"])
        self.latency = registry.gauge(
            "flotilla_cache_hit_seconds", help: "Time of hits since the start, by tier and quantile.", labels: ["tier", "quantile"])
    }

    /// Brings the metrics up to date before each scrape.
    func install() {
        self.registry.gauge("flotilla_cache_memory_bytes", help: "What this process holds of values.") { [cache] in
            Double(cache.memoryUsage.bytes)
        }
        self.registry.gauge("flotilla_cache_memory_entries", help: "Values that this process holds.") { [cache] in
            Double(cache.memoryUsage.entries)
        }
        self.registry.gauge("flotilla_cache_up", help: "Whether the cache's Redis is being asked.") { [cache] in cache.isReachable ? 1 : 0 }
        self.registry.beforeScrape { self.update() }
    }

    private func update() {
        let totals = self.cache.recorder.totals()
        var (shared, memory) = (LatencyBuckets(), LatencyBuckets())
        self.reported.withLock { reported in
            for (type, tally) in totals {
                self.add(tally, since: reported[type] ?? CacheTally(), type)
                reported[type] = tally
                shared.merge(tally.sharedLatency)
                memory.merge(tally.memoryLatency)
            }
        }
        for (tier, buckets) in [("shared", shared), ("memory", memory)] {
            for (name, quantile) in [("0.5", 0.5), ("0.99", 0.99)] {
                if let value = buckets.quantile(quantile) { self.latency(tier, name).set(value.inSeconds) }
            }
        }
    }

    private func add(_ tally: CacheTally, since old: CacheTally, _ type: String) {
        func add(_ family: CounterFamily, _ label: String, _ value: KeyPath<CacheTally, UInt64>, scale: Double = 1) {
            let grown = tally[keyPath: value] &- old[keyPath: value]
            if grown > 0 { family(type, label).increment(by: Double(grown) * scale) }
        }
        add(self.reads, "memory", \.memoryHits)
        add(self.reads, "shared", \.sharedHits)
        add(self.reads, "stale", \.staleHits)
        add(self.reads, "miss", \.misses)
        add(self.reads, "error", \.errors)
        add(self.loads, "loaded", \.loads)
        add(self.loads, "failed", \.failedLoads)
        add(self.loads, "coalesced", \.coalesced)
        add(self.writes, "stored", \.writes)
        add(self.writes, "voided", \.voided)
        add(self.writes, "refused", \.refused)
        add(self.faults, "unreadable", \.unreadable)
        add(self.faults, "mismatch", \.mismatches)
        add(self.seconds, "loading", \.loadNanoseconds, scale: 1e-9)
        add(self.seconds, "saved", \.savedNanoseconds, scale: 1e-9)
        add(self.bytes, "given", \.plainBytesWritten)
        add(self.bytes, "stored", \.storedBytesWritten)
        add(self.bytes, "read", \.storedBytesRead)
    }
}
