internal import Flotilla
internal import Glibc
internal import PostgresClient
internal import ServerHarness
internal import Threading

/// T06: the machine of Redis loses its power with `appendfsync everysec`: what was written in the last second is not on the disk.
///
/// A process that is killed loses nothing, since the kernel has its pages. So the append-only file is cut to the length that it had a second
/// before the kill, which is the worst that Redis promises, in the middle of a command wherever that falls.
struct RedisPowerLoss: Scenario {
    let id = "T06"
    let title = "power loss of Redis: AOF cut at the last fsync"
    let promise = "lost are at most messages of the unsynced second that no worker had begun; the reconciler restores all others"
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

    /// What a round adds to the steady load in its last second: jobs that end in every way, and a backlog that no worker gets to.
    private static func jobs(_ round: Int) -> [TestJob] {
        (0..<10).map { TestJob("p\(round)-\($0)", run: "permanent", end: .dead(.permanent)) }
            + (0..<10).map { TestJob("q\(round)-\($0)", run: "fail", end: .dead(.attemptsSpent)) }
            + (0..<60).map { TestJob("b\(round)-\($0)", run: "sleep", milliseconds: 100) }
    }

    /// One loss of power.
    private struct Loss {
        /// Microseconds since 1970: when the second began that is lost, and when it ended.
        var cutAt: Int64 = 0
        var killedAt: Int64 = 0
    }

    func run(_ scene: Scene) async throws {
        let rounds = scene.setting.isLong ? 20 : 3
        let plan = scene.random { generator in
            (0..<rounds).map { _ in
                (before: Int.random(in: 1_000...1_500, using: &generator), after: Int.random(in: 50...900, using: &generator))
            }
        }
        let fleet = [try scene.worker(), try scene.worker(), try scene.scheduler()]
        try await scene.ready(workers: 2)
        var lost = 0
        var inWindow = 0
        var restored = 0
        for (round, pauses) in plan.enumerated() {
            let loss = try await self.loseASecond(scene, round, pauses.before, pauses.after)
            let sent = scene.sentJobs
            inWindow += sent.values.count { $0.time >= loss.cutAt && $0.time <= loss.killedAt }
            // What Redis still has runs again; then the reconciler looks for what is gone.
            try await scene.quiet()
            restored += try await scene.repair()
            try await scene.quiet()
            let account = try await scene.account()
            for name in account.lost {
                let time = sent[name]?.time ?? 0
                let age = seconds(.microseconds(loss.cutAt - time))
                scene.expect(time >= loss.cutAt, "\(name) is lost, though it was accepted \(age) before the lost second")
            }
            lost += account.lost.count
            // Nobody but their producers knows of them any more.
            try await scene.send(account.lost.compactMap { sent[$0]?.job })
        }
        try await scene.settled(within: .seconds(60))
        scene.measured("messages accepted in \(rounds) lost seconds", inWindow)
        scene.measured("of these lost for good, since no worker had begun them", lost)
        scene.measured("restored by reconcile --repair", restored)
        scene.expectRunning(fleet)
        try await self.checkFailures(scene)
        try await scene.checkCounters()
    }

    /// Loses the last second of Redis under load.
    private func loseASecond(_ scene: Scene, _ round: Int, _ before: Int, _ after: Int) async throws -> Loss {
        let redis = try scene.redis()
        let file = "\(redis.directory.path)/appendonlydir/appendonly.aof.1.incr.aof"
        var lengths: [(time: MonotonicTime, wall: Int64, bytes: Int)] = []
        func watch(for time: Duration) async throws {
            let end = MonotonicTime.now + time
            while MonotonicTime.now < end {
                let (now, wall) = (MonotonicTime.now, WallClock.microseconds)
                // While a sync of a busy disk takes its time, Redis answers up to two seconds before it writes. A length counts only for a moment at
                // which all that was answered had been written.
                if try Self.hasWrittenAll(redis) { lengths.append((now, wall, fileSize(file))) }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        var loss = Loss()
        try await SteadyLoad.during(scene) {
            while lengths.isEmpty { try await watch(for: .milliseconds(10)) }
            try await watch(for: .milliseconds(before))
            try await scene.send(Self.jobs(round))
            try await watch(for: .milliseconds(after))
            scene.journal.note("power loss", "redis")
            loss.killedAt = WallClock.microseconds
            redis.kill9()
            let horizon = MonotonicTime.now.nanoseconds - Self.window.inNanoseconds
            guard let synced = lengths.last(where: { $0.time.nanoseconds <= horizon }) ?? lengths.first else {
                throw SelfTestError("Redis wrote nothing for seconds")
            }
            guard truncate(file, off_t(synced.bytes)) == 0 else { throw SelfTestError("cannot cut \(file)") }
            loss.cutAt = synced.wall
            try redis.start()
        }
        return loss
    }

    private static func hasWrittenAll(_ redis: PrivateRedis) throws -> Bool {
        try redis.ask(["INFO", "persistence"]).split(whereSeparator: \.isNewline).contains("aof_buffer_length:0")
    }

    /// What ran twice because of the loss is no further failure.
    private func checkFailures(_ scene: Scene) async throws {
        let wrong = try await scene.count(
            """
            SELECT count(*) FROM work_item
            WHERE failures <> CASE left(filename, 1) WHEN 'p' THEN 1 WHEN 'q' THEN 4 ELSE 0 END
            """)
        scene.expect(wrong == 0, "\(wrong) jobs with a wrong count of failures")
    }
}
