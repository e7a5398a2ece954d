import Flotilla
import FlotillaRedis
import Reactor
import RedisClient
import ServerHarness
import Testing

/// What an acknowledged message survives, at each level.
@Suite(.serialized) struct DurabilityTests {
    private static let loop = EventLoop(name: "durability-tests")

    /// A primary and its replica.
    private struct Pair {
        let primary: PrivateRedis
        let replica: PrivateRedis
        let client: RedisClient
        let heir: RedisClient

        init() async throws {
            self.primary = try PrivateRedis(.init(tcp: true, configuration: ["repl-diskless-sync-delay 0"]))
            self.replica = try PrivateRedis(.init(configuration: ["replicaof 127.0.0.1 \(self.primary.port)"]))
            let loop = DurabilityTests.loop
            self.client = RedisClient(configuration: try RedisConfiguration(url: self.primary.url), eventLoop: loop)
            self.heir = RedisClient(configuration: try RedisConfiguration(url: self.replica.url), eventLoop: loop)
            // Confirmed once, the replica follows.
            for _ in 0..<200 {
                _ = try await self.client.send(["SET", "hello", "there"])
                if try await self.client.send(["WAIT", 1, 100]).int == 1 { break }
            }
        }

        func broker(replicas: Int, within timeout: Duration = .seconds(10)) throws -> RedisBroker {
            RedisBroker(
                names: QueueNames(queue: "q", retry: "q_retry", deadLetter: "q_dlq"), client: self.client,
                blocking: RedisBlockingConnection(configuration: self.client.configuration, eventLoop: DurabilityTests.loop),
                eventLoop: DurabilityTests.loop, options: .init(replicas: replicas, replicationTimeout: timeout))
        }

        /// The replica is cut off, the primary killed after `send`, and the replica takes over. Returns how many messages it has.
        func failOver(_ send: () async throws -> Void) async throws -> Int {
            _ = try await self.heir.send(["REPLICAOF", "NO", "ONE"])
            try await send()
            self.primary.kill9()
            return Int(try await self.heir.send(["LLEN", "q"]).int ?? 0)
        }

        func close() async {
            await self.client.close()
            await self.heir.close()
        }
    }

    private static func messages(_ count: Int) -> [[UInt8]] { (0..<count).map { Array("{\"job_id\": \"\($0)\"}".utf8) } }

    @Test func `a failover forgets what the primary alone had acknowledged`() async throws {
        let pair = try await Pair()
        let broker = try pair.broker(replicas: 0)
        let survived = try await pair.failOver {
            for message in Self.messages(100) { try await broker.enqueue([message]) }
        }
        #expect(survived == 0)
        await pair.close()
    }

    @Test func `with WAIT nothing counts as sent that a replica does not have`() async throws {
        let pair = try await Pair()
        let broker = try pair.broker(replicas: 1)
        try await broker.enqueue(Self.messages(50))
        try await broker.enqueue(Array("{\"job_id\": \"late\"}".utf8), after: .seconds(60))
        let hasty = try pair.broker(replicas: 1, within: .milliseconds(20))
        var unsure = 0
        let survived = try await pair.failOver {
            for message in Self.messages(5) {
                do {
                    try await hasty.enqueue([message])
                } catch let error as BrokerError {
                    #expect(error.code == .outcomeUnknown)
                    #expect("\(error)".contains("0 of 1 replicas"), "\(error)")
                    unsure += 1
                }
            }
        }
        #expect(unsure == 5)
        #expect(survived == 50)
        #expect(try await pair.heir.send(["ZCARD", "q_retry"]).int == 1)
        await pair.close()
    }
}
