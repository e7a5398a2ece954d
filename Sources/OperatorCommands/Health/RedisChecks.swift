import Flotilla
import FlotillaDaemon
import RedisClient
import Threading

/// Whether the Redis server will do and is well.
enum RedisChecks {
    struct Result {
        var findings: [HealthFinding] = []
        /// Redis's clock, microseconds since 1970; nil when it does not answer.
        var time: Int64?
        /// Ours, in the middle of asking.
        var askedAt = WallClock.microseconds
    }

    /// Every server that holds queues; the time is that of the first.
    static func run(_ context: CommandContext) async -> Result {
        var result = Result()
        do {
            for (index, server) in try context.fleet().redisServers().enumerated() {
                let checked = await Self.run(server.client, allowsEviction: try context.settings()[\.allowEvictingRedis])
                if index == 0 { (result.time, result.askedAt) = (checked.time, checked.askedAt) }
                result.findings += checked.findings.map { finding in
                    HealthFinding(
                        id: finding.id.replacing("redis.", with: "\(server.name)."), severity: finding.severity, evidence: finding.evidence,
                        fix: finding.fix)
                }
            }
        } catch {
            result.findings.append(Self.unreachable(error))
        }
        return result
    }

    private static func run(_ client: RedisClient, allowsEviction: Bool) async -> Result {
        var result = Result()
        do {
            var waits: [Duration] = []
            _ = try await client.send(["PING"])
            for _ in 0..<20 {
                let start = MonotonicTime.now
                _ = try await client.send(["PING"])
                waits.append(MonotonicTime.now - start)
            }
            waits.sort()
            let slow = waits[waits.count - 2]
            let latency =
                "answers in \(Self.milliseconds(waits[waits.count / 2])) ms, at worst \(Self.milliseconds(waits[waits.count - 1])) ms"
            result.findings.append(
                slow < .milliseconds(20)
                    ? .ok("redis.reachable", latency)
                    : .warning(
                        "redis.reachable", latency, fix: "bring Redis and workers closer, or look for slow commands: redis-cli SLOWLOG GET")
            )
            let before = WallClock.microseconds
            if let time = try await client.send(["TIME"]).array, time.count == 2, let seconds = time[0].int, let micros = time[1].int {
                result.askedAt = (before + WallClock.microseconds) / 2
                result.time = seconds &* 1_000_000 &+ micros
            }
            let info = Self.facts(try await client.send(["INFO"]).bytes ?? [])
            let configuration = await Self.configuration(client)
            result.findings += Self.judge(info, configuration, allowsEviction: allowsEviction)
        } catch {
            result.findings.append(Self.unreachable(error))
        }
        return result
    }

    private static func unreachable(_ error: any Error) -> HealthFinding {
        let error = CommandError(error)
        return .failed(
            "redis.reachable", error.message,
            fix: error.exit == .unauthorised
                ? "check user and password (REDIS_URL, REDIS_USERNAME, REDIS_PASSWORD) and the user's rights: deploy/redis has the ACL"
                : "start Redis, or correct REDIS_URL (flotilla config show --origin)")
    }

    /// The lines `name:value` of INFO.
    static func facts(_ bytes: [UInt8]) -> [String: String] {
        var facts: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            facts[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return facts
    }

    /// `appendfsync`; nil when the user may not read the configuration, which is as it should be.
    private static func configuration(_ client: RedisClient) async -> String? {
        do {
            let reply = try await client.send(["CONFIG", "GET", "appendfsync"]).array
            return reply?.count == 2 ? reply?[1].string : nil
        } catch {
            return nil
        }
    }

    /// What the server says of itself, judged. A pure function.
    static func judge(_ info: [String: String], _ appendfsync: String?, allowsEviction: Bool) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        let version = info["redis_version"] ?? "unknown"
        let numbers = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 } + [0, 0]
        findings.append(
            numbers[0] > 6 || numbers[0] == 6 && numbers[1] >= 2
                ? .ok("redis.version", "\(version), \(info["redis_mode"] ?? "standalone")")
                : .failed("redis.version", version, fix: "Redis 6.2 or later is needed"))

        let policy = info["maxmemory_policy"] ?? "unknown"
        if policy == "noeviction" {
            findings.append(.ok("redis.eviction", policy))
        } else {
            let fix = "CONFIG SET maxmemory-policy noeviction, and in redis.conf: another policy throws whole queues away"
            findings.append(
                allowsEviction ? .warning("redis.eviction", policy, fix: fix) : .failed("redis.eviction", policy, fix: fix))
        }

        let isAppendOnly = info["aof_enabled"] == "1"
        if isAppendOnly {
            let write = info["aof_last_write_status"] ?? "ok"
            let evidence = "append-only file" + (appendfsync.map { ", fsync \($0)" } ?? "") + ", last write \(write)"
            if write != "ok" || info["aof_last_bgrewrite_status"].map({ $0 != "ok" }) == true {
                findings.append(
                    .failed("redis.persistence", evidence, fix: "Redis cannot write its append-only file: disk full, or rights?"))
            } else if appendfsync == "no" {
                findings.append(.warning("redis.persistence", evidence, fix: "set appendfsync everysec (or always)"))
            } else {
                findings.append(.ok("redis.persistence", evidence))
            }
        } else {
            findings.append(
                .warning(
                    "redis.persistence", "no append-only file: what came in since the last snapshot is lost when Redis dies",
                    fix: "set appendonly yes and appendfsync everysec; deploy/redis/redis.conf has both"))
        }
        if info["rdb_last_bgsave_status"].map({ $0 != "ok" }) == true {
            findings.append(
                .failed(
                    "redis.snapshot", "the last snapshot failed", fix: "Redis refuses writes in this state: look at its log and its disk"))
        } else if let saved = info["rdb_last_save_time"].flatMap(Int64.init) {
            findings.append(.ok("redis.snapshot", "last at \(Timestamp.text(saved &* 1_000_000))"))
        }

        let used = Int(info["used_memory"] ?? "") ?? 0
        let limit = Int(info["maxmemory"] ?? "") ?? 0
        if limit == 0 {
            findings.append(.ok("redis.memory", "\(HumanTime.bytes(used)) used, no limit"))
        } else {
            let share = Double(used) / Double(limit)
            let evidence = "\(HumanTime.bytes(used)) of \(HumanTime.bytes(limit)) used (\(Int(min(share, 10) * 100)) %)"
            findings.append(
                share < 0.8
                    ? .ok("redis.memory", evidence)
                    : .warning("redis.memory", evidence, fix: "at the limit producers are refused: raise maxmemory, or drain the queues"))
        }
        if info["role"] == "slave" {
            findings.append(.failed("redis.role", "this is a replica, which takes no writes", fix: "point REDIS_URL at the primary"))
        }
        return findings
    }

    private static func milliseconds(_ duration: Duration) -> Double { (duration.inSeconds * 100_000).rounded() / 100 }
}
