internal import Flotilla
internal import FlotillaRedis
internal import ServerHarness
internal import Threading

/// T05: Redis killed and started again under load, with both kinds of append-only file that promise anything.
///
/// With `everysec` Redis answers before it writes while a sync of its file is still under way, for up to two seconds: on a busy disk a kill
/// loses what it held back, and no client can know. Such messages are found by reading the file at the moment of the kill.
struct RedisKillStorm: Scenario {
    let id = "T05"
    let title = "Redis SIGKILL and restart under load"
    let promise = "lost is nothing that Redis had written: with always nothing at all; runs begin <= 3 s after Redis answers"
    let length = ScenarioLength.short
    var options: SceneOptions { SceneOptions(environment: ["CONCURRENCY": "4"]) }

    func run(_ scene: Scene) async throws {
        for (name, durability) in [("everysec", SceneOptions.RedisDurability.everySecond), ("always", .always)] {
            var options = self.options
            options.redis = durability
            options.samplesConservation = false
            // One file that only grows.
            options.redisConfiguration = ["auto-aof-rewrite-percentage 0"]
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
        var unwritten: Set<String> = []
        try await SteadyLoad.during(scene) {
            try await scene.underLoad()
            for step in plan {
                try await Task.sleep(for: .milliseconds(step.up))
                scene.journal.note("SIGKILL", "redis")
                redis.kill9()
                unwritten.formUnion(Self.unwritten(scene, redis))
                try await Task.sleep(for: .milliseconds(step.down))
                try redis.start()
                recoveries.append(try await scene.resumption())
            }
        }
        try await scene.quiet()
        let restored = try await scene.repair()
        try await scene.quiet()
        let lost = try await scene.account().lost
        let held = lost.filter { unwritten.contains($0) }
        scene.expect(held.isEmpty || name != "always", "\(held.count) messages were accepted and not written, with appendfsync always")
        parent.measured("\(name): accepted by Redis, never written, and gone", held.count)
        if restored > 0 { parent.measured("\(name): restored by reconcile --repair", restored) }
        // Only their producers know of them; the account names all others that are lost.
        try await scene.send(held.compactMap { scene.sentJobs[$0]?.job })
        try await scene.settled(within: .seconds(60))
        recoveries.sort()
        let longest = recoveries.last ?? .zero
        parent.measured(
            "\(name): runs begin after PONG, median and longest of \(kills)", "\(seconds(recoveries[kills / 2])), \(seconds(longest))")
        let median = recoveries[kills / 2]
        scene.expect(median <= .seconds(3), "half of the time runs began only \(seconds(median)) and more after Redis answered")
        scene.expect(longest <= .seconds(6), "runs began only \(seconds(longest)) after Redis answered")
        scene.expectRunning(fleet)
        try await scene.expectNoAttemptBurned()
        try await scene.checkCounters()
    }

    /// Jobs that Redis said it had in the last three seconds and that are not in its file.
    private static func unwritten(_ scene: Scene, _ redis: PrivateRedis) -> Set<String> {
        let file = "\(redis.directory.path)/appendonlydir/appendonly.aof.1.incr.aof"
        let tail = String(decoding: readBytes(file, from: max(0, fileSize(file) - 4 << 20)), as: UTF8.self)
        let written = Set(
            tail.split(separator: "\"filename\":").dropFirst().map { rest in
                String(rest.drop { $0 == " " || $0 == "\"" }.prefix { $0 != "\"" })
            })
        let since = WallClock.microseconds - 3_000_000
        return Set(scene.sentJobs.filter { $0.value.time > since && !written.contains($0.key) }.keys)
    }
}
