internal import Flotilla
internal import Glibc
internal import JSONText
internal import PostgresClient
internal import ServerHarness

/// T13: a job that takes more memory than its worker may have, in a control group of the kernel.
struct MemoryLimit: Scenario {
    let id = "T13"
    let title = "a job beyond the memory limit"
    let promise = "only that job is quarantined, after three deaths; all others finish"
    let length = ScenarioLength.short
    let requirements = [Requirement.root, MemoryGroup.requirement]

    func run(_ scene: Scene) async throws {
        let group = try MemoryGroup(megabytes: 256)
        try scene.scheduler()
        var worker = try scene.worker(prefix: group.prefix)
        try await scene.ready(workers: 1)
        try await scene.send([TestJob("hoard", run: "hoard", end: .dead(.crash), extra: ["mb": 1_024])])
        try await scene.send(
            (0..<scene.jobs(short: 200, long: 2_000)).map { TestJob("f\($0)", run: $0 % 10 == 0 ? "sleep" : "ok", milliseconds: 20) })
        var deaths = 0
        try await scene.settled(within: .seconds(90)) {
            guard !worker.isRunning else { return }
            scene.journal.note("out of memory", worker.name)
            deaths += 1
            worker = try scene.restart(worker)
        }
        scene.expect(deaths == 3, "\(deaths) workers died of one job")
        let runs = scene.runs.begins.count { $0.name == "hoard" }
        scene.expect(runs == 3, "it ran \(runs) times")
        let burned = try await scene.count("SELECT count(*) FROM work_item WHERE failures > 0 AND filename <> 'hoard'")
        scene.expect(burned == 0, "\(burned) others were charged")
        worker.process.kill(SIGTERM)
        worker.process.wait()
    }
}
