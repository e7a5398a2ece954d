import FlotillaCache
import FlotillaCachePostgres
import JSONText
import PostgresClient
import Testing

@testable import OperatorCommands

private func tally(hits: UInt64, misses: UInt64, loadsMilliseconds: UInt64 = 0, _ change: (inout CacheTally) -> Void = { _ in })
    -> CacheTally
{
    var tally = CacheTally()
    tally.sharedHits = hits / 2
    tally.memoryHits = hits - hits / 2
    tally.misses = misses
    tally.loads = misses
    tally.writes = misses
    tally.loadNanoseconds = misses * loadsMilliseconds * 1_000_000
    tally.savedNanoseconds = hits * loadsMilliseconds * 1_000_000
    tally.storedBytesWritten = misses * 2_048
    tally.storedBytesRead = hits * 1_024
    change(&tally)
    return tally
}

private let server = CacheServer([
    "redis_version": "7.0.15", "used_memory": "3565158", "used_memory_peak": "4000000", "maxmemory": "268435456",
    "maxmemory_policy": "volatile-lfu", "mem_fragmentation_ratio": "1.2", "evicted_keys": "7", "connected_clients": "5",
    "keyspace_hits": "75", "keyspace_misses": "25", "total_connections_received": "12", "total_commands_processed": "999",
])

private let quiet = CacheSnapshot(
    time: noon, window: .seconds(300),
    counted: .known(
        .init(
            types: .init(
                entries: [
                    .init(name: "ocr_result", tally: tally(hits: 2_700, misses: 300, loadsMilliseconds: 2_000)),
                    .init(
                        name: "dashboard",
                        tally: tally(hits: 60, misses: 40, loadsMilliseconds: 30) {
                            $0.staleHits = 10
                            $0.unreadable = 2
                            $0.voided = 1
                        }),
                ], span: .seconds(300)),
            speeds: [
                "": .init(memory99: .microseconds(3), sharedMedian: .microseconds(210), shared99: .microseconds(1_900)),
                "ocr_result": .init(sharedMedian: .microseconds(240), shared99: .microseconds(2_100)),
            ],
            tiers: [
                .init(
                    report: .init(
                        tier: "cache", at: PostgresTimestamp(microseconds: noon - 4_000_000), status: .healthy, health: nil,
                        latency: .microseconds(310)), evicted: 7)
            ])),
    tenants: .known([
        .init(
            name: "acme", tally: tally(hits: 2_760, misses: 340),
            usage: [
                .init(quota: .pipeline, usage: .init(bytes: 500_000_000, entries: 812), limit: 536_870_912),
                .init(quota: .application, usage: .init(bytes: 4_096, entries: 2), limit: nil),
            ]),
        .init(name: "~none", tally: tally(hits: 1, misses: 1), usage: nil),
    ]),
    server: .known(server), sharesRedis: false, isEnabled: true)

private func lines(_ snapshot: CacheSnapshot, width: Int) -> [String] {
    CachePage.page(snapshot, width: width, isLive: false).lines(height: nil).map(\.text)
}

@Suite struct CachePageTests {
    @Test(arguments: [80, 120]) func `the page looks like this`(width: Int) {
        #expect(
            lines(quiet, width: width).joined(separator: "\n") == """
                flotilla cache  2026-11-21T10:00:00Z

                SAVED
                in 5m0s: 2700 runs of engines and 70 queries avoided, 1h30m of waiting saved
                all types: 10.4 reads/s, 89 % hit; 0 waited for others' loads
                hits in Redis: p50 210us, p99 1.9ms; in memory: p99 3us

                TYPES in the last 5m0s
                ! dashboard: 2 values could not be used: damaged, or of another key
                TYPE        READS/S   HIT  MEMORY  SHARED  STALE    P50    P99  LOADS/S  LOAD
                ocr_result     10.0  90 %    45 %    45 %    0 %  240us  2.1ms      1.0  2.0s
                dashboard      0.37  64 %    27 %    27 %    9 %      -      -     0.13  30ms

                WRITES AND SAVINGS
                TYPE        SAVED  WRITES/S  VOIDED  REFUSED  ERRORS    WRITTEN      READ
                ocr_result  1h30m       1.0       0        0       0  600.0 KiB   2.6 MiB
                dashboard    1.8s      0.13       1        0       0   80.0 KiB  60.0 KiB

                BUSIEST TENANTS
                ! acme uses 93 % of its pipeline quota: its oldest values go first
                TENANT  READS   HIT  SAVED   PIPELINE  OF QUOTA  APPLICATION  OF QUOTA
                acme     3100  89 %      -  476.8 MiB      93 %      4.0 KiB  no limit
                ~none       2  50 %      -          -         -            -         -

                REDIS OF THE CACHE, 7.0.15
                   USED     PEAK      LIMIT  POLICY        FRAGM  EVICTED  KEY HITS  CLIENTS
                3.3 MiB  3.8 MiB  256.0 MiB  volatile-lfu   1.20        7    75.0 %        5

                TIERS AS DAEMONS SEE THEM
                TIER   STATUS      ASKED   TOOK  EVICTED  WHY
                cache  healthy  4.0s ago  310us        7
                """)
        #expect(lines(quiet, width: width).allSatisfy { TerminalText.width($0) <= width })
    }

    @Test func `servers that are away are said to be, and a switched-off cache too`() {
        var snapshot = quiet
        snapshot.counted = .failed("connection refused")
        snapshot.tenants = .failed("connection refused")
        snapshot.server = .failed("timeout")
        snapshot.sharesRedis = true
        snapshot.isEnabled = false
        #expect(
            lines(snapshot, width: 80) == [
                "flotilla cache  2026-11-21T10:00:00Z", "", "SWITCHED OFF", "! CACHE_ENABLED is off here: nothing is read or written", "",
                "TYPES", "! PostgreSQL does not answer: connection refused", "", "REDIS, shared with the queues",
                "! Redis does not answer: timeout", "! daemons do their work without the cache",
            ])
        #expect(JSONValue.object(snapshot.json)["types"] == .null)
        #expect(JSONValue.object(snapshot.json)["server_error"]?.string == "timeout")
    }

    @Test(arguments: ["\u{1B}[2J", "a\u{202E}b", String(repeating: "x", count: 500), "日本語", "a\nb"])
    func `names that others chose stay within their cells`(name: String) {
        var snapshot = quiet
        snapshot.tenants = .known([
            .init(
                name: name, tally: tally(hits: 1, misses: 1),
                usage: [.init(quota: .pipeline, usage: .init(bytes: 99, entries: 1), limit: 100)])
        ])
        for width in [80, 120] {
            for line in lines(snapshot, width: width) {
                #expect(TerminalText.width(line) <= width, "\(line)")
                #expect(!line.unicodeScalars.contains { TerminalText.isDangerous($0, keepsLines: false) })
            }
        }
    }

    @Test func `a frame for programs has every figure`() throws {
        let frame = JSONValue.object(quiet.json)
        #expect(frame["types"]?[0]?["reads_per_second"]?.number == 10)
        #expect(frame["types"]?[0]?["hit_ratio"]?.number == 0.9)
        #expect(frame["types"]?[0]?["shared_p99_us"]?.number == 2_100)
        #expect(frame["engine_runs_avoided"]?.integer == 2_700)
        #expect(frame["queries_avoided"]?.integer == 70)
        #expect(frame["tenants"]?[0]?["usage"]?[0]?["limit_bytes"]?.integer == 536_870_912)
        #expect(frame["server"]?["hit_rate"]?.number == 75)
        #expect(frame["server"]?["total_connections"]?.integer == 12)
        #expect(frame["server"]?["used_memory_human"]?.string == "3.3 MiB")
    }
}

@Suite struct CacheReviewTests {
    private func verdict(_ id: String, _ change: (inout CacheReview.Figures) -> Void) throws -> CacheReview.Judgement.Verdict {
        var figures = CacheReview.Figures(
            total: tally(hits: 950, misses: 50), shared99: .milliseconds(1), evicted: 0, writes: 100, memory: server.memory,
            sharesRedis: false)
        change(&figures)
        let judgement = try #require(CacheReview.judge(figures).first { $0.id == id })
        #expect(judgement.advice.isEmpty == (judgement.verdict == .ok || judgement.verdict == .unknown), "\(judgement)")
        return judgement.verdict
    }

    @Test(arguments: [(800, "ok"), (799, "warn"), (700, "warn"), (699, "bad"), (0, "bad")])
    func `the hit ratio is held against 80 and 70 per cent`(hits: UInt64, expected: String) throws {
        #expect(try self.verdict("hit_ratio") { $0.total = tally(hits: hits, misses: 1_000 - hits) }.rawValue == expected)
    }

    @Test func `too little to judge by is unknown, never good or bad`() throws {
        #expect(try self.verdict("hit_ratio") { $0.total = tally(hits: 0, misses: 99) } == .unknown)
        #expect(try self.verdict("latency_p99") { $0.shared99 = nil } == .unknown)
        #expect(try self.verdict("evictions") { $0.evicted = nil } == .unknown)
        #expect(try self.verdict("errors") { $0.total = CacheTally() } == .unknown)
        #expect(try self.verdict("loads") { $0.total = CacheTally() } == .unknown)
    }

    @Test(arguments: [(3_999, "ok"), (4_500, "warn"), (5_000, "warn"), (5_001, "bad")])
    func `latency is held against 5 ms`(microseconds: Int, expected: String) throws {
        #expect(try self.verdict("latency_p99") { $0.shared99 = .microseconds(microseconds) }.rawValue == expected)
    }

    @Test(arguments: [(0, 0, "ok"), (4, 100, "ok"), (5, 100, "warn"), (6, 100, "bad"), (1, 0, "bad")])
    func `evictions are held against 5 per cent of writes`(evicted: Int, writes: Int, expected: String) throws {
        #expect(
            try self.verdict("evictions") {
                $0.evicted = evicted
                $0.writes = writes
            }.rawValue == expected)
    }

    @Test func `memory without a limit is a warning, a full one is bad, and so is a server that is away`() throws {
        func used(_ share: Int) -> (inout CacheReview.Figures) -> Void {
            { $0.memory = RedisMemory(["used_memory": "\(share)", "maxmemory": "100", "maxmemory_policy": "volatile-lfu"]) }
        }
        #expect(try self.verdict("memory", used(70)) == .ok)
        #expect(try self.verdict("memory", used(80)) == .warn)
        #expect(try self.verdict("memory", used(81)) == .bad)
        #expect(try self.verdict("memory") { $0.memory = RedisMemory(["used_memory": "1", "maxmemory": "0"]) } == .warn)
        #expect(try self.verdict("memory") { $0.memory = nil } == .bad)
    }

    @Test func `wrong values are bad however few, unreadable ones are worth a look`() throws {
        #expect(try self.verdict("values") { $0.total.mismatches = 1 } == .bad)
        #expect(try self.verdict("values") { $0.total.unreadable = 1 } == .warn)
        #expect(try self.verdict("values") { _ in } == .ok)
        #expect(try self.verdict("ttl_effectiveness") { $0.total.writes = 10_000 } == .bad)
        #expect(
            try self.verdict("miss_spikes") {
                $0.spikes = [.init(type: "graph", missRatio: 0.9, usualMissRatio: 0.1, reads: 1_000, deviations: 9)]
            } == .warn)
    }
}

@Suite struct CacheCheckTests {
    private func findings(_ changes: [String: String], shares: Bool = false) -> [String: HealthFinding.Severity] {
        let info = ["redis_version": "7.0.15", "maxmemory": "1000", "used_memory": "10", "maxmemory_policy": "volatile-lfu"].merging(
            changes
        ) { $1 }
        let findings = CacheChecks.judge(info, sharesRedis: shares, took: .milliseconds(1))
        return Dictionary(findings.map { ($0.id, $0.severity) }) { first, _ in first }
    }

    @Test func `an instance of its own with a limit and the right policy is well`() {
        #expect(Set(self.findings([:]).values) == [.ok])
    }

    @Test func `sharing with the queues is a warning, and a failure where queues may be evicted`() {
        #expect(self.findings(["maxmemory_policy": "noeviction"], shares: true)["cache.separate"] == .warning)
        #expect(self.findings(["maxmemory_policy": "allkeys-lru"], shares: true)["cache.separate"] == .failed)
    }

    @Test func `no limit, a wrong policy, an old version and a full instance are seen`() {
        #expect(self.findings(["maxmemory": "0"])["cache.memory"] == .warning)
        #expect(self.findings(["used_memory": "801"])["cache.memory"] == .warning)
        #expect(self.findings(["maxmemory_policy": "noeviction"])["cache.eviction"] == .warning)
        #expect(self.findings(["maxmemory_policy": "allkeys-lru"])["cache.eviction"] == .warning)
        #expect(self.findings(["redis_version": "6.0.16"])["cache.version"] == .failed)
    }
}
