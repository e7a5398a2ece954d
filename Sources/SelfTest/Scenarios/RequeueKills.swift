internal import Flotilla
internal import FlotillaRedis
internal import Glibc
internal import ServerHarness
internal import PostgresClient

/// T03: `flotilla dlq requeue` killed in the middle, again and again, and Redis once. No worker runs meanwhile, so that what was moved lies
/// in the queue to be counted.
struct RequeueKills: Scenario {
    let id = "T03"
    let title = "SIGKILL during bulk requeue"
    let promise = "the same command finishes it; 0 lost, 0 put back twice"
    let length = ScenarioLength.short

    var options: SceneOptions {
        var options = SceneOptions()
        options.redis = .always
        options.measuresStall = false
        return options
    }

    func run(_ scene: Scene) async throws {
        let jobs = scene.jobs(short: 1_000, long: 50_000)
        let names = (0..<jobs).map { "f\($0)" }
        try await self.bury(names, scene)
        let delays = scene.random { generator in
            (0..<(scene.setting.isLong ? 30 : 6)).map { _ in Int.random(in: 0...40, using: &generator) }
        }
        let redis = try scene.redis()
        for (index, delay) in delays.enumerated() {
            let before = try await scene.broker.counts().ready
            if before == jobs { break }
            let command = try self.requeue(scene)
            // It has begun to move; then somewhere in the middle.
            try await scene.eventually("the requeue moves letters", every: .milliseconds(2)) {
                if !command.isRunning { return true }
                return try await scene.broker.counts().ready > before
            }
            try await Task.sleep(for: .milliseconds(delay))
            guard command.isRunning else { continue }
            if index == delays.count / 2 {
                scene.journal.note("SIGKILL", "redis")
                redis.kill9()
                // The command says so and ends.
                command.wait()
                try redis.start()
            } else {
                scene.journal.note("SIGKILL", "flotilla dlq requeue")
                command.kill(SIGKILL)
                command.wait()
            }
        }
        let halfMoved = try await self.halfMoved(scene)
        scene.measured("letters between PostgreSQL and Redis after the last kill", halfMoved)
        let last = try self.requeue(scene)
        let ending = last.wait(milliseconds: 600_000)
        scene.expect(ending == .exited(0), "the last requeue ended with \(ending.map { "\($0)" } ?? "nothing")")
        let ready = try await scene.readyNames()
        scene.expect(ready.count == jobs && Set(ready).count == jobs, "\(ready.count) put back, \(Set(ready).count) of \(jobs) different")
        scene.revise(names, end: .completed)
        try scene.worker()
        try await scene.settled(within: .seconds(300))
    }

    /// Fills the dead-letter queue: every job is refused once.
    private func bury(_ names: [String], _ scene: Scene) async throws {
        scene.beginOutage()
        let worker = try scene.worker()
        try scene.scheduler()
        try await scene.send(names.map { TestJob($0, run: "refuse", end: .dead(.permanent)) })
        try await scene.settled(within: .seconds(300))
        worker.process.kill(SIGTERM)
        worker.process.wait()
        scene.endOutage()
    }

    private func requeue(_ scene: Scene) throws -> ChildProcess {
        try scene.command(["dlq", "requeue", "--filter", "reason:permanent", "--yes"])
    }

    /// Letters that PostgreSQL calls requeued and that still rest in the dead-letter queue.
    private func halfMoved(_ scene: Scene) async throws -> Int {
        let resting = try await scene.broker.counts().dead
        return try await resting - scene.count("SELECT count(*) FROM dead_letter WHERE state = 'dead'")
    }
}
