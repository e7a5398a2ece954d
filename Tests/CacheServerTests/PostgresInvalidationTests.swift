import FlotillaCache
import FlotillaCachePostgres
import JSONText
import PostgresClient
import Testing
import Threading

@Suite struct PostgresInvalidationTests {
    private struct Killed: Error {}
    private struct Undone: Error {}

    /// Makes all waiting ends due.
    private func passTime(_ scene: PostgresScene) async throws {
        try await scene.pool.query("UPDATE cache_invalidation_event SET due_at = now() - interval '1 ms' WHERE due_at IS NOT NULL")
    }

    private func drain(_ relay: InvalidationRelay) async throws {
        while try await relay.relay().hasMore {}
    }

    @Test func `an event ends what its rules say, of its tenant`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            let relay = InvalidationRelay(pool: scene.pool, apply: log.apply)
            try await CacheEvents.record(.documentProcessed("D-1", job: "j/7", tenant: "acme"), on: scene.pool)
            let progress = try await relay.relay()
            #expect(progress.events == 1)
            #expect(progress.postponed == 1)
            #expect(progress.unfilled.isEmpty && progress.unanswered.isEmpty)
            #expect(log.take() == ["acme tag document:D-1", "acme tag job:j%2F7", "acme tag corpus:all", "~acme type dashboard"])
            #expect(try await relay.relay().isEmpty)
            let cases: [(CacheEvent, [String])] = [
                (.jobUpdated("7", tenant: nil), ["~none tag job:7"]),
                (.graphUpdated(job: "7", tenant: "Acme Ltd"), ["~%41cme%20%4Ctd tag graph:7"]),
                (.userUpdated("u", tenant: "a"), ["a tag user:u", "a type user_list"]),
                (.userPermissionsChanged("u", tenant: "a"), ["a tag user:u", "a type user_list"]),
                (.userDeleted("u", tenant: "a"), ["a tag user:u", "a type user_list"]),
                (.userListChanged(tenant: "a"), ["a type user_list"]),
                (.accessChanged(tenant: "a"), ["a tag access:all"]),
                (.referenceUpdated, ["~~everyone type reference"]),
                (.billingUpdated(tenant: "a"), ["a type billing"]),
                (.documentUpdated("d", job: nil, tenant: "a"), ["a tag document:d", "a tag corpus:all"]),
                (
                    .documentDeleted("d", job: "7", tenant: "a"),
                    ["a tag document:d", "a tag job:7", "a tag graph:7", "a tag corpus:all", "~a type dashboard"]
                ),
                (.jobFinished("7", tenant: "a"), ["a tag job:7", "a tag graph:7", "~a type dashboard"]),
                (
                    .processingVersionChanged(document: "d", job: "7", tenant: "a"),
                    ["a tag document:d", "a tag graph:7", "a tag corpus:all"]
                ),
            ]
            for (event, expected) in cases {
                try await CacheEvents.record(event, on: scene.pool)
                #expect(try await relay.relay().unanswered.isEmpty)
                #expect(log.take() == expected, "\(event.name)")
            }
        }
    }

    @Test func `an event exists exactly if the change does`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            let relay = InvalidationRelay(pool: scene.pool, apply: log.apply)
            await #expect(throws: Undone.self) {
                try await scene.pool.withTransaction { transaction in
                    try await CacheEvents.record(.jobUpdated("undone", tenant: "a"), in: transaction)
                    throw Undone()
                }
            }
            try await scene.pool.withTransaction { transaction in
                try await CacheEvents.record(.jobUpdated("done", tenant: "a"), in: transaction)
                #expect(try await relay.relay().isEmpty)
            }
            try await self.drain(relay)
            #expect(log.flat == ["a tag job:done"])
        }
    }

    @Test func `what the outbox cannot hold is refused before it aborts the transaction`() async throws {
        try await PostgresScene.with { scene in
            try await scene.pool.withTransaction { transaction in
                let bad: [CacheEvent] = [
                    .init(name: "jobs", tenant: "a"), .init(name: "Job.updated", tenant: "a"), .init(name: "job.", tenant: "a"),
                    .init(name: "job.updated", tenant: "a\0b"), .init(name: "job.updated", tenant: "a", fields: ["x": "\0"]),
                    .init(name: "job.updated", tenant: "a", fields: ["x": String(repeating: "y", count: 262_144)]),
                ]
                for event in bad {
                    await #expect(throws: CacheStoreError.self) { try await CacheEvents.record(event, in: transaction) }
                }
                let long = CacheEvent(name: "job.updated", tenant: "a", fields: ["job_id": String(repeating: "\"", count: 131_000)])
                try await CacheEvents.record(long, in: transaction)
            }
            #expect(try await scene.count("SELECT count(*) FROM cache_invalidation_event") == 1)
        }
    }

    @Test func `a relay that dies between the cache and the mark applies twice and loses nothing`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            let relay = InvalidationRelay(pool: scene.pool, apply: log.apply)
            try await CacheEvents.record((1...5).map { .jobUpdated("\($0)", tenant: "a") }, on: scene.pool)
            let expected = (1...5).map { "a tag job:\($0)" }
            log.fail(with: Killed())
            await #expect(throws: Killed.self) { try await relay.relay() }
            #expect(log.take() == expected)
            #expect(try await relay.backlog().events == 5)
            log.fail(with: nil)
            #expect(try await relay.relay().events == 5)
            #expect(log.take() == expected)
            #expect(try await relay.backlog() == InvalidationBacklog(events: 0, oldest: nil, postponed: 0))
        }
    }

    /// The server ends the connection of a relay, as when its host is gone, after the cache was told.
    @Test func `a relay whose connection is cut after the cache was told applies again`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            let cuts = Lock(1)
            let relay = InvalidationRelay(pool: scene.pool) { endings in
                try await log.apply(endings)
                guard
                    cuts.withLock({
                        $0 -= 1; return $0 >= 0
                    })
                else { return }
                try await scene.pool.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_locks
                    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """)
            }
            try await CacheEvents.record(.graphUpdated(job: "1", tenant: "a"), on: scene.pool)
            await #expect(throws: PostgresError.self) { try await relay.relay() }
            #expect(try await relay.backlog().events == 1)
            #expect(try await relay.backlog().postponed == 0)
            #expect(try await relay.relay().postponed == 1)
            #expect(log.flat == ["~a tag graph:1", "~a tag graph:1"])
        }
    }

    @Test func `events wait while the cache is away, and a running relay takes them up`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            log.fail(with: CacheError(.unavailable, "away"))
            let (reports, feed) = AsyncStream.makeStream(of: Bool.self)
            let relay = InvalidationRelay(
                pool: scene.pool, interval: .milliseconds(5),
                report: { result in
                    if case .success = result { feed.yield(true) } else { feed.yield(false) }
                }, apply: log.apply)
            try await CacheEvents.record(.jobUpdated("1", tenant: "a"), on: scene.pool)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await relay.run() }
                var seen = reports.makeAsyncIterator()
                #expect(await seen.next() == false)
                #expect(await seen.next() == false)
                log.fail(with: nil)
                while await seen.next() == false {}
                #expect(log.all.last?.map(\.text) == ["a tag job:1"])
                group.cancelAll()
            }
        }
    }

    @Test func `a running relay wakes for what was just recorded, and stops when it is cancelled`() async throws {
        try await PostgresScene.with { scene in
            let (stream, feed) = AsyncStream.makeStream(of: [String].self)
            let relay = InvalidationRelay(pool: scene.pool, interval: .seconds(600)) { endings in feed.yield(endings.map(\.text)) }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await relay.run() }
                var calls = stream.makeAsyncIterator()
                for job in 1...20 {
                    await #expect(throws: Never.self) { try await CacheEvents.record(.jobUpdated("\(job)", tenant: "a"), on: scene.pool) }
                    relay.wake()
                    #expect(await calls.next() == ["a tag job:\(job)"])
                }
                group.cancelAll()
            }
        }
    }

    @Test func `a hybrid end is soft at once and hard after its delay, a lazy one only that`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            let relay = InvalidationRelay(pool: scene.pool, ruleAge: .zero, apply: log.apply)
            try await InvalidationRuleStore(pool: scene.pool).put(
                InvalidationRule(name: "slow", event: "graph.updated", types: ["vector_search"], strategy: .lazy, delay: .seconds(60)))
            try await CacheEvents.record(.graphUpdated(job: "1", tenant: "a"), on: scene.pool)
            #expect(try await relay.relay().postponed == 2)
            #expect(log.take() == ["~a tag graph:1"])
            #expect(try await relay.relay().isEmpty)
            #expect(try await relay.backlog().postponed == 2)
            // Rules that go do not take along what they have postponed.
            #expect(try await InvalidationRuleStore(pool: scene.pool).remove("slow"))
            try await self.passTime(scene)
            #expect(try await relay.relay().dueEnds == 2)
            #expect(Set(log.take()) == ["a tag graph:1", "a type vector_search"])
            #expect(try await relay.relay().isEmpty)
        }
    }

    @Test func `a burst costs one hard end, and one that comes later its own`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            let relay = InvalidationRelay(pool: scene.pool, apply: log.apply)
            for _ in 0..<3 {
                try await CacheEvents.record((0..<100).map { _ in .graphUpdated(job: "1", tenant: "a") }, on: scene.pool)
                try await self.drain(relay)
            }
            #expect(log.take() == ["~a tag graph:1", "~a tag graph:1", "~a tag graph:1"])
            try await self.passTime(scene)
            // Recorded before the hard end is applied: it gets a hard end of its own all the same.
            try await CacheEvents.record(.graphUpdated(job: "1", tenant: "a"), on: scene.pool)
            #expect(try await relay.relay().postponed == 1)
            #expect(log.take() == ["a tag graph:1"])
            try await self.passTime(scene)
            #expect(try await relay.relay().dueEnds == 1)
            #expect(log.take() == ["a tag graph:1"])
        }
    }

    @Test func `a shorter delay moves an end that waits, a longer one does not`() async throws {
        try await PostgresScene.with { scene in
            let store = InvalidationRuleStore(pool: scene.pool)
            let relay = InvalidationRelay(pool: scene.pool, ruleAge: .zero) { _ in }
            func due() async throws -> Int {
                try await scene.count("SELECT extract(epoch FROM max(due_at) - now())::bigint FROM cache_invalidation_event")
            }
            for (delay, expected) in [(1_800, 1_500...1_800), (60, 30...60), (3_000, 30...60)] {
                try await store.put(
                    InvalidationRule(name: "r", event: "a.b", types: ["graph"], strategy: .lazy, delay: .seconds(delay)))
                try await CacheEvents.record(CacheEvent(name: "a.b", tenant: "t"), on: scene.pool)
                _ = try await relay.relay()
                #expect(expected.contains(try await due()))
            }
            #expect(try await relay.backlog().postponed == 1)
        }
    }

    @Test func `a rule that was smuggled in delays nothing that must not wait`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            let relay = InvalidationRelay(pool: scene.pool, apply: log.apply)
            try await scene.pool.query("ALTER TABLE cache_invalidation_rule DROP CONSTRAINT cache_rule_must_be_eager")
            try await scene.pool.query(
                """
                INSERT INTO cache_invalidation_rule (name, event, tags, types, strategy, delay_ms) VALUES
                    ('smuggled', 'a.b', ARRAY['user:{user_id}', 'graph:{user_id}'], ARRAY['billing', 'session', 'unknown_type'], 'lazy', 60000)
                """)
            try await CacheEvents.record(CacheEvent(name: "a.b", tenant: "t", fields: ["user_id": "5"]), on: scene.pool)
            _ = try await relay.relay()
            #expect(log.take() == ["t tag user:5", "t type billing", "t type session", "t type unknown_type"])
            #expect(try await relay.backlog().postponed == 1)
        }
    }

    @Test func `several relays keep the order of each tenant and apply all`() async throws {
        try await PostgresScene.with(connections: 16) { scene in
            let log = EndingLog()
            let count = 1_500
            let events: [CacheEvent] = (0..<count).map { .jobUpdated("\($0)", tenant: "t\($0 % 7)") }
            try await CacheEvents.record(events, on: scene.pool)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let relay = InvalidationRelay(pool: scene.pool, apply: log.apply)
                        while try await relay.backlog().events > 0 { _ = try await relay.relay() }
                    }
                }
                try await group.waitForAll()
            }
            let flat = log.flat
            for tenant in 0..<7 {
                let expected = (0..<count).filter { $0 % 7 == tenant }.map { "t\(tenant) tag job:\($0)" }
                #expect(flat.filter { $0.hasPrefix("t\(tenant) ") } == expected)
            }
        }
    }

    @Test func `ids may be numbers, arrays and any text, and missing ones are told`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            let relay = InvalidationRelay(pool: scene.pool, apply: log.apply)
            try await scene.pool.query(
                """
                INSERT INTO cache_invalidation_event (event, tenant_id, fields) VALUES
                    ('job.updated', 'a', '{"job_id": 9007199254740993}'), ('job.updated', 'a', '{"job_id": ["x", 2, null, 1.5]}'),
                    ('job.updated', 'a', '{"job_id": null}'), ('job.updated', 'a', '{"job": "7"}'), ('job.updated', 'a', '{"job_id": ":*? ü"}'),
                    ('job.updated', '', '{"job_id": ""}')
                """)
            try await scene.pool.query(
                """
                INSERT INTO cache_invalidation_event (event, tenant_id, fields)
                VALUES ('job.updated', 'a', jsonb_build_object('job_id', (repeat('[', 200) || repeat(']', 200))::jsonb)), ('no.rule', 'a', '{}')
                """)
            let progress = try await relay.relay()
            #expect(progress.unfilled == ["job.updated": 3])
            #expect(progress.unanswered == ["no.rule": 1])
            #expect(
                log.take() == [
                    "a tag job:9007199254740993", "a tag job:x", "a tag job:2", "a tag job:%3A%2A%3F%20%C3%BC", "~none tag job:",
                ])
            #expect(try await relay.backlog().events == 0)
        }
    }

    @Test func `a delayed end of an id with colons and of great length is the same end`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            let relay = InvalidationRelay(pool: scene.pool, apply: log.apply)
            for job in ["a:b:c", String(repeating: "long ", count: 4_000)] {
                try await CacheEvents.record(.graphUpdated(job: job, tenant: "t"), on: scene.pool)
                _ = try await relay.relay()
                try await self.passTime(scene)
                _ = try await relay.relay()
                let texts = log.take()
                #expect(texts == ["~t tag \(CacheTag.graph(job))", "t tag \(CacheTag.graph(job))"])
            }
        }
    }

    @Test func `long arrays are applied some events at a time`() async throws {
        try await PostgresScene.with { scene in
            let log = EndingLog()
            let relay = InvalidationRelay(pool: scene.pool, apply: log.apply)
            try await scene.pool.query(
                """
                INSERT INTO cache_invalidation_event (event, tenant_id, fields)
                SELECT 'job.updated', 't' || n, jsonb_build_object('job_id', (SELECT jsonb_agg(i) FROM generate_series(1, 3000) AS i))
                FROM generate_series(1, 5) AS n
                """)
            var batches: [Int] = []
            repeat { batches.append(try await relay.relay().events) } while try await relay.backlog().events > 0
            #expect(batches == [2, 2, 1])
            #expect(log.flat.count == 15_000)
        }
    }

    @Test func `old applied events are cleared away, and nothing else`() async throws {
        try await PostgresScene.with { scene in
            let relay = InvalidationRelay(pool: scene.pool) { _ in }
            try await CacheEvents.record((0..<10).map { .jobUpdated("\($0)", tenant: "a") }, on: scene.pool)
            try await self.drain(relay)
            try await scene.pool.query("UPDATE cache_invalidation_event SET applied_at = now() - interval '25 h' WHERE id <= 6")
            try await CacheEvents.record(.jobUpdated("new", tenant: "a"), on: scene.pool)
            try await scene.pool.query("UPDATE cache_invalidation_event SET created_at = now() - interval '9 days'")
            #expect(try await CacheEvents.purge(appliedBefore: .now - .seconds(86_400), on: scene.pool) == 6)
            #expect(try await scene.count("SELECT count(*) FROM cache_invalidation_event WHERE applied_at IS NULL") == 1)
            #expect(try await relay.relay().delay > .seconds(8 * 86_400))
        }
    }

    @Test func `a relay reads waiting events by their indexes`() async throws {
        try await PostgresScene.with { scene in
            try await scene.pool.query(
                """
                INSERT INTO cache_invalidation_event (event, tenant_id, fields, applied_at)
                SELECT 'job.updated', 'a', '{"job_id": "1"}', now() FROM generate_series(1, 50000)
                """)
            try await scene.pool.query(
                """
                INSERT INTO cache_invalidation_event (event, tenant_id, due_at, ends_type, ends_key)
                SELECT 'graph.updated', 'a', now() + n * interval '1 s', 'graph', 'k' || n FROM generate_series(-10, 2000) AS n
                """)
            try await CacheEvents.record((0..<20).map { .jobUpdated("\($0)", tenant: "a") }, on: scene.pool)
            try await scene.pool.query("ANALYZE cache_invalidation_event")
            for (query, index) in [
                (InvalidationRelay.events, "cache_invalidation_event_unapplied"),
                (InvalidationRelay.dueEnds, "cache_invalidation_event_due"),
            ] {
                let plan = try await scene.plan(query)
                #expect(plan.contains("Index Scan using \(index)"), "\(plan)")
                #expect(!plan.contains("Seq Scan") && !plan.contains("Sort"), "\(plan)")
                // Of two thousand that wait it reads those that are due.
                #expect(!plan.contains("Rows Removed by Filter"), "\(plan)")
            }
        }
    }
}
