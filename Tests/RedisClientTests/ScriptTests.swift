import RedisClient
import ServerHarness
import Testing

@Suite struct ScriptTests {
    private static let add = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")

    @Test func `a script is loaded when the server lacks it, and again after SCRIPT FLUSH`() async throws {
        try await withClient { (_, client, _) async throws in
            for round in 1...3 {
                #expect(try await client.run(Self.add, keys: ["n"], arguments: [5]) == .integer(Int64(round * 5)))
                _ = try await client.send(["SCRIPT", "FLUSH", "SYNC"])
            }
            #expect(try await client.run(Self.add, keys: ["n"], arguments: ["1"]).int == 16)
            #expect(try await client.send(["GET", "n"]).int == 16)
        }
    }

    @Test func `a script inside a pipeline survives SCRIPT FLUSH inside it`() async throws {
        try await withClient { (_, client, _) async throws in
            var call = RedisCommand(Self.add, keys: ["n"])
            call.append(1)
            let replies = try await client.pipeline([call, ["SCRIPT", "FLUSH", "SYNC"], call, ["ECHO", "x"], call])
            #expect(replies[0] == .integer(1))
            #expect(replies[1] == .simple("OK"))
            #expect(replies[3].string == "x")
            #expect(Set([replies[2], replies[4]]) == [.integer(2), .integer(3)])
            #expect(try await client.send(["GET", "n"]).int == 3)
        }
    }

    @Test func `a hundred calls at once after a flush each run once`() async throws {
        try await withClient { (_, client, _) async throws in
            _ = try await client.run(Self.add, keys: ["n"], arguments: [0])
            _ = try await client.send(["SCRIPT", "FLUSH", "SYNC"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { _ = try await client.run(Self.add, keys: ["n"], arguments: [1]) } }
                try await group.waitForAll()
            }
            #expect(try await client.send(["GET", "n"]).int == 100)
        }
    }

    @Test func `a user who may not load scripts can still run them`() async throws {
        try await withClient(
            .init(users: ["runner on >r ~* +eval +evalsha +incrby"]),
            { configuration, _ in
                configuration.username = "runner"
                configuration.password = "r"
            }
        ) { (_, client, _) async throws in
            #expect(try await client.run(Self.add, keys: ["n"], arguments: [2]) == .integer(2))
            #expect(try await client.run(Self.add, keys: ["n"], arguments: [2]) == .integer(4))
        }
    }

    @Test func `a script that fails half-way may have run`() async throws {
        try await withClient { (_, client, _) async throws in
            let script = RedisScript(name: "half", source: "redis.call('SET', KEYS[1], 1) return redis.call('LPUSH', KEYS[1], 1)")
            let error = try await failure { () throws(RedisError) in try await client.run(script, keys: ["a"]) }
            #expect(error.mayHaveRun)
            #expect(error.code.serverKind != nil)
            #expect(try await client.send(["GET", "a"]).int == 1)
        }
    }

    @Test func `a script that runs for too long makes others BUSY until it is killed`() async throws {
        try await withClient(.init(configuration: ["busy-reply-threshold 50"])) { (_, client, loop) async throws in
            let endless = RedisScript(name: "endless", source: "while true do end")
            // A client of its own: what shares a connection with the script waits behind it.
            let other = RedisClient(configuration: client.configuration, eventLoop: loop)
            _ = try await other.send(["PING"])
            async let outcome = failure { () throws(RedisError) in try await client.run(endless, keys: [], timeout: .seconds(30)) }
            var isBusy = false
            while !isBusy {
                do throws(RedisError) {
                    _ = try await other.send(["PING"])
                } catch {
                    isBusy = error.code == .server(.busy) && !error.mayHaveRun
                }
            }
            #expect(try await other.send(["SCRIPT", "KILL"]) == .simple("OK"))
            let error = try await outcome
            #expect(error.code.serverKind != nil)
            #expect(error.mayHaveRun)
            #expect(try await client.send(["PING"]) == .simple("PONG"))
            await other.close()
        }
    }

    @Test func `the callback form runs scripts too`() async throws {
        try await withClient { (_, client, _) async throws in
            let result = await withCheckedContinuation { continuation in
                client.run(Self.add, keys: ["n"], arguments: [3]) { continuation.resume(returning: $0) }
            }
            #expect(try result.get() == .integer(3))
        }
    }
}
