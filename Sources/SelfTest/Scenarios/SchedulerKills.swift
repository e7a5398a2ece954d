internal import Flotilla
internal import FlotillaRedis
internal import Threading

/// T02: schedulers killed while retries fall due. No worker runs, so that what was moved lies in the queue to be counted.
struct SchedulerKills: Scenario {
    let id = "T02"
    let title = "SIGKILL of 3 schedulers"
    let promise = "every due retry moved exactly once"
    let length = ScenarioLength.short

    var options: SceneOptions {
        var options = SceneOptions()
        options.measuresStall = false
        return options
    }

    func run(_ scene: Scene) async throws {
        let jobs = scene.jobs(short: 1_000, long: 10_000)
        let kills = scene.setting.isLong ? 200 : 15
        let pause = Duration.milliseconds(150)
        // Due while schedulers are killed, all the time.
        let span = (pause * kills).inMilliseconds
        let (due, victims) = scene.random { generator in
            (
                (0..<jobs).map { _ in Int64.random(in: 500...500 + span, using: &generator) },
                (0..<kills).map { _ in Int.random(in: 0..<3, using: &generator) }
            )
        }
        var schedulers = try (0..<3).map { _ in try scene.scheduler() }
        for (number, delay) in due.enumerated() { try await scene.send(TestJob("f\(number)"), after: .milliseconds(delay)) }
        for victim in victims {
            try await Task.sleep(for: pause)
            scene.kill(schedulers[victim])
            schedulers[victim] = try scene.restart(schedulers[victim])
        }
        try await scene.eventually("all retries are moved", within: .seconds(30)) { try await scene.broker.counts().scheduled == 0 }
        let ready = try await scene.readyNames()
        scene.expect(ready.count == jobs && Set(ready).count == jobs, "\(ready.count) moved, \(Set(ready).count) of \(jobs) different")
        try scene.worker()
        try await scene.settled(within: .seconds(120))
    }
}
