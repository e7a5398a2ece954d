import FlotillaCache
import FlotillaCachePostgres
import PostgresClient
import Testing

@Suite struct PostgresWarmupTests {
    /// 2026-11-21T12:00:30Z.
    private static let noon = PostgresTimestamp(microseconds: 1_795_262_430_000_000)

    private func job(_ name: String, priority: Int = 0, schedule: WarmupSchedule = .every(.seconds(600))) -> WarmupJob {
        WarmupJob(name: name, kind: .scheduled, type: "doc_summary", schedule: schedule, priority: priority)
    }

    @Test func `jobs are stored, changed, switched and removed`() async throws {
        try await PostgresScene.with { scene in
            let store = WarmupJobStore(pool: scene.pool)
            // Results of stages can be loaded by the fleet itself; the rest waits for an application's loaders.
            let enabled = try await store.all().filter(\.job.isEnabled).map(\.job.type)
            #expect(enabled.sorted() == ["cleaned_text", "ocr_result"])
            for status in try await store.all() { #expect(throws: Never.self) { try status.job.validate() } }
            var job = WarmupJob(
                name: "pins", kind: .pinned(["a", "b,\"c\""]), type: "graph", tenantID: "Acme", schedule: .daily(secondOfDay: 86_399),
                ratePerSecond: 2.5, limit: 7, priority: -3, isEnabled: false)
            try await store.add(job, at: Self.noon)
            var status = try #require(try await store.job("pins"))
            #expect(status.job == job)
            #expect(status.dueAt == Self.noon.floored(to: .seconds(86_400)) + .seconds(86_399))
            #expect(status.lastResult == nil)
            job.kind = .frequency
            job.tenantID = nil
            job.schedule = .every(.seconds(10))
            try await store.update(job, at: Self.noon)
            try await store.setEnabled(true, job: "pins")
            job.isEnabled = true
            status = try #require(try await store.job("pins"))
            #expect(status.job == job)
            #expect(status.dueAt == Self.noon)
            #expect(try await store.remove("pins"))
            #expect(try await store.job("pins") == nil)
            for operation in [
                { try await store.update(job) }, { try await store.setEnabled(true, job: "pins") }, { try await store.runSoon("pins") },
            ] as [() async throws -> Void] {
                await #expect(throws: CacheStoreError.self) { try await operation() }
            }
            try await store.add(job)
            await #expect(throws: CacheStoreError.self) { try await store.add(job) }
        }
    }

    @Test func `a job that contradicts itself or its type is refused, and by the table too`() async throws {
        try await PostgresScene.with { scene in
            let store = WarmupJobStore(pool: scene.pool)
            let changes: [(inout WarmupJob) -> Void] = [
                { $0.name = "No Name" }, { $0.type = "grahp" }, { $0.type = "session" }, { $0.type = "config" }, { $0.kind = .pinned([]) },
                { $0.kind = .pinned(["a\0"]) }, { $0.tenantID = "" },
                {
                    $0.type = "reference"
                    $0.tenantID = "a"
                }, { $0.schedule = .every(.seconds(9)) }, { $0.schedule = .every(.milliseconds(10_500)) },
                { $0.schedule = .every(.seconds(2_678_401)) }, { $0.schedule = .daily(secondOfDay: 86_400) }, { $0.ratePerSecond = 0 },
                { $0.ratePerSecond = .nan }, { $0.ratePerSecond = 10_001 }, { $0.limit = 0 }, { $0.limit = 1_000_001 },
                { $0.priority = 101 },
            ]
            for change in changes {
                var job = self.job("fine")
                change(&job)
                await #expect(throws: CacheStoreError.self, "\(job)") { try await store.add(job) }
            }
            let stored = try await store.job("fine")
            #expect(stored == nil)
            for columns in [
                "kind = 'pinned'", "every_seconds = NULL", "daily_at = '10:00'", "rate_per_second = 0", "entry_limit = 0", "priority = 101",
                "leased_by = 'x'", "last_result = 'failed'", "tenant_id = ''", "pinned = ARRAY['x']", "every_seconds = 5",
            ] {
                await #expect(throws: PostgresError.self, "\(columns)") {
                    try await scene.pool.query(
                        "UPDATE cache_warmup_job SET \(unescaped: columns) WHERE name = 'frequent-summaries'")
                }
            }
        }
    }

    @Test func `of twelve that ask at once one gets the job, and the next gets the next`() async throws {
        try await PostgresScene.with(connections: 12) { scene in
            let store = WarmupJobStore(pool: scene.pool)
            try await store.add(self.job("low"), at: Self.noon - .seconds(60))
            try await store.add(self.job("high", priority: 5), at: Self.noon)
            try await store.add(self.job("later", priority: 9), at: Self.noon + .seconds(1))
            try await store.add(self.job("middle", priority: 1), at: Self.noon)
            #expect(try await store.claim(for: "first", at: Self.noon)?.job.name == "high")
            let names = try await withThrowingTaskGroup(of: String?.self) { group in
                for runner in 0..<12 { group.addTask { try await store.claim(for: "runner-\(runner)", at: Self.noon)?.job.name } }
                return try await group.reduce(into: [String]()) { if let name = $1 { $0.append(name) } }
            }
            // Those that met a row in another's hands may have gone without; none has got what another has.
            #expect(Set(names).count == names.count)
            var rest: [String] = []
            while let lease = try await store.claim(for: "last", at: Self.noon) { rest.append(lease.job.name) }
            #expect(Set(names + rest) == ["low", "middle"])
        }
    }

    @Test func `a lease that ran out goes to another, and its old holder can write nothing`() async throws {
        try await PostgresScene.with { scene in
            let store = WarmupJobStore(pool: scene.pool)
            try await store.add(self.job("job"), at: Self.noon)
            let first = try #require(try await store.claim(for: "a", lease: .seconds(30), at: Self.noon))
            #expect(try await store.claim(for: "b", at: Self.noon + .seconds(29)) == nil)
            let renewed = try await store.renew(first, for: .seconds(30), at: Self.noon + .seconds(20))
            #expect(try await store.claim(for: "b", at: Self.noon + .seconds(49)) == nil)
            let second = try #require(try await store.claim(for: "b", lease: .seconds(30), at: Self.noon + .seconds(50)))
            for stale in [first, renewed] {
                await #expect(throws: CacheStoreError.self) { try await store.renew(stale) }
                await #expect(throws: CacheStoreError.self) { try await store.finish(stale, WarmupResult(.succeeded)) }
            }
            #expect(try #require(try await store.job("job")).runner == "b")
            try await store.finish(second, WarmupResult(.succeeded, loaded: 3, skipped: 2, failed: 1), at: Self.noon + .seconds(70))
            let status = try #require(try await store.job("job"))
            #expect(status.runner == nil)
            #expect(status.lastResult == WarmupResult(.succeeded, loaded: 3, skipped: 2, failed: 1))
            #expect(status.lastStartedAt == Self.noon + .seconds(50))
            #expect(status.lastFinishedAt == Self.noon + .seconds(70))
            #expect(status.dueAt == Self.noon + .seconds(600))
            await #expect(throws: CacheStoreError.self) { try await store.finish(second, WarmupResult(.succeeded)) }
        }
    }

    @Test func `a failed run waits for its turn, a stopped one does not, and one may be asked for`() async throws {
        try await PostgresScene.with { scene in
            let store = WarmupJobStore(pool: scene.pool)
            try await store.add(self.job("job"), at: Self.noon)
            let first = try #require(try await store.claim(for: "a", at: Self.noon))
            try await store.finish(first, WarmupResult(.stopped, loaded: 1), at: Self.noon + .seconds(5))
            let second = try #require(try await store.claim(for: "b", at: Self.noon + .seconds(5)))
            try await store.finish(second, WarmupResult(.failed("the source\0 is away"), failed: 9), at: Self.noon + .seconds(9))
            #expect(try await store.job("job")?.lastResult == WarmupResult(.failed("the source\u{FFFD} is away"), failed: 9))
            #expect(try await store.claim(for: "b", at: Self.noon + .seconds(599)) == nil)
            try await store.runSoon("job", at: Self.noon + .seconds(20))
            #expect(try await store.claim(for: "b", at: Self.noon + .seconds(20)) != nil)
        }
    }

    @Test func `a disabled job never runs, and one whose job was removed cannot finish`() async throws {
        try await PostgresScene.with { scene in
            let store = WarmupJobStore(pool: scene.pool)
            try await store.add(self.job("job"), at: Self.noon)
            try await store.setEnabled(false, job: "job")
            #expect(try await store.claim(for: "a", at: Self.noon) == nil)
            try await store.setEnabled(true, job: "job")
            let lease = try #require(try await store.claim(for: "a", at: Self.noon))
            #expect(try await store.remove("job"))
            await #expect(throws: CacheStoreError.self) { try await store.finish(lease, WarmupResult(.succeeded)) }
        }
    }

    @Test func `an interval keeps its beat, and makes up for nothing`() {
        let due = Self.noon
        let every = WarmupSchedule.every(.seconds(600))
        for (finished, next) in [(0, 600), (599, 600), (600, 1_200), (6_001, 6_600), (-50, 600)] {
            #expect(every.next(after: due, finishedAt: due + .seconds(finished)) == due + .seconds(next))
        }
    }

    @Test func `a time of day is the next one, in UTC`() {
        let midnight = Self.noon.floored(to: .seconds(86_400))
        #expect(WarmupSchedule.daily(secondOfDay: 43_231).next(after: midnight, finishedAt: Self.noon) == Self.noon + .seconds(1))
        #expect(WarmupSchedule.daily(secondOfDay: 43_230).next(after: midnight, finishedAt: Self.noon) == Self.noon + .seconds(86_400))
        #expect(WarmupSchedule.daily(secondOfDay: 0).next(after: midnight, finishedAt: Self.noon) == midnight + .seconds(86_400))
    }
}
