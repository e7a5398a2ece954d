import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

@Suite struct SentinelTests {
    /// Runs `body` with a client of its own behind sentinels, and closes it.
    private func withClient(
        _ url: String, _ configure: (inout RedisConfiguration) -> Void = { _ in },
        onEvent: (@Sendable (RedisConnectionEvent) -> Void)? = nil, _ body: (RedisClient, EventLoop) async throws -> Void
    ) async throws {
        var configuration = try RedisConfiguration(url: url)
        configure(&configuration)
        let loop = EventLoop(name: "sentinel-test")
        let client = RedisClient(configuration: configuration, eventLoop: loop, onEvent: onEvent)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(client, loop)) } catch { outcome = .failure(error) }
        await client.close()
        loop.stop()
        try outcome.get()
    }

    private func port(_ client: RedisClient) async throws -> UInt16 {
        UInt16(clamping: try await client.send(["CONFIG", "GET", "port"]).array?.last?.int ?? 0)
    }

    /// Sends INCRs from several tasks until `end` says so, and accounts for each.
    private func count(_ client: RedisClient, until end: @escaping @Sendable () async throws -> Void) async throws -> Account {
        let isOver = Lock(false)
        return try await withThrowingTaskGroup(of: Account.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var account = Account()
                    while !isOver.withLock({ $0 }) {
                        do throws(RedisError) {
                            account.highest = max(account.highest, try await client.send(["INCR", "n"], timeout: .seconds(2)).int ?? 0)
                            account.acknowledged += 1
                        } catch {
                            if error.mayHaveRun { account.doubtful += 1 } else { account.refused += 1 }
                        }
                    }
                    return account
                }
            }
            group.addTask {
                defer { isOver.withLock { $0 = true } }
                try await end()
                return Account()
            }
            return try await group.reduce(Account()) { $0 + $1 }
        }
    }

    private struct Account: Sendable {
        var acknowledged: Int64 = 0
        var doubtful: Int64 = 0
        var refused: Int64 = 0
        var highest: Int64 = 0

        static func + (left: Self, right: Self) -> Self {
            Self(
                acknowledged: left.acknowledged + right.acknowledged, doubtful: left.doubtful + right.doubtful,
                refused: left.refused + right.refused, highest: max(left.highest, right.highest))
        }
    }

    @Test func `the primary is found, with passwords everywhere, past sentinels that are dead or frozen`() async throws {
        let service = try PrivateSentinel(password: "pw")
        try await self.withClient(service.url) { (client, _) async throws in
            #expect(try await client.send(["SET", "a", 1]) == .simple("OK"))
            #expect(try await self.port(client) == service.servers[0].port)
        }
        service.sentinels[0].kill9()
        service.sentinels[1].freeze()
        defer { service.sentinels[1].thaw() }
        try await self.withClient(service.url) { (client, _) async throws in
            #expect(try await client.send(["GET", "a"]).string == "1")
        }
    }

    @Test func `errors say which sentinels were asked and what each said`() async throws {
        let stranger = try PrivateRedis(.init(tcp: true, isSentinel: true))
        let server = try PrivateRedis(.init(tcp: true))
        let locked = try PrivateRedis(.init(tcp: true, password: "secret", isSentinel: true))
        let dead = try freePort()
        let hosts = [stranger.port, server.port, locked.port, dead].map { "127.0.0.1:\($0)" }
        try await self.withClient("redis+sentinel://\(hosts.joined(separator: ","))/orders", { $0.commandTimeout = .milliseconds(600) }) {
            (client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["GET", "a"]) }
            #expect(error.code == .notConnected)
            #expect(!error.mayHaveRun)
            #expect(error.message.contains("no sentinel names a primary of 'orders'"))
            #expect(error.message.contains("\(hosts[0]): does not watch 'orders'"))
            #expect(error.message.contains("\(hosts[1]): ERR unknown command"))
            #expect(error.message.contains("\(hosts[2]): NOAUTH"))
            #expect(error.message.contains("\(hosts[3]): cannot connect"))
        }
        try await self.withClient("redis+sentinel://\(hosts[2])/orders?sentinel_password=wrong") { (client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["GET", "a"]) }
            // Waiting does not help, so it is told at once.
            #expect(error.code == .authentication)
            #expect(!error.message.contains("wrong\""))
        }
    }

    @Test func `a sentinel that names a replica is not believed`() async throws {
        let service = try PrivateSentinel()
        // Knows nothing but what it was told: that the replica is the primary.
        let liar = try PrivateRedis(
            .init(tcp: true, isSentinel: true, configuration: ["sentinel monitor mymaster 127.0.0.1 \(service.servers[1].port) 2"]))
        let truth = service.sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        try await self.withClient("redis+sentinel://127.0.0.1:\(liar.port),\(truth)/mymaster") { (client, _) async throws in
            #expect(try await client.send(["SET", "a", 1]) == .simple("OK"))
            #expect(try await self.port(client) == service.servers[0].port)
            #expect(client.statistics.failedConnects <= 2)
        }
        let failures = Lock<[String]>([])
        try await self.withClient(
            "redis+sentinel://127.0.0.1:\(liar.port)/mymaster", { $0.commandTimeout = .milliseconds(300) },
            onEvent: { event in
                if let error = event.connectError { failures.withLock { $0.append(error.message) } }
            }
        ) { (client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["SET", "a", 2]) }
            #expect(error.code == .notConnected && !error.mayHaveRun)
            #expect(failures.withLock { $0.contains { $0.contains("is a slave") } })
        }
    }

    @Test func `the primary is killed under a stream of increments, and each is accounted for`() async throws {
        let service = try PrivateSentinel(configuration: ["min-replicas-to-write 0"])
        try await self.withClient(service.url) { (client, _) async throws in
            _ = try await client.send(["SET", "n", 0])
            let old = try service.primary()
            let kept = Lock(Int64.max)
            let account = try await self.count(client) {
                while try await client.send(["GET", "n"]).int ?? 0 < 1_000 {}
                let confirmed = try await replicated("n", of: client)
                kept.withLock { $0 = confirmed }
                old.kill9()
                try service.waitForPrimary(otherThan: old)
                let before = client.statistics.connects
                let mark = try await client.send(["INCR", "mark"], timeout: .seconds(10)).int
                #expect(mark == 1 && client.statistics.connects >= before)
            }
            let final = try await client.send(["GET", "n"], timeout: .seconds(10)).int ?? 0
            // Replication is asynchronous: what the old primary acknowledged in its last moment may be gone, but nothing that the other had.
            // Nothing may be there twice.
            #expect(final <= account.acknowledged + account.doubtful, "\(account)")
            #expect(final >= kept.withLock { $0 }, "\(account)")
            #expect(try await self.port(client) == service.servers[1].port)
        }
    }

    @Test func `a planned failover is followed by commands, the blocking connection and the subscription`() async throws {
        let service = try PrivateSentinel()
        try await self.withClient(service.url) { (client, loop) async throws in
            _ = try await client.send(["PING"])
            let blocking = RedisBlockingConnection(configuration: client.configuration, eventLoop: loop)
            let (events, continuation) = AsyncStream<RedisSubscription.Event>.makeStream()
            let subscription = RedisSubscription(configuration: client.configuration, channels: ["news"], eventLoop: loop) {
                continuation.yield($0)
            }
            subscription.start()
            var iterator = events.makeAsyncIterator()
            guard case .subscribed = await iterator.next() else { throw HarnessError("not subscribed") }
            async let popped = Self.pop(blocking)
            let account = try await self.count(client) { _ = try service.failOver() }
            let final = try await client.send(["GET", "n"], timeout: .seconds(5)).int ?? 0
            // The old primary stops taking writes before the new one begins: what it refused did not run.
            #expect(final <= account.acknowledged + account.doubtful)
            #expect(try await self.port(client) == service.servers[1].port)

            _ = try await client.send(["RPUSH", "list", "element"])
            #expect(try await popped.string == "element")
            loop: while let event = await iterator.next() {
                if case .subscribed = event { break loop }
            }
            _ = try await client.send(["PUBLISH", "news", "hello"])
            guard case .message("news", let payload) = await iterator.next() else { throw HarnessError("no message") }
            #expect(payload == Array("hello".utf8))
            await blocking.close()
            await subscription.close()
        }
    }

    /// Pops, however often the connection is lost. Doubt is answered by asking again: the list is filled only after the failover.
    private static func pop(_ blocking: RedisBlockingConnection) async throws -> RedisValue {
        while true {
            do throws(RedisError) {
                let value = try await blocking.send(["BLMOVE", "list", "landing", "LEFT", "RIGHT", 20], timeout: .seconds(25))
                if !value.isNull { return value }
            } catch {
                guard error.isOutage || error.code == .server(.unblocked) else { throw error }
            }
        }
    }

    @Test func `READONLY of a primary that was demoted by hand is typed and not run, and nothing more is sent there`() async throws {
        let service = try PrivateSentinel()
        try await self.withClient(service.url, { $0.connections = 3 }) { (client, _) async throws in
            for _ in 0..<9 { _ = try await client.send(["SET", "n", 5]) }
            // Behind the sentinels' back, as a person would do it who is in a hurry.
            for sentinel in service.sentinels { sentinel.freeze() }
            _ = try service.servers[1].ask(["REPLICAOF", "NO", "ONE"])
            _ = try service.servers[0].ask(["REPLICAOF", "127.0.0.1", "\(service.servers[1].port)"])
            let error = try await failure { () throws(RedisError) in try await client.send(["INCR", "n"]) }
            #expect(error.code == .server(.readOnly))
            #expect(!error.mayHaveRun && error.isOutage)
            // The other connections go too: none of them is left to run into the same refusal.
            while client.isConnected { await Task.yield() }
            for sentinel in service.sentinels { sentinel.thaw() }
            // What the sentinels still name is no primary: nothing is sent there until it is one again.
            let waiting = try await failure { () throws(RedisError) in try await client.send(["INCR", "n"], timeout: .milliseconds(200)) }
            #expect(waiting.code == .notConnected && !waiting.mayHaveRun)
            _ = try service.servers[0].ask(["REPLICAOF", "NO", "ONE"])
            #expect(try await client.send(["INCR", "n"], timeout: .seconds(20)) == .integer(6))
        }
    }

    @Test func `a frozen primary is left as soon as the sentinels say so, long before any timeout`() async throws {
        let service = try PrivateSentinel()
        try await self.withClient(service.url, { $0.commandTimeout = .seconds(60) }) { (client, loop) async throws in
            _ = try await client.send(["SET", "n", 1])
            let blocking = RedisBlockingConnection(configuration: client.configuration, eventLoop: loop)
            _ = try await blocking.send(["BLPOP", "none", "0.01"], timeout: .seconds(5))
            let old = try service.primary()
            old.freeze()
            async let stuck = failure { () throws(RedisError) in try await client.send(["INCR", "n"]) }
            async let blocked = failure { () throws(RedisError) in try await blocking.send(["BLPOP", "none", 60], timeout: .seconds(90)) }
            let start = MonotonicTime.now
            let error = try await stuck
            #expect(error.code == .connectionLost && error.mayHaveRun)
            #expect(error.message.contains("have replaced the primary") || error.message.contains("name another primary"))
            #expect(try await blocked.mayHaveRun)
            #expect(try await client.send(["INCR", "n"]).int == 2)
            #expect(MonotonicTime.now - start < .seconds(15))
            old.thaw()
            // It comes back as a replica and is not used.
            #expect(try await self.port(client) == service.servers[1].port)
            await blocking.close()
        }
    }
}
