internal import Flotilla
internal import FlotillaRedis
internal import ServerHarness
internal import Threading

/// T08: a primary is cut off for eight seconds together with a producer and a worker, lives on, and comes back.
///
/// The sentinels promote its replica meanwhile, so two primaries hand out the same jobs. What the old one was told is discarded when it becomes
/// a replica. Once with producers that wait for the replica (`WAIT 1`), and once with producers that trust the primary alone.
struct CutOffPrimary: Scenario {
    let id = "T08"
    let title = "a primary cut off with a producer and a worker"
    let promise = "0 lost of what the replica confirmed, every effect once, though two primaries hand out the same jobs"
    let length = ScenarioLength.long
    let requirements = [Requirement.root, .program("ip"), .program("nsenter"), PartedNetwork.requirement]

    private static let workers = 2
    private static let cut = Duration.seconds(8)

    func run(_ scene: Scene) async throws {
        for isConfirmed in [true, false] {
            let network = try PartedNetwork()
            let service = try PrivateSentinel(
                failoverTimeout: .seconds(3), primaryPlace: .init(address: network.insideAddress, prefix: network.prefix),
                place: .init(address: network.outsideAddress))
            var options = SceneOptions(environment: ["CONCURRENCY": "4"])
            options.redisURL = service.url
            options.redisReplicas = isConfirmed ? 1 : 0
            // Two primaries have two truths for a while.
            options.samplesConservation = false
            await scene.child(isConfirmed ? "confirmed" : "trusting", options: options) { child in
                try await Self.play(child, scene, service, network, isConfirmed: isConfirmed)
            }
        }
    }

    private static func play(
        _ scene: Scene, _ parent: Scene, _ service: PrivateSentinel, _ network: PartedNetwork, isConfirmed: Bool
    ) async throws {
        let old = try service.primary()
        for _ in 0..<Self.workers { try scene.worker() }
        try scene.scheduler()
        let captive = try scene.worker(prefix: network.prefix)
        try await scene.ready(workers: Self.workers + 1)
        let producer = try CaptiveProducer(of: scene, server: old)
        // Enough for both sides to hand out at once.
        let backlog = (0..<400).map { TestJob("b\($0)", run: "sleep", milliseconds: 100) }
        var cutAt: Int64 = 0

        try await SteadyLoad.during(scene) {
            try await scene.underLoad()
            try await scene.eventually("the sentinels know a good replica", within: .seconds(90)) { try service.isPromotable() }
            try await scene.sendPatiently(backlog)
            cutAt = WallClock.microseconds
            scene.journal.note("cut", "redis primary, a worker, a producer")
            try network.cut()
            let end = MonotonicTime.now + Self.cut
            do {
                try await producer.send(until: end)
                try await scene.eventually("the sentinels promote the replica", within: .seconds(60)) {
                    try service.promoted(insteadOf: old) != nil
                }
            } catch {
                try network.join()
                throw error
            }
            try network.join()
            try await scene.eventually("the old primary is a replica", within: .seconds(90)) {
                try old.ask(["ROLE"]).contains("slave") && old.ask(["INFO", "replication"]).contains("master_link_status:up")
            }
            let seen = WallClock.microseconds
            try await scene.eventually("the worker that was cut off works again", within: .seconds(60), every: .milliseconds(100)) {
                scene.runs.begins.contains { $0.pid == captive.pid && $0.time > seen }
            }
        }
        scene.expect(try service.primary() !== old, "the old primary was taken back")
        // What nobody confirmed its producer sends again, now that it finds the new primary.
        try await scene.sendPatiently(producer.unconfirmed)
        try await scene.quiet()
        let restored = try await scene.repair()
        try await scene.quiet()
        let account = try await scene.account()
        let name = isConfirmed ? "with WAIT 1" : "without WAIT"
        let accepted = Set(producer.accepted.map(\.name))
        let discarded = accepted.intersection(account.lost).count
        parent.measured("\(name), accepted by the primary that was cut off", accepted.count)
        parent.measured("\(name), of these lost", discarded)
        parent.measured("\(name), not confirmed by it and sent again", producer.unconfirmed.count)
        parent.measured("\(name), lost of \(account.sent - accepted.count) other messages", account.lost.count - discarded)
        parent.measured("\(name), restored by reconcile --repair", restored)
        if !isConfirmed {
            // What it had answered just before may not have reached the replica any more.
            let early = account.lost.filter { (scene.sentJobs[$0]?.time ?? 0) < cutAt - 1_000_000 }
            scene.expect(early.isEmpty, "lost, though accepted long before the cut: \(early.prefix(5))")
            let known = Set(try await scene.knownNames()).intersection(account.lost).sorted()
            scene.expect(known.isEmpty, "lost, though PostgreSQL knows them: \(known.prefix(5))")
            try await scene.send(account.lost.compactMap { scene.sentJobs[$0]?.job })
        }
        try await scene.settled(within: .seconds(120))
        scene.expect(captive.isRunning, "the worker that was cut off has ended")
        try await scene.checkCounters()
        await producer.close()
    }
}
