internal import FaultProxy
internal import Threading

/// T25: Redis and PostgreSQL behind a network that freezes, resets connections and is slow.
struct ServerWeather: Scenario {
    let id = "T25"
    let title = "freezes, resets and delays of Redis and PostgreSQL"
    let promise = "nothing lost, no attempt burned, runs begin <= 5 s after a freeze"
    let length = ScenarioLength.long
    var options: SceneOptions {
        var options = SceneOptions()
        options.samplesConservation = false
        return options
    }

    private static let lease = Duration.seconds(3)

    private enum Server: String, CaseIterable { case redis = "Redis", postgres = "PostgreSQL" }

    func run(_ scene: Scene) async throws {
        await withTaskGroup(of: Void.self) { group in
            for server in Server.allCases {
                group.addTask {
                    await scene.child("freeze.\(server)", options: self.options) { inner in
                        try await self.play(inner, server) { try await self.freeze(inner, scene, server, $0) }
                    }
                    await scene.child("reset.\(server)", options: self.options) { inner in
                        try await self.play(inner, server) { try await self.reset(inner, server, $0) }
                    }
                    await scene.child("delay.\(server)", options: self.options) { inner in
                        try await self.play(inner, server) { try await self.delay(inner, scene, server, $0) }
                    }
                }
            }
        }
    }

    private func play(_ scene: Scene, _ server: Server, _ faults: (FaultProxy) async throws -> Void) async throws {
        let proxy = try server == .redis ? scene.redisProxy() : scene.postgresProxy()
        let environment =
            server == .redis ? scene.environment(redis: proxy) : scene.environment(redis: nil, postgres: proxy)
        let fleet = [try scene.worker(environment), try scene.worker(environment), try scene.scheduler(environment)]
        try await scene.ready(workers: 2)
        try await SteadyLoad.during(scene) {
            try await scene.underLoad()
            try await faults(proxy)
        }
        try await scene.settled(within: .seconds(90))
        scene.expectRunning(fleet)
        try await scene.expectNoAttemptBurned()
        try await scene.checkCounters()
    }

    /// Twice as long as a lease: everybody's has ended when the network is back.
    private func freeze(_ scene: Scene, _ parent: Scene, _ server: Server, _ proxy: FaultProxy) async throws {
        scene.journal.note("freeze", server.rawValue)
        proxy.set(.freeze)
        try await Task.sleep(for: Self.lease * 2)
        proxy.set(.pass)
        let recovery = try await scene.resumption()
        parent.measured("\(server.rawValue): runs begin after a freeze of \(seconds(Self.lease * 2))", seconds(recovery))
        scene.expect(recovery <= .seconds(5), "runs began only \(seconds(recovery)) after the freeze")
    }

    /// All connections at once, then each after a number of bytes that the seed decides.
    private func reset(_ scene: Scene, _ server: Server, _ proxy: FaultProxy) async throws {
        let resets = scene.setting.isLong ? 60 : 10
        let pauses = scene.random { generator in (0..<resets).map { _ in Int.random(in: 10...300, using: &generator) } }
        for pause in pauses {
            try await Task.sleep(for: .milliseconds(pause))
            scene.journal.note("reset", server.rawValue)
            proxy.resetConnections()
        }
        for direction in Direction.allCases {
            scene.journal.note("cut \(direction)", server.rawValue)
            proxy.set(.cut(after: 2_000...40_000), on: direction)
            try await Task.sleep(for: scene.setting.isLong ? .seconds(5) : .seconds(1))
            proxy.set(.pass)
        }
        scene.expect(proxy.statistics.cut > 0, "no connection was cut")
    }

    private func delay(_ scene: Scene, _ parent: Scene, _ server: Server, _ proxy: FaultProxy) async throws {
        scene.journal.note("delay", server.rawValue)
        // There and back: 300 ms a round trip, up to 400 ms.
        proxy.set(.delay(by: .milliseconds(150), jitter: .milliseconds(50)))
        let before = scene.runs.ends.count
        try await Task.sleep(for: .seconds(4))
        let ended = scene.runs.ends.count - before
        parent.measured("\(server.rawValue): runs a second at 300 to 400 ms a round trip", ended / 4)
        scene.expect(ended > 0, "nothing ran while \(server.rawValue) was slow")
        proxy.set(.pass)
    }
}
