import Flotilla
import FlotillaRedis
import PostgresClient
import Reactor
import RedisClient
import ServerHarness
import Testing

extension FleetTests {
    /// Real daemons behind a pooler, and across a change of the primary.
    @Suite struct PostgresAvailability {
        @Test(.enabled(if: PrivatePgbouncer.isInstalled, "pgbouncer is not installed"), .timeLimit(.minutes(2)))
        func `workers and scheduler finish all work through a pooler that lends for a transaction`() async throws {
            try await Fleet.with(ownPostgres: true) { fleet in
                let pooler = try PrivatePgbouncer(fleet.postgres, .init(poolSize: 3))
                let through = ["DATABASE_URL": pooler.url(), "DATABASE_POOLER": "transaction"]
                let names = (0..<60).map { "ok\($0)" }
                for _ in 0..<2 { _ = try fleet.worker(through) }
                _ = try fleet.scheduler(through)
                try await fleet.send(names)
                try await fleet.send(["fail"], run: "fail")
                try await fleet.send(["stages0", "stages1"], run: "stages")
                try await fleet.send(["follow0", "follow1"], extra: ", \"follow\": \"graph_queue\"")
                try await fleet.settled()
                try await fleet.check(processed: names.count + 4, failed: 1)
                #expect(try await fleet.client.send(["LLEN", "graph_queue"]).int == 2)
                #expect(!fleet.logs.contains("26000"))
            }
        }

        @Test(.timeLimit(.minutes(2))) func `the fleet follows a promoted standby, and no attempt is counted`() async throws {
            try await Fleet.with(ownPostgres: true) { fleet in
                let standby = try PrivatePostgres(standbyOf: fleet.postgres, .init(fsync: false))
                try fleet.postgres.setSynchronousStandbys("*")
                try await eventually("commits wait for the standby") {
                    try await fleet.count("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1
                }
                let url = "postgres://postgres@/postgres?host=\(fleet.postgres.directory),\(standby.directory)"
                for _ in 0..<2 { _ = try fleet.worker(["DATABASE_URL": url]) }
                _ = try fleet.scheduler(["DATABASE_URL": url])
                let names = (0..<300).map { "ok\($0)" }
                try await fleet.send(names, run: "sleep", extra: ", \"ms\": 20")
                try await eventually("work is under way") {
                    try await fleet.count("SELECT count(*) FROM work_item WHERE status = 'completed'") > 30
                }
                fleet.postgres.kill9()
                try standby.promote()
                let pool = PostgresPool(configuration: try PostgresConfiguration(url: url), eventLoop: Fleet.loop)
                try await eventually("all work is done on the new primary", within: .seconds(60), every: .milliseconds(50)) {
                    let counts = try await fleet.broker.counts()
                    guard counts.ready + counts.leased + counts.scheduled == 0 else { return false }
                    return try await pool.query("SELECT count(*) FROM work_item WHERE status = 'completed'").one()[0, as: Int.self] == 300
                }
                let row = try await pool.query(
                    "SELECT processed_files, failed_files, (SELECT coalesce(max(failures), 0) FROM work_item) FROM processing_job"
                ).one()
                #expect(try row[0, as: Int.self] == 300 && row[1, as: Int.self] == 0 && row[2, as: Int.self] == 0)
                #expect(try await fleet.broker.counts().dead == 0)
                await pool.close()
            }
        }
    }
}
