internal import FaultProxy
internal import Flotilla
internal import FlotillaRedis
internal import Glibc
internal import PostgresClient
internal import ServerHarness
internal import Threading

/// T09: a worker whose network swallows one direction of its connections to Redis, while its way to PostgreSQL is good: the zombie that could
/// do harm.
struct HalfOpenConnection: Scenario {
    let id = "T09"
    let title = "half-open TCP to Redis"
    let promise = "others run its jobs <= lease + 2 s later (5 s more while its requests arrive), of the zombie's writes none is accepted"
    let length = ScenarioLength.short

    private static let lease = Duration.seconds(3)
    /// The Redis client's.
    private static let answerLimit = Duration.seconds(5)

    func run(_ scene: Scene) async throws {
        await withTaskGroup(of: Void.self) { group in
            for (name, directions) in [("requests", [Direction.toServer]), ("replies", [.toClient]), ("both", [.toServer, .toClient])] {
                group.addTask { await scene.child(name, options: self.options) { try await self.partition($0, scene, name, directions) } }
            }
        }
    }

    private func partition(_ scene: Scene, _ parent: Scene, _ name: String, _ directions: [Direction]) async throws {
        let proxy = try scene.redisProxy()
        // Its runs wait for the file to go, deaf to everything; those of the other do not see it.
        let gate = "\(scene.directory.path)/gate"
        writeText("", to: gate)
        let zombie = try scene.worker(scene.environment(redis: proxy).merging(["OUTAGE_FILE": gate]) { $1 })
        try await scene.ready(workers: 1)
        let former = try await scene.broker.workers()[0].id
        let jobs = (0..<4).map { TestJob("z\($0)", run: "zombie") }
        try await scene.send(jobs)
        try await scene.eventually("they run") { scene.runs.begins.count == jobs.count }

        for direction in directions {
            scene.journal.note("drop \(direction)", zombie.name)
            proxy.set(.drop, on: direction)
        }
        let start = MonotonicTime.now
        let other = try scene.worker()
        let scheduler = try scene.scheduler()
        try await scene.eventually("another worker runs them", within: .seconds(30)) {
            scene.runs.begins.count { $0.pid == other.pid } == jobs.count
        }
        let taken = MonotonicTime.now - start
        parent.measured("\(name) dropped: others run its jobs after", seconds(taken))
        // A worker that is heard and does not hear keeps its lease until its own limit for answers ends the connection.
        let bound = Self.lease + .seconds(2) + (directions == [.toClient] ? Self.answerLimit : .zero)
        scene.expect(taken <= bound, "another worker ran them only \(seconds(taken)) after the cut")
        unlink(gate)
        try await scene.eventually("the zombie has tried to write", within: .seconds(30)) {
            scene.runs.writes.count { $0.pid == zombie.pid } == jobs.count
        }
        let accepted = scene.runs.writes.filter { $0.pid == zombie.pid && $0.kind == .write("accepted") }
        scene.expect(accepted.isEmpty, "\(accepted.count) writes of the zombie were accepted")
        try await scene.settled(within: .seconds(40))

        // Healed, it works on under another name.
        let idle = MonotonicTime.now
        proxy.set(.pass)
        try await scene.eventually("it has another name", within: .seconds(20)) {
            let workers = try await scene.broker.workers().map(\.id)
            return workers.count == 2 && !workers.contains(former)
        }
        parent.measured("\(name) dropped: it is back after", seconds(MonotonicTime.now - idle))
        scene.kill(other)
        try await scene.send([TestJob("next")])
        try await scene.settled(within: .seconds(20))
        scene.expect(scene.runs.begins.contains { $0.name == "next" && $0.pid == zombie.pid }, "the healed worker takes no job")
        scene.expectRunning([zombie, scheduler])
        let written = try await scene.count("SELECT count(*) FROM work_item WHERE worker = \(former.rawValue)")
        scene.expect(written == 0, "\(written) results are the zombie's")
        try await scene.expectNoAttemptBurned()
        try await scene.checkCounters()
    }
}
