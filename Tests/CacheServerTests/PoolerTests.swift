import FlotillaCache
import FlotillaCachePostgres
import PostgresClient
import ServerHarness
import Testing

/// The cache's tables through a pgbouncer that gives each transaction another session.
@Suite(.enabled(if: PrivatePgbouncer.isInstalled, "pgbouncer is not installed")) struct PoolerTests {
    @Test func `relays at once apply every event, and one at a time`() async throws {
        try await PostgresScene.with(pooled: true) { scene in
            let log = EndingLog()
            try await CacheEvents.record((1...40).map { .jobUpdated("\($0)", tenant: "a") }, on: scene.pool)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let relay = InvalidationRelay(pool: scene.pool, apply: log.apply)
                        while try await relay.backlog().events > 0 { _ = try await relay.relay() }
                    }
                }
                try await group.waitForAll()
            }
            #expect(log.flat.sorted() == (1...40).map { "a tag job:\($0)" }.sorted())
            // The locks of relays end with their transactions.
            #expect(
                try await scene.count(
                    """
                    SELECT count(*) FROM pg_locks
                    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """) == 0)
        }
    }
}
