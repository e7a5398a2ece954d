import FlotillaCache
import FlotillaCachePostgres
import JSONText
import Threading

/// The cache held against its targets. A pure function of what was counted.
enum CacheReview {
    /// How one figure is.
    struct Judgement: Sendable, Equatable {
        enum Verdict: String, Sendable { case ok, warn, bad, unknown }
        /// A stable name: `hit_ratio`.
        let id: String
        let verdict: Verdict
        let seen: String
        let target: String
        /// What to do; empty when all is well.
        let advice: String

        var json: JSONValue {
            [
                "id": .string(self.id), "verdict": .string(self.verdict.rawValue), "seen": .string(self.seen),
                "target": .string(self.target), "advice": .optional(self.advice.isEmpty ? nil : self.advice),
            ]
        }
    }

    /// What is judged.
    struct Figures: Sendable {
        var total: CacheTally
        /// Of hits in Redis.
        var shared99: Duration?
        /// Of the last quarter of an hour; nil when it is not known.
        var evicted: Int?
        var writes: Int
        /// Types that miss more than they did.
        var spikes: [CacheMissSpike] = []
        /// Nil when Redis does not answer.
        var memory: RedisMemory?
        var sharesRedis: Bool
    }

    /// Below this many reads a ratio says nothing.
    private static let fewest: UInt64 = 100

    static func judge(_ figures: Figures) -> [Judgement] {
        [
            self.hitRatio(figures.total), self.latency(figures.shared99), self.evictions(figures),
            self.memory(figures), self.errors(figures.total), self.loads(figures.total), self.use(figures.total),
            self.misses(figures.spikes),
            self.values(figures.total),
        ]
    }

    private static func hitRatio(_ total: CacheTally) -> Judgement {
        let target = "80 % or more, alarm below 70 %"
        guard total.reads >= self.fewest, let ratio = total.hitRatio else {
            return .init(id: "hit_ratio", verdict: .unknown, seen: "\(total.reads) reads are too few", target: target, advice: "")
        }
        return .init(
            id: "hit_ratio", verdict: ratio >= 0.8 ? .ok : ratio >= 0.7 ? .warn : .bad, seen: self.percent(ratio), target: target,
            advice: ratio >= 0.8
                ? ""
                : "see which types miss (flotilla cache stats), whether their time is too short (flotilla cache advise-ttl), and warm what is known to be wanted"
        )
    }

    private static func latency(_ shared99: Duration?) -> Judgement {
        let target = "5 ms at most"
        guard let shared99 else {
            return .init(id: "latency_p99", verdict: .unknown, seen: "no hits in Redis", target: target, advice: "")
        }
        let verdict: Judgement.Verdict = shared99 <= .milliseconds(4) ? .ok : shared99 <= .milliseconds(5) ? .warn : .bad
        return .init(
            id: "latency_p99", verdict: verdict, seen: MonitorText.brief(shared99), target: target,
            advice: verdict == .ok
                ? ""
                : "look for slow commands (redis-cli SLOWLOG GET) and large values (flotilla cache top), and bring Redis and daemons closer"
        )
    }

    private static func evictions(_ figures: Figures) -> Judgement {
        let target = "5 % of writes at most, over 15 minutes"
        guard let evicted = figures.evicted else {
            return .init(id: "evictions", verdict: .unknown, seen: "nobody wrote the tier's health down", target: target, advice: "")
        }
        // An instance without writes of ours that evicts does so for somebody else's.
        let ratio = evicted == 0 ? 0 : Double(evicted) / Double(max(1, figures.writes))
        let verdict: Judgement.Verdict = ratio <= 0.04 ? .ok : ratio <= 0.05 ? .warn : .bad
        return .init(
            id: "evictions", verdict: verdict, seen: "\(evicted) evicted, \(figures.writes) written", target: target,
            advice: verdict == .ok ? "" : "raise the instance's maxmemory, shorten times to live, or lower the tenants' quotas")
    }

    private static func memory(_ figures: Figures) -> Judgement {
        let target = "80 % of the limit at most"
        guard let memory = figures.memory else {
            return .init(
                id: "memory", verdict: .bad, seen: "the cache's Redis does not answer", target: target,
                advice: "start it, or correct CACHE_REDIS_URL (flotilla config show --origin)")
        }
        let used = HumanTime.bytes(memory.used)
        guard memory.limit > 0 else {
            return .init(
                id: "memory", verdict: .warn, seen: "\(used), no limit", target: target,
                advice: figures.sharesRedis
                    ? "queues and cache share this instance: give the cache one of its own (CACHE_REDIS_URL) with maxmemory"
                    : "set maxmemory and maxmemory-policy volatile-lfu: without a limit the cache grows until the machine has no memory left"
            )
        }
        let share = Double(memory.used) / Double(memory.limit)
        let verdict: Judgement.Verdict = share <= 0.7 ? .ok : share <= 0.8 ? .warn : .bad
        return .init(
            id: "memory", verdict: verdict, seen: "\(used) of \(HumanTime.bytes(memory.limit)) (\(self.percent(share)))", target: target,
            advice: verdict == .ok ? "" : "see what takes it (flotilla cache top), then raise maxmemory or shorten times to live")
    }

    private static func errors(_ total: CacheTally) -> Judgement {
        let target = "1 in 1,000 operations at most"
        guard let ratio = total.errorRatio else {
            return .init(id: "errors", verdict: .unknown, seen: "no operations", target: target, advice: "")
        }
        return .init(
            id: "errors", verdict: ratio <= 0.001 ? .ok : ratio <= 0.01 ? .warn : .bad, seen: "\(total.errors) (\(self.percent(ratio)))",
            target: target,
            advice: ratio <= 0.001
                ? "" : "an operation over its budget is an error: flotilla doctor looks at the instance, the daemons' logs name the errors")
    }

    private static func loads(_ total: CacheTally) -> Judgement {
        let target = "1 failed load of 100 at most"
        guard total.loads > 0 else { return .init(id: "loads", verdict: .unknown, seen: "no loads", target: target, advice: "") }
        let ratio = Double(total.failedLoads) / Double(total.loads)
        return .init(
            id: "loads", verdict: ratio <= 0.01 ? .ok : ratio <= 0.05 ? .warn : .bad,
            seen: "\(total.failedLoads) of \(total.loads) failed", target: target,
            advice: ratio <= 0.01 ? "" : "what the cache loads from fails: look at PostgreSQL and at the engines, not at the cache")
    }

    /// Whether values are read before they end.
    private static func use(_ total: CacheTally) -> Judgement {
        let target = "a hit for each write or more"
        guard total.writes >= self.fewest, let hits = total.hitsPerWrite else {
            return .init(id: "ttl_effectiveness", verdict: .unknown, seen: "\(total.writes) writes are too few", target: target, advice: "")
        }
        return .init(
            id: "ttl_effectiveness", verdict: hits >= 1 ? .ok : hits >= 0.5 ? .warn : .bad,
            seen: "\(MonitorText.decimal(hits)) hits for each write", target: target,
            advice: hits >= 1 ? "" : "values end before anybody reads them: flotilla cache advise-ttl says of which types")
    }

    private static func misses(_ spikes: [CacheMissSpike]) -> Judgement {
        let seen = spikes.map { "\($0.type): \(self.percent($0.missRatio)) of reads miss, \(self.percent($0.usualMissRatio)) before" }
        return .init(
            id: "miss_spikes", verdict: spikes.isEmpty ? .ok : .warn, seen: seen.isEmpty ? "none" : seen.joined(separator: "; "),
            target: "no sudden rise, last 15 minutes against the day",
            advice: spikes.isEmpty
                ? "" : "see what ended (the audit log, cache_invalidation_event) and whether writers and readers agree about keys")
    }

    private static func values(_ total: CacheTally) -> Judgement {
        let verdict: Judgement.Verdict = total.mismatches > 0 ? .bad : total.unreadable > 0 ? .warn : .ok
        return .init(
            id: "values", verdict: verdict, seen: "\(total.mismatches) wrong, \(total.unreadable) unreadable", target: "none",
            advice: total.mismatches > 0
                ? "a key does not say all that its value depends on: switch the type off (CACHE_DISABLED_TYPES) and find what is missing"
                : total.unreadable > 0 ? "an encryption key was taken away, or something else writes into the cache's keys" : "")
    }

    private static func percent(_ ratio: Double) -> String { "\((ratio * 1_000).rounded() / 10) %" }
}
