internal import PostgresClient
internal import ServerHarness
internal import Threading

/// T10: PostgreSQL killed and started again under load, and sessions terminated by the dozen.
struct PostgresKillStorm: Scenario {
    let id = "T10"
    let title = "PostgreSQL SIGKILL and pg_terminate_backend storm"
    let promise = "no daemon ends, no attempt burned, 0 in the DLQ; runs begin <= 5 s after PostgreSQL answers"
    let length = ScenarioLength.short
    var options: SceneOptions {
        var options = SceneOptions()
        options.ownsPostgres = true
        options.samplesConservation = false
        return options
    }

    func run(_ scene: Scene) async throws {
        guard let postgres = scene.postgres else { throw SelfTestError("the scene has no PostgreSQL of its own") }
        let kills = scene.setting.isLong ? 20 : 2
        let storms = scene.setting.isLong ? 100 : 8
        let plan = scene.random { generator in
            (0..<kills).map { _ in (up: Int.random(in: 300...900, using: &generator), down: Int.random(in: 0...500, using: &generator)) }
        }
        let pauses = scene.random { generator in (0..<storms).map { _ in Int.random(in: 20...300, using: &generator) } }
        let fleet = [try scene.worker(), try scene.worker(), try scene.scheduler()]
        try await scene.ready(workers: 2)
        var recoveries: [Duration] = []
        try await SteadyLoad.during(scene) {
            try await scene.underLoad()
            for step in plan {
                try await Task.sleep(for: .milliseconds(step.up))
                scene.journal.note("SIGKILL", "postgres")
                postgres.kill9()
                try await Task.sleep(for: .milliseconds(step.down))
                try postgres.start()
                recoveries.append(try await scene.resumption())
            }
            for pause in pauses {
                try await Task.sleep(for: .milliseconds(pause))
                scene.journal.note("pg_terminate_backend", "all sessions")
                // Ours may be among them, and then it has done its work.
                _ = try? await scene.pool.query(
                    """
                    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                    """)
            }
            recoveries.append(try await scene.resumption())
        }
        try await scene.settled(within: .seconds(60))
        let longest = recoveries.max() ?? .zero
        scene.measured("runs begin after PostgreSQL answers, longest of \(recoveries.count)", seconds(longest))
        scene.expect(longest <= .seconds(5), "runs began only \(seconds(longest)) after PostgreSQL answered")
        scene.expectRunning(fleet)
        try await scene.expectNoAttemptBurned()
        try await scene.checkCounters()
    }
}
