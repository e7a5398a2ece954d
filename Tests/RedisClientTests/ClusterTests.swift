import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

@Suite struct ClusterTests {
    private func withClient(
        _ url: String, _ configure: (inout RedisConfiguration) -> Void = { _ in }, _ body: (RedisClient, EventLoop) async throws -> Void
    ) async throws {
        var configuration = try RedisConfiguration(url: url)
        configure(&configuration)
        let loop = EventLoop(name: "cluster-test")
        let client = RedisClient(configuration: configuration, eventLoop: loop)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(client, loop)) } catch { outcome = .failure(error) }
        await client.close()
        loop.stop()
        try outcome.get()
    }

    /// Whether `body` succeeds before the time is up, tried again and again.
    private static func succeeds(within limit: Duration, _ body: () async throws(RedisError) -> Void) async -> Bool {
        let end = MonotonicTime.now + limit
        while MonotonicTime.now < end {
            do throws(RedisError) {
                try await body()
                return true
            } catch {
                await Task.yield()
            }
        }
        return false
    }

    private static let increment = RedisScript(
        name: "increment", source: "redis.call('INCRBY', KEYS[1], ARGV[1]) return redis.call('INCR', KEYS[2])")

    /// A cluster that the tests share which leave it as it was; each moves slots of its own.
    private static let shared = Result {
        try PrivateCluster(tls: true, password: "pw", users: ["old on >pw ~* &* +@all -cluster|shards"])
    }

    @Test func `every key finds its node, whatever the command`() async throws {
        let cluster = try Self.shared.get()
        try await self.withClient(cluster.url) { (client, loop) async throws in
            for index in 0..<300 { #expect(try await client.send(["SET", .text("key:\(index)"), RedisArgument(index)]) == .simple("OK")) }
            for index in 0..<300 {
                let key = "key:\(index)"
                #expect(try await client.send(["GET", .text(key)]).int == Int64(index))
                let owner = cluster.firstOwner(of: ClusterSlot.of(key))
                #expect(try owner.ask(["EXISTS", key]) == ":1\r\n")
            }
            #expect(client.statistics.redirections == 0)
            #expect(Set(try cluster.primaries.map { try $0.ask(["DBSIZE"]) }).contains(":0\r\n") == false)
            #expect(try await client.send(["PING"]) == .simple("PONG"))
            #expect(try await client.send(["INFO", "cluster"]).string?.contains("cluster_enabled:1") == true)
            // Scripts are loaded wherever they run.
            for tag in ["a", "b", "c", "d", "e"] {
                #expect(try await client.run(Self.increment, keys: ["{\(tag)}1", "{\(tag)}2"], arguments: [5]).int == 1)
                let replies = try await client.pipeline([["TIME"], ["GET", .text("{\(tag)}1")], ["INCR", .text("{\(tag)}2")], ["PING"]])
                #expect(replies.dropFirst() == [.bulk([0x35]), .integer(2), .simple("PONG")])
            }
            let blocking = RedisBlockingConnection(configuration: client.configuration, eventLoop: loop)
            for queue in ["foo", "bar", "hello"] {
                async let moved = blocking.send(
                    ["BLMOVE", .text(queue), .text("{\(queue)}:land"), "RIGHT", "LEFT", 10], timeout: .seconds(15))
                _ = try await client.send(["LPUSH", .text(queue), "m"])
                #expect(try await moved.string == "m")
            }
            await blocking.close()
        }
    }

    @Test(arguments: ["TLS", "CLUSTER SLOTS"]) func `a cluster is found with TLS, and by the older command`(_ way: String) async throws {
        let cluster = try Self.shared.get()
        let url = way == "TLS" ? cluster.tlsURL : "redis+cluster://old" + cluster.url.dropFirst("redis+cluster://".count)
        try await self.withClient(url) { (client, _) async throws in
            let slot = ClusterSlot.of("{\(way)}")
            for index in 0..<30 { #expect(try await client.send(["SET", .text("\(way)\(index)"), 1]) == .simple("OK")) }
            #expect(client.statistics.redirections == 0)
            let home = cluster.firstOwner(of: slot)
            let other = try #require(cluster.primaries.first { $0 !== home })
            try cluster.move(slot, from: home, to: other)
            #expect(try await client.send(["INCR", .text("{\(way)}")]) == .integer(1))
            _ = try await client.send(["DEL", .text("{\(way)}")])
            try cluster.move(slot, from: other, to: home)
        }
    }

    @Test func `a subscription hears what is published at any node`() async throws {
        let cluster = try Self.shared.get()
        try await self.withClient(cluster.url) { (client, loop) async throws in
            let (events, continuation) = AsyncStream<RedisSubscription.Event>.makeStream()
            let subscription = RedisSubscription(configuration: client.configuration, channels: ["a", "b"], eventLoop: loop) {
                continuation.yield($0)
            }
            subscription.start()
            var iterator = events.makeAsyncIterator()
            guard case .subscribed = await iterator.next() else { throw HarnessError("not subscribed") }
            for node in cluster.primaries {
                _ = try node.ask(["PUBLISH", "b", "\(node.port)"])
                guard case .message("b", let payload) = await iterator.next() else { throw HarnessError("no message") }
                #expect(String(decoding: payload, as: UTF8.self) == "\(node.port)")
            }
            await subscription.close()
        }
    }

    @Test func `keys in different slots are refused by name, and nothing is sent`() async throws {
        let cluster = try Self.shared.get()
        try await self.withClient(cluster.url) { (client, _) async throws in
            _ = try await client.send(["DEL", "foo"])
            let refusals: [RedisError] = [
                try await failure { () throws(RedisError) in try await client.send(["DEL", "foo", "bar"]) },
                try await failure { () throws(RedisError) in try await client.run(Self.increment, keys: ["foo", "bar"], arguments: [1]) },
                try await failure { () throws(RedisError) in try await client.pipeline([["SET", "foo", 1], ["PING"], ["SET", "bar", 1]]) },
            ]
            for error in refusals {
                #expect(error.code == .crossSlot)
                #expect(!error.mayHaveRun && !error.isOutage)
                #expect(error.message.contains("'foo'") && error.message.contains("'bar'"))
            }
            #expect(try await client.send(["EXISTS", "foo"]).int == 0)
        }
    }

    @Test func `slots moved by hand are followed by MOVED, and the map is fetched seldom`() async throws {
        let cluster = try Self.shared.get()
        try await self.withClient(cluster.url) { (client, _) async throws in
            let slot = ClusterSlot.of("by hand")
            for index in 0..<50 { _ = try await client.send(["SET", .text("{by hand}\(index)"), RedisArgument(index)]) }
            let home = cluster.primaries.firstIndex { $0 === cluster.firstOwner(of: slot) } ?? 0
            func node(_ index: Int) -> PrivateRedis { cluster.primaries[(home + index) % 3] }
            try cluster.move(slot, from: node(0), to: node(1))
            for index in 0..<50 { #expect(try await client.send(["INCR", .text("{by hand}\(index)")]).int == Int64(index + 1)) }
            #expect(client.statistics.redirections == 1)
            // A pipeline under way, again and again.
            for round in 0..<4 {
                try cluster.move(slot, from: node(1 + round), to: node(2 + round))
                let replies = try await client.pipeline((0..<20).map { _ in ["RPUSH", "{by hand}list", RedisArgument(round)] })
                #expect(replies.map(\.int) == (1...20).map { Int64(round * 20 + $0) })
            }
            // WAIT speaks of its own connection, so it goes where the write goes.
            try cluster.move(slot, from: node(5), to: node(6))
            _ = try node(6).ask(["CONFIG", "RESETSTAT"])
            #expect(try await client.pipeline([["SET", "{by hand}w", 1], ["WAIT", 0, 10]]) == [.simple("OK"), .integer(0)])
            #expect(try node(6).ask(["INFO", "commandstats"]).contains("cmdstat_wait"))
            // A transaction is not torn apart: it is refused as a whole, and the next one finds its place. A map that is fetched
            // because of an earlier move may know of this one already; then the transaction runs, and the next move is news.
            let transaction: [RedisCommand] = [["MULTI"], ["INCR", "{by hand}x"], ["INCR", "{by hand}y"], ["EXEC"]]
            var runs: Int64 = 0
            var refusal: RedisServerError?
            while refusal == nil, runs < 20 {
                try cluster.move(slot, from: node(6 + Int(runs)), to: node(7 + Int(runs)))
                let reply = try await client.pipeline(transaction)[3]
                if case .error(let error) = reply { refusal = error } else { runs += 1 }
            }
            #expect(refusal?.kind == .execAbort)
            #expect(try await client.send(["GET", "{by hand}x"]).int ?? 0 == runs)
            #expect(try await client.pipeline(transaction)[3] == .array([.integer(runs + 1), .integer(runs + 1)]))
        }
    }

    @Test func `while a slot is on its way its keys are found on both sides`() async throws {
        let cluster = try Self.shared.get()
        try await self.withClient(cluster.url) { (client, _) async throws in
            let slot = ClusterSlot.of("on its way")
            let source = cluster.firstOwner(of: slot)
            let target = try #require(cluster.primaries.first { $0 !== source })
            for index in 0..<40 { _ = try await client.send(["SET", .text("{on its way}\(index)"), 0]) }
            try cluster.beginMove(of: slot, from: source, to: target)
            try cluster.moveKeys((0..<20).map { "{on its way}\($0)" }, from: source, to: target)
            for index in 0..<40 { #expect(try await client.send(["INCR", .text("{on its way}\(index)")]).int == 1) }
            #expect(client.statistics.redirections == 20)
            // New keys are made on the other side; a script there needs its source too.
            let single = RedisScript(name: "single", source: "return redis.call('INCR', KEYS[1])")
            #expect(try await client.run(single, keys: ["{on its way}new"]).int == 1)
            #expect(try await client.run(single, keys: ["{on its way}39"]).int == 2)
            #expect(
                try await client.pipeline((0..<10).map { ["INCR", .text("{on its way}\($0)")] }).map(\.int)
                    == Array(repeating: 2, count: 10))
            // Keys on both sides: later, until the slot has arrived.
            let split = try await failure { () throws(RedisError) in
                try await client.send(["MGET", "{on its way}0", "{on its way}39"], timeout: .milliseconds(150))
            }
            #expect(split.code == .server(.tryAgain))
            #expect(!split.mayHaveRun && split.isOutage)
            async let both = client.send(["MGET", "{on its way}0", "{on its way}39"])
            async let script = client.run(Self.increment, keys: ["{on its way}0", "{on its way}39"], arguments: [1])
            try cluster.moveKeys(try cluster.keys(in: slot, of: source), from: source, to: target)
            try cluster.finishMove(of: slot, to: target)
            #expect(try await both.array?.count == 2)
            #expect(try await script.int == 3)
            #expect(try target.ask(["GET", "{on its way}39"]) == "$1\r\n3\r\n")
            try cluster.move(slot, from: target, to: source)
        }
    }

    @Test func `slots move back and forth under load, and every increment counts once`() async throws {
        let cluster = try Self.shared.get()
        try await self.withClient(cluster.url) { (client, _) async throws in
            let slots = ["back", "forth", "sideways"].map { ClusterSlot.of($0) }
            var owners = slots.map { cluster.firstOwner(of: $0) }
            let isOver = Lock(false)
            let counts = try await withThrowingTaskGroup(of: [String: Int64].self) { group in
                for worker in 0..<6 {
                    group.addTask {
                        var counts: [String: Int64] = [:]
                        var turn = worker
                        while !isOver.withLock({ $0 }) {
                            turn += 1
                            let key = "{\(["back", "forth", "sideways"][turn % 3])}\(turn % 7)"
                            _ = try await client.send(["INCR", .text(key)])
                            counts[key, default: 0] += 1
                        }
                        return counts
                    }
                }
                defer { isOver.withLock { $0 = true } }
                for round in 0..<6 {
                    for index in slots.indices {
                        let target = cluster.primaries[(round + index) % 3]
                        if target === owners[index] { continue }
                        try cluster.move(slots[index], from: owners[index], to: target)
                        owners[index] = target
                    }
                }
                isOver.withLock { $0 = true }
                return try await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
            }
            for index in slots.indices where owners[index] !== cluster.firstOwner(of: slots[index]) {
                try cluster.move(slots[index], from: owners[index], to: cluster.firstOwner(of: slots[index]))
            }
            #expect(counts.count == 21)
            #expect(client.statistics.redirections > 0)
            for (key, count) in counts { #expect(try await client.send(["GET", .text(key)]).int == count) }
        }
    }

    @Test func `a node that dies or freezes is replaced by its replica, and each increment is accounted for`() async throws {
        let cluster = try PrivateCluster(replicas: 1)
        try await self.withClient(cluster.url, { $0.commandTimeout = .seconds(1) }) { (client, loop) async throws in
            let tags = ["foo", "bar", "hello"]
            for tag in tags { _ = try await client.send(["SET", .text(tag), 0]) }
            let isOver = Lock(false)
            var kept: [String: Int64] = [:]
            let blocking = RedisBlockingConnection(configuration: client.configuration, eventLoop: loop)
            let accounts = try await withThrowingTaskGroup(of: [String: (Int64, Int64)].self) { group in
                for worker in 0..<6 {
                    group.addTask {
                        var accounts: [String: (Int64, Int64)] = [:]
                        let tag = tags[worker % 3]
                        while !isOver.withLock({ $0 }) {
                            do throws(RedisError) {
                                _ = try await client.send(["INCR", .text(tag)])
                                accounts[tag, default: (0, 0)].0 += 1
                            } catch {
                                guard error.isOutage else { throw error }
                                if error.mayHaveRun { accounts[tag, default: (0, 0)].1 += 1 }
                            }
                        }
                        return accounts
                    }
                }
                defer { isOver.withLock { $0 = true } }
                while try await client.send(["GET", "foo"]).int ?? 0 < 300 {}
                kept["foo"] = try await replicated("foo", of: client)
                cluster.firstOwner(of: ClusterSlot.of("foo")).kill9()
                let isReplaced = await Self.succeeds(within: .seconds(20)) { () throws(RedisError) in
                    _ = try await client.send(["SET", "{foo}mark", 1])
                }
                #expect(isReplaced)
                let frozen = cluster.firstOwner(of: ClusterSlot.of("hello"))
                async let blocked = failure { () throws(RedisError) in
                    try await blocking.send(["BLPOP", "{hello}none", 60], timeout: .seconds(90))
                }
                while try !frozen.ask(["INFO", "clients"]).contains("blocked_clients:1") {}
                for tag in ["bar", "hello"] { kept[tag] = try await replicated(tag, of: client) }
                let start = MonotonicTime.now
                frozen.freeze()
                // What was on its way to the frozen node fails in doubt, and the next one finds the new primary.
                let isMarked = await Self.succeeds(within: .seconds(20)) { () throws(RedisError) in
                    _ = try await client.send(["SET", "{hello}mark", 1])
                }
                #expect(isMarked)
                // Left when the cluster has replaced it, not when its time is up.
                let lost = try await blocked
                #expect(lost.code == .connectionLost && lost.mayHaveRun)
                #expect(MonotonicTime.now - start < .seconds(20))
                isOver.withLock { $0 = true }
                frozen.thaw()
                return try await group.reduce(into: [:]) { sum, part in
                    sum.merge(part) { ($0.0 + $1.0, $0.1 + $1.1) }
                }
            }
            for (tag, (acknowledged, doubtful)) in accounts {
                let count = try await client.send(["GET", .text(tag)], timeout: .seconds(20)).int ?? 0
                #expect(count <= acknowledged + doubtful, "\(tag)")
                // What a replica had before its primary went; the rest of what was acknowledged is the primary's own.
                #expect(count >= kept[tag] ?? .max, "\(tag)")
            }
            _ = try await client.send(["LPUSH", "foo-list", "x"])
            #expect(try await blocking.send(["BLPOP", "foo-list", 5], timeout: .seconds(10)).array?.count == 2)
            await blocking.close()
        }
    }

    @Test func `without a cluster the error says who was asked and what each said`() async throws {
        let plain = try PrivateRedis(.init(tcp: true))
        let dead = try freePort()
        try await self.withClient("redis+cluster://127.0.0.1:\(plain.port),127.0.0.1:\(dead)", { $0.commandTimeout = .milliseconds(400) }) {
            (client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["GET", "a"]) }
            #expect(error.code == .notConnected && !error.mayHaveRun)
            #expect(error.message.contains("127.0.0.1:\(plain.port): ERR This instance has cluster support disabled"))
            #expect(error.message.contains("127.0.0.1:\(dead): cannot connect"))
        }
        // A cluster whose slots nobody serves.
        let empty = try PrivateRedis(.init(tcp: true, configuration: ["cluster-enabled yes", "cluster-port \(try freePort())"]))
        try await self.withClient("redis+cluster://127.0.0.1:\(empty.port)", { $0.commandTimeout = .milliseconds(400) }) {
            (client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["GET", "a"]) }
            #expect(error.code == .notConnected && !error.mayHaveRun)
            #expect(error.message.contains("knows of no slot that is served"))
        }
    }
}
