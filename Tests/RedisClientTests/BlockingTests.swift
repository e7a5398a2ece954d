import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

/// A loop for clients that a test makes beside the fixture's.
enum EventLoopBox {
    static let shared = EventLoop(name: "test-shared")
}

@Suite struct BlockingTests {
    private func withBlocking(_ body: (PrivateRedis, RedisClient, RedisBlockingConnection) async throws -> Void) async throws {
        try await withClient { (server, client, loop) async throws in
            let blocking = RedisBlockingConnection(configuration: client.configuration, eventLoop: loop)
            try await body(server, client, blocking)
            await blocking.close()
        }
    }

    private func untilBlocked(_ client: RedisClient) async throws {
        while try await client.send(["INFO", "clients"]).string?.contains("blocked_clients:1") != true {}
    }

    private static let move: RedisCommand = ["BLMOVE", "queue", "landing", "RIGHT", "LEFT", 5]

    @Test func `BLMOVE wakes when something is pushed`() async throws {
        try await self.withBlocking { (_, client, blocking) async throws in
            async let moved = blocking.send(Self.move, timeout: .seconds(7))
            try await self.untilBlocked(client)
            _ = try await client.send(["LPUSH", "queue", "job"])
            #expect(try await moved.string == "job")
            #expect(try await client.send(["LRANGE", "landing", 0, -1]).array == [.bulk(Array("job".utf8))])
        }
    }

    @Test func `BLMOVE ends with nothing at its own timeout`() async throws {
        try await self.withBlocking { _, _, blocking in
            let reply = try await blocking.send(["BLMOVE", "queue", "landing", "RIGHT", "LEFT", "0.05"], timeout: .seconds(2))
            #expect(reply.isNull)
            #expect(blocking.statistics.disconnects == 0)
        }
    }

    @Test func `an interrupted wait takes nothing later`() async throws {
        try await self.withBlocking { (_, client, blocking) async throws in
            async let outcome = failure { () throws(RedisError) in try await blocking.send(Self.move, timeout: .seconds(7)) }
            try await self.untilBlocked(client)
            blocking.interrupt()
            let error = try await outcome
            #expect(error.code == .connectionLost)
            #expect(error.mayHaveRun)
            while try await client.send(["INFO", "clients"]).string?.contains("blocked_clients:0") != true {}
            _ = try await client.send(["LPUSH", "queue", "job"])
            #expect(try await client.send(["LLEN", "queue"]).int == 1)
            #expect(try await client.send(["LLEN", "landing"]).int == 0)
            #expect(try await blocking.send(Self.move, timeout: .seconds(7)).string == "job")
        }
    }

    @Test func `a frozen server ends the wait at the given time`() async throws {
        try await withClient { (server, client, loop) async throws in
            let blocking = RedisBlockingConnection(configuration: client.configuration, eventLoop: loop)
            async let outcome = failure { () throws(RedisError) in try await blocking.send(Self.move, timeout: .milliseconds(600)) }
            try await self.untilBlocked(client)
            server.freeze()
            let error = try await outcome
            #expect(error.code == .timedOut)
            #expect(error.mayHaveRun)
            server.thaw()
            _ = try await client.send(["LPUSH", "queue", "job"], timeout: .seconds(5))
            #expect(try await blocking.send(Self.move, timeout: .seconds(7)).string == "job")
            await blocking.close()
        }
    }

    @Test func `CLIENT UNBLOCK is typed`() async throws {
        try await self.withBlocking { (_, client, blocking) async throws in
            let id = try await blocking.send(["CLIENT", "ID"], timeout: .seconds(2)).int
            async let outcome = failure { () throws(RedisError) in try await blocking.send(Self.move, timeout: .seconds(7)) }
            try await self.untilBlocked(client)
            _ = try await client.send(["CLIENT", "UNBLOCK", RedisArgument(id ?? 0), "ERROR"])
            let error = try await outcome
            #expect(error.code == .server(.unblocked))
            #expect(!error.mayHaveRun)
        }
    }

    @Test func `a restart under a wait is an error, and the next wait works`() async throws {
        try await self.withBlocking { (server, client, blocking) async throws in
            async let outcome = failure { () throws(RedisError) in try await blocking.send(Self.move, timeout: .seconds(7)) }
            try await self.untilBlocked(client)
            server.kill9()
            let error = try await outcome
            #expect(error.code == .connectionLost)
            try server.start()
            _ = try await client.send(["LPUSH", "queue", "job"])
            #expect(try await blocking.send(Self.move, timeout: .seconds(7)).string == "job")
        }
    }

    @Test func `closing ends the wait`() async throws {
        try await self.withBlocking { (_, client, blocking) async throws in
            async let outcome = failure { () throws(RedisError) in try await blocking.send(Self.move, timeout: .seconds(7)) }
            try await self.untilBlocked(client)
            await blocking.close()
            let error = try await outcome
            #expect(error.code == .closed)
            #expect(error.mayHaveRun)
        }
    }
}
