import FlotillaCache
import FlotillaCachePostgres
import PostgresClient
import Testing

@Suite struct PostgresMaintenanceTests {
    /// 2026-11-21T12:00:30Z.
    private static let noon = PostgresTimestamp(microseconds: 1_795_262_430_000_000)
    private static let day = Duration.seconds(86_400)

    private func reads(_ hits: UInt64) -> CacheTally {
        var tally = CacheTally()
        tally.sharedHits = hits
        tally.ageTenths[3] = hits
        return tally
    }

    private func partitions(_ scene: PostgresScene, of table: String) async throws -> [String] {
        try await scene.pool.query(
            """
            SELECT child.relname::text FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
            WHERE inhparent = \(table)::text::regclass ORDER BY 1
            """
        ).map { try $0[0, as: String.self] }
    }

    @Test func `days get partitions ahead, and lose them after their time`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            let first = try #require(try await store.maintain(at: Self.noon))
            let expected = (21...24).map { "cache_event_log_202611\($0)" }
            #expect(first.partitionsMade.filter { $0.hasPrefix("cache_event_log") } == expected)
            #expect(try await self.partitions(scene, of: "cache_event_log") == expected + ["cache_event_log_default"])
            #expect(try #require(try await store.maintain(at: Self.noon)) == CacheMaintenanceReport())

            try await store.recordEvents([.init("hit", type: "graph", tenant: .none, at: Self.noon)])
            #expect(try await scene.count("SELECT count(*) FROM ONLY cache_event_log_20261121") == 1)
            // The seventh day after it is over keeps it, the eighth does not.
            let kept = try #require(try await store.maintain(at: Self.noon + Self.day * 7))
            #expect(kept.partitionsDropped.isEmpty)
            let last = try #require(try await store.maintain(at: Self.noon + Self.day * 8))
            #expect(last.partitionsDropped == ["cache_event_log_20261121"])
            #expect(try await store.events(since: Self.noon - Self.day).isEmpty)
            #expect(try await self.partitions(scene, of: "cache_performance_metrics").contains("cache_performance_metrics_20261121"))
        }
    }

    @Test func `rows that came before their day's partition are moved to it, whatever the session's time zone`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            try await scene.pool.query(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''Pacific/Auckland''', current_database()); END $$")
            let midnight = Self.noon.floored(to: Self.day)
            let times = [midnight - .microseconds(1), midnight, midnight + Self.day - .microseconds(1), midnight - Self.day * 30]
            try await store.recordEvents(times.map { .init("hit", type: "graph", tenant: .none, at: $0) })
            let report = try #require(try await CacheStatisticsStore(pool: scene.pool).maintain(at: Self.noon))
            #expect(report.rowsDeleted == 1)
            #expect(try await scene.count("SELECT count(*) FROM ONLY cache_event_log_20261121") == 2)
            #expect(try await scene.count("SELECT count(*) FROM ONLY cache_event_log_default") == 1)
            #expect(try await store.events(since: midnight - Self.day * 40).count == 3)
        }
    }

    @Test func `old minutes become hours, nothing is lost, and late minutes are added`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            let key = CacheTallyKey(type: "graph", tenant: "a")
            let old = Self.noon - Self.day * 3
            for minute in 0..<180 { try await store.flush([key: self.reads(1)], at: old + .seconds(60 * minute)) }
            try await store.flush([key: self.reads(1_000)], at: Self.noon)
            let report = try #require(try await store.maintain(at: Self.noon))
            #expect(report.hoursRolledUp == 3)
            #expect(try await scene.count("SELECT count(*) FROM cache_statistics") == 4)
            #expect(try await store.totals(since: Self.noon - Self.day * 4, by: []) == [.init(tally: self.reads(1_180))])
            #expect(
                try await store.totals(since: Self.noon - Self.day * 4, by: .hour).map(\.tally)
                    == [self.reads(60), self.reads(60), self.reads(60), self.reads(1_000)])
            try await store.flush([key: self.reads(7)], at: old + .seconds(90))
            #expect(try #require(try await store.maintain(at: Self.noon)).hoursRolledUp == 1)
            #expect(try await store.totals(since: Self.noon - Self.day * 4, by: .hour).first?.tally == self.reads(67))
            // 90 days later.
            let later = try #require(try await store.maintain(at: Self.noon + Self.day * 88))
            #expect(later.rowsDeleted == 3)
            #expect(try await store.totals(since: Self.noon - Self.day * 4, by: []) == [.init(tally: self.reads(1_000))])
        }
    }

    @Test func `old health and applied events go, waiting ones stay`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            for days in [0, 40] {
                try await store.recordHealth(.init(tier: "cache", at: .now - Self.day * days, status: .down, detail: "away", health: nil))
            }
            try await CacheEvents.record([.jobUpdated("1", tenant: "a"), .jobUpdated("2", tenant: "a")], on: scene.pool)
            try await scene.pool.query("UPDATE cache_invalidation_event SET applied_at = now() - interval '2 days' WHERE id = 1")
            let report = try #require(try await store.maintain())
            #expect(report.rowsDeleted == 2)
            #expect(try await scene.count("SELECT count(*) FROM cache_invalidation_event") == 1)
            #expect(try await store.latestHealth().count == 1)
        }
    }

    @Test func `one process maintains at a time`() async throws {
        try await PostgresScene.with { scene in
            let store = CacheStatisticsStore(pool: scene.pool)
            try await scene.pool.withTransaction { transaction in
                try await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended('flotilla.cache_maintenance', 0))")
                #expect(try await store.maintain(at: Self.noon) == nil)
            }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await store.maintain(at: Self.noon)?.partitionsMade.count ?? 0 } }
                let made = try await group.reduce(0, +)
                #expect(made == 8)
            }
        }
    }

    @Test func `reports read by the index`() async throws {
        try await PostgresScene.with { scene in
            try await scene.pool.query(
                """
                INSERT INTO cache_statistics (span, bucket, type, tenant, misses)
                SELECT 'minute', date_trunc('minute', now()) - m * interval '1 minute', 'type' || k, 'tenant' || t, 1
                FROM generate_series(0, 499) AS m, generate_series(1, 10) AS k, generate_series(1, 10) AS t
                """)
            try await scene.pool.query("ANALYZE cache_statistics")
            let since = try await scene.plan(
                """
                SELECT type, sum(misses) FROM cache_statistics
                WHERE span IN ('minute', 'hour') AND bucket >= now() - interval '15 minutes' GROUP BY type
                """)
            #expect(since.contains("cache_statistics_pkey") && !since.contains("Seq Scan"), "\(since)")
            let oldest = try await scene.plan("SELECT min(bucket) FROM cache_statistics WHERE span = 'minute' AND bucket < now()")
            #expect(oldest.contains("Index Only Scan using cache_statistics_pkey"), "\(oldest)")
        }
    }
}
