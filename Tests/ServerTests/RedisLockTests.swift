import Flotilla
import FlotillaRedis
import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

@Suite struct RedisLockTests {
    let redis: PrivateRedis
    let loop = EventLoop(name: "lock-tests")
    let client: RedisClient
    let lock: RedisLock

    init() throws {
        self.redis = try PrivateRedis()
        self.client = RedisClient(configuration: try RedisConfiguration(url: self.redis.url), eventLoop: self.loop)
        self.lock = RedisLock(client: self.client, eventLoop: self.loop)
    }

    @Test func `one holder at a time, and release gives it back once`() async throws {
        let key = RedisKeys.lock("doc:1", "extract", "1")
        #expect(key == "lock:doc%3A1:extract:1")
        let hold = try await self.take(key)
        guard case .held(let left) = try await self.lock.acquire(key, lease: .seconds(30), onLoss: {}) else {
            Issue.record("two holders")
            return
        }
        #expect(left > .seconds(20) && left <= .seconds(30))
        #expect(hold.isHeld)
        #expect(try await hold.release())
        #expect(try await !hold.release())
        #expect(!hold.isHeld)
        let next = try await self.take(key)
        // The first holder's release must not free the second one's lock.
        #expect(try await !hold.release())
        #expect(next.isHeld)
        #expect(try await next.release())
    }

    @Test func `of fifty who try at once one gets it`() async throws {
        let winners = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    if case .acquired = try await self.lock.acquire("lock:race", lease: .seconds(30), onLoss: {}) { return 1 }
                    return 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(winners == 1)
    }

    @Test func `a held lock is renewed past its lease`() async throws {
        let hold = try await self.take("lock:long", lease: .seconds(2))
        // Renewal is seen from outside: the time left grows again.
        var last: Int64 = 2_000
        var renewals = 0
        while renewals < 2 {
            let left = try await self.client.send(["PTTL", "lock:long"] as RedisCommand).int ?? -2
            try #require(left > 0)
            if left > last { renewals += 1 }
            last = left
        }
        #expect(hold.isHeld)
        #expect(try await hold.release())
    }

    @Test func `its holder is told once when the lock was taken away`() async throws {
        let losses = Condition(0)
        let hold = try await self.take("lock:lost", lease: .milliseconds(60)) { losses.broadcast { $0 += 1 } }
        _ = try await self.client.send(["SET", "lock:lost", "somebody"] as RedisCommand)
        #expect(losses.wait { $0 > 0 ? $0 : nil } == 1)
        #expect(!hold.isHeld)
        #expect(try await !hold.release())
        #expect(try await self.client.send(["GET", "lock:lost"] as RedisCommand).string == "somebody")
    }

    @Test func `its holder is told when the server is gone for longer than the lease`() async throws {
        let losses = Condition(0)
        let hold = try await self.take("lock:frozen", lease: .milliseconds(90)) { losses.broadcast { $0 += 1 } }
        self.redis.freeze()
        #expect(losses.wait { $0 > 0 ? $0 : nil } == 1)
        #expect(!hold.isHeld)
        self.redis.thaw()
    }

    @Test func `its holder is told when the lease is over, not when the last answer fails to come`() async throws {
        let losses = Condition(0)
        let start = MonotonicTime.now
        let hold = try await self.take("lock:expired", lease: .milliseconds(2_400)) { losses.broadcast { $0 += 1 } }
        // Renewals at 800 and 1,600 ms are refused; the one at 2,400 ms would wait for its answer until 3,200 ms.
        _ = try await self.client.send(["ACL", "SETUSER", "default", "-evalsha"])
        while try await self.client.send(["INFO", "errorstats"]).string?.contains("errorstat_NOPERM:count=2") != true {}
        self.redis.freeze()
        #expect(losses.wait { $0 > 0 ? $0 : nil } == 1)
        let told = MonotonicTime.now - start
        #expect(!hold.isHeld)
        #expect(told >= .milliseconds(2_400) && told < .milliseconds(3_000), "told after \(told)")
        self.redis.thaw()
    }

    private func take(
        _ key: String, lease: Duration = .seconds(30), onLoss: @escaping @Sendable () -> Void = {}
    ) async throws -> any LockHold {
        guard case .acquired(let hold) = try await self.lock.acquire(key, lease: lease, onLoss: onLoss) else {
            throw BrokerError(.refused, operation: "test", message: "somebody has it")
        }
        return hold
    }
}
