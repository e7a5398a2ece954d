import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

@Suite struct CommandTests {
    @Test func `text, numbers and binary data come back as they went`() async throws {
        try await withClient { (_, client, _) async throws in
            let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) } + [13, 10, 0]
            #expect(try await client.send(["SET", .bytes(bytes), .bytes(bytes)]) == .simple("OK"))
            #expect(try await client.send(["GET", .bytes(bytes)]) == .bulk(bytes))
            #expect(try await client.send(["INCRBY", "n", -5]) == .integer(-5))
            #expect(try await client.send(["GET", "nothing"]).isNull)
            #expect(try await client.send(["LRANGE", "nothing", 0, -1]).array == [])
            let nested = try await client.send(["EVAL", "return {1, {2, {'x', {}}}, false, redis.error_reply('OOPS a')}", 0])
            #expect(
                nested
                    == .array([
                        .integer(1), .array([.integer(2), .array([.bulk([0x78]), .array([])])]), .null,
                        .error(RedisServerError(message: "OOPS a")),
                    ]))
        }
    }

    @Test(arguments: [5_000_000, 20_000_000]) func `a big value comes back`(_ size: Int) async throws {
        try await withClient { (_, client, _) async throws in
            let bytes = pattern(size)
            #expect(try await client.send(["SET", "big", .bytes(bytes)]) == .simple("OK"))
            #expect(try await client.send(["GET", "big"]).bytes == bytes)
            #expect(try await client.send(["PING"]) == .simple("PONG"))
        }
    }

    @Test func `ten thousand pipelined commands answer in order`() async throws {
        try await withClient { (_, client, _) async throws in
            let replies = try await client.pipeline((1...10_000).map { _ in ["INCR", "n"] })
            #expect(replies == (1...10_000).map { .integer($0) })
            #expect(try await client.pipeline([]).isEmpty)
            let mixed = try await client.pipeline([["SET", "a", "x"], ["INCR", "a"], ["GET", "a"]])
            #expect(mixed[0] == .simple("OK") && mixed[2] == .bulk([0x78]))
            guard case .error(let error) = mixed[1] else { throw HarnessError("no error in \(mixed)") }
            #expect(error.kind == .general)
        }
    }

    @Test func `many tasks at once each get their own reply`() async throws {
        try await withClient { (_, client, _) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<50 {
                    group.addTask {
                        for round in 0..<100 {
                            let text = "\(task)-\(round)"
                            guard try await client.send(["ECHO", .text(text)]).string == text else { throw HarnessError("mixed up") }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(client.statistics.commands == 5000)
            #expect(client.statistics.readyConnections == 2)
        }
    }

    @Test func `an error reply is thrown and says that nothing ran`() async throws {
        try await withClient { (_, client, _) async throws in
            _ = try await client.send(["SET", "a", "text"])
            let error = try await failure { () throws(RedisError) in try await client.send(["LPUSH", "a", "secret-payload"]) }
            #expect(error.code == .server(.wrongType))
            #expect(error.code.serverKind == .wrongType)
            #expect(error.operation == "LPUSH")
            #expect(!error.mayHaveRun)
            #expect(!error.description.contains("secret-payload"))
        }
    }

    @Test func `a database is selected and the name is set`() async throws {
        try await withClient(
            .init(),
            { configuration, _ in
                configuration.database = 5
                configuration.clientName = "doc worker\n1"
            }
        ) { (_, client, _) async throws in
            _ = try await client.send(["SET", "a", 1])
            #expect(try await client.send(["CLIENT", "INFO"]).string?.contains(" db=5 ") == true)
            #expect(try await client.send(["CLIENT", "GETNAME"]).string == "doc_worker_1")
        }
    }

    @Test func `a database that does not exist is a clear error at once`() async throws {
        try await withClient(.init(), { configuration, _ in configuration.database = 500 }) { (_, client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["PING"]) }
            #expect(error.code == .configuration)
        }
    }

    @Test(arguments: ["127.0.0.1", "::1", "localhost"]) func `TCP works by address and by name`(_ host: String) async throws {
        try await withClient(.init(tcp: true), { $0.endpoint = .tcp(host: host, port: $1.port) }) { (_, client, _) async throws in
            #expect(try await client.send(["PING"]) == .simple("PONG"))
        }
    }

    @Test func `a name that does not resolve is named in the error`() async throws {
        try await withClient(
            .init(),
            { configuration, _ in
                configuration.endpoint = .tcp(host: "no-such-host.invalid", port: 1)
                configuration.commandTimeout = .milliseconds(300)
            }
        ) { (_, client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["PING"]) }
            #expect(error.code == .notConnected)
            #expect(error.message.contains("no-such-host.invalid"))
            #expect(!error.mayHaveRun)
        }
    }

    @Test func `callbacks run on the loop, also for commands given there`() async throws {
        try await withClient { (_, client, loop) async throws in
            let order = Lock<[String]>([])
            let last: Result<RedisValue, RedisError> = await withCheckedContinuation { continuation in
                loop.execute {
                    client.send(["ECHO", "1"]) { first in
                        order.withLock { $0.append("\(loop.isOnLoop) \(first)") }
                        client.send(["ECHO", "2"]) { second in
                            order.withLock { $0.append("\(loop.isOnLoop)") }
                            continuation.resume(returning: second)
                        }
                    }
                }
            }
            #expect(try last.get() == .bulk([0x32]))
            #expect(order.withLock { $0.count } == 2)
            #expect(order.withLock { $0.allSatisfy { $0.hasPrefix("true") } })
        }
    }

    @Test func `commands after close fail and say so`() async throws {
        try await withClient { (_, client, _) async throws in
            _ = try await client.send(["PING"])
            await client.close()
            #expect(!client.isConnected)
            let error = try await failure { () throws(RedisError) in try await client.send(["PING"]) }
            #expect(error.code == .closed)
            #expect(!error.mayHaveRun)
            await client.close()
        }
    }

    @Test func `a client that is dropped without close closes its sockets`() async throws {
        try await withClient { (_, client, loop) async throws in
            try await { () async throws in
                let dropped = RedisClient(configuration: client.configuration, eventLoop: loop)
                _ = try await dropped.send(["CLIENT", "SETNAME", "dropped"])
            }()
            // The other client's request goes through the same loop after the closing, so the server sees the end before it.
            while try await client.send(["CLIENT", "LIST"]).string?.contains("name=dropped") == true {}
        }
    }
}
