internal import Flotilla
internal import FlotillaRedis
internal import Glibc
internal import PostgresClient
internal import ServerHarness
internal import Threading

/// T18: another build's fleet on its own schema, upgraded under load process by process, and taken back where the schema allows it.
struct RollingUpgrade: Scenario {
    let id = "T18"
    let title = "two builds in one fleet"
    let promise = "0 lost, 0 malformed, whoever runs a message"
    let length = ScenarioLength.long
    let requirements = [Requirement.previousBuild]

    var options: SceneOptions {
        var options = SceneOptions()
        options.isMigrated = false
        return options
    }

    func run(_ scene: Scene) async throws {
        let previous = scene.setting.previousPrograms ?? ""
        try self.migrate(scene, programs: previous)
        let before = try await self.schema(scene)
        var fleet = try (0..<4).map { _ in try scene.worker(programs: previous) } + [scene.scheduler(programs: previous)]
        try await scene.ready(workers: 4)

        let wave = scene.jobs(short: 2_000, long: 10_000) / 20
        var next = 0
        func send() async throws {
            try await scene.send((next..<next + wave).map { Self.job($0) })
            next += wave
            try await Task.sleep(for: .milliseconds(500))
        }
        for _ in 0..<2 { try await send() }
        try self.migrate(scene, programs: nil)
        let isSame = try await self.schema(scene) == before
        scene.measured("schema of the two builds", isSame ? "the same" : "newer: the other build is not started on it again")
        // Each is replaced while there is work, some of them without warning.
        let kills = scene.random { generator in (0..<fleet.count * 2).map { _ in Bool.random(using: &generator) } }
        for index in fleet.indices {
            try await send()
            fleet[index] = try self.replace(fleet[index], kills: kills[index], programs: nil, scene)
        }
        for _ in 0..<2 { try await send() }
        if isSame {
            for index in fleet.indices {
                try await send()
                fleet[index] = try self.replace(fleet[index], kills: kills[fleet.count + index], programs: previous, scene)
            }
        }
        while next < wave * 20 { try await send() }
        try await scene.settled(within: .seconds(120))
        let malformed = try await scene.count("SELECT count(*) FROM dead_letter WHERE reason = 'malformed'")
        scene.expect(malformed == 0, "\(malformed) messages of one build are malformed to the other")
        try await scene.checkCounters()
    }

    private static func job(_ number: Int) -> TestJob {
        switch number % 50 {
        case 0: TestJob("f\(number)", run: "fail", end: .dead(.attemptsSpent))
        case 1: TestJob("f\(number)", run: "permanent", end: .dead(.permanent))
        case 2..<12: TestJob("f\(number)", run: "sleep", milliseconds: 30)
        case 12..<17: TestJob("f\(number)", run: "stages")
        default: TestJob("f\(number)")
        }
    }

    private func replace(_ process: FleetProcess, kills: Bool, programs: String?, _ scene: Scene) throws -> FleetProcess {
        if kills { scene.kill(process) } else { scene.terminate(process) }
        switch process.program {
        case .worker: return try scene.worker(programs: programs)
        case .scheduler: return try scene.scheduler(programs: programs)
        }
    }

    private func migrate(_ scene: Scene, programs: String?) throws {
        let ending = try scene.command(["migrate"], programs: programs).wait()
        guard ending == .exited(0) else { throw SelfTestError("migrate: \(ending) \(readText(scene.commandLog).suffix(300))") }
    }

    /// How many migrations were applied.
    private func schema(_ scene: Scene) async throws -> Int { try await scene.count("SELECT count(*) FROM flotilla_migration") }
}
