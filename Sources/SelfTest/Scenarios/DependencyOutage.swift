internal import FaultProxy
internal import Flotilla
internal import FlotillaRedis
internal import Glibc
internal import Threading

/// T11: storage, PostgreSQL and Redis away for a quarter of an hour, one after the other, at 60 times the speed.
struct DependencyOutage: Scenario {
    let id = "T11"
    let title = "outage of storage, PostgreSQL and Redis"
    let promise = "0 in the DLQ, no attempt burned, runs begin <= 5 s after it is over"
    let length = ScenarioLength.short

    private static let slots = 4

    var options: SceneOptions {
        var options = SceneOptions(environment: ["CONCURRENCY": "\(Self.slots)"])
        options.samplesConservation = false
        return options
    }

    func run(_ scene: Scene) async throws {
        let outage = scene.setting.isLong ? Duration.seconds(15) : .seconds(5)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await scene.child("storage", options: self.options) { try await self.storage($0, scene, outage) } }
            group.addTask {
                await scene.child("postgres", options: self.options) { inner in
                    let proxy = try inner.postgresProxy()
                    try await self.severed(inner, scene, "PostgreSQL", outage, proxy, inner.environment(redis: nil, postgres: proxy))
                }
            }
            group.addTask {
                await scene.child("redis", options: self.options) { inner in
                    let proxy = try inner.redisProxy()
                    try await self.severed(inner, scene, "Redis", outage, proxy, inner.environment(redis: proxy))
                }
            }
        }
    }

    /// Jobs find that storage is away, as long as a file is there.
    private func storage(_ scene: Scene, _ parent: Scene, _ outage: Duration) async throws {
        guard let file = scene.environment["OUTAGE_FILE"], writeText("", to: file) else {
            throw SelfTestError("cannot write the outage's file")
        }
        let fleet = [try scene.worker(), try scene.scheduler()]
        try await scene.ready(workers: 1)
        scene.journal.note("outage", "storage")
        let jobs = scene.jobs(short: 40, long: 200)
        try await scene.send((0..<jobs).map { TestJob("m\($0)", run: "outage") })
        try await Task.sleep(for: outage)
        let during = scene.runs.begins.count
        scene.expect(try await scene.broker.counts().dead == 0, "something died while storage was away")
        // One run after the other would be thousands: they fail at once.
        let bound = Int(outage.inSeconds * 10) * Self.slots
        scene.expect(during <= bound, "\(during) runs against storage that was away")
        unlink(file)
        let recovery = try await scene.resumption()
        try await scene.settled(within: .seconds(60))
        parent.measured("storage: runs while it was away (\(seconds(outage)), \(jobs) jobs)", during)
        parent.measured("storage: runs begin after", seconds(recovery))
        try await self.check(scene, recovery, fleet)
    }

    private func severed(
        _ scene: Scene, _ parent: Scene, _ name: String, _ outage: Duration, _ proxy: FaultProxy, _ environment: [String: String]
    ) async throws {
        let fleet = [try scene.worker(environment), try scene.worker(environment), try scene.scheduler(environment)]
        try await scene.ready(workers: 2)
        var recovery = Duration.zero
        try await SteadyLoad.during(scene) {
            try await scene.underLoad()
            scene.journal.note("severed", name)
            try proxy.sever()
            try await Task.sleep(for: outage)
            try proxy.heal()
            recovery = try await scene.resumption()
        }
        try await scene.settled(within: .seconds(60))
        parent.measured("\(name): runs begin after", seconds(recovery))
        try await self.check(scene, recovery, fleet)
    }

    private func check(_ scene: Scene, _ recovery: Duration, _ fleet: [FleetProcess]) async throws {
        scene.expect(recovery <= .seconds(5), "runs began only \(seconds(recovery)) after the outage")
        scene.expectRunning(fleet)
        try await scene.expectNoAttemptBurned()
        try await scene.checkCounters()
    }
}
