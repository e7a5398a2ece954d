import Flotilla
import FlotillaRedis
import FlotillaTesting
import Reactor
import RedisClient
import ServerHarness
import Synchronization
import Testing

/// One server and one event loop for all tests here; each test has a queue of its own.
private struct Server: Sendable {
    let redis: PrivateRedis
    let loop: EventLoop
    let client: RedisClient

    static let shared = Result { try Server() }

    init() throws {
        self.redis = try PrivateRedis()
        self.loop = EventLoop(name: "broker-tests")
        self.client = RedisClient(configuration: try RedisConfiguration(url: self.redis.url), eventLoop: self.loop)
    }

    func broker(_ queue: String, retention: Duration = .zero) throws -> RedisBroker {
        RedisBroker(
            names: QueueNames(queue: QueueName(queue), retry: "\(queue)_retry", deadLetter: "\(queue)_dlq"), client: self.client,
            blocking: RedisBlockingConnection(configuration: self.client.configuration, eventLoop: self.loop), eventLoop: self.loop,
            options: .init(metadataRetention: retention))
    }
}

private let queueCount = Atomic(0)
private func freshQueue() -> String { "queue\(queueCount.add(1, ordering: .relaxed).newValue)" }

@Suite struct RedisBrokerTests {
    @Test(arguments: BrokerContract.all) func `keeps its promise`(_ promise: BrokerContract.Promise) async throws {
        let server = try Server.shared.get()
        let queue = freshQueue()
        let subject = BrokerContract.Subject(
            broker: try server.broker(queue), peer: { try server.broker(queue) },
            endLease: { worker in
                _ = try await server.client.send(["ZADD", "{\(queue)}:workers", "XX", "1", .text(worker.rawValue)] as RedisCommand)
            },
            passTime: { try await Task.sleep(for: $0) })
        try await promise.check(subject)
    }
}
