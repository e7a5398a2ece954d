internal import Flotilla
internal import FlotillaRedis
internal import PostgresClient
internal import ServerHarness
internal import Threading

/// T17: SIGTERM while eight long jobs run, four of which end within the grace.
struct Drain: Scenario {
    let id = "T17"
    let title = "SIGTERM with 8 long jobs"
    let promise = "each finished or given back within the grace, no attempt counted"
    let length = ScenarioLength.short

    func run(_ scene: Scene) async throws {
        let grace = scene.setting.isLong ? 10 : 3
        let environment = ["CONCURRENCY": "8", "DRAIN_SECONDS": "\(grace)"]
        let worker = try scene.worker(environment)
        try scene.scheduler()
        try await scene.ready(workers: 1)
        try await scene.send((0..<4).map { TestJob("within\($0)", run: "sleep", milliseconds: grace * 1_000 / 3) })
        try await scene.send((0..<4).map { TestJob("beyond\($0)", run: "sleep", milliseconds: grace * 2_000) })
        try await scene.send((0..<20).map { TestJob("waiting\($0)") })
        try await scene.eventually("all eight run") { scene.runs.begins.count == 8 }
        let start = MonotonicTime.now
        scene.terminate(worker)
        let ending = worker.process.wait(milliseconds: Int32(grace + 5) * 1_000)
        let took = MonotonicTime.now - start
        scene.measured("stopped after", "\((took.inSeconds * 100).rounded() / 100) s of \(grace) s")
        scene.expect(ending == .exited(0), "it ended with \(ending.map { "\($0)" } ?? "nothing")")
        scene.expect(took <= .seconds(grace) + .milliseconds(500), "it took \(took)")
        let counts = try await scene.broker.counts()
        scene.expect(counts.ready == 24 && counts.leased == 0, "\(counts.ready) were given back, \(counts.leased) are still leased")
        scene.expect(try await scene.broker.workers().isEmpty, "its registration is left")
        let finished = Set(scene.runs.ends.map(\.name))
        scene.expect(finished == Set((0..<4).map { "within\($0)" }), "finished: \(finished.sorted())")
        try scene.worker(environment)
        try await scene.settled(within: .seconds(60))
        scene.expect(scene.runs.begins.allSatisfy { $0.attempt == 1 }, "an attempt was counted")
        let burned = try await scene.count("SELECT count(*) FROM work_item WHERE failures > 0")
        scene.expect(burned == 0, "\(burned) failures were charged")
    }
}
