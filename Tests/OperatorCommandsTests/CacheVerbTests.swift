import Flotilla
import FlotillaCache
import FlotillaCachePostgres
import FlotillaDaemon
import JSONText
import PostgresClient
import RedisClient
import ServerHarness
import Testing
import Threading

@testable import OperatorCommands

/// Redis for queues, Redis for the cache, PostgreSQL, and commands run against them.
private final class CacheScene: Sendable {
    let queues: PrivateRedis
    let apart: PrivateRedis?
    let postgres: PrivatePostgres
    let fleet: LiveFleet
    let reach: CacheReach
    let cache: Cache

    static let key = "unit:" + String(repeating: "5a", count: 32)

    /// - Parameter isApart: whether the cache has an instance of its own.
    init(isApart: Bool = true) async throws {
        (self.queues, self.apart, self.postgres) = try await Task { @concurrent in
            (
                try PrivateRedis(),
                isApart ? try PrivateRedis(.init(configuration: ["maxmemory 64mb", "maxmemory-policy volatile-lfu"])) : nil,
                try PrivatePostgres(.init(fsync: false))
            )
        }.value
        let settings = try Settings(environment: Self.environment(self.queues, self.apart, self.postgres))
        self.fleet = try LiveFleet(settings)
        self.reach = CacheReach(
            options: settings.cacheOptions, codec: settings.cacheCodec, tiers: self.fleet.cacheTiers(settings.cacheOptions.keySpace))
        self.cache = Cache(
            options: settings.cacheOptions, codec: settings.cacheCodec, shared: self.reach.tiers.shared, durable: self.reach.tiers.durable)
        #expect(await self.run("migrate").exit == .success)
    }

    private static func environment(_ queues: PrivateRedis, _ cache: PrivateRedis?, _ postgres: PrivatePostgres) -> [String: String] {
        var environment = [
            "REDIS_URL": queues.url, "DATABASE_URL": postgres.url(), "PATH": "/usr/bin:/bin", "CACHE_ENCRYPTION_KEYS": self.key,
        ]
        if let cache { environment["CACHE_REDIS_URL"] = cache.url }
        return environment
    }

    func run(
        _ line: String, terminal: FakeTerminal = FakeTerminal(), without key: Bool = false
    ) async -> (exit: ExitCode, output: String, error: String) {
        var environment = Self.environment(self.queues, self.apart, self.postgres)
        if key { environment["CACHE_ENCRYPTION_KEYS"] = nil }
        let exit = await OperatorCommandLine(environment: environment, terminal: terminal).run(shellWords(line))
        return (exit, terminal.output, terminal.error)
    }

    func json(_ line: String) async throws -> JSONValue {
        let result = await self.run("\(line) --json")
        return try JSONValue(parsing: result.output.isEmpty ? result.error : result.output)
    }

    func close() async { await self.fleet.close() }
}

@Suite struct CacheVerbTests {
    @Test func `a value is shown, ended by its tag, and shown as ended`() async throws {
        let scene = try await CacheScene()
        let key = CacheKey(.jobStatus, tenant: .init("acme"), "7", tags: [.job("7")])
        try await scene.cache.set(key, String(repeating: "status ", count: 1_000), timeToLive: .seconds(600), took: .milliseconds(40))
        let named = "cache get --type job_status --tenant acme 7 --tag job:7"
        let shown = try await scene.json(named)
        #expect(shown["state"]?.string == "fresh")
        #expect(shown["raw_bytes"]?.integer == 7_000)
        #expect((shown["stored_bytes"]?.integer ?? .max) < 1_000)
        #expect(shown["compressed"]?.bool == true)
        #expect(shown["encrypted"]?.bool == false)
        #expect(shown["load_seconds"]?.number == 0.04)
        #expect((500.0...700).contains(shown["ttl_seconds_left"]?.number ?? 0))
        #expect(try await scene.json("cache get --type job_status --tenant acme 7")["state"]?.string?.contains("1 more tags") == true)
        // Another tenant's value of the same name is another one, and so is one whose id looks like a pattern.
        #expect(await scene.run("cache get --type job_status --tenant acm* 7").exit == .notFound)
        #expect(await scene.run("cache get --type job_status 7").exit == .usage)
        #expect(await scene.run("cache get --type job_state --tenant acme 7").error.contains("did you mean job_status"))
        #expect(await scene.run("cache get --type config x").exit == .notFound)

        #expect(await scene.run("cache invalidate --tag job:7 --tenant other").exit == .success)
        #expect(try await scene.json(named)["state"]?.string == "fresh")
        #expect(await scene.run("cache invalidate --tag job:* --tenant acme").exit == .success)
        #expect(try await scene.json(named)["state"]?.string == "fresh")
        #expect(await scene.run("cache invalidate --tag job:7 --tenant acme --dry-run").output.hasPrefix("would end"))
        #expect(try await scene.json(named)["state"]?.string == "fresh")
        #expect(await scene.run("cache invalidate --tag job:7 --tenant acme").exit == .success)
        #expect(try await scene.json(named)["state"]?.string?.hasPrefix("ended") == true)
        #expect(try await scene.cache.get(key, as: String.self).isMiss)
        let audit = try await scene.fleet.database().query(
            "SELECT target, filter FROM audit_log WHERE action = 'cache.invalidate' ORDER BY id")
        #expect(try audit.map { try $0[0, as: String.self] } == ["other", "acme", "acme"])
        #expect(try audit[2][1, as: String.self] == "job:7")
        await scene.close()
    }

    @Test func `a value itself goes to a file only, is noted, and needs the key it was encrypted with`() async throws {
        let scene = try await CacheScene()
        let secret = "alice@example.org \u{1B}[2J"
        try await scene.cache.set(CacheKey(.user, tenant: .init("acme"), "42"), secret)
        let line = "cache get --type user --tenant acme 42 --value"
        #expect(await scene.run(line, terminal: FakeTerminal(width: 80)).exit == .conflict)
        #expect(await scene.run("\(line) --json").exit == .usage)
        let shown = await scene.run(line)
        #expect(shown.output == secret)
        #expect(await scene.run("\(line) --force", terminal: FakeTerminal(width: 80)).output == secret)
        let audit = try await scene.fleet.database().query("SELECT target, filter FROM audit_log WHERE action = 'cache.value'")
        #expect(audit.count == 2)
        #expect(try audit[0][1, as: String.self] == "flotilla:production:tenant_acme:user:42")
        #expect(try await scene.json("cache get --type user --tenant acme 42")["encrypted"]?.bool == true)
        #expect(await scene.run("cache get --type user --tenant acme 42", without: true).output.contains("unreadable: unknown_key"))
        // What nobody can note is not shown.
        await Task { @concurrent in scene.postgres.stop() }.value
        let refused = await scene.run(line)
        #expect(refused.exit == .unavailable)
        #expect(refused.output.isEmpty)
        await scene.close()
    }

    @Test(arguments: [true, false]) func `clearing ends what is named and nothing else`(isApart: Bool) async throws {
        let scene = try await CacheScene(isApart: isApart)
        let cache = scene.cache
        func fill() async throws {
            for tenant in ["acme", "a*e", "?"] {
                for number in 0..<3 { try await cache.set(CacheKey(.graph, tenant: .init(tenant), "\(number)"), "graph") }
                try await cache.set(CacheKey(.dashboard, tenant: .init(tenant), "main"), "figures")
                try await cache.set(CacheKey(.session, tenant: .init(tenant), "sid"), "session")
            }
            try await cache.set(CacheKey(.reference, tenant: .everyone, "countries"), "CH")
        }
        func left(_ type: CacheType, _ tenant: String) async throws -> Bool {
            try await !cache.get(
                CacheKey(type, tenant: .init(tenant), type == .graph ? "0" : type == .session ? "sid" : "main"), as: String.self
            )
            .isMiss
        }
        try await fill()
        _ = try await scene.fleet.redis().send(["LPUSH", "document_queue", "message"])
        _ = try await scene.fleet.redis().send(["LPUSH", "document_dlq", "letter"])

        let plan = await scene.run("cache clear --tenant a*e")
        #expect(plan.exit == .conflict)
        #expect(plan.output.contains(": 4 values, "), "\(plan.output)")
        #expect(try await left(.graph, "a*e"))
        #expect(await scene.run("cache clear --tenant a*e --dry-run --yes").exit == .success)
        #expect(try await left(.graph, "a*e"))
        let cleared = try await scene.json("cache clear --tenant a*e --free --yes")
        #expect(cleared["matching"]?.integer == 4)
        #expect(cleared["freed"]?.integer == 4)
        #expect(try await !left(.graph, "a*e"))
        #expect(try await !left(.dashboard, "a*e"))
        #expect(try await left(.session, "a*e"))
        for tenant in ["acme", "?"] { #expect(try await left(.graph, tenant)) }

        #expect(try await scene.json("cache clear --type graph --yes")["matching"]?.integer == 6)
        #expect(try await !left(.graph, "acme"))
        #expect(try await left(.dashboard, "acme"))

        try await fill()
        #expect(try await scene.json("cache clear --all --yes")["cleared"]?.bool == true)
        #expect(try await !left(.dashboard, "acme"))
        #expect(try await cache.get(CacheKey(.reference, tenant: .everyone, "countries"), as: String.self).isMiss)
        #expect(try await left(.session, "acme"))

        #expect(await scene.run("cache clear --type session --tenant acme --yes").exit == .conflict)
        #expect(try await left(.session, "acme"))
        #expect(try await scene.json("cache clear --type session --tenant acme --yes --end-sessions")["matching"]?.integer == 1)
        #expect(try await !left(.session, "acme"))
        #expect(try await left(.session, "?"))

        #expect(try await scene.fleet.redis().send(["LLEN", "document_queue"]).int == 1)
        #expect(try await scene.fleet.redis().send(["LLEN", "document_dlq"]).int == 1)
        #expect(await scene.run("cache clear").exit == .usage)
        #expect(await scene.run("cache clear --all --type graph").exit == .usage)
        #expect(await scene.run("cache clear --type reference --tenant acme").exit == .usage)
        let audit = try await scene.fleet.database().query("SELECT count FROM audit_log WHERE action = 'cache.clear' ORDER BY id")
        #expect(try audit.compactMap { try $0[0, as: Int?.self] }.first == 4)
        await scene.close()
    }

    @Test func `an event is written down for the rules that answer it`() async throws {
        let scene = try await CacheScene()
        let plan = await scene.run("cache invalidate --event job.updated --tenant acme --dry-run")
        #expect(plan.output.contains("job:{job_id}"))
        #expect(plan.error.contains("--field job_id"))
        let told = await scene.run("cache invalidate --event job.updated --field job_id=7=8 --tenant acme")
        #expect(told.exit == .success, "\(told.error)")
        let rows = try await scene.fleet.database().query("SELECT event, tenant_id, fields->>'job_id' FROM cache_invalidation_event")
        #expect(rows.count == 1)
        #expect(try rows[0][1, as: String.self] == "acme")
        #expect(try rows[0][2, as: String.self] == "7=8")
        #expect(await scene.run("cache invalidate --event job.udpated").error.contains("did you mean job.updated"))
        #expect(await scene.run("cache invalidate --event 'no event'").exit == .usage)
        #expect(await scene.run("cache invalidate --event job.updated --field x").exit == .usage)
        #expect(await scene.run("cache invalidate --tag job:7").exit == .usage)
        #expect(await scene.run("cache invalidate --tag job --tenant acme").exit == .usage)
        await scene.close()
    }

    @Test func `what daemons counted is added up, judged and turned into advice`() async throws {
        let scene = try await CacheScene()
        let pool = scene.fleet.database()
        #expect(await scene.run("cache stats").output.contains("nobody read the cache"))
        var ocr = CacheTally()
        ocr.sharedHits = 9_000
        ocr.misses = 1_000
        ocr.loads = 1_000
        ocr.writes = 1_000
        ocr.loadNanoseconds = 2_000_000_000_000
        ocr.savedNanoseconds = 18_000_000_000_000
        ocr.ageTenths = [8_990, 10, 0, 0, 0, 0, 0, 0, 0, 0]
        var user = CacheTally()
        user.memoryHits = 10
        user.misses = 90
        user.mismatches = 1
        let store = CacheStatisticsStore(pool: pool)
        try await store.flush([.init(type: "ocr_result", tenant: "acme"): ocr, .init(type: "user", tenant: "b"): user])
        try await store.record([
            .init(
                process: "h:1", type: "ocr_result", at: .now, period: .seconds(60), sharedMedian: 200, shared99th: 9_000,
                operationsPerSecond: 100),
            .init(
                process: "h:1", type: nil, at: .now, period: .seconds(60), sharedMedian: 200, shared99th: 9_000, operationsPerSecond: 100),
            .init(
                process: "h:2", type: nil, at: .now, period: .seconds(60), sharedMedian: 100, shared99th: 1_000, operationsPerSecond: 300),
        ])

        let stats = try await scene.json("cache stats --since 10m")
        #expect(stats["types"]?.array?.compactMap { $0["type"]?.string } == ["ocr_result", "user"])
        #expect(stats["types"]?[0]?["hit_ratio"]?.number == 0.9)
        #expect(stats["types"]?[0]?["shared_p99_us"]?.number == 9_000)
        #expect(stats["total"]?["shared_p99_us"]?.number == 3_000)
        #expect(stats["engine_runs_avoided"]?.integer == 9_000)
        #expect(stats["queries_avoided"]?.integer == 10)
        for name in [
            "total_connections", "total_commands", "keyspace_hits", "keyspace_misses", "hit_rate", "used_memory_human",
            "used_memory_peak_human",
        ] {
            #expect(stats["server"]?[name] != nil, "\(name)")
        }
        #expect(try await scene.json("cache stats --tenant b")["types"]?.array?.count == 1)
        #expect(try await scene.json("cache stats --type user --tenant acme")["types"]?.array?.isEmpty == true)

        let report = try await scene.json("cache report")
        let verdicts = Dictionary(
            (report["targets"]?.array ?? []).compactMap { target in target["id"]?.string.map { ($0, target["verdict"]?.string ?? "") } }
        ) { first, _ in first }
        #expect(verdicts["hit_ratio"] == "ok")
        #expect(verdicts["latency_p99"] == "ok")
        #expect(verdicts["values"] == "bad")
        #expect(verdicts["memory"] == "ok")
        #expect(await scene.run("cache report monthly").exit == .failed)
        #expect(await scene.run("cache report yearly").exit == .usage)
        #expect(await scene.run("cache report daily --since 1h").exit == .usage)

        let advice = try await scene.json("cache advise-ttl")
        #expect(advice["types"]?[0]?["type"]?.string == "ocr_result")
        #expect(advice["types"]?[0]?["verdict"]?.string == "shorter")
        #expect(await scene.run("cache advise-ttl --type user").output.contains("keep"))

        let frame = try await scene.json("monitor cache --once")
        #expect(frame["types"]?[0]?["hits"]?.integer == 9_000)
        #expect(frame["tenants"]?[0]?["tenant"]?.string == "acme")
        #expect(frame["shares_redis_with_queues"]?.bool == false)
        // The page lives on without either server.
        scene.apart?.stop()
        await Task { @concurrent in scene.postgres.stop() }.value
        let page = await scene.run("monitor cache")
        #expect(page.exit == .success, "\(page.error)")
        #expect(page.output.contains("! PostgreSQL does not answer") && page.output.contains("! Redis does not answer"), "\(page.output)")
        await scene.close()
    }

    @Test func `the largest and the most used are found without stopping anybody`() async throws {
        let scene = try await CacheScene()
        for number in 0..<1_200 {
            try await scene.cache.set(CacheKey(.graph, tenant: .init("t\(number % 3)"), "\(number)"), "small")
        }
        var random = SystemRandomNumberGenerator()
        let large = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let place = CacheKey(.ocrResult, tenant: .init("big"), "page")
        try await scene.cache.set(place, large)
        let top = try await scene.json("cache top --limit 3")
        #expect(top["examined"]?.integer == 1_201)
        #expect(top["examined_all"]?.bool == true)
        #expect(top["keys"]?.array?.count == 3)
        #expect(top["keys"]?[0]?["type"]?.string == "ocr_result")
        #expect(top["tenants"]?.array?.compactMap { $0["name"]?.string }.count == 3)
        #expect(top["types"]?.array?.first { $0["name"]?.string == "graph" }?["values"]?.integer == 1_200)
        let part = try await scene.json("cache top --scan 100")
        #expect(part["examined_all"]?.bool == false)
        // The server counts use under its policy.
        for _ in 0..<50 { _ = try await scene.fleet.cacheRedis().send(["GET", "flotilla:production:tenant_t1:graph:1"]) }
        let used = try await scene.json("cache top --by use --limit 1")
        #expect(used["keys"]?[0]?["key"]?.string == "flotilla:production:tenant_t1:graph:1")
        _ = try await scene.fleet.cacheRedis().send(["CONFIG", "SET", "maxmemory-policy", "volatile-lru"])
        #expect(await scene.run("cache top --by use").exit == .conflict)
        await scene.close()
    }

    @Test func `warm-up jobs are added, switched, started and removed`() async throws {
        let scene = try await CacheScene()
        #expect(await scene.run("cache warm").output.contains("reference-data"))
        let line = "cache warm add front --kind pinned --type dashboard --tenant acme --id main --id side --every 5m --rate 20"
        #expect(await scene.run(line).exit == .success)
        #expect(await scene.run(line).exit == .conflict)
        func job() async throws -> JSONValue? {
            try await scene.json("cache warm list")["jobs"]?.array?.first { $0["name"]?.string == "front" }
        }
        #expect(try await job()?["schedule"]?.string == "every 5m0s")
        #expect(try await job()?["enabled"]?.bool == true)
        #expect(await scene.run("cache warm disable front").exit == .success)
        #expect(try await job()?["enabled"]?.bool == false)
        #expect(await scene.run("cache warm run front").error.contains("switched off"))
        #expect(await scene.run("cache warm enable front").exit == .success)
        #expect(await scene.run("cache warm add night --kind scheduled --type reference --daily 04:30").exit == .success)
        #expect(await scene.run("cache warm list").output.contains("daily 04:30"))
        #expect(await scene.run("cache warm remove front").exit == .conflict)
        #expect(await scene.run("cache warm remove front --yes").exit == .success)
        #expect(try await job() == nil)
        #expect(await scene.run("cache warm run front").exit == .notFound)
        for wrong in [
            "add x --kind pinned --type dashboard --every 5m", "add x --kind daily --type dashboard --every 5m",
            "add x --kind scheduled --every 5m",
            "add x --kind scheduled --type dashboard", "add x --kind scheduled --type dashboard --daily 25:00",
            "add x --kind scheduled --type session --every 5m", "add UPPER --kind scheduled --type dashboard --every 5m", "add", "list x",
            "dance",
        ] {
            #expect(await scene.run("cache warm \(wrong)").exit == .usage, "\(wrong)")
        }
        await scene.close()
    }

    @Test func `doctor looks at the cache`() async throws {
        let scene = try await CacheScene()
        func severities(without key: Bool = false) async throws -> [String: String] {
            let output = await scene.run("doctor --role operator --json", without: key).output
            let checks = try JSONValue(parsing: output)["checks"]?.array ?? []
            return Dictionary(checks.compactMap { check in check["id"]?.string.map { ($0, check["severity"]?.string ?? "") } }) {
                first, _ in first
            }
        }
        let well = try await severities()
        for id in ["cache.reachable", "cache.version", "cache.eviction", "cache.memory", "cache.encryption"] {
            #expect(well[id] == "ok", "\(id)")
        }
        _ = try await scene.fleet.cacheRedis().send(["CONFIG", "SET", "maxmemory", "0"])
        let ill = try await severities(without: true)
        #expect(ill["cache.memory"] == "warning")
        #expect(ill["cache.encryption"] == "warning")
        scene.apart?.stop()
        #expect(try await severities()["cache.reachable"] == "warning")
        await scene.close()
    }
}
