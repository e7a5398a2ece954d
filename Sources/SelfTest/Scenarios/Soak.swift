internal import Flotilla
internal import FlotillaRedis
internal import PostgresClient
internal import RedisClient
internal import ServerHarness
internal import Threading

/// T19: load and random faults of every kind for as long as one likes.
struct Soak: Scenario {
    let id = "T19"
    let title = "random faults under load"
    let promise = "the equation in every sample; memory, descriptors and keys as at the start"
    let length = ScenarioLength.long

    private static let workers = 3
    /// Between two faults.
    private static let pause = Duration.seconds(3)

    private enum Fault: String, CaseIterable {
        case killWorker, freezeWorker, stopWorker, killScheduler, killRedis, freezeRedis, killPostgres, freezePostgres
    }

    var options: SceneOptions {
        var options = SceneOptions()
        options.redis = .always
        options.ownsPostgres = true
        return options
    }

    func run(_ scene: Scene) async throws {
        let duration = scene.setting.duration ?? .seconds(60)
        let count = max(1, Int(duration.inSeconds / Self.pause.inSeconds))
        let plan = scene.random { generator in
            (0..<count).map { _ in
                (Fault.allCases.randomElement(using: &generator) ?? .killWorker, Int.random(in: 0..<Self.workers, using: &generator))
            }
        }
        // The witness is never killed: what it holds at the end must be what it held at the start.
        let witness = try scene.worker()
        var fleet = try (0..<Self.workers).map { _ in try scene.worker() } + [scene.scheduler()]
        try await scene.ready(workers: Self.workers + 1)
        let isOver = Lock(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.load(scene, until: isOver) }
            try await Task.sleep(for: Self.pause)
            let (memory, descriptors) = (witness.residentBytes, witness.openDescriptors)
            for (fault, victim) in plan {
                try await self.inject(fault, victim, &fleet, scene)
                try await Task.sleep(for: Self.pause)
            }
            isOver.withLock { $0 = true }
            try await group.waitForAll()
            try await scene.settled(within: .seconds(180))
            let growth = Double(witness.residentBytes - memory) / 1_048_576
            scene.measured("memory of the witness grew by", "\((growth * 10).rounded() / 10) MB in \(duration)")
            // Under a megabyte an hour, once the first twenty of caches and arenas are there.
            let limit = 20 + duration.inSeconds / 3_600
            scene.expect(growth < limit, "the witness grew by \(growth) MB")
            let more = witness.openDescriptors - descriptors
            scene.expect(more <= 4, "the witness has \(more) descriptors more")
        }
        scene.expect(witness.isRunning, "the witness is gone")
        try await self.checkKeys(scene)
    }

    private static func load(_ scene: Scene, until isOver: Lock<Bool>) async throws {
        var next = 0
        while !isOver.withLock({ $0 }) {
            try await scene.sendPatiently(
                (next..<next + 20).map { number in
                    switch number % 100 {
                    case 0: TestJob("f\(number)", run: "fail", end: .dead(.attemptsSpent))
                    case 1..<20: TestJob("f\(number)", run: "sleep", milliseconds: 30)
                    case 20..<30: TestJob("f\(number)", run: "stages")
                    default: TestJob("f\(number)")
                    }
                })
            next += 20
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func inject(_ fault: Fault, _ victim: Int, _ fleet: inout [FleetProcess], _ scene: Scene) async throws {
        let last = fleet.count - 1
        switch fault {
        case .killWorker:
            scene.kill(fleet[victim])
            fleet[victim] = try scene.restart(fleet[victim])
        case .stopWorker:
            scene.terminate(fleet[victim])
            fleet[victim] = try scene.restart(fleet[victim])
        case .freezeWorker:
            scene.freeze(fleet[victim])
            // Twice the lease.
            try await Task.sleep(for: .seconds(6))
            scene.thaw(fleet[victim])
        case .killScheduler:
            scene.kill(fleet[last])
            fleet[last] = try scene.restart(fleet[last])
        case .killRedis:
            scene.journal.note("SIGKILL", "redis")
            try scene.redis().kill9()
            try scene.redis().start()
        case .freezeRedis:
            scene.journal.note("SIGSTOP", "redis")
            try scene.redis().freeze()
            try await Task.sleep(for: .seconds(2))
            try scene.redis().thaw()
        case .killPostgres:
            scene.journal.note("SIGKILL", "postgres")
            scene.postgres?.kill9()
            try scene.postgres?.start()
        case .freezePostgres:
            scene.journal.note("SIGSTOP", "postgres")
            scene.postgres?.freeze()
            try await Task.sleep(for: .seconds(2))
            scene.postgres?.thaw()
        }
    }

    /// No key of a worker is left that is not registered any more.
    private func checkKeys(_ scene: Scene) async throws {
        let keys = "{document_queue}:*"
        // Landing slots are looked at once more a minute after a death.
        try await scene.eventually("the dead have no keys left", within: .seconds(90), every: .milliseconds(500)) {
            let living = try await scene.broker.workers().map(\.id.rawValue)
            let names = try await scene.client.send(["KEYS", .text(keys)]).array?.compactMap(\.string) ?? []
            return names.allSatisfy { name in
                !["inflight", "land", "repeats"].contains { name.contains(":\($0):") } || living.contains { name.hasSuffix($0) }
            }
        }
    }
}
