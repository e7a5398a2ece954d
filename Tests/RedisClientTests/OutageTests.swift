import RedisClient
import ServerHarness
import Testing
import Threading

@Suite struct OutageTests {
    @Test func `the client resumes by itself after a restart`() async throws {
        try await withClient(.init(appendOnly: true)) { (server, client, _) async throws in
            for round in 1...3 {
                #expect(try await client.send(["INCR", "n"]).int == Int64(round))
                if round == 2 { server.kill9() } else { server.stop() }
                try server.start()
            }
            #expect(try await client.send(["GET", "n"]).int == 3)
            #expect(client.statistics.disconnects >= 3)
        }
    }

    @Test func `without a server commands wait for their time and fail with nothing sent`() async throws {
        try await withClient(.init(), { configuration, _ in configuration.commandTimeout = .milliseconds(200) }) {
            (server, client, _) async throws in
            _ = try await client.send(["PING"])
            server.stop()
            // The very first may go out before the loop has seen the end of the connection.
            let first = try await failure { () throws(RedisError) in try await client.send(["INCR", "n"]) }
            #expect(first.code == .connectionLost || first.code == .notConnected)
            let (error, duration) = try await timedFailure(client, ["INCR", "n"])
            #expect(error.code == .notConnected)
            #expect(!error.mayHaveRun)
            #expect(!client.isConnected)
            #expect(duration > .milliseconds(190) && duration < .seconds(1))
            try server.start()
            // The backoff may be longer than this client's patience.
            #expect(try await client.send(["INCR", "n"], timeout: .seconds(5)) == .integer(1))
        }
    }

    @Test func `a command given while the server is away runs once when it is back`() async throws {
        try await withClient { (server, client, _) async throws in
            _ = try await client.send(["PING"])
            server.stop()
            let events = Events()
            let late = RedisClient(configuration: client.configuration, eventLoop: EventLoopBox.shared, onEvent: events.handler)
            async let reply = late.send(["INCR", "n"])
            _ = await events.first { $0.connectError != nil }
            try server.start()
            #expect(try await reply == .integer(1))
            await late.close()
        }
    }

    @Test func `CLIENT KILL is survived, and what was under way may have run`() async throws {
        try await withClient { (server, client, loop) async throws in
            _ = try await client.send(["PING"])
            let killer = RedisClient(configuration: client.configuration, eventLoop: loop)
            async let blocked = failure { () throws(RedisError) in try await client.send(["BLPOP", "none", 0]) }
            while try await killer.send(["INFO", "clients"]).string?.contains("blocked_clients:1") != true {}
            _ = try await killer.send(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])
            let error = try await blocked
            #expect(error.code == .connectionLost)
            #expect(error.mayHaveRun)
            #expect(try await client.send(["PING"]) == .simple("PONG"))
            await killer.close()
        }
    }

    @Test func `CLIENT PAUSE leads to timeouts and then to recovery`() async throws {
        try await withClient(.init(), { configuration, _ in configuration.commandTimeout = .milliseconds(200) }) {
            (_, client, _) async throws in
            let error = try await failure { () throws(RedisError) in
                try await client.pipeline([["CLIENT", "PAUSE", 1500, "ALL"], ["INCR", "n"]])
            }
            #expect(error.code == .timedOut)
            #expect(error.mayHaveRun)
            #expect(try await client.send(["PING"], timeout: .seconds(5)) == .simple("PONG"))
            #expect(client.statistics.timeouts >= 1)
        }
    }

    @Test func `a frozen server leads to a timeout within the limit, and the client recovers`() async throws {
        try await withClient(
            .init(),
            { configuration, _ in
                configuration.commandTimeout = .milliseconds(250)
                configuration.connectTimeout = .milliseconds(250)
            }
        ) { (server, client, _) async throws in
            _ = try await client.send(["SET", "n", 0])
            server.freeze()
            let (error, duration) = try await timedFailure(client, ["INCR", "n"])
            #expect(error.code == .timedOut)
            #expect(error.mayHaveRun)
            #expect(duration >= .milliseconds(240) && duration < .seconds(1))
            // The connection was dropped; new ones are not greeted.
            let next = try await failure { () throws(RedisError) in
                _ = try await client.send(["INCR", "n"])
                return try await client.send(["INCR", "n"])
            }
            #expect(next.code == .notConnected || next.code == .timedOut)
            server.thaw()
            #expect(try await client.send(["PING"], timeout: .seconds(5)) == .simple("PONG"))
        }
    }

    @Test func `a short timeout of one command does not cost the others their connection`() async throws {
        try await withClient(.init(), { configuration, _ in configuration.connections = 1 }) { (_, client, _) async throws in
            _ = try await client.send(["PING"])
            let error = try await failure { () throws(RedisError) in
                try await client.send(["BLPOP", "none", "0.2"], timeout: .milliseconds(50))
            }
            #expect(error.code == .timedOut)
            #expect(error.mayHaveRun)
            #expect(try await client.send(["ECHO", "next"]).string == "next")
            #expect(client.statistics.disconnects == 0)
        }
    }

    @Test func `READONLY is typed, and writes go on once the server is a master again`() async throws {
        try await withClient { (server, client, loop) async throws in
            _ = try await client.send(["SET", "a", 1])
            let master = try PrivateRedis(.init(tcp: true))
            _ = try await client.send(["REPLICAOF", "127.0.0.1", RedisArgument(Int(master.port))])
            let error = try await failure { () throws(RedisError) in try await client.send(["SET", "a", 2]) }
            #expect(error.code == .server(.readOnly))
            #expect(!error.mayHaveRun)
            #expect(error.isOutage)
            _ = try await client.send(["REPLICAOF", "NO", "ONE"])
            #expect(try await client.send(["SET", "a", 3]) == .simple("OK"))
            #expect(client.statistics.disconnects >= 1)
        }
    }

    @Test func `OOM and MISCONF refusals are typed`() async throws {
        try await withClient(.init(configuration: ["maxmemory 1"])) { (_, client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["SET", "a", 1]) }
            #expect(error.code == .server(.outOfMemory))
            #expect(!error.mayHaveRun)
        }
    }

    @Test func `commands wait while the server loads its data`() async throws {
        try await withClient(.init(appendOnly: true)) { (server, client, _) async throws in
            _ = try await client.pipeline((0..<400).map { ["SET", "key:\($0)", 1] })
            _ = try await client.send(["CONFIG", "SET", "key-load-delay", 1000])
            server.stop()
            let isUp = AsyncStream<Void> { continuation in
                DedicatedThread.start(name: "starter") {
                    #expect(throws: Never.self) { try server.start() }
                    continuation.finish()
                }
            }
            #expect(try await client.send(["DBSIZE"]).int == 400)
            for await _ in isUp {}
        }
    }

    @Test func `a full server refuses and is not taken for a wrong password`() async throws {
        try await withClient(.init(configuration: ["maxclients 1"]), { configuration, _ in configuration.connections = 1 }) {
            (_, client, loop) async throws in
            _ = try await client.send(["PING"])
            let other = RedisClient(configuration: client.configuration, eventLoop: loop)
            let error = try await failure { () throws(RedisError) in try await other.send(["PING"], timeout: .milliseconds(200)) }
            #expect(error.code == .notConnected)
            await client.close()
            #expect(try await other.send(["PING"], timeout: .seconds(5)) == .simple("PONG"))
            await other.close()
        }
    }

    @Test func `under a storm of kills every increment is accounted for`() async throws {
        try await withClient { (server, client, loop) async throws in
            let killer = RedisClient(configuration: client.configuration, eventLoop: loop)
            _ = try await killer.send(["PING"])
            let (acknowledged, doubtful) = try await withThrowingTaskGroup(of: (Int64, Int64).self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        var acknowledged: Int64 = 0
                        var doubtful: Int64 = 0
                        for _ in 0..<1000 {
                            do throws(RedisError) {
                                _ = try await client.send(["INCR", "n"])
                                acknowledged += 1
                            } catch {
                                if error.mayHaveRun { doubtful += 1 }
                            }
                        }
                        return (acknowledged, doubtful)
                    }
                }
                group.addTask {
                    for _ in 0..<5 {
                        _ = try await killer.send(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])
                        _ = try await client.send(["PING"])
                    }
                    return (0, 0)
                }
                return try await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
            }
            let count = try await client.send(["GET", "n"]).int ?? 0
            #expect(count >= acknowledged && count <= acknowledged + doubtful)
            await killer.close()
        }
    }
}
