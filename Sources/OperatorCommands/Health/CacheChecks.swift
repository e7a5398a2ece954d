import FlotillaCache
import FlotillaDaemon
import RedisClient
import Threading

/// Whether the cache is where it should be, bounded, and may keep what it is given.
enum CacheChecks {
    static func run(_ context: CommandContext) async -> [HealthFinding] {
        do {
            let reach = try context.cache()
            guard reach.options.isEnabled else {
                return [.warning("cache.enabled", "CACHE_ENABLED is off: all work is done anew", fix: "set it on, once its reason is gone")]
            }
            let fleet = try context.fleet()
            var findings = self.encryption(reach)
            do {
                let start = MonotonicTime.now
                let info = RedisChecks.facts(try await fleet.cacheRedis().send(["INFO"], timeout: .seconds(3)).bytes ?? [])
                findings += self.judge(info, sharesRedis: fleet.sharesRedis, took: MonotonicTime.now - start)
            } catch {
                let error = CommandError(error)
                findings.append(
                    .warning(
                        "cache.reachable", error.message,
                        fix: "daemons work without it, and do all work anew: start it, or correct CACHE_REDIS_URL "
                            + "(flotilla config show --origin)"))
            }
            return findings
        } catch {
            return [.failed("cache", CommandError(error).message, fix: "flotilla config check")]
        }
    }

    /// Types that are not cached because nothing could keep them secret.
    private static func encryption(_ reach: CacheReach) -> [HealthFinding] {
        let refused = CacheType.all.filter { !reach.codec.accepts(reach.options.policy(of: $0)) }.map(\.name)
        guard !refused.isEmpty else { return [.ok("cache.encryption", "there are keys for the types that must be encrypted")] }
        return [
            .warning(
                "cache.encryption", "not cached, because there is no key: \(refused.joined(separator: ", "))",
                fix: "set CACHE_ENCRYPTION_KEYS (or CACHE_ENCRYPTION_KEYS_FILE): flotilla config reference says how")
        ]
    }

    /// What the cache's server says of itself, judged. A pure function.
    static func judge(_ info: [String: String], sharesRedis: Bool, took: Duration) -> [HealthFinding] {
        let memory = RedisMemory(info)
        if sharesRedis {
            let evidence = "cache and queues share one Redis, with \(memory.policy)"
            let fix =
                "give the cache an instance of its own (CACHE_REDIS_URL) with maxmemory and maxmemory-policy volatile-lfu"
            return [
                memory.policy == "noeviction"
                    ? .warning("cache.separate", "\(evidence): a full cache stops the queues", fix: fix)
                    : .failed("cache.separate", "\(evidence): a full cache throws messages away", fix: fix)
            ]
        }
        var findings: [HealthFinding] = [.ok("cache.reachable", "an instance of its own, answers in \(MonitorText.brief(took))")]
        let numbers = memory.version.split(separator: ".").prefix(2).map { Int($0) ?? 0 } + [0, 0]
        findings.append(
            numbers[0] > 6 || numbers[0] == 6 && numbers[1] >= 2
                ? .ok("cache.version", memory.version) : .failed("cache.version", memory.version, fix: "Redis 6.2 or later is needed"))
        findings.append(self.policy(memory.policy))
        if memory.limit == 0 {
            findings.append(
                .warning(
                    "cache.memory", "\(HumanTime.bytes(memory.used)) used, no limit",
                    fix: "set maxmemory: without it the cache grows until the machine has no memory left, and nothing is ever evicted"))
        } else {
            let evidence =
                "\(HumanTime.bytes(memory.used)) of \(HumanTime.bytes(memory.limit)) used (\(MonitorText.share(memory.used, of: memory.limit)))"
            findings.append(
                memory.used <= memory.limit / 10 * 8
                    ? .ok("cache.memory", evidence)
                    : .warning(
                        "cache.memory", evidence, fix: "see what takes it (flotilla cache top); raise maxmemory or shorten times to live"))
        }
        return findings
    }

    private static func policy(_ policy: String) -> HealthFinding {
        let fix = "set maxmemory-policy volatile-lfu"
        switch policy {
        case "volatile-lfu", "volatile-lru", "volatile-ttl", "volatile-random": return .ok("cache.eviction", policy)
        case "noeviction":
            return .warning("cache.eviction", "\(policy): a full cache takes nothing new", fix: fix)
        default:
            return .warning("cache.eviction", "\(policy): what counts the tenants' use may be thrown away with the rest", fix: fix)
        }
    }
}
