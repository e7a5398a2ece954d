import PostgresClient
import Reactor
import ServerHarness
import Testing
import Threading

/// A primary and its standby, of which one dies or changes its part.
@Suite struct FailoverTests {
    /// A primary with one standby that streams, and a configuration that names both.
    private struct Pair {
        let primary: PrivatePostgres
        let standby: PrivatePostgres

        static func start(synchronous: Bool) async throws -> Pair {
            try await Shared.blocking {
                let primary = try PrivatePostgres(.init(fsync: false))
                let standby = try PrivatePostgres(standbyOf: primary, .init(fsync: false))
                if synchronous { try primary.setSynchronousStandbys("*") }
                return Pair(primary: primary, standby: standby)
            }
        }

        func configuration(_ parameters: String = "") throws -> PostgresConfiguration {
            // The standby first: the order must not matter.
            var configuration = try PostgresConfiguration(
                url: "postgres://postgres@/postgres?host=\(self.standby.directory),\(self.primary.directory)\(parameters)")
            configuration.acquireTimeout = .milliseconds(500)
            configuration.connectTimeout = .milliseconds(500)
            configuration.maximumConnections = 4
            return configuration
        }

        /// Waits until the primary's commits wait for the standby.
        func becomesSynchronous(_ pool: PostgresPool) async throws {
            let isReady = try await eventually {
                try await pool.query(
                    "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming')"
                ).one()[0, as: Bool.self]
            }
            #expect(isReady)
        }
    }

    /// Commits numbers until it is cancelled; notes those that were acknowledged.
    private func commitNumbers(on pool: PostgresPool, from start: Int, step: Int, acknowledged: Lock<[Int]>) async {
        var number = start
        while !Task.isCancelled {
            do {
                try await pool.query("INSERT INTO t VALUES (\(number))")
                acknowledged.withLock { $0.append(number) }
                number += step
            } catch {
                // Unknown or refused: the number may be there or not, and is not used again.
                number += step
                await Task.yield()
            }
        }
    }

    @Test(arguments: [true, false]) func `the pool follows the primary, and nothing acknowledged under synchronous replication is lost`(
        isSynchronous: Bool
    ) async throws {
        let pair = try await Pair.start(synchronous: isSynchronous)
        try await withPool(try pair.configuration()) { pool async throws in
            if isSynchronous { try await pair.becomesSynchronous(pool) }
            try await pool.query("CREATE TABLE t (id bigint)")
            let acknowledged = Lock<[Int]>([])
            let (before, outage) = try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask { await self.commitNumbers(on: pool, from: writer, step: 4, acknowledged: acknowledged) }
                }
                #expect(try await eventually { acknowledged.withLock { $0.count } > 300 })
                let began = MonotonicTime.now
                let before = try await Shared.blocking {
                    pair.primary.kill9()
                    let before = acknowledged.withLock { $0.count }
                    try pair.standby.promote()
                    return before
                }
                #expect(try await eventually { acknowledged.withLock { $0.count } > before + 300 })
                let outage = MonotonicTime.now - began
                group.cancelAll()
                return (before, outage)
            }
            let there = Set(try await pool.query("SELECT id FROM t").map { try $0[0, as: Int.self] })
            let lost = acknowledged.withLock { $0.filter { !there.contains($0) } }
            print(
                "failover, \(isSynchronous ? "synchronous" : "asynchronous"): \(before) acknowledged, \(lost.count) of them lost, \(outage)"
            )
            if isSynchronous { #expect(lost.isEmpty) }
            // Asynchronous: what was acknowledged last may be gone, and nothing that was acknowledged after the change.
            #expect(acknowledged.withLock { $0.dropFirst(before) }.allSatisfy { there.contains($0) })
            #expect(try await pool.query("SELECT pg_is_in_recovery()").one()[0, as: Bool.self] == false)
        }
    }

    @Test func `a commit that no standby confirmed is not taken for done`() async throws {
        let pair = try await Pair.start(synchronous: true)
        var configuration = try pair.configuration()
        configuration.cancelGrace = .seconds(10)
        try await withPool(configuration) { pool async throws in
            try await pair.becomesSynchronous(pool)
            try await pool.query("CREATE TABLE t (id bigint)")
            try await Shared.blocking { pair.standby.stop() }
            let single = try await failure { try await pool.query("INSERT INTO t VALUES (1)", timeout: .milliseconds(100)) }
            #expect(single.code == .timedOut && single.mayHaveCommitted && single.isTransient)
            // It is there, on this server alone.
            #expect(try await pool.query("SELECT count(*) FROM t").one()[0, as: Int.self] == 1)
            let task = Task {
                try await failure { try await pool.query("INSERT INTO t VALUES (2)") }
            }
            #expect(
                try await eventually {
                    try await pool.query("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')").one()[
                        0, as: Bool.self]
                })
            // An operator does the same by hand.
            try await pool.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            let byHand = try await task.value
            #expect(byHand.mayHaveCommitted && byHand.isTransient)
        }
    }

    @Test func `a server that stopped taking writes costs its connections, and no more`() async throws {
        let server = try await Shared.ownServer()
        var configuration = try PostgresConfiguration(url: server.url())
        configuration.maximumConnections = 3
        try await withPool(configuration) { pool async throws in
            try await pool.query("CREATE TABLE t (id int)")
            let before = pool.statistics.connectionsMade
            try await pool.withConnection { first async throws in
                try await pool.withConnection { second async throws in
                    // What a change of parts behind one address looks like from here.
                    try await first.query("SET default_transaction_read_only = on")
                    let refused = try await failure { try await first.query("INSERT INTO t VALUES (1)") }
                    #expect(refused.sqlState == "25006" && refused.isTransient && !refused.mayHaveCommitted)
                    // Whoever is at work may go on; nobody gets the connection after him.
                    try await second.query("SELECT 1")
                }
            }
            #expect(pool.statistics.idle == 0)
            try await pool.query("INSERT INTO t VALUES (2)")
            #expect(pool.statistics.connectionsMade > before)
            // A transaction that asked for it is no news.
            let made = pool.statistics.connectionsMade
            let asked = try await failure {
                try await pool.withTransaction(isReadOnly: true) { try await $0.query("INSERT INTO t VALUES (1)") }
            }
            #expect(asked.sqlState == "25006")
            #expect(pool.statistics.connectionsMade == made && pool.statistics.idle > 0)
        }
    }

    @Test func `a primary that comes back as a standby is passed over`() async throws {
        let pair = try await Pair.start(synchronous: false)
        try await withPool(try pair.configuration()) { pool async throws in
            try await pool.query("CREATE TABLE t (id int)")
            try await Shared.blocking {
                pair.primary.stop()
                try pair.standby.promote()
                try pair.primary.follow(pair.standby, name: "former")
            }
            #expect(try await eventually { (try? await pool.query("INSERT INTO t VALUES (1)")) != nil })
            // Readers may ask for the standby by name.
            var reading = try pair.configuration("&target_session_attrs=standby")
            reading.acquireTimeout = .seconds(5)
            try await withPool(reading) { readers async throws in
                #expect(try await readers.query("SELECT pg_is_in_recovery()").one()[0, as: Bool.self])
            }
            var either = try pair.configuration("&target_session_attrs=prefer-standby")
            either.acquireTimeout = .seconds(5)
            try await withPool(either) { readers async throws in
                #expect(try await readers.query("SELECT pg_is_in_recovery()").one()[0, as: Bool.self])
                try await Shared.blocking { pair.primary.stop() }
                #expect(try await eventually { (try? await readers.query("SELECT pg_is_in_recovery()").one()[0, as: Bool.self]) == false })
            }
        }
    }

    @Test func `a frozen primary holds nobody up once its standby was promoted`() async throws {
        let pair = try await Pair.start(synchronous: false)
        var configuration = try pair.configuration()
        configuration.cancelGrace = .milliseconds(100)
        try await withPool(configuration) { pool async throws in
            try await pool.query("CREATE TABLE t (id int)")
            #expect(
                try await eventually {
                    try await pool.query("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn())").one()[
                        0, as: Bool.self]
                })
            // One connection will wait for an answer that never comes, with half a minute to its deadline.
            try await pool.withConnection { connection async throws in
                try await connection.query("SELECT 1")
                try await Shared.blocking {
                    pair.primary.freeze()
                    try pair.standby.promote()
                }
                async let stuck = failure { try await connection.query("INSERT INTO t VALUES (1)") }
                let began = MonotonicTime.now
                let quick = try await failure { try await pool.query("INSERT INTO t VALUES (2)", timeout: .milliseconds(200)) }
                #expect(quick.isTransient)
                #expect(try await eventually { (try? await pool.query("INSERT INTO t VALUES (3)", timeout: .milliseconds(200))) != nil })
                let lost = try await stuck
                #expect(lost.code == .connectionLost && lost.mayHaveCommitted)
                #expect(MonotonicTime.now - began < .seconds(8))
            }
            pair.primary.thaw()
        }
    }

    @Test func `lists of hosts that do not fit together are refused, and each server is named in an outage`() async throws {
        var nowhere = try PostgresConfiguration(url: "postgres://postgres@/postgres?host=/nowhere/one,/nowhere/two&port=5432,5433")
        #expect(nowhere.serverCount == 2)
        nowhere.acquireTimeout = .milliseconds(300)
        try await withPool(nowhere) { pool async throws in
            let away = try await failure { try await pool.query("SELECT 1") }
            #expect(away.code == .unavailable && away.message.contains("/nowhere/one:5432") && away.message.contains("/nowhere/two:5433"))
        }
        var crooked = try PostgresConfiguration(url: "postgres://postgres@/postgres?host=/a,/b&port=1,2,3")
        crooked.acquireTimeout = .milliseconds(300)
        try await withPool(crooked) { pool async throws in
            #expect(try await failure { try await pool.query("SELECT 1") }.code == .unavailable)
        }
        #expect(try PostgresConfiguration(url: "postgresql://h1:1,h2:2/db").serverCount == 2)
        #expect(try PostgresConfiguration(url: "postgresql://h1:1/db").serverCount == 1)
    }
}
