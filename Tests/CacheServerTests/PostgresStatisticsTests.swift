import FlotillaCache
import FlotillaCachePostgres
import PostgresClient
import Testing
import Threading

@Suite struct PostgresStatisticsTests {
    /// 2026-11-21T12:00:30Z.
    private static let noon = PostgresTimestamp(microseconds: 1_795_262_430_000_000)

    /// Every count differs from every other.
    private func tally(_ scale: UInt64) -> CacheTally {
        var tally = CacheTally()
        let paths: [WritableKeyPath<CacheTally, UInt64>] = [
            \.memoryHits, \.sharedHits, \.staleHits, \.absenceHits, \.misses, \.errors, \.coalesced, \.loads, \.failedLoads,
            \.loadNanoseconds,
            \.savedNanoseconds, \.writes, \.voided, \.refused, \.deletes, \.unreadable, \.mismatches, \.plainBytesWritten,
            \.storedBytesWritten, \.storedBytesRead,
        ]
        for (index, path) in paths.enumerated() { tally[keyPath: path] = scale * UInt64(index + 1) }
        for tenth in 0..<10 { tally.ageTenths[tenth] = scale * UInt64(100 + tenth) }
        return tally
    }

    @Test func `flushes of several processes add up, count by count`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            let key = CacheTallyKey(type: "graph", tenant: "acme")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for process in 1...6 {
                    group.addTask {
                        for _ in 0..<5 { try await store.flush([key: self.tally(UInt64(process))], at: Self.noon) }
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await store.totals(since: Self.noon - .seconds(60), by: [.type, .tenant, .hour])
            #expect(
                rows == [
                    CacheStatisticsRow(
                        type: "graph", tenant: "acme", hour: Self.noon - .seconds(30), tally: self.tally(5 * (1 + 2 + 3 + 4 + 5 + 6)))
                ])
            #expect(try await scene.count("SELECT count(*) FROM cache_statistics") == 1)
        }
    }

    @Test func `totals group and filter by what is asked for`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            for (hour, scale) in [(0, UInt64(1)), (1, 10), (2, 100)] {
                try await store.flush(
                    [
                        .init(type: "graph", tenant: "a"): self.tally(scale), .init(type: "graph", tenant: "b"): self.tally(2 * scale),
                        .init(type: "user", tenant: "a"): self.tally(4 * scale), .init(type: "user", tenant: "idle"): CacheTally(),
                    ], at: Self.noon + .seconds(3_600 * hour))
            }
            let start = Self.noon - .seconds(30)
            #expect(try await store.totals(since: start, by: []) == [.init(tally: self.tally(777))])
            #expect(
                try await store.totals(since: start, by: .type)
                    == [.init(type: "user", tally: self.tally(444)), .init(type: "graph", tally: self.tally(333))])
            #expect(try await store.totals(since: start, by: .tenant, limit: 1) == [.init(tenant: "a", tally: self.tally(555))])
            #expect(
                try await store.totals(since: start, by: [.hour], type: "graph", tenant: CacheTenant("b")).map(\.tally)
                    == [self.tally(2), self.tally(20), self.tally(200)])
            #expect(
                try await store.totals(since: start + .seconds(3_600), until: start + .seconds(7_200), by: [])
                    == [.init(tally: self.tally(70))])
            #expect(try await store.totals(since: start + .seconds(86_400), by: []).isEmpty)
        }
    }

    @Test func `counts beyond what a column holds are cut and do not lose the flush`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            var tally = CacheTally()
            tally.loadNanoseconds = .max
            try await store.flush([.init(type: "graph", tenant: "a"): tally], at: Self.noon)
            #expect(try await store.totals(since: Self.noon - .seconds(60), by: []).first?.tally.loadNanoseconds == UInt64(Int64.max))
            try await store.flush([:], at: Self.noon)
        }
    }

    @Test func `a day's report stands beside the day before`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            try await store.flush([.init(type: "graph", tenant: "a"): self.tally(3)], at: Self.noon - .seconds(86_400))
            try await store.flush(
                [.init(type: "graph", tenant: "a"): self.tally(5), .init(type: "user", tenant: "b"): self.tally(1)], at: Self.noon)
            let report = try await store.dailyReport(of: Self.noon)
            #expect(report.total == self.tally(6))
            #expect(report.totalBefore == self.tally(3))
            #expect(
                report.types == [
                    .init(type: "graph", tally: self.tally(5), before: self.tally(3)),
                    .init(type: "user", tally: self.tally(1), before: nil),
                ])
            #expect(report.busiestTenants.map(\.tenant) == ["a", "b"])
            #expect(try await store.dailyReport(of: Self.noon + .seconds(86_400 * 3)).types.isEmpty)
        }
    }

    @Test func `performance adds tenants up, and is read back as it was`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            func tally(microseconds: [Int64]) -> CacheTally {
                var tally = CacheTally()
                for time in microseconds { tally.sharedLatency.record(nanoseconds: time * 1_000) }
                tally.sharedHits = UInt64(microseconds.count)
                tally.storedBytesRead = 1_000
                return tally
            }
            let rows = CachePerformance.rows(
                of: [
                    .init(type: "graph", tenant: "a"): tally(microseconds: Array(repeating: 100, count: 90)),
                    .init(type: "graph", tenant: "b"): tally(microseconds: Array(repeating: 5_000, count: 10)),
                    .init(type: "user", tenant: "b"): CacheTally(),
                ], evictions: ["chunks": 7], process: "host/1", at: Self.noon, over: .seconds(10))
            #expect(rows.map(\.type) == ["chunks", "graph", nil])
            let graph = rows[1]
            #expect((100...119).contains(graph.sharedMedian ?? 0))
            #expect((5_000...5_950).contains(graph.shared99th ?? 0))
            #expect(graph.memoryMedian == nil)
            #expect(graph.operationsPerSecond == 10)
            #expect(graph.bytesRead == 2_000)
            #expect(rows[2].evictions == 7)
            try await store.record(rows)
            #expect(try await store.performance(of: "graph", since: Self.noon) == [graph])
            #expect(try await store.performance(since: Self.noon - .seconds(1)) == [rows[2]])
            #expect(try await store.performance(since: Self.noon + .seconds(1)).isEmpty)
        }
    }

    @Test func `health is the newest of each tier, with its history`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            let figures = BackendHealth(
                version: "6.2.7", usedBytes: 5, limitBytes: 0, evictionPolicy: "noeviction", evictedKeys: 1, expiredKeys: 2, clients: 3,
                keys: 4)
            #expect(try await store.latestHealth().isEmpty)
            let up = CacheHealthReport(tier: "cache", at: Self.noon, status: .healthy, health: figures, latency: .microseconds(250))
            let full = CacheHealthReport(
                tier: "durable", at: Self.noon, status: .degraded, detail: "no limit of memory", health: figures)
            let down = CacheHealthReport(tier: "cache", at: Self.noon + .seconds(60), status: .down, detail: "refused\0", health: nil)
            for report in [up, full, down] { try await store.recordHealth(report) }
            let latest = try await store.latestHealth()
            #expect(latest.map(\.tier) == ["cache", "durable"])
            #expect(latest.first?.detail == "refused\u{FFFD}")
            #expect(latest.last == full)
            #expect(try await store.health(of: "cache", since: Self.noon).map(\.status) == [.down, .healthy])
            #expect(try await store.health(of: "cache", since: Self.noon).last == up)
            await #expect(throws: CacheStoreError.self) {
                try await store.recordHealth(CacheHealthReport(tier: "cache", status: .healthy, health: nil))
            }
        }
    }

    @Test func `the event log tells values apart and holds no key`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            let key = CacheKey(.user, tenant: CacheTenant("acme"), "secret-person")
            let other = CacheKey(.user, tenant: CacheTenant("other"), "secret-person")
            let long = String(repeating: "ü", count: 600)
            try await store.recordEvents([
                .init("miss", of: key, at: Self.noon, duration: .microseconds(120)), .init("hit", of: key, at: Self.noon + .seconds(1)),
                .init("hit", of: other, at: Self.noon + .seconds(2), detail: long),
                .init("cleared", type: "user", tenant: CacheTenant("acme"), at: Self.noon + .seconds(3)),
            ])
            #expect(try await store.events(of: key).map(\.event) == ["hit", "miss"])
            #expect(try await store.events(of: key).last?.duration == .microseconds(120))
            let all = try await store.events(since: Self.noon)
            #expect(all.map(\.event) == ["cleared", "hit", "hit", "miss"])
            #expect(all[1].detail?.count == 500)
            #expect(all[0].keyHash == nil)
            #expect(CacheEventRecord.hash(of: key) != CacheEventRecord.hash(of: other))
            #expect(try await scene.count("SELECT count(*) FROM cache_event_log AS e WHERE e::text LIKE '%secret%'") == 0)
            await #expect(throws: PostgresError.self) {
                try await scene.pool.query(
                    "INSERT INTO cache_event_log (at, type, tenant, event, key_hash) VALUES (now(), 'user', 'a', 'hit', 'secret-person')")
            }
        }
    }

    @Test func `a type that begins to miss is found, one that always did is not`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            func reads(_ hits: UInt64, _ misses: UInt64) -> CacheTally {
                var tally = CacheTally()
                tally.sharedHits = hits
                tally.misses = misses
                return tally
            }
            for hour in 1...10 {
                try await store.flush(
                    [
                        .init(type: "graph", tenant: "a"): reads(950, 50), .init(type: "dashboard", tenant: "a"): reads(100, 900),
                        .init(type: "user", tenant: "a"): reads(950, 50), .init(type: "reference", tenant: "a"): reads(95, 5),
                    ], at: Self.noon - .seconds(3_600 * hour))
            }
            try await store.flush(
                [
                    .init(type: "graph", tenant: "a"): reads(60, 140), .init(type: "dashboard", tenant: "a"): reads(15, 185),
                    .init(type: "user", tenant: "a"): reads(930, 70), .init(type: "reference", tenant: "a"): reads(0, 60),
                ], at: Self.noon - .seconds(120))
            let spikes = try await store.missSpikes(at: Self.noon)
            #expect(spikes.map(\.type) == ["graph"])
            #expect(spikes.first?.missRatio == 0.7)
            #expect(spikes.first?.usualMissRatio == 0.05)
            #expect(spikes.first?.reads == 200)
        }
    }

    @Test func `advice comes from what was counted`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            var early = CacheTally()
            early.sharedHits = 10_000
            early.misses = 1_000
            early.writes = 1_000
            early.ageTenths = [9_000, 950, 10, 10, 5, 5, 5, 5, 5, 5]
            try await store.flush(
                [.init(type: "graph", tenant: "a"): early, .init(type: "not_ours", tenant: "a"): early], at: Self.noon)
            let advice = try await store.ttlAdvice(since: Self.noon - .seconds(3_600), until: Self.noon + .seconds(60))
            #expect(advice.map(\.type) == ["graph"])
            #expect(advice.first?.verdict == .shorter(.seconds(120)))
        }
    }

    /// Not a benchmark: it would notice if a flush became a statement for each row.
    @Test func `a flush of 24 types and 100 tenants is one statement of moderate cost`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            var tallies: [CacheTallyKey: CacheTally] = [:]
            for type in CacheType.all {
                for tenant in 0..<100 { tallies[.init(type: type.name, tenant: "tenant-\(tenant)")] = self.tally(UInt64(tenant + 1)) }
            }
            let clock = ContinuousClock()
            var times: [Duration] = []
            for _ in 0..<5 { times.append(try await clock.measure { try await store.flush(tallies, at: Self.noon) }) }
            print("flush of \(tallies.count) tallies: \(times)")
            #expect(try await scene.count("SELECT count(*) FROM cache_statistics") == 2_400)
            #expect(times.allSatisfy { $0 < .seconds(5) })
        }
    }
}
