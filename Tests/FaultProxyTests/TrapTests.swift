import FaultProxy
import PostgresClient
import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

@Suite(.serialized) struct TrapTests {
    private static let loop = EventLoop(name: "trap-tests")

    // MARK: Redis

    /// A server, a client straight to it, and one through a proxy.
    private struct Redis {
        let server: PrivateRedis
        let proxy: FaultProxy
        let direct: RedisClient
        let client: RedisClient
    }

    private func withRedis(_ body: (Redis) async throws -> Void) async throws {
        let server = try PrivateRedis()
        let proxy = try FaultProxy(to: .unix(path: server.socketPath), .init(language: .redis))
        let direct = RedisClient(configuration: try RedisConfiguration(url: server.url), eventLoop: Self.loop)
        let client = RedisClient(configuration: try RedisConfiguration(url: "redis://127.0.0.1:\(proxy.port)/0"), eventLoop: Self.loop)
        do {
            _ = try await client.send(["PING"])
            try await body(Redis(server: server, proxy: proxy, direct: direct, client: client))
        } catch {
            await client.close()
            await direct.close()
            throw error
        }
        await client.close()
        await direct.close()
    }

    private func failure(_ body: () async throws(RedisError) -> RedisValue) async throws -> RedisError {
        do {
            let value = try await body()
            throw HarnessError("no error but \(value)")
        } catch let error as RedisError {
            return error
        }
    }

    @Test func `a command is executed and its reply lost, so often and no more`() async throws {
        try await self.withRedis { redis in
            let trap = redis.proxy.arm(Trap(["INCRBY"], skip: 1, count: 2))
            #expect(try await redis.client.send(["INCRBY", "n", 1]).int == 1)
            for _ in 0..<2 {
                let error = try await self.failure { () throws(RedisError) in try await redis.client.send(["INCRBY", "n", 1]) }
                #expect(error.mayHaveRun)
            }
            #expect(trap.sprung == 2)
            #expect(try await redis.direct.send(["GET", "n"]).int == 3)
            #expect(try await redis.client.send(["INCRBY", "n", 1]).int == 4)
            #expect(redis.proxy.statistics.trapped == 2)
            #expect(trap.seen == 3)
        }
    }

    @Test func `a request is lost before it is executed, and its sender cannot tell`() async throws {
        try await self.withRedis { redis in
            let trap = redis.proxy.arm(Trap(["INCRBY"], effect: .loseRequest(.close)))
            let error = try await self.failure { () throws(RedisError) in try await redis.client.send(["INCRBY", "n", 1]) }
            #expect(error.mayHaveRun)
            #expect(trap.sprung == 1)
            #expect(try await redis.direct.send(["EXISTS", "n"]).int == 0)
            #expect(try await redis.client.send(["INCRBY", "n", 1]).int == 1)
        }
    }

    @Test func `a reply that never comes runs into the client's own limit`() async throws {
        try await self.withRedis { redis in
            let trap = redis.proxy.arm(Trap(["INCRBY"], effect: .loseReply(.silence)))
            let error = try await self.failure { () throws(RedisError) in
                try await redis.client.send(["INCRBY", "n", 1], timeout: .milliseconds(200))
            }
            #expect(error.code == .timedOut)
            #expect(error.mayHaveRun)
            #expect(trap.sprung == 1)
            #expect(try await redis.direct.send(["GET", "n"]).int == 1)
        }
    }

    @Test func `of a pipeline, replies before the one that is lost arrive, and requests after it are not executed`() throws {
        let server = try PrivateRedis()
        let proxy = try FaultProxy(to: .unix(path: server.socketPath), .init(language: .redis))
        _ = proxy.arm(Trap(["second"]))
        let socket = try TestSocket(to: proxy.address)
        socket.write("INCR first\r\nGET none\r\n*2\r\n$4\r\nINCR\r\n$6\r\nsecond\r\nINCR third\r\n")
        let (bytes, ending) = socket.readAll()
        #expect(String(decoding: bytes, as: UTF8.self) == ":1\r\n$-1\r\n")
        #expect(ending == .reset)
        let direct = try TestSocket(to: .unix(path: server.socketPath))
        direct.write("MGET first second third\r\n")
        #expect(direct.read() == .text("*3\r\n$1\r\n1\r\n$1\r\n1\r\n$-1\r\n"))
    }

    @Test func `a request that comes byte by byte is caught, and one whose text spans two requests is not`() throws {
        let server = try PrivateRedis()
        let proxy = try FaultProxy(to: .unix(path: server.socketPath), .init(language: .redis))
        let trap = proxy.arm(Trap(["INCR n"], effect: .loseRequest(.reset)))
        let socket = try TestSocket(to: proxy.address)
        // Without the border between them this would be INCR n.
        socket.write("ECHO \"INCR\"\r\n")
        #expect(socket.read(exactly: 10) == Array("$4\r\nINCR\r\n".utf8))
        for byte in "ECHO \" nothing\"\r\n".utf8 { socket.write([byte]) }
        #expect(socket.read(exactly: 14) == Array("$8\r\n nothing\r\n".utf8))
        #expect(trap.seen == 0)
        for byte in "INCR n\r\n".utf8 { socket.write([byte]) }
        #expect(socket.readAll().ending == .reset)
        #expect(trap.sprung == 1)
    }

    @Test func `a trap that is disarmed catches nothing, and one for all requests catches the next`() async throws {
        try await self.withRedis { redis in
            let trap = redis.proxy.arm(Trap(["GET"]))
            trap.disarm()
            #expect(try await redis.client.send(["GET", "n"]) == .null)
            #expect(trap.seen == 0)
            let any = redis.proxy.arm(Trap([]))
            _ = try await self.failure { () throws(RedisError) in try await redis.client.send(["GET", "n"]) }
            #expect(any.sprung == 1)
        }
    }

    @Test func `a blocking pop whose reply is lost has moved its element`() async throws {
        try await self.withRedis { redis in
            let configuration = try RedisConfiguration(url: "redis://127.0.0.1:\(redis.proxy.port)/0")
            let blocking = RedisBlockingConnection(configuration: configuration, eventLoop: Self.loop)
            let trap = redis.proxy.arm(Trap(["BLMOVE"]))
            async let moved: Void = {
                // Its outcome is unknown to it; what counts is where the element is.
                _ = try? await blocking.send(["BLMOVE", "a", "b", "LEFT", "RIGHT", 0], timeout: .seconds(5))
            }()
            while try await redis.direct.send(["INFO", "clients"]).string?.contains("blocked_clients:1") != true {}
            _ = try await redis.direct.send(["RPUSH", "a", "x"])
            _ = await moved
            #expect(trap.sprung == 1)
            #expect(try await redis.direct.send(["LRANGE", "b", 0, -1]).array?.count == 1)
            await blocking.close()
        }
    }

    // MARK: PostgreSQL

    @Test func `a COMMIT is executed and its answer lost; a bound statement is known by its text`() async throws {
        let server = try PrivatePostgres(.init(fsync: false))
        let proxy = try FaultProxy(to: .unix(path: "\(server.directory)/.s.PGSQL.5432"), .init(language: .postgres))
        let direct = PostgresPool(configuration: try PostgresConfiguration(url: server.url()), eventLoop: Self.loop)
        let pool = PostgresPool(
            configuration: try PostgresConfiguration(url: "postgres://postgres@127.0.0.1:\(proxy.port)/postgres?sslmode=prefer"),
            eventLoop: Self.loop)
        _ = try await direct.query("CREATE TABLE t (n int)")
        let commit = proxy.arm(Trap(["COMMIT"]))
        let error = await #expect(throws: PostgresError.self) {
            try await pool.withTransaction { transaction in _ = try await transaction.query("INSERT INTO t VALUES (1)") }
        }
        #expect(error?.mayHaveCommitted == true)
        #expect(commit.sprung == 1)
        #expect(try await direct.query("SELECT count(*) FROM t").one()[0, as: Int.self] == 1)

        let lost = proxy.arm(Trap(["COMMIT"], effect: .loseRequest(.reset)))
        let other = await #expect(throws: PostgresError.self) {
            try await pool.withTransaction { transaction in _ = try await transaction.query("INSERT INTO t VALUES (2)") }
        }
        #expect(other?.mayHaveCommitted == true)
        #expect(lost.sprung == 1)
        #expect(try await direct.query("SELECT count(*) FROM t").one()[0, as: Int.self] == 1)

        // Prepared by the first two calls; the third sends its name only.
        for number in 3...4 { _ = try await pool.query("INSERT INTO t VALUES (\(number))") }
        let bound = proxy.arm(Trap(["INSERT INTO t"]))
        await #expect(throws: PostgresError.self) { try await pool.query("INSERT INTO t VALUES (\(5))") }
        #expect(bound.sprung == 1)
        #expect(try await direct.query("SELECT count(*) FROM t").one()[0, as: Int.self] == 4)
        await pool.close(grace: .seconds(1))
        await direct.close(grace: .seconds(1))
    }

    // MARK: Other languages

    @Test func `where the language is not known, all that is said after the match is lost`() throws {
        let server = try TestServer()
        let proxy = try FaultProxy(to: server.address)
        let trap = proxy.arm(Trap(["DELETE"]))
        let client = try TestSocket(to: proxy.address)
        let peer = try server.accept()
        client.write("GET /\n")
        #expect(peer.read() == .text("GET /\n"))
        peer.write("one")
        #expect(client.read() == .text("one"))
        client.write("DELETE /\n")
        #expect(peer.read() == .text("DELETE /\n"))
        peer.write("done")
        #expect(client.readAll() == ([], .reset))
        #expect(trap.sprung == 1)
    }
}
