import PostgresClient
import Testing
import Threading

@Suite struct ErrorTests {
    @Test func `violated constraints are typed and keep row values out of the description`() async throws {
        try await withPool { pool in
            try await pool.query("CREATE TABLE t (id int PRIMARY KEY, n int CONSTRAINT positive CHECK (n > 0), s varchar(3) NOT NULL)")
            try await pool.query("INSERT INTO t VALUES (4711, 1, 'x')")
            let unique = try await failure { try await pool.query("INSERT INTO t VALUES (\(4711), 1, 'x')") }
            #expect(unique.code == .server && unique.sqlState == "23505" && unique.isUniqueViolation && unique.isDataError)
            #expect(unique.constraint == "t_pkey" && unique.table == "t" && !unique.mayHaveCommitted && !unique.isTransient)
            #expect(!unique.description.contains("4711") && unique.debugDescription.contains("4711"))
            let check = try await failure { try await pool.query("INSERT INTO t VALUES (2, -5, 'x')") }
            #expect(check.sqlState == "23514" && check.constraint == "positive")
            let null = try await failure { try await pool.query("INSERT INTO t VALUES (3, 1, \(String?.none))") }
            #expect(null.sqlState == "23502" && null.column == "s")
            let long = try await failure { try await pool.query("INSERT INTO t VALUES (3, 1, \("toolong"))") }
            #expect(long.sqlState == "22001" && long.isDataError)
            let invalid = try await failure { try await pool.query("SELECT \("secret-value")::int") }
            #expect(invalid.sqlState == "22P02" && !invalid.description.contains("secret") && invalid.debugDescription.contains("secret"))
            let syntax = try await failure { try await pool.query("SELEKT 1") }
            #expect(syntax.sqlState == "42601" && !syntax.isDataError && !syntax.isTransient)
            #expect(try await pool.query("SELECT count(*) FROM t").one()[0, as: Int.self] == 1)
        }
    }

    @Test func `a failed pipeline leaves nothing and the connection goes on`() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            try await pool.query("CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
            let answers = try await pool.pipeline(["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2), (3)", "SELECT count(*) FROM t"])
            #expect(answers.count == 3 && answers[1].affected == 2)
            #expect(try answers[2].one()[0, as: Int.self] == 3)
            let error = try await failure {
                try await pool.pipeline(["INSERT INTO t VALUES (4)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (5)"])
            }
            #expect(error.isUniqueViolation)
            // A deferred constraint fails only when the implicit transaction commits, after every statement has answered.
            let deferred = try await failure { try await pool.query("INSERT INTO t VALUES (6, 999)") }
            #expect(deferred.sqlState == "23503" && !deferred.mayHaveCommitted)
            let atCommit = try await failure { try await pool.withTransaction { try await $0.query("INSERT INTO t VALUES (7, 999)") } }
            #expect(atCommit.sqlState == "23503" && !atCommit.mayHaveCommitted)
            #expect(try await pool.query("SELECT count(*) FROM t").one()[0, as: Int.self] == 3)
            #expect(pool.statistics.idle == 1)
        }
    }

    @Test func `a swallowed error never becomes a silent rollback`() async throws {
        try await withPool { pool in
            try await pool.query("CREATE TABLE t (id int PRIMARY KEY)")
            let error = try await failure {
                try await pool.withTransaction { transaction in
                    try await transaction.query("INSERT INTO t VALUES (1)")
                    _ = try? await transaction.query("INSERT INTO t VALUES (1)")
                }
            }
            #expect(error.isUniqueViolation && !error.mayHaveCommitted)
            #expect(try await pool.query("SELECT 1 FROM t").isEmpty)
        }
    }

    @Test func `transactions commit, roll back and know their isolation`() async throws {
        struct Refused: Error {}
        try await withPool { pool in
            try await pool.query("CREATE TABLE t (id int)")
            let level = try await pool.withTransaction(isolation: .serializable) { transaction in
                try await transaction.query("INSERT INTO t VALUES (1)")
                return try await transaction.query("SHOW transaction_isolation").one()[0, as: String.self]
            }
            #expect(level == "serializable")
            await #expect(throws: Refused.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.query("INSERT INTO t VALUES (2)")
                    throw Refused()
                }
            }
            try await pool.withTransaction { _ in }
            let readOnly = try await failure { try await pool.withTransaction(isReadOnly: true) { try await $0.query("DELETE FROM t") } }
            #expect(readOnly.sqlState == "25006")
            #expect(try await pool.query("SELECT id FROM t").map { try $0[0, as: Int.self] } == [1])
        }
    }

    @Test func `a serialization failure is retried until it succeeds`() async throws {
        try await withPool { pool in
            try await pool.query("CREATE TABLE counter (n int)")
            try await pool.query("INSERT INTO counter VALUES (0)")
            let attempts = Lock(0)
            try await pool.withTransaction(isolation: .serializable, retries: 50) { transaction in
                let attempt = attempts.withLock { attempts in
                    attempts += 1
                    return attempts
                }
                let n = try await transaction.query("SELECT n FROM counter").one()["n", as: Int.self]
                // Somebody else is faster, three times: what was read is no longer so.
                if attempt <= 3 { try await pool.query("UPDATE counter SET n = n + 1") }
                try await transaction.query("UPDATE counter SET n = \(n + 1)")
            }
            #expect(try await pool.query("SELECT n FROM counter").one()[0, as: Int.self] == 4)
            #expect(attempts.withLock { $0 } == 4)
        }
    }

    @Test func `retries are bounded`() async throws {
        try await withPool { pool in
            let attempts = Lock(0)
            let error = try await failure {
                try await pool.withTransaction(retries: 2) { transaction in
                    attempts.withLock { $0 += 1 }
                    try await transaction.query("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
                }
            }
            #expect(error.isSerializationFailure && error.isTransient)
            #expect(attempts.withLock { $0 } == 3)
            let other = Lock(0)
            _ = try await failure {
                try await pool.withTransaction { transaction in
                    other.withLock { $0 += 1 }
                    try await transaction.query("SELECT 1/0")
                }
            }
            #expect(other.withLock { $0 } == 1)
        }
    }

    @Test func `a deadlock is retried`() async throws {
        try await withPool({ $0.serverSettings["deadlock_timeout"] = "20ms" }) { pool in
            try await pool.query("CREATE TABLE t (id int PRIMARY KEY, n int)")
            try await pool.query("INSERT INTO t VALUES (1, 0), (2, 0)")
            // Both hold their first row before either asks for its second, in the first round.
            let holding = Lock(0)
            let attempts = Lock(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in [[1, 2], [2, 1]] {
                    group.addTask {
                        try await pool.withTransaction { transaction in
                            attempts.withLock { $0 += 1 }
                            try await transaction.query("UPDATE t SET n = n + 1 WHERE id = \(order[0])")
                            holding.withLock { $0 += 1 }
                            _ = try await eventually { holding.withLock { $0 } >= 2 }
                            try await transaction.query("UPDATE t SET n = n + 1 WHERE id = \(order[1])")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await pool.query("SELECT sum(n) FROM t").one()[0, as: Int.self] == 4)
            #expect(attempts.withLock { $0 } == 3)
        }
    }

    @Test func `timeouts of server and client are typed and leave the pool usable`() async throws {
        try await withPool({
            $0.statementTimeout = .milliseconds(100)
            $0.lockTimeout = .milliseconds(50)
            $0.maximumConnections = 2
        }) { pool in
            #expect(try await pool.query("SHOW statement_timeout").one()[0, as: String.self] == "100ms")
            #expect(try await pool.query("SHOW idle_in_transaction_session_timeout").one()[0, as: String.self] == "1min")
            #expect(try await pool.query("SHOW application_name").one()[0, as: String.self] == "flotilla")
            let server = try await failure { try await pool.query("SELECT pg_sleep(5)") }
            #expect(server.code == .timedOut && server.sqlState == "57014" && !server.mayHaveCommitted && server.isTransient)
            let client = try await failure { try await pool.query("SELECT pg_sleep(5)", timeout: .milliseconds(30)) }
            #expect(client.code == .timedOut && client.sqlState == "57014" && !client.mayHaveCommitted)
            try await pool.query("CREATE TABLE t (id int)")
            try await pool.withTransaction { transaction in
                try await transaction.query("LOCK TABLE t")
                let lock = try await failure { try await pool.query("INSERT INTO t VALUES (1)") }
                #expect(lock.sqlState == "55P03" && lock.isTransient)
            }
            #expect(pool.statistics.idle == 2)
        }
    }

    @Test func `an idle transaction is cut by the server and the pool recovers`() async throws {
        try await withPool({
            $0.idleInTransactionTimeout = .milliseconds(50)
            $0.maximumConnections = 1
        }) { pool in
            let error = try await failure {
                try await pool.withTransaction { transaction in
                    try await transaction.query("SELECT 1")
                    _ = try await eventually { pool.statistics.leased == 0 }
                    try await transaction.query("SELECT 2")
                }
            }
            #expect(!error.mayHaveCommitted && error.isTransient)
            #expect(try await pool.query("SELECT 1").count == 1)
        }
    }

    @Test func `cancelling the task cancels the statement on the server`() async throws {
        try await withPool { pool in
            let began = MonotonicTime.now
            let task = Task { try await pool.query("SELECT pg_sleep(20) /* cancel me */") }
            let isRunning = try await eventually {
                try await pool.query(
                    "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%/* cancel me */' AND pid <> pg_backend_pid()"
                ).count == 1
            }
            #expect(isRunning)
            task.cancel()
            let error = try await failure { try await task.value }
            #expect(error.code == .cancelled && error.sqlState == "57014" && !error.mayHaveCommitted)
            #expect(MonotonicTime.now - began < .seconds(5))
            // The connection survives, and nobody else's statement is hit by the request.
            for _ in 0..<20 { try await pool.query("SELECT 1") }
        }
    }

    @Test func `cancellation before anything was sent and inside a transaction`() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            try await pool.query("CREATE TABLE t (id int)")
            let task = Task {
                try await pool.withTransaction { transaction in
                    try await transaction.query("INSERT INTO t VALUES (1)")
                    try await transaction.query("SELECT pg_sleep(20)")
                }
            }
            #expect(try await eventually { pool.statistics.leased == 1 })
            let waiting = Task { try await pool.query("SELECT 1") }
            #expect(try await eventually { pool.statistics.waiting == 1 })
            waiting.cancel()
            #expect(try await failure { try await waiting.value }.code == .cancelled)
            task.cancel()
            #expect(try await failure { try await task.value }.code == .cancelled)
            #expect(try await pool.query("SELECT 1 FROM t").isEmpty)
            #expect(pool.statistics.idle == 1)
        }
    }

    @Test func `terminated sessions are noticed, idle or active`() async throws {
        try await withPool { pool in
            try await withPool({ $0.maximumConnections = 1 }) { victim in
                let pid = try await victim.query("SELECT pg_backend_pid()").one()[0, as: Int32.self]
                try await pool.query("SELECT pg_terminate_backend(\(pid))")
                #expect(try await eventually { victim.statistics.idle == 0 })
                let next = try await victim.query("SELECT pg_backend_pid()").one()[0, as: Int32.self]
                #expect(next != pid)
                async let lost = failure { try await victim.query("SELECT pg_sleep(20)") }
                #expect(
                    try await eventually {
                        try await pool.query("SELECT 1 FROM pg_stat_activity WHERE pid = \(next) AND state = 'active'").count == 1
                    })
                try await pool.query("SELECT pg_terminate_backend(\(next))")
                let error = try await lost
                #expect(error.code == .connectionLost && error.sqlState == "57P01" && error.isTransient && !error.mayHaveCommitted)
                #expect(try await victim.query("SELECT 1").count == 1)
            }
        }
    }
}
