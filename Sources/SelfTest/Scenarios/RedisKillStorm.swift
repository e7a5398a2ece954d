internal import ServerHarness
internal import Threading

/// T05: Redis killed and started again under load, with both kinds of append-only file that promise anything.
struct RedisKillStorm: Scenario {
    let id = "T05"
    let title = "Redis SIGKILL and restart under load"
    let promise = "0 lost with appendfsync everysec and always; runs begin <= 3 s after Redis answers"
    let length = ScenarioLength.short
    var options: SceneOptions { SceneOptions(environment: ["CONCURRENCY": "4"]) }

    func run(_ scene: Scene) async throws {
        for (name, durability) in [("everysec", SceneOptions.RedisDurability.everySecond), ("always", .always)] {
            var options = self.options
            options.redis = durability
            options.samplesConservation = false
            await scene.child(name, options: options) { try await self.storm($0, scene, name) }
        }
    }

    private func storm(_ scene: Scene, _ parent: Scene, _ name: String) async throws {
        let kills = scene.setting.isLong ? 50 : 4
        let plan = scene.random { generator in
            (0..<kills).map { _ in (up: Int.random(in: 300...900, using: &generator), down: Int.random(in: 0...500, using: &generator)) }
        }
        let fleet = [try scene.worker(), try scene.worker(), try scene.scheduler()]
        try await scene.ready(workers: 2)
        let redis = try scene.redis()
        var recoveries: [Duration] = []
        try await SteadyLoad.during(scene) {
            try await scene.underLoad()
            for step in plan {
                try await Task.sleep(for: .milliseconds(step.up))
                scene.journal.note("SIGKILL", "redis")
                redis.kill9()
                try await Task.sleep(for: .milliseconds(step.down))
                try redis.start()
                recoveries.append(try await scene.resumption())
            }
        }
        try await scene.settled(within: .seconds(60))
        recoveries.sort()
        let longest = recoveries.last ?? .zero
        parent.measured(
            "\(name): runs begin after PONG, median and longest of \(kills)", "\(seconds(recoveries[kills / 2])), \(seconds(longest))")
        scene.expect(longest <= .seconds(3), "runs began only \(seconds(longest)) after Redis answered")
        scene.expectRunning(fleet)
        try await scene.expectNoAttemptBurned()
        try await scene.checkCounters()
    }
}
