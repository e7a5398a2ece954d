import Flotilla
import FlotillaRedis
import Reactor
import RedisClient
import ServerHarness
import Threading

/// One private Redis and one event loop for all tests here; each test has a queue of its own.
struct BrokerScene: Sendable {
    let redis: PrivateRedis
    let loop: EventLoop
    let client: RedisClient

    static let shared = Result { try BrokerScene() }
    private static let queues = Lock(0)

    init() throws {
        self.redis = try PrivateRedis()
        self.loop = EventLoop(name: "broker-server-tests")
        self.client = RedisClient(configuration: try RedisConfiguration(url: self.redis.url), eventLoop: self.loop)
    }

    static func freshQueue(_ name: String) -> QueueName {
        QueueName(
            self.queues.withLock { count in
                count += 1
                return "\(name)\(count)"
            })
    }

    /// A broker for `queue`, on a connection of its own if `client` says so.
    func broker(_ queue: QueueName, client: RedisClient? = nil) -> RedisBroker {
        let client = client ?? self.client
        return RedisBroker(
            names: QueueNames(queue: queue, retry: "\(queue)_retry", deadLetter: "\(queue)_dlq"), client: client,
            blocking: RedisBlockingConnection(configuration: client.configuration, eventLoop: self.loop), eventLoop: self.loop)
    }

    /// A client that nobody shares.
    func freshClient(timeout: Duration) throws -> RedisClient {
        var configuration = try RedisConfiguration(url: self.redis.url)
        configuration.commandTimeout = timeout
        return RedisClient(configuration: configuration, eventLoop: self.loop)
    }
}

/// Numbers that are the same each time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    // Not a multiple of the step: neighbouring seeds would give one sequence, shifted.
    init(seed: UInt64) { self.state = seed &* 0xD134_2543_DE82_EF95 &+ 0x2545_F491_4F6C_DD1D }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

let testInfo = WorkerInfo(host: "h", processID: 1, role: "test", version: "1", startedAt: 0, concurrency: 1)

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}
