import FlotillaPostgres
import PostgresClient
import Reactor
import ServerHarness
import Testing
import Threading

@Suite struct MigratorTests {
    private static let loop = EventLoop(name: "migrator-tests")
    private static let server = Lock<PrivatePostgres?>(nil)

    private static let steps = [
        Migration(version: 1, name: "create_a", sql: "CREATE TABLE a (id int); INSERT INTO a VALUES (1);"),
        Migration(version: 2, name: "widen_a", sql: "ALTER TABLE a ADD note text; -- it's fine; really"),
        Migration(version: 3, name: "fill_a", sql: "INSERT INTO a SELECT n, 'x' FROM generate_series(1, 100) AS n"),
    ]

    /// Runs `body` with the URL of an empty database.
    private func withDatabase(_ name: String, _ body: (PostgresConfiguration) async throws -> Void) async throws {
        let url = try Self.server.withLock { server in
            let running = try server ?? PrivatePostgres(.init(fsync: false))
            server = running
            return try running.createDatabase(name)
        }
        try await body(try PostgresConfiguration(url: url))
    }

    private func withPool(_ configuration: PostgresConfiguration, _ body: (PostgresPool) async throws -> Void) async throws {
        let pool = PostgresPool(configuration: configuration, eventLoop: Self.loop)
        do { try await body(pool) } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    @Test func `steps run in order, once, and are noted`() async throws {
        try await self.withDatabase("ordered") { configuration in
            try await self.withPool(configuration) { pool async throws in
                let first = Migrator(pool: pool, migrations: Array(Self.steps.prefix(2).reversed()))
                #expect(try await first.plan().map(\.version) == [1, 2])
                #expect(try await first.status().allSatisfy { $0.appliedAt == nil })
                await #expect(throws: MigrationError.self) { try await first.verify() }
                #expect(try await first.migrate().map(\.version) == [1, 2])
                #expect(try await first.migrate().isEmpty)
                try await first.verify()
                let all = Migrator(pool: pool, migrations: Self.steps)
                #expect(try await all.plan().map(\.name) == ["fill_a"])
                #expect(try await all.migrate().map(\.version) == [3])
                #expect(try await all.status().allSatisfy { $0.appliedAt != nil })
                #expect(try await pool.query("SELECT count(*) FROM a").one()[0, as: Int.self] == 101)
                #expect(try await pool.query("SELECT version, checksum FROM flotilla_migration").count == 3)
            }
        }
    }

    @Test func `ten processes may start at once`() async throws {
        try await self.withDatabase("race") { configuration in
            let ran = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        let pool = PostgresPool(configuration: configuration, eventLoop: Self.loop)
                        let count = try await Migrator(pool: pool, migrations: Self.steps).migrate().count
                        await pool.close()
                        return count
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(ran == 3)
            try await self.withPool(configuration) { pool async throws in
                #expect(try await pool.query("SELECT count(*) FROM a").one()[0, as: Int.self] == 101)
                #expect(
                    try await pool.query(
                        "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND datname = current_database()"
                    ).isEmpty)
            }
        }
    }

    @Test func `a failing step leaves nothing of itself and no lock`() async throws {
        try await self.withDatabase("failing") { configuration in
            try await self.withPool(configuration) { pool async throws in
                let broken = Migration(version: 2, name: "broken", sql: "CREATE TABLE half (id int); SELECT 1/0;")
                await #expect(throws: PostgresError.self) {
                    try await Migrator(pool: pool, migrations: [Self.steps[0], broken]).migrate()
                }
                #expect(try await pool.query("SELECT to_regclass('half') IS NULL").one()[0, as: Bool.self])
                #expect(try await pool.query("SELECT version FROM flotilla_migration").count == 1)
                #expect(try await Migrator(pool: pool, migrations: Self.steps).migrate().count == 2)
                let committing = Migration(version: 4, name: "commits", sql: "CREATE TABLE sneaky (id int); COMMIT;")
                let error = await #expect(throws: MigrationError.self) {
                    try await Migrator(pool: pool, migrations: Self.steps + [committing]).migrate()
                }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test func `a schema that does not belong to the program is refused by name`() async throws {
        try await self.withDatabase("mismatch") { configuration in
            try await self.withPool(configuration) { pool async throws in
                try await Migrator(pool: pool, migrations: Self.steps).migrate()
                let old = await #expect(throws: MigrationError.self) {
                    try await Migrator(pool: pool, migrations: Array(Self.steps.prefix(2))).migrate()
                }
                #expect(
                    old?.code == .schemaNewer && old?.description.contains("version 3") == true
                        && old?.description.contains("up to 2") == true)
                var edited = Self.steps
                edited[1] = Migration(version: 2, name: "widen_a", sql: "ALTER TABLE a ADD other text")
                let changed = await #expect(throws: MigrationError.self) { try await Migrator(pool: pool, migrations: edited).verify() }
                #expect(changed?.code == .changed)
                let missing = await #expect(throws: MigrationError.self) {
                    try await Migrator(pool: pool, migrations: [Self.steps[0], Self.steps[2]]).status()
                }
                #expect(missing?.code == .unknown)
                try await pool.query("DELETE FROM flotilla_migration WHERE version = 2")
                let gap = await #expect(throws: MigrationError.self) { try await Migrator(pool: pool, migrations: Self.steps).migrate() }
                #expect(gap?.code == .outOfOrder)
            }
        }
    }

    @Test func `file names give version and name`() {
        let migration = Migration(file: "V0012__create_jobs.sql", bytes: Array("SELECT 1".utf8))
        #expect(migration?.version == 12 && migration?.name == "create_jobs" && migration?.label == "V0012")
        for name in ["0001__x.sql", "V1_x.sql", "Vx__y.sql", "V0001__.sql", "V0000__x.sql", "V0001__x.txt"] {
            #expect(Migration(file: name, bytes: []) == nil)
        }
    }
}
