internal import Flotilla
internal import FlotillaRedis
internal import ServerHarness
internal import Threading

/// T07: the primary dies under load, again and again, and sentinels promote its replica. What died comes back as the replica of the new one.
///
/// Once with producers that wait for the replica (`WAIT 1`), and once with producers that trust the primary alone, while the replica stood
/// still and lost its connection less than a second ago: the primary then answers for what nobody else has.
struct SentinelFailovers: Scenario {
    let id = "T07"
    let title = "SIGKILL of the Redis primary, Sentinel failover"
    let promise = "0 lost of what the replica confirmed; of what it did not, the reconciler restores all that PostgreSQL knows"
    let length = ScenarioLength.long

    private static let workers = 3

    func run(_ scene: Scene) async throws {
        for isConfirmed in [true, false] {
            let service = try PrivateSentinel(failoverTimeout: .seconds(3))
            var options = SceneOptions(environment: ["CONCURRENCY": "4"])
            options.redisURL = service.url
            options.redisReplicas = isConfirmed ? 1 : 0
            // A failover takes Redis back by some milliseconds: what was counted before it need not add up with what is counted after.
            options.samplesConservation = false
            await scene.child(isConfirmed ? "confirmed" : "trusting", options: options) { child in
                if isConfirmed { try await Self.confirmed(child, scene, service) } else { try await Self.trusting(child, scene, service) }
            }
        }
    }

    // MARK: Producers that wait for the replica

    private static func confirmed(_ scene: Scene, _ parent: Scene, _ service: PrivateSentinel) async throws {
        let kills = scene.setting.isLong ? 8 : 2
        let pauses = scene.random { generator in (0..<kills).map { _ in Int.random(in: 200...1_200, using: &generator) } }
        let fleet = try await Self.fleet(scene)
        var promotions: [Duration] = []
        try await SteadyLoad.during(scene) {
            for pause in pauses {
                try await scene.underLoad()
                try await Self.promotable(service, scene)
                try await Task.sleep(for: .milliseconds(pause))
                promotions.append(try await Self.failOver(service, scene))
            }
        }
        try await scene.settled(within: .seconds(120))
        promotions.sort()
        parent.measured(
            "from the kill to the new primary, median and longest of \(kills)",
            "\(seconds(promotions[kills / 2])), \(seconds(promotions[kills - 1]))")
        let account = try await scene.account()
        parent.measured("with WAIT 1, lost of \(account.sent) messages in \(kills) kills", account.lost.count)
        parent.measured("with WAIT 1, the longest time without any end", seconds(account.longestStall))
        scene.expectRunning(fleet)
        try await scene.expectNoAttemptBurned()
        try await scene.checkCounters()
    }

    // MARK: Producers that trust the primary

    /// What arrives while the replica stands still: jobs that end in every way, and a backlog that no worker gets to.
    private static func jobs(_ round: Int) -> [TestJob] {
        (0..<20).map { TestJob("p\(round)-\($0)", run: "permanent", end: .dead(.permanent)) }
            + (0..<20).map { TestJob("q\(round)-\($0)", run: "fail", end: .dead(.attemptsSpent)) }
            + (0..<60).map { TestJob("b\(round)-\($0)", run: "sleep", milliseconds: 100) }
    }

    private static func trusting(_ scene: Scene, _ parent: Scene, _ service: PrivateSentinel) async throws {
        let kills = scene.setting.isLong ? 8 : 2
        let pauses = scene.random { generator in (0..<kills).map { _ in Int.random(in: 100...400, using: &generator) } }
        let fleet = try await Self.fleet(scene)
        var (lost, restored, accepted) = (0, 0, 0)
        for (round, pause) in pauses.enumerated() {
            try await Self.promotable(service, scene)
            let start = WallClock.microseconds
            try await SteadyLoad.during(scene) {
                try await scene.underLoad(runs: 50)
                let primary = try service.primary()
                let replicas = service.servers.filter { $0 !== primary }
                scene.journal.note("SIGSTOP, cut", "redis replica")
                for replica in replicas { replica.freeze() }
                _ = try primary.ask(["CLIENT", "KILL", "TYPE", "replica"])
                try await scene.send(Self.jobs(round))
                try await Task.sleep(for: .milliseconds(pause))
                _ = try await Self.failOver(service, scene) { for replica in replicas { replica.thaw() } }
            }
            try await scene.quiet()
            let repaired = try await scene.repair()
            try await scene.quiet()
            let account = try await scene.account()
            let sent = scene.sentJobs
            restored += repaired
            lost += account.lost.count
            accepted += sent.values.count { $0.time >= start }
            let early = account.lost.filter { (sent[$0]?.time ?? 0) < start }
            scene.expect(early.isEmpty, "lost, though accepted before this round: \(early.prefix(5))")
            // A row in PostgreSQL is all that the reconciler needs.
            let known = Set(try await scene.knownNames()).intersection(account.lost).sorted()
            scene.expect(known.isEmpty, "lost, though PostgreSQL knows them: \(known.prefix(5))")
            // Of the others only their producers know.
            try await scene.send(account.lost.compactMap { sent[$0]?.job })
        }
        try await scene.settled(within: .seconds(120))
        parent.measured("without WAIT, lost of \(accepted) messages sent around \(kills) kills", lost)
        parent.measured("without WAIT, restored by reconcile --repair", restored)
        scene.expectRunning(fleet)
        try await scene.checkCounters()
    }

    // MARK: Steps

    private static func fleet(_ scene: Scene) async throws -> [FleetProcess] {
        let fleet = try (0..<Self.workers).map { _ in try scene.worker() } + [try scene.scheduler()]
        try await scene.ready(workers: Self.workers)
        return fleet
    }

    /// Waits until a death of the primary finds a replica that may take its place.
    private static func promotable(_ service: PrivateSentinel, _ scene: Scene) async throws {
        try await scene.eventually("the sentinels know a good replica", within: .seconds(90), every: .milliseconds(200)) {
            try service.isPromotable()
        }
    }

    /// Kills the primary, waits for another one, and starts the dead one again as its replica. Returns how long there was none.
    private static func failOver(_ service: PrivateSentinel, _ scene: Scene, then: () -> Void = {}) async throws -> Duration {
        let old = try service.primary()
        scene.journal.note("SIGKILL", "redis primary")
        let start = MonotonicTime.now
        old.kill9()
        then()
        var new = old
        // Long enough for a second try of the sentinels, and for the 30 s in which they trust no clock of a machine that stood still.
        try await scene.eventually("the sentinels promote the replica", within: .seconds(90)) {
            guard let primary = try service.promoted(insteadOf: old) else { return false }
            new = primary
            return true
        }
        let duration = MonotonicTime.now - start
        try old.start()
        _ = try old.ask(["REPLICAOF", "127.0.0.1", "\(new.port)"])
        return duration
    }
}
