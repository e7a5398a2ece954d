import PostgresClient
import Reactor
import ServerHarness
import Testing
import Threading

/// A real pgbouncer before the shared server.
@Suite(.enabled(if: PrivatePgbouncer.isInstalled, "pgbouncer is not installed")) struct PoolerTests {
    /// Runs `body` with a configuration that goes through a pgbouncer of its own.
    private func through(
        _ options: PrivatePgbouncer.Options, as pooler: PostgresPooler, _ body: (PostgresConfiguration) async throws -> Void
    ) async throws {
        let bouncer = try await Shared.blocking { try PrivatePgbouncer(Shared.running(), options) }
        var configuration = try PostgresConfiguration(url: bouncer.url())
        configuration.pooler = pooler
        configuration.acquireTimeout = .seconds(5)
        configuration.maximumConnections = 8
        try await body(configuration)
        bouncer.stop()
    }

    /// Many statements at once on more connections than the pooler has for them.
    private func crowd(_ pool: PostgresPool) async throws {
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<400 {
                group.addTask {
                    if number % 4 == 0 {
                        return try await pool.withTransaction { transaction in
                            let text = try await transaction.query("SELECT \("\(number)")::text AS n").one()["n", as: String.self]
                            return try await transaction.query("SELECT \(Int(text) ?? -1)::bigint AS n").one()["n", as: Int.self]
                        }
                    }
                    return try await pool.query("SELECT \(number)::bigint AS n").one()["n", as: Int.self]
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 79_800)
    }

    @Test func `statements and transactions work when each transaction has another session`() async throws {
        try await self.through(.init(poolSize: 2), as: .transaction) { configuration in
            try await withPool(configuration) { pool async throws in
                try await self.crowd(pool)
                #expect(try await pool.query("SELECT count(*) FROM pg_prepared_statements").one()[0, as: Int.self] == 0)
            }
        }
    }

    @Test func `settings hold in every transaction and stay in none of the pooler's sessions`() async throws {
        try await self.through(.init(poolSize: 1), as: .transaction) { configuration in
            var ours = configuration
            ours.statementTimeout = .milliseconds(150)
            ours.serverSettings["work_mem"] = "4321kB"
            ours.serverSettings["application_name"] = "it's \\ odd"
            let look = PostgresQuery(unescaped: "SELECT current_setting('work_mem'), current_setting('application_name')")
            try await withPool(ours) { pool async throws in
                let late = try await failure { try await pool.query("SELECT pg_sleep(20)") }
                #expect(late.code == .timedOut && !late.mayHaveCommitted)
                for _ in 0..<2 {
                    let row = try await pool.query(look).one()
                    #expect(try row[0, as: String.self] == "4321kB" && row[1, as: String.self] == "it's \\ odd")
                }
                try await pool.withTransaction { transaction in
                    try await transaction.script("CREATE TEMPORARY TABLE seen ON COMMIT DROP AS SELECT current_setting('work_mem') AS v")
                    #expect(try await transaction.query("SELECT v FROM seen").one()[0, as: String.self] == "4321kB")
                }
                // Alone and outside of a transaction: what refuses to run in one still can.
                try await pool.withConnection { try await $0.script("VACUUM") }
            }
            let stranger = try PostgresConfiguration(url: Shared.running().url())
            var plain = configuration
            plain.statementTimeout = nil
            let server = try await withPool(stranger) { try await $0.query("SHOW work_mem").one()[0, as: String.self] }
            try await withPool(plain) { pool async throws in
                #expect(try await pool.query("SHOW work_mem").one()[0, as: String.self] == server)
                #expect(try await pool.query("SHOW statement_timeout").one()[0, as: String.self] == "0")
            }
        }
    }

    @Test func `a pooler that lends for a session takes settings by a statement, and statements are prepared`() async throws {
        try await self.through(.init(mode: .session, poolSize: 10), as: .session) { configuration in
            var ours = configuration
            ours.statementTimeout = .milliseconds(4_321)
            try await withPool(ours) { pool async throws in
                try await self.crowd(pool)
                #expect(try await pool.query("SHOW statement_timeout").one()[0, as: String.self] == "4321ms")
                #expect(try await pool.query("SELECT count(*) FROM pg_prepared_statements").one()[0, as: Int.self] > 0)
            }
        }
    }

    @Test func `a pooler that nobody told us of is named when it refuses our settings`() async throws {
        try await self.through(.init(), as: .none) { configuration in
            var patient = configuration
            patient.acquireTimeout = .seconds(60)
            try await withPool(patient) { pool async throws in
                let refused = try await failure { try await pool.query("SELECT 1") }
                #expect(refused.code == .unavailable && refused.suggestsPooler, "\(refused)")
            }
        }
    }

    @Test func `a pooler that drops our settings silently never mixes up statements, and its trace is named`() async throws {
        try await self.through(.init(poolSize: 2, ignoredParameters: "options,extra_float_digits"), as: .none) { configuration in
            // Two programs with other statements under what would be the same names, each several at a time.
            let wrong = Lock(0)
            let suspicions = Lock(0)
            func add(_ number: Int, _ marker: Int, on pool: PostgresPool) async throws {
                do {
                    let answer = try await pool.withTransaction { transaction in
                        try await transaction.query("SELECT \(number)::bigint + \(unescaped: "\(marker)") AS n").one()[0, as: Int.self]
                    }
                    if answer != number + marker { wrong.withLock { $0 += 1 } }
                } catch let error as PostgresError {
                    #expect(error.sqlState == "26000" && error.suggestsPooler && error.isTransient, "\(error)")
                    suspicions.withLock { $0 += 1 }
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { programs in
                for program in 0..<2 {
                    programs.addTask {
                        try await withPool(configuration) { pool async throws in
                            try await withThrowingTaskGroup(of: Void.self) { group in
                                for number in 0..<400 {
                                    group.addTask { try await add(number, program * 1_000 + number % 7, on: pool) }
                                }
                                try await group.waitForAll()
                            }
                        }
                    }
                }
                try await programs.waitForAll()
            }
            #expect(wrong.withLock { $0 } == 0)
            #expect(suspicions.withLock { $0 } > 0)
        }
    }

    @Test func `a listener that can hear nothing says so, and asks to look`() async throws {
        try await self.through(.init(), as: .transaction) { configuration in
            let listener = PostgresListener(
                configuration: configuration, eventLoop: Shared.loop, channels: ["jobs"], heartbeat: .milliseconds(20))
            var events = listener.start().makeAsyncIterator()
            for _ in 0..<3 { #expect(await events.next() == .poll) }
            listener.stop()
        }
    }

    @Test func `a pooler that restarts is an outage, and then is back`() async throws {
        let bouncer = try await Shared.blocking { try PrivatePgbouncer(Shared.running()) }
        var configuration = try PostgresConfiguration(url: bouncer.url())
        configuration.pooler = .transaction
        configuration.acquireTimeout = .milliseconds(300)
        try await withPool(configuration) { pool async throws in
            try await pool.query("SELECT 1")
            try await Shared.blocking { bouncer.stop() }
            let away = try await failure { while true { try await pool.query("SELECT 1") } }
            #expect(away.isTransient)
            try await Shared.blocking { try bouncer.start() }
            #expect(try await eventually { (try? await pool.query("SELECT 1").count) == 1 })
        }
    }
}
