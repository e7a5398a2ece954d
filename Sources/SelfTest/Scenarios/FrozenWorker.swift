internal import Flotilla
internal import FlotillaRedis
internal import Glibc
internal import PostgresClient
internal import ServerHarness
internal import Threading

/// T16: a worker frozen for twice its lease, whose runs then go on and write: a hundred of them, deaf to everything.
struct FrozenWorker: Scenario {
    let id = "T16"
    let title = "SIGSTOP for two leases"
    let promise = "every write of the zombie is refused by the fence, its work done by another"
    let length = ScenarioLength.short

    private static let runs = 100
    private static let lease = Duration.seconds(3)

    func run(_ scene: Scene) async throws {
        // Runs of the victim wait for the file to go; those of the other do not see it.
        let gate = "\(scene.directory.path)/gate"
        writeText("", to: gate)
        try scene.scheduler()
        let victim = try scene.worker(["CONCURRENCY": "\(Self.runs)", "OUTAGE_FILE": gate])
        try await scene.ready(workers: 1)
        let name = try await scene.broker.workers()[0].id
        let names = (0..<Self.runs).map { "zombie\($0)" }
        try await scene.send(names.map { TestJob($0, run: "zombie") })
        try await scene.eventually("they run") { scene.runs.begins.count == Self.runs }
        scene.freeze(victim)
        let other = try scene.worker()
        try await Task.sleep(for: Self.lease * 2)
        try await scene.eventually("the other has done them", within: .seconds(60)) {
            try await scene.count("SELECT count(*) FROM work_item WHERE status = 'completed'") == Self.runs
        }
        unlink(gate)
        scene.thaw(victim)
        try await scene.eventually("the zombie has written") { scene.runs.writes.count { $0.pid == victim.pid } == Self.runs }
        let refused = scene.runs.writes.count { $0.pid == victim.pid && $0.kind == .write("refused") }
        scene.measured("writes of the zombie refused", "\(refused)/\(Self.runs)")
        scene.expect(refused == Self.runs, "\(Self.runs - refused) writes of the zombie were accepted")
        try await scene.settled(within: .seconds(30))
        let written = try await scene.count("SELECT count(*) FROM work_item WHERE worker = \(name.rawValue)")
        scene.expect(written == 0, "\(written) results are the zombie's")
        let outputs = try await scene.count(
            "SELECT count(*) FROM stage_output WHERE convert_from(body, 'UTF8')::json ->> 'pid' <> \("\(other.pid)")")
        scene.expect(outputs == 0, "\(outputs) outputs are the zombie's")
        try await self.goesOn(scene, victim, other, formerName: name)
    }

    /// It goes on under another name.
    private func goesOn(_ scene: Scene, _ victim: FleetProcess, _ other: FleetProcess, formerName: WorkerID) async throws {
        try await scene.eventually("the zombie has another name") {
            let workers = try await scene.broker.workers().map(\.id)
            return workers.count == 2 && !workers.contains(formerName)
        }
        scene.kill(other)
        try await scene.send([TestJob("next")])
        try await scene.eventually("the zombie works on") { scene.runs.ends.contains { $0.name == "next" && $0.pid == victim.pid } }
        try await scene.settled(within: .seconds(30))
    }
}
