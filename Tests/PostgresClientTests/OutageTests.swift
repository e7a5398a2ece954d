import PostgresClient
import Reactor
import ServerHarness
import Testing
import Threading

/// Each on a server of its own, which it may stop, kill and freeze.
@Suite struct OutageTests {
    private func configuration(_ server: PrivatePostgres) throws -> PostgresConfiguration {
        var configuration = try PostgresConfiguration(url: server.url())
        configuration.acquireTimeout = .milliseconds(300)
        configuration.cancelGrace = .milliseconds(100)
        return configuration
    }

    @Test func `a server that restarts or crashes is unavailable, and then is back by itself`() async throws {
        let server = try await Shared.ownServer()
        try await withPool(try self.configuration(server)) { pool in
            try await pool.query("CREATE TABLE t (id int)")
            for isCrash in [false, true] {
                async let running = failure { try await pool.query("INSERT INTO t SELECT 1 FROM pg_sleep(20)") }
                #expect(try await eventually { pool.statistics.leased == 1 })
                try await Shared.blocking { if isCrash { server.kill9() } else { server.stop() } }
                let lost = try await running
                #expect(lost.code == .connectionLost && lost.isTransient)
                // A crash says nothing, so the outcome is open; a shutdown names the statement as refused.
                #expect(lost.mayHaveCommitted == isCrash)
                let began = MonotonicTime.now
                let away = try await failure { try await pool.query("SELECT 1") }
                #expect(away.code == .unavailable && !away.mayHaveCommitted && away.isTransient)
                #expect(MonotonicTime.now - began < .seconds(2))
                try await Shared.blocking { try server.start() }
                #expect(try await eventually { (try? await pool.query("SELECT count(*) FROM t").one()[0, as: Int.self]) == 0 })
            }
        }
    }

    @Test func `a transaction that loses its server has certainly not committed`() async throws {
        let server = try await Shared.ownServer()
        try await withPool(try self.configuration(server)) { pool in
            try await pool.query("CREATE TABLE t (id int)")
            let error = try await failure {
                try await pool.withTransaction { transaction in
                    try await transaction.query("INSERT INTO t VALUES (1)")
                    try await Shared.blocking { server.kill9() }
                    try await transaction.query("INSERT INTO t VALUES (2)")
                }
            }
            #expect([.connectionLost, .unavailable].contains(error.code) && !error.mayHaveCommitted)
            try await Shared.blocking { try server.start() }
            #expect(try await eventually { (try? await pool.query("SELECT count(*) FROM t").one()[0, as: Int.self]) == 0 })
        }
    }

    @Test(arguments: [false, true]) func `a frozen server runs into our deadline`(isTCP: Bool) async throws {
        let server = try await Shared.ownServer(tcp: isTCP)
        var configuration = try self.configuration(server)
        if isTCP { configuration = try PostgresConfiguration(url: try #require(server.tcpURL())) }
        configuration.cancelGrace = .milliseconds(100)
        configuration.acquireTimeout = .milliseconds(300)
        configuration.connectTimeout = .milliseconds(500)
        configuration.maximumConnections = 2
        try await withPool(configuration) { pool in
            try await pool.query("CREATE TABLE t (id int)")
            try await Shared.blocking { server.freeze() }
            let began = MonotonicTime.now
            let error = try await failure { try await pool.query("INSERT INTO t VALUES (1)", timeout: .milliseconds(200)) }
            #expect(error.code == .timedOut && error.mayHaveCommitted && error.isTransient)
            #expect(MonotonicTime.now - began < .seconds(2))
            let again = MonotonicTime.now
            let away = try await failure { try await pool.query("SELECT 1") }
            #expect(away.code == .unavailable && !away.mayHaveCommitted)
            #expect(MonotonicTime.now - again < .seconds(2))
            try await Shared.blocking { server.thaw() }
            #expect(try await eventually { (try? await pool.query("SELECT 1").count) == 1 })
        }
    }

    @Test func `TLS is checked as the URL asks, and large answers come whole through it`() async throws {
        let server = try await Shared.blocking { try PrivatePostgres(.init(fsync: false, tcp: true, tls: true)) }
        let url = try #require(server.tcpURL())
        var trusted = try PostgresConfiguration(url: "\(url)?sslmode=verify-full&sslrootcert=\(server.directory)/server.crt")
        trusted.acquireTimeout = .seconds(10)
        try await withPool(trusted) { pool in
            #expect(try await pool.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").one()[0, as: Bool.self])
            for size in [1, 8_191, 16_384, 16_385, 100_000, 5_000_000] {
                #expect(try await pool.query("SELECT repeat('x', \(Int32(size))) AS t").one()["t", as: String.self].utf8.count == size)
            }
            let bytes = [UInt8](repeating: 7, count: 3_000_000)
            #expect(try await pool.query("SELECT length(\(bytes)::bytea)").one()[0, as: Int.self] == bytes.count)
            let answers = try await pool.pipeline((0..<50).map { _ in "SELECT repeat('z', 40000)" })
            #expect(answers.count == 50)
        }
        let stranger = try PostgresConfiguration(url: "\(url)?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt")
        try await withPool(stranger) { pool in
            let error = try await failure { try await pool.withConnection(timeout: .seconds(1)) { _ in } }
            #expect(error.code == .unavailable && !error.mayHaveCommitted)
        }
    }

    @Test func `a pool may be older than its server`() async throws {
        let server = try await Shared.ownServer()
        try await Shared.blocking { server.stop() }
        var configuration = try self.configuration(server)
        configuration.acquireTimeout = .seconds(10)
        try await withPool(configuration) { pool in
            async let answer = pool.query("SELECT 1 AS one")
            #expect(try await eventually { pool.statistics.consecutiveFailures > 1 })
            try await Shared.blocking { try server.start() }
            #expect(try await answer.one()["one", as: Int.self] == 1)
            #expect(pool.statistics.consecutiveFailures == 0)
        }
        let nobody = try PostgresConfiguration(url: "postgres://nobody@/nothing?host=\(server.directory)")
        try await withPool(nobody) { pool in
            let error = try await failure { try await pool.withConnection(timeout: .milliseconds(200)) { _ in } }
            #expect(error.code == .unavailable && error.message.contains("nobody"))
        }
    }

    @Test func `a listener hears, comes back after a loss and says so`() async throws {
        let server = try await Shared.ownServer()
        try await withPool(try self.configuration(server)) { pool in
            let listener = PostgresListener(
                configuration: pool.configuration, eventLoop: Shared.loop, channels: ["jobs", "Odd \"name"])
            var events = listener.start().makeAsyncIterator()
            #expect(await events.next() == .connected)
            try await pool.query("SELECT pg_notify('jobs', \("first ✓")), pg_notify('Odd \"name', '')")
            var heard: [String] = []
            for _ in 0..<2 {
                guard case .notification(let notification)? = await events.next() else { continue }
                heard.append("\(notification.channel)=\(notification.payload)")
            }
            #expect(heard == ["jobs=first ✓", "Odd \"name="])
            try await pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
            #expect(await events.next() == .reconnected)
            try await Shared.blocking { server.kill9() }
            try await Shared.blocking { try server.start() }
            #expect(await events.next() == .reconnected)
            #expect(try await eventually { (try? await pool.query("NOTIFY jobs, 'last'")) != nil })
            guard case .notification(let last)? = await events.next() else {
                Issue.record("nothing heard after the restart")
                return
            }
            #expect(last.payload == "last")
            listener.stop()
            #expect(await events.next() == nil)
        }
    }
}
