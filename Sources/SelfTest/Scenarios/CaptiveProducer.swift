internal import Flotilla
internal import FlotillaRedis
internal import Reactor
internal import RedisClient
internal import ServerHarness
internal import Threading

/// A producer that is cut off together with one server, and goes on sending to it.
final class CaptiveProducer: Sendable {
    private let scene: Scene
    private let client: RedisClient
    private let broker: RedisBroker
    private let state = Lock<(accepted: [TestJob], unconfirmed: [TestJob])>(([], []))

    init(of scene: Scene, server: PrivateRedis) throws {
        let loop = EventLoop(name: "captive")
        let configuration = try RedisConfiguration(url: server.url)
        self.scene = scene
        self.client = RedisClient(configuration: configuration, eventLoop: loop)
        self.broker = RedisBroker(
            names: scene.broker.names, client: self.client,
            blocking: RedisBlockingConnection(configuration: configuration, eventLoop: loop), eventLoop: loop,
            options: .init(replicas: scene.options.redisReplicas))
    }

    /// Messages whose acceptance was reported. The scene has them among its own.
    var accepted: [TestJob] { self.state.withLock { $0.accepted } }
    /// Messages of which nobody said that they are safe.
    var unconfirmed: [TestJob] { self.state.withLock { $0.unconfirmed } }

    /// Sends more than one worker gets done.
    func send(until end: MonotonicTime) async throws {
        var next = 0
        while MonotonicTime.now < end {
            let jobs = (next..<next + 20).map { TestJob("c\($0)", run: "sleep", milliseconds: 100) }
            next += jobs.count
            do {
                try await self.broker.enqueue(jobs.map(\.payload))
                for job in jobs { self.scene.note(accepted: job) }
                self.state.withLock { $0.accepted += jobs }
            } catch {
                self.state.withLock { $0.unconfirmed += jobs }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    func close() async { await self.client.close() }
}
