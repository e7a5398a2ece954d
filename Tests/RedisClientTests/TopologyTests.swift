import Testing
import Threading

@testable import RedisClient

/// The parts that decide, without any network.
@Suite struct TopologyTests {
    private typealias Endpoint = RedisConfiguration.Endpoint

    private static func node(_ port: UInt16) -> Endpoint { .tcp(host: "h", port: port) }

    // MARK: Searching

    @Test func `servers are asked in turn, and the end says what each said`() {
        var search = ServerSearch([Self.node(1), Self.node(2), Self.node(1)])
        #expect(search.begin() == .ask(Self.node(1)))
        #expect(search.refused(because: "no") == .ask(Self.node(2)))
        #expect(search.refused(.authentication, because: "who?") == .giveUp(.notConnected, "h:1: no; h:2: who?"))
    }

    @Test func `only what all agree on and waiting does not mend is told as such`() {
        var search = ServerSearch([Self.node(1), Self.node(2)])
        _ = search.refused(.authentication, because: "a")
        #expect(search.refused(.authentication, because: "b") == .giveUp(.authentication, "h:1: a; h:2: b"))
        var slow = ServerSearch([Self.node(1)])
        #expect(slow.refused(.timedOut, because: "t") == .giveUp(.notConnected, "h:1: t"))
        #expect(ServerSearch([]).begin() == .giveUp(.notConnected, ""))
    }

    // MARK: Sentinels

    @Test func `a sentinel's answer is an address or a reason`() {
        func answer(_ value: RedisValue) -> SentinelAnswer { SentinelAnswer(.success(value), service: "s") }
        #expect(answer(.array([.bulk(Array("10.0.0.1".utf8)), .bulk(Array("6379".utf8))])) == .primary(.tcp(host: "10.0.0.1", port: 6379)))
        #expect(answer(.null) == .none("does not watch 's'"))
        for bad: RedisValue in [
            .array([]), .simple("OK"), .array([.bulk([]), .bulk(Array("1".utf8))]), .array([.bulk([65]), .bulk(Array("0".utf8))]),
            .array([.bulk([65]), .bulk(Array("99999".utf8))]), .array([.bulk([0xFF]), .integer(1)]),
        ] { #expect(answer(bad) == .none("gave an answer that names no address")) }
        let unknown = RedisError(RedisServerError(message: "IDONTKNOW I have not enough information"), operation: "SENTINEL")
        #expect(SentinelAnswer(.failure(unknown), service: "s") == .none("does not know a primary of 's' now"))
        let gone = RedisError(.notConnected, operation: "connect", mayHaveRun: false, message: "connection refused")
        #expect(SentinelAnswer(.failure(gone), service: "s") == .none("connection refused"))
    }

    @Test func `a switch is heard for one's own service alone`() {
        func replaced(_ text: String) -> Endpoint? { SentinelAnswer.replaced(in: Array(text.utf8), service: "s") }
        #expect(replaced("s 10.0.0.1 6379 10.0.0.2 6380") == .tcp(host: "10.0.0.1", port: 6379))
        for other in ["t 10.0.0.1 6379 10.0.0.2 6380", "s 10.0.0.1 x 10.0.0.2 6380", "s", ""] { #expect(replaced(other) == nil) }
    }

    // MARK: Redirections

    @Test(
        arguments: [
            ("MOVED 3999 127.0.0.1:6381", Redirection.moved(slot: 3999, to: .tcp(host: "127.0.0.1", port: 6381))),
            ("MOVED 0 ::1:6381", .moved(slot: 0, to: .tcp(host: "::1", port: 6381))),
            ("MOVED 16383 node-2.example:6381", .moved(slot: 16_383, to: .tcp(host: "node-2.example", port: 6381))),
            ("MOVED 1 :6381", .moved(slot: 1, to: .tcp(host: "source", port: 6381))),
            ("MOVED 1 ?:6381", .moved(slot: 1, to: .tcp(host: "source", port: 6381))),
            ("ASK 1 h:1", .ask(.tcp(host: "h", port: 1))), ("TRYAGAIN Multiple keys", .later), ("CLUSTERDOWN Hash slot not served", .later),
            ("MOVED", nil), ("MOVED 1", nil), ("MOVED x h:1", nil), ("MOVED 16384 h:1", nil), ("MOVED 1 h", nil), ("MOVED 1 h:0", nil),
            ("MOVED 1 h:65536", nil), ("MOVED -1 h:1", nil), ("ERR no", nil), ("NOSCRIPT x", nil),
        ] as [(String, Redirection?)]) func `a redirection is read, and nonsense is none`(_ text: String, _ expected: Redirection?)
    {
        #expect(Redirection(RedisServerError(message: text), from: .tcp(host: "source", port: 1)) == expected)
    }

    @Test func `no redirected command may have run, not even a script`() {
        for text in ["MOVED 1 h:1", "ASK 1 h:1", "TRYAGAIN x", "CLUSTERDOWN x"] {
            #expect(!RedisError(RedisServerError(message: text), operation: "EVALSHA").mayHaveRun)
        }
        #expect(RedisError(RedisServerError(message: "ERR x"), operation: "EVALSHA").mayHaveRun)
    }

    @Test func `pauses between redirections grow and are bounded`() {
        let moved = Redirection.moved(slot: 1, to: Self.node(1))
        #expect((1...3).allSatisfy { Redirection.pause(after: $0, moved) == .zero })
        #expect(Redirection.pause(after: 4, moved) == .milliseconds(5))
        #expect(Redirection.pause(after: 1, .later) == .milliseconds(5))
        #expect(Redirection.pause(after: 2, .later) == .milliseconds(10))
        #expect(Redirection.pause(after: .max, .later) == .milliseconds(200))
    }

    // MARK: Slot maps

    private static func text(_ text: String) -> RedisValue { .bulk(Array(text.utf8)) }

    private static func shard(_ slots: [Int64], _ nodes: [(role: String, endpoint: String, port: Int64, tls: Int64)]) -> RedisValue {
        .array([
            self.text("slots"), .array(slots.map { .integer($0) }), self.text("nodes"),
            .array(
                nodes.map { node in
                    .array([
                        self.text("id"), self.text("x"), self.text("port"), .integer(node.port), self.text("tls-port"), .integer(node.tls),
                        self.text("endpoint"), self.text(node.endpoint), self.text("role"), self.text(node.role), self.text("health"),
                        self.text("online"),
                    ])
                }),
        ])
    }

    @Test func `CLUSTER SHARDS is read: primaries, several ranges, unknown addresses, TLS ports`() throws {
        let reply = RedisValue.array([
            Self.shard([0, 99, 200, 300], [("replica", "r", 9, 9), ("master", "a", 1, 2)]),
            Self.shard([100, 199], [("master", "?", 3, 4)]),
            Self.shard([], [("master", "empty", 5, 6)]), Self.shard([16_000, 17_000], [("master", "bad", 7, 8)]),
        ])
        let map = try #require(SlotMap(shards: reply, from: .tcp(host: "source", port: 1), isSecured: false))
        #expect(map[0] == .tcp(host: "a", port: 1))
        #expect(map[300] == .tcp(host: "a", port: 1))
        #expect(map[150] == .tcp(host: "source", port: 3))
        #expect(map[301] == nil)
        #expect(map[16_383] == nil)
        #expect(map.covered == 301)
        let secured = try #require(SlotMap(shards: reply, from: .tcp(host: "source", port: 1), isSecured: true))
        #expect(secured[0] == .tcp(host: "a", port: 2))
        for bad: RedisValue in [.null, .simple("OK"), .array([.integer(1)]), .array([.array([Self.text("slots"), .array([])])])] {
            #expect(SlotMap(shards: bad, from: Self.node(1), isSecured: false) == nil)
        }
    }

    @Test func `CLUSTER SLOTS is read`() throws {
        let node = RedisValue.array([Self.text("a"), .integer(1), Self.text("id")])
        let map = try #require(SlotMap(slots: .array([.array([.integer(5), .integer(7), node])]), from: Self.node(1)))
        #expect(map[5] == .tcp(host: "a", port: 1))
        #expect(map[7] == .tcp(host: "a", port: 1))
        #expect(map.covered == 3)
        for bad: RedisValue in [.null, .array([.array([.integer(1)])]), .array([.array([.integer(1), .integer(2), .array([])])])] {
            #expect(SlotMap(slots: bad, from: Self.node(1)) == nil)
        }
    }

    @Test func `a moved slot changes hands alone`() {
        var map = SlotMap()
        map.assign(0..<ClusterSlot.count, to: Self.node(1))
        map.assign(CollectionOfOne(7), to: Self.node(2))
        map.assign([99_999, -1], to: Self.node(3))
        #expect(map[6] == Self.node(1))
        #expect(map[7] == Self.node(2))
        #expect(map.covered == ClusterSlot.count)
    }

    // MARK: Refreshing

    @Test func `a thousand doubts ask once, and once more for what was doubted meanwhile`() {
        var policy = RefreshPolicy()
        let start = MonotonicTime.now
        #expect(policy.handle(.doubt, at: start) == .ask)
        for _ in 0..<1_000 { #expect(policy.handle(.doubt, at: start + .milliseconds(1)) == .nothing) }
        #expect(policy.handle(.answered, at: start + .milliseconds(10)) == .wait(.milliseconds(90)))
        for _ in 0..<1_000 { #expect(policy.handle(.doubt, at: start + .milliseconds(20)) == .nothing) }
        #expect(policy.handle(.timer, at: start + .milliseconds(100)) == .ask)
        #expect(policy.handle(.answered, at: start + .milliseconds(110)) == .nothing)
        #expect(policy.handle(.timer, at: start + .milliseconds(120)) == .nothing)
        #expect(policy.handle(.doubt, at: start + .milliseconds(300)) == .ask)
    }

    @Test func `while nobody answers it is asked ever less often, and at last every two seconds`() {
        var policy = RefreshPolicy()
        var now = MonotonicTime.now
        var pauses: [Duration] = []
        #expect(policy.handle(.doubt, at: now) == .ask)
        for _ in 0..<8 {
            guard case .wait(let pause) = policy.handle(.failed, at: now) else { return #expect(Bool(false), "it gave up") }
            pauses.append(pause)
            now = now + pause
            #expect(policy.handle(.timer, at: now) == .ask)
        }
        #expect(pauses == [200, 400, 800, 1600, 2000, 2000, 2000, 2000].map { .milliseconds($0) })
    }
}
