internal import Flotilla
internal import FlotillaPostgres
internal import FlotillaRedis
internal import Glibc
internal import PostgresClient
internal import ServerHarness
internal import Threading

/// T06: the machine of Redis loses its power with `appendfsync everysec`: what was written in the last second is not on the disk.
///
/// A process that is killed loses nothing, since the kernel has its pages. So the append-only file is cut to the length that it had a second
/// before the kill, which is what Redis promises to have synced, in the middle of a command wherever that falls.
struct RedisPowerLoss: Scenario {
    let id = "T06"
    let title = "power loss of Redis: AOF cut at the last fsync"
    let promise = "lost are at most the messages of the unsynced second that no worker had begun; the reconciler restores all others"
    let length = ScenarioLength.short
    var options: SceneOptions {
        var options = SceneOptions()
        options.redis = .everySecond
        options.samplesConservation = false
        // One file that only grows.
        options.redisConfiguration = ["auto-aof-rewrite-percentage 0"]
        return options
    }

    private static let window = Duration.seconds(1)

    func run(_ scene: Scene) async throws {
        let rounds = scene.setting.isLong ? 20 : 3
        let plan = scene.random { generator in (0..<rounds).map { _ in Int.random(in: 1_300...2_200, using: &generator) } }
        let fleet = [try scene.worker(), try scene.worker(), try scene.scheduler()]
        try await scene.ready(workers: 2)
        var lost = 0
        var inWindow = 0
        var restored = 0
        for pause in plan {
            let (cutAt, names) = try await self.loseASecond(scene, after: .milliseconds(pause))
            let sent = scene.sentJobs
            inWindow += names.count { sent[$0].map { $0.time >= cutAt } ?? false }
            // What was taken back in time runs again; then the reconciler looks for what is gone.
            try await self.quiet(scene)
            let report = try await self.repair(scene)
            restored += report.items.count { $0.isRepaired }
            try await self.quiet(scene)
            let account = try await scene.account()
            for name in account.lost {
                let time = sent[name]?.time ?? 0
                let age = seconds(.microseconds(cutAt - time))
                scene.expect(time >= cutAt, "\(name) is lost, though it was accepted \(age) before the cut")
            }
            lost += account.lost.count
            // Nobody but their producers knows of them any more.
            try await scene.send(account.lost.compactMap { sent[$0]?.job })
        }
        try await scene.settled(within: .seconds(60))
        scene.measured("messages accepted in the lost seconds", inWindow)
        scene.measured("of these lost for good, since no worker had begun them", lost)
        scene.measured("restored by reconcile --repair", restored)
        scene.expectRunning(fleet)
        try await scene.expectNoAttemptBurned()
        try await scene.checkCounters()
    }

    /// Loses the last second of Redis under load. Returns when that second began, and all names sent until then.
    private func loseASecond(_ scene: Scene, after pause: Duration) async throws -> (cutAt: Int64, names: Set<String>) {
        let redis = try scene.redis()
        let file = "\(redis.directory.path)/appendonlydir/appendonly.aof.1.incr.aof"
        var lengths: [(time: MonotonicTime, bytes: Int, wall: Int64)] = []
        var cut: Int64 = 0
        try await SteadyLoad.during(scene) {
            let end = MonotonicTime.now + pause
            while MonotonicTime.now < end {
                lengths.append((.now, fileSize(file), WallClock.microseconds))
                try await Task.sleep(for: .milliseconds(10))
            }
            scene.journal.note("power loss", "redis")
            redis.kill9()
            let horizon = MonotonicTime.now.nanoseconds - Self.window.inNanoseconds
            guard let synced = lengths.last(where: { $0.time.nanoseconds <= horizon }) else {
                throw SelfTestError("no length is a second old")
            }
            guard truncate(file, synced.bytes) == 0 else { throw SelfTestError("cannot cut \(file)") }
            cut = synced.wall
            try redis.start()
        }
        return (cut, Set(scene.sentJobs.keys))
    }

    /// Waits until nothing moves any more: nothing waits and nothing runs, whatever PostgreSQL still expects.
    private func quiet(_ scene: Scene) async throws {
        try await scene.eventually("nothing is left in Redis", within: .seconds(30), every: .milliseconds(100)) {
            guard let counts = try? await scene.broker.counts() else { return false }
            return counts.ready + counts.leased + counts.scheduled == 0
        }
    }

    private func repair(_ scene: Scene) async throws -> ReconcileReport {
        try await Reconciler(
            pool: scene.pool, countingQueues: [Scene.queue], brokers: [scene.broker], settleTime: .milliseconds(300)
        ).run(repair: true)
    }
}

private func fileSize(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
}
