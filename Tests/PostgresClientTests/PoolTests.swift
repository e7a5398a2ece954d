import PostgresClient
import Reactor
import ServerHarness
import Testing
import Threading

@Suite struct PoolTests {
    @Test func `waiters are served in the order in which they came`() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool async throws in
            let order = Lock<[Int]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await pool.withConnection { _ async throws in
                    for number in 0..<10 {
                        group.addTask {
                            try await pool.withConnection { _ in order.withLock { $0.append(number) } }
                        }
                        // The next comes when this one waits.
                        #expect(try await eventually { pool.statistics.waiting == number + 1 })
                    }
                }
                try await group.waitForAll()
            }
            #expect(order.withLock { $0 } == Array(0..<10))
        }
    }

    @Test func `an exhausted pool says so in time`() async throws {
        try await withPool({
            $0.maximumConnections = 2
            $0.acquireTimeout = .milliseconds(60)
        }) { pool in
            let patience = Duration.seconds(10)
            try await pool.withConnection(timeout: patience) { _ async throws in
                try await pool.withConnection(timeout: patience) { _ async throws in
                    let began = MonotonicTime.now
                    let error = try await failure { try await pool.query("SELECT 1") }
                    #expect(error.code == .poolExhausted && !error.mayHaveCommitted && error.isTransient)
                    #expect(MonotonicTime.now - began < .seconds(1))
                }
            }
            #expect(try await pool.withConnection(timeout: patience) { try await $0.query("SELECT 1").count } == 1)
        }
    }

    @Test func `a thousand concurrent queries share few connections`() async throws {
        try await withPool({ $0.maximumConnections = 4 }) { pool in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<1_000 {
                    group.addTask { try await pool.query("SELECT \(number)::bigint AS n").one()["n", as: Int.self] }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 499_500)
            #expect(pool.statistics.idle <= 4 && pool.statistics.leased == 0)
        }
    }

    @Test func `connections above the minimum are closed when idle and the minimum is kept`() async throws {
        try await withPool({
            $0.minimumConnections = 1
            $0.idleTimeout = .milliseconds(150)
        }) { pool in
            #expect(try await eventually { pool.statistics.idle == 1 })
            try await pool.withConnection { _ async throws in
                try await pool.withConnection { _ in
                    try await pool.withConnection { _ in #expect(pool.statistics.leased == 3) }
                }
            }
            #expect(try await eventually { pool.statistics.idle == 1 && pool.statistics.leased == 0 })
        }
    }

    @Test func `a rested or aged connection is checked or replaced`() async throws {
        try await withPool({
            $0.healthCheckAfter = .zero
            $0.maximumConnections = 1
        }) { pool in
            let first = try await pool.query("SELECT pg_backend_pid()").one()[0, as: Int.self]
            #expect(try await pool.query("SELECT pg_backend_pid()").one()[0, as: Int.self] == first)
        }
        try await withPool({
            $0.maximumLifetime = .zero
            $0.maximumConnections = 1
        }) { pool in
            let first = try await pool.query("SELECT pg_backend_pid()").one()[0, as: Int.self]
            #expect(try await pool.query("SELECT pg_backend_pid()").one()[0, as: Int.self] != first)
        }
    }

    @Test func `a lent connection is worth nothing after its scope`() async throws {
        try await withPool { pool in
            let escaped = try await pool.withConnection { $0 }
            #expect(try await failure { try await escaped.query("SELECT 1") }.code == .closed)
        }
    }

    @Test func `an open transaction does not reach the next user`() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool async throws in
            try await pool.query("CREATE TABLE t (id int)")
            try await pool.withConnection { connection in
                try await connection.query("BEGIN")
                try await connection.query("INSERT INTO t VALUES (1)")
            }
            #expect(try await pool.query("SELECT 1 FROM t").isEmpty)
        }
    }

    @Test func `a closed pool refuses and lets work in progress finish`() async throws {
        let configuration = try await Shared.configuration()
        let pool = PostgresPool(configuration: configuration, eventLoop: Shared.loop)
        let isClosing = Lock(false)
        async let slow = pool.withConnection { connection in
            #expect(try await eventually { isClosing.withLock { $0 } })
            return try await connection.query("SELECT 1 AS one").one()["one", as: Int.self]
        }
        #expect(try await eventually { pool.statistics.leased == 1 })
        async let closed: Void = pool.close()
        #expect(try await eventually { (try? await pool.query("SELECT 1")) == nil })
        isClosing.withLock { $0 = true }
        #expect(try await slow == 1)
        await closed
        #expect(try await failure { try await pool.query("SELECT 1") }.code == .closed)
        await pool.close()
    }

    @Test func `statements are prepared once, evicted, and prepared anew when the server forgot or changed`() async throws {
        try await withPool({
            $0.maximumConnections = 1
            $0.preparedStatements = 4
        }) { pool in
            for _ in 0..<3 { try await pool.query("SELECT \(1)::int") }
            #expect(
                try await pool.query("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1::int'").one()[
                    0, as: Int.self] == 1)
            for number in 0..<40 { try await pool.query("SELECT \(unescaped: "\(number)")") }
            #expect(try await pool.query("SELECT count(*) FROM pg_prepared_statements").one()[0, as: Int.self] <= 5)
            // Evicted statements are waiting to be deallocated, which must not stand in front of this one.
            try await pool.query("SELECT 'evicts'")
            try await pool.query("VACUUM")
            try await pool.query("DISCARD ALL")
            try await pool.query("SELECT \(1)::int")
            try await pool.query("CREATE TABLE public.shape (a int)")
            try await pool.query("SELECT * FROM public.shape")
            try await pool.query("ALTER TABLE public.shape ADD b int")
            #expect(try await pool.query("SELECT * FROM public.shape").columns == ["a", "b"])
            try await pool.query("DROP TABLE public.shape")
        }
        try await withPool({ $0.preparedStatements = 0 }) { pool in
            try await pool.query("SELECT \(1)::int")
            #expect(try await pool.query("SELECT 1 FROM pg_prepared_statements").isEmpty)
        }
        let server = try await Shared.blocking { try Shared.running() }
        var pooled = try PostgresConfiguration(url: server.url())
        pooled.pooler = .transaction
        try await withPool(pooled) { pool async throws in
            #expect(try await pool.query("SELECT \(5)::int AS n").one()["n", as: Int.self] == 5)
            #expect(try await pool.query("SELECT 1 FROM pg_prepared_statements").isEmpty)
        }
    }

    @Test func `the same text with other types is another statement`() async throws {
        func echo(_ value: some PostgresEncodable, on pool: PostgresPool) async throws -> String {
            try await pool.query("SELECT \(value) AS v").one()["v", as: String.self]
        }
        try await withPool({ $0.maximumConnections = 1 }) { pool async throws in
            #expect(try await echo(1, on: pool) == "1")
            #expect(try await echo("text", on: pool) == "text")
            #expect(try await echo(Int32(2), on: pool) == "2")
            #expect(try await echo(true, on: pool) == "t")
            #expect(try await echo(0.5, on: pool) == "0.5")
        }
    }

    @Test func `enumerations need only declare the conformance`() async throws {
        try await withPool { pool in
            let row = try await pool.query("SELECT \(Color.red)::text AS one, \([Color.red, .blue]) AS many, 'green' AS other").one()
            #expect(try row["one", as: Color.self] == .red)
            #expect(try row["many", as: [Color].self] == [.red, .blue])
            #expect(throws: PostgresError.self) { try row["other", as: Color.self] }
        }
    }

    @Test func `large answers and large parameters pass whole`() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool async throws in
            let bytes = [UInt8](repeating: 0xab, count: 8 << 20)
            let row = try await pool.query("SELECT \(bytes)::bytea AS b, length(\(bytes)::bytea) AS n").one()
            #expect(try row["b", as: [UInt8].self] == bytes)
            #expect(try await pool.query("SELECT n, repeat('x', 100) FROM generate_series(1, 50000) AS n").count == 50_000)
            // Both directions full at once.
            let answers = try await pool.pipeline(
                (0..<200).map { _ in "SELECT \(String(repeating: "y", count: 20_000)), repeat('z', 100000)" })
            #expect(answers.count == 200)
        }
    }

    @Test func `a batch of a thousand rows is one statement`() async throws {
        try await withPool { pool in
            try await pool.query("CREATE TABLE job (id bigint PRIMARY KEY, state text, error text, body bytea, done boolean, score float8)")
            let ids = Array(Int64(1)...1_000)
            for state in ["queued", "completed"] {
                let rows = try await pool.query(
                    """
                    INSERT INTO job SELECT * FROM unnest(
                        \(ids), \(ids.map { _ in state }), \(ids.map { $0 % 3 == 0 ? "boom" : nil }), \(ids.map { [UInt8(truncatingIfNeeded: $0), 0] }),
                        \(ids.map { $0 % 2 == 0 }), \(ids.map { Double($0) / 4 }))
                    ON CONFLICT (id) DO UPDATE SET state = excluded.state
                    """)
                #expect(rows.affected == 1_000)
            }
            let row = try await pool.query("SELECT count(*) AS n, count(error) AS e, min(state) AS s, sum(score) AS t FROM job").one()
            #expect(try row["n", as: Int.self] == 1_000 && row["e", as: Int.self] == 333)
            #expect(try row["s", as: String.self] == "completed" && row["t", as: Double.self] == 125_125)
        }
    }

    @Test func `a script may hold many statements and is one transaction`() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await connection.script("CREATE TABLE a (id int); CREATE TABLE b (id int); INSERT INTO a VALUES (1); -- done")
                let error = try await failure {
                    try await connection.script("INSERT INTO a VALUES (2); SELECT 1/0; INSERT INTO a VALUES (3)")
                }
                #expect(error.sqlState == "22012")
                #expect(try await connection.query("SELECT id FROM a").count == 1)
                try await connection.script("")
                let copy = try await failure { try await connection.script("COPY a FROM STDIN") }
                #expect(!copy.isTransient || copy.code == .connectionLost)
            }
            #expect(try await pool.query("SELECT 1").count == 1)
        }
    }

    @Test func `passwords stay out of descriptions`() throws {
        let configuration = try PostgresConfiguration(url: "postgres://me:s3cret@db.example:6543/docs?sslmode=require")
        #expect(configuration.description == "postgres://me@db.example:6543/docs")
        #expect(!"\(configuration)".contains("s3cret") && !String(reflecting: configuration).contains("s3cret"))
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("s3cret"))
        #expect(throws: PostgresError.self) { try PostgresConfiguration(url: "postgres://me:s3cret@[bad") }
        do {
            _ = try PostgresConfiguration(url: "nonsense s3cret")
        } catch {
            #expect(error.code == .invalidArgument && !error.debugDescription.contains("s3cret"))
        }
    }
}

private enum Color: String, PostgresScalar, PostgresDecodableElement { case red, blue }
