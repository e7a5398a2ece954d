internal import Flotilla
internal import FlotillaRedis
internal import RedisClient
internal import ServerHarness

/// T08: a primary and one worker are cut off from everybody else, live on, and come back.
///
/// The primary stops listening on TCP, where sentinels, replicas and all others reach it; the worker that is cut off with it has a unix socket. That
/// takes no privileges, and looks to both sides as a parted network does.
struct CutOffPrimary: Scenario {
    let id = "T08"
    let title = "a primary cut off with a worker"
    let promise = "0 lost of what a replica confirmed, every effect once, though two primaries hand out the same jobs"
    let length = ScenarioLength.long

    private static let workers = 2

    func run(_ scene: Scene) async throws {
        let service = try PrivateSentinel()
        var options = SceneOptions(environment: ["CONCURRENCY": "4"])
        options.redisURL = service.url
        // Two primaries have two truths for a while.
        options.samplesConservation = false
        await scene.child("parted", options: options) { scene in try await Self.play(scene, service) }
    }

    private static func play(_ scene: Scene, _ service: PrivateSentinel) async throws {
        let wave = scene.jobs(short: 600, long: 2_400) / 3
        func jobs(_ number: Int) -> [TestJob] {
            (number * wave..<(number + 1) * wave).map { TestJob("f\($0)", run: "sleep", milliseconds: 10) }
        }
        let old = try service.primary()
        for _ in 0..<self.workers { try scene.worker() }
        let captive = try scene.worker(["REDIS_URL": old.url])
        try scene.scheduler()
        try await scene.ready(workers: self.workers + 1)
        try await scene.sendConfirmed(jobs(0))
        scene.journal.note("cut off", "redis primary")
        try Self.cutOff(old)
        let new = try service.waitForPrimary(otherThan: old)
        try await scene.sendConfirmed(jobs(1))
        try await scene.eventually("the new primary's side goes on") { try await scene.broker.counts().ready < wave }
        try await scene.eventually("the captive empties the old primary") { try old.ask(["LLEN", Scene.queue.rawValue]) == ":0\r\n" }

        _ = try old.ask(["CONFIG", "SET", "port", "\(old.port)"])
        // Its writes are discarded, and whoever still talks to it is refused.
        try await scene.eventually("the old primary is a replica") { try old.ask(["ROLE"]).contains("slave") }
        scene.expect(try service.primary() === new, "the old primary was taken back")
        try await scene.sendConfirmed(jobs(2))
        scene.kill(captive)
        try await scene.settled(within: .seconds(120))
    }

    /// From now on only its unix socket leads to the server.
    private static func cutOff(_ server: PrivateRedis) throws {
        _ = try server.ask(["CONFIG", "SET", "port", "0"])
        for kind in ["replica", "pubsub"] { _ = try server.ask(["CLIENT", "KILL", "TYPE", kind]) }
        for line in try server.ask(["CLIENT", "LIST", "TYPE", "normal"]).split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: " ")
            guard let address = fields.first(where: { $0.hasPrefix("addr=") }), address.contains("127.0.0.1:") else { continue }
            _ = try server.ask(["CLIENT", "KILL", String(address.dropFirst("addr=".count))])
        }
    }
}
