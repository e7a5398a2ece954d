internal import Flotilla
internal import FlotillaRedis
internal import RedisClient
internal import ServerHarness

/// T26: the queue's slot of a Redis Cluster moves from node to node under load.
struct SlotMigration: Scenario {
    let id = "T26"
    let title = "a cluster of three moves the queue's slot"
    let promise = "0 lost, every effect once, the equation in every sample"
    let length = ScenarioLength.short

    private static let workers = 3

    func run(_ scene: Scene) async throws {
        let cluster = try PrivateCluster()
        var options = SceneOptions(environment: ["CONCURRENCY": "4", "CACHE_ENABLED": "false"])
        options.redisURL = cluster.url
        await scene.child("cluster", options: options) { scene in try await Self.play(scene, cluster) }
    }

    /// What the message with a number asks for: most are quick, some fail and come back, some end in the dead-letter queue.
    private static func job(_ number: Int) -> TestJob {
        switch number % 50 {
        case 0: TestJob("f\(number)", run: "fail", end: .dead(.attemptsSpent))
        case 1: TestJob("f\(number)", run: "permanent", end: .dead(.permanent))
        default: TestJob("f\(number)")
        }
    }

    private static func play(_ scene: Scene, _ cluster: PrivateCluster) async throws {
        let moves = scene.setting.isLong ? 40 : 10
        let wave = scene.jobs(short: 1_000, long: 8_000) / moves
        let nodes = scene.random { generator in
            (0..<moves).map { _ in Int.random(in: 1...2, using: &generator) }
        }
        let slot = ClusterSlot.of(Scene.queue.rawValue)
        var owner = cluster.primaries.firstIndex { $0 === cluster.firstOwner(of: slot) } ?? 0
        for _ in 0..<self.workers { try scene.worker() }
        try scene.scheduler()
        try await scene.ready(workers: self.workers)
        for (round, step) in nodes.enumerated() {
            try await scene.sendPatiently((round * wave..<(round + 1) * wave).map { self.job($0) })
            let next = (owner + step) % cluster.primaries.count
            scene.journal.note("slot moves", "node \(owner) to node \(next)")
            try cluster.move(slot, from: cluster.primaries[owner], to: cluster.primaries[next])
            owner = next
        }
        try await scene.settled(within: .seconds(120))
        scene.measured("redirections seen by one client", scene.client.statistics.redirections)
    }
}
