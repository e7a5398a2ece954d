internal import Flotilla
internal import PostgresClient
internal import ServerHarness
internal import Threading

/// T14: a worker that may open no file and no socket more, and loses its connections meanwhile.
struct DescriptorLimit: Scenario {
    let id = "T14"
    let title = "no file descriptor left, Redis restarted"
    let promise = "no spin, no failure charged, all done once there are some again"
    let length = ScenarioLength.short
    let requirements = [Requirement.program("prlimit")]

    private static let hold = Duration.milliseconds(2_500)

    var options: SceneOptions {
        var options = SceneOptions()
        options.redis = .always
        return options
    }

    func run(_ scene: Scene) async throws {
        try scene.scheduler()
        let worker = try scene.worker(prefix: ["prlimit", "--nofile=64:64"])
        try await scene.ready(workers: 1)
        try await scene.send([TestJob("greedy", run: "descriptors", milliseconds: Int(Self.hold.inMilliseconds))])
        try await scene.eventually("none is left") { worker.openDescriptors >= 64 }
        let start = MonotonicTime.now
        scene.journal.note("EMFILE", worker.name)
        scene.journal.note("SIGKILL", "redis")
        let redis = try scene.redis()
        redis.kill9()
        try redis.start()
        let names = (0..<scene.jobs(short: 100, long: 1_000)).map { "f\($0)" }
        try await scene.sendPatiently(names.map { TestJob($0) })
        let before = worker.processorSeconds
        let from = MonotonicTime.now
        try await Task.sleep(for: Self.hold - (from - start) - .milliseconds(300))
        let share = (worker.processorSeconds - before) / (MonotonicTime.now - from).inSeconds
        scene.measured("processor share without descriptors", "\((share * 1000).rounded() / 10) %")
        scene.expect(share < 0.5, "it spins: \(share) of a core")
        try await scene.settled(within: .seconds(30))
        scene.expect(worker.isRunning, "the worker is gone")
        let burned = try await scene.count("SELECT count(*) FROM work_item WHERE failures > 0")
        scene.expect(burned == 0, "\(burned) failures were charged")
    }
}
