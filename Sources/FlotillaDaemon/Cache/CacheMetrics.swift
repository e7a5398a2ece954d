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
    private let hits: HistogramFamily

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
        self.hits = registry.histogram(
            "flotilla_cache_hit_seconds", help: "Time of hits by tier (memory, shared), rounded up by at most 19 %.", labels: ["tier"],
            buckets: Self.hitBuckets)
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

    /// In seconds; 50 µs and 5 ms are the targets.
    private static let hitBuckets = [
        0.000002, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.025,
        0.05, 0.1, 1,
    ]

    private func update() {
        let totals = self.cache.recorder.totals()
        self.reported.withLock { reported in
            for (type, tally) in totals {
                let old = reported[type] ?? CacheTally()
                self.add(tally, since: old, type)
                self.add(tally.memoryLatency, since: old.memoryLatency, to: self.hits("memory"))
                self.add(tally.sharedLatency, since: old.sharedLatency, to: self.hits("shared"))
                reported[type] = tally
            }
        }
    }

    private func add(_ buckets: LatencyBuckets, since old: LatencyBuckets, to histogram: Histogram) {
        guard buckets.total != old.total else { return }
        for (bucket, (count, before)) in zip(buckets.counts, old.counts).enumerated() where count > before {
            histogram.observe(LatencyBuckets.end(ofBucket: bucket).inSeconds, times: Int(clamping: count - before))
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
