internal import Flotilla
internal import FlotillaRedis
internal import RedisClient
internal import ServerHarness

/// T07: the primary dies under load, again and again, and sentinels promote its replica.
struct SentinelFailovers: Scenario {
    let id = "T07"
    let title = "SIGKILL of the Redis primary, Sentinel failover"
    let promise = "0 lost of what a replica confirmed, every effect once, workers resume by themselves"
    let length = ScenarioLength.long

    private static let workers = 3

    func run(_ scene: Scene) async throws {
        let service = try PrivateSentinel(replicas: 2)
        var options = SceneOptions(environment: ["CONCURRENCY": "4"])
        options.redisURL = service.url
        // A failover takes Redis back by some milliseconds: what was counted before it need not add up with what is counted after.
        options.samplesConservation = false
        await scene.child("sentinel", options: options) { scene in try await Self.play(scene, service) }
    }

    private static func play(_ scene: Scene, _ service: PrivateSentinel) async throws {
        let failovers = scene.setting.isLong ? 5 : 2
        let wave = scene.jobs(short: 600, long: 3_000) / (failovers + 1)
        for _ in 0..<self.workers { try scene.worker() }
        try scene.scheduler()
        try await scene.ready(workers: self.workers)
        for round in 0...failovers {
            try await scene.sendConfirmed((round * wave..<(round + 1) * wave).map { TestJob("f\($0)") })
            if round == failovers { break }
            let old = try service.primary()
            scene.journal.note("SIGKILL", "redis primary")
            old.kill9()
            let new = try service.waitForPrimary(otherThan: old)
            // Somebody starts the dead server again, as a replica.
            try old.start()
            _ = try old.ask(["REPLICAOF", "127.0.0.1", "\(new.port)"])
            try await scene.eventually("the dead server follows the new primary") {
                try old.ask(["INFO", "replication"]).contains("master_link_status:up")
            }
        }
        try await scene.settled(within: .seconds(120))
        scene.measured("failovers", failovers)
    }
}
