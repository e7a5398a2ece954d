internal import Flotilla
internal import FlotillaDaemon
internal import FlotillaRedis
internal import Glibc
internal import PostgresClient
internal import RedisClient
internal import ServerHarness
internal import Threading

/// T27: hosts of a network share two queues, each on a Redis server of its own, and one PostgreSQL, all by TCP.
///
/// Under load one host dies with all that runs on it, without a word; another one is cut off for longer than a lease and comes back; a new one
/// joins. The servers hear of none of it.
struct ScaleOut: Scenario {
    let id = "T27"
    let title = "hosts that share two Redis servers: one dies, one is cut off, one joins"
    let promise = "0 lost, every effect once, nobody charged, and every host has its share of the work"
    let length = ScenarioLength.long
    let requirements = [Requirement.root, .program("ip"), .program("nsenter"), VirtualNetwork.requirement]

    /// The two queues that every host works on.
    static let kinds: [QueueKind] = [.document, .audio]
    /// Longer than a lease, which is 3 s.
    private static let cut = Duration.seconds(8)
    /// Runs between two faults.
    private static let phase = 600

    func run(_ scene: Scene) async throws {
        let network = try VirtualNetwork()
        let documents = try PrivateRedis(.init(tcp: true, appendOnly: true, address: network.address))
        let audio = try PrivateRedis(.init(tcp: true, appendOnly: true, address: network.address))
        var server = PrivatePostgres.Options(tcp: true, settings: ["max_connections": "300"])
        server.network = (network.address, network.range)
        let postgres = try PrivatePostgres(server)
        guard let port = postgres.port else { throw SelfTestError("PostgreSQL has no port") }

        var options = SceneOptions(environment: [
            "REDIS_URL": "redis://\(network.address):\(documents.port)/0", "REDIS_URL_AUDIO": "redis://\(network.address):\(audio.port)/0",
            "DATABASE_URL": "postgres://postgres@\(network.address):\(port)/postgres",
        ])
        // We ask by unix socket: what is seen does not depend on the network.
        options.redisURL = documents.url
        options.shards = [.audio: audio.url]
        options.databaseURL = postgres.url()
        await scene.child("hosts", options: options) { child in try await Self.play(child, scene, network) }
    }

    /// What the message with a number asks for. All take a while, so that every host gets some.
    private static func job(_ number: Int) -> TestJob {
        var job: TestJob =
            switch number / 2 % 25 {
            case 0: TestJob("m\(number)", run: "fail", end: .dead(.attemptsSpent))
            case 1: TestJob("m\(number)", run: "permanent", end: .dead(.permanent))
            case 2..<8: TestJob("m\(number)", run: "stages")
            default: TestJob("m\(number)", run: "sleep", milliseconds: 40)
            }
        job.kind = Self.kinds[number % 2]
        job.job = "job\(number / 50 % 4)"
        return job
    }

    private static func play(_ scene: Scene, _ parent: Scene, _ network: VirtualNetwork) async throws {
        var hosts = try (1...3).map { try FleetHost($0, in: network, of: scene) }
        try await scene.ready(workers: hosts.count * Self.kinds.count)
        let order = scene.random { generator in hosts.indices.shuffled(using: &generator) }
        let (doomed, captive, witness) = (hosts[order[0]], hosts[order[1]], hosts[order[2]])

        try await SteadyLoad.during(scene, job: { Self.job($0) }) {
            try await Self.expectShares(hosts, scene)
            try await scene.underLoad(runs: Self.phase)

            scene.journal.note("link down, SIGKILL of all", doomed.name)
            try doomed.die()
            let death = MonotonicTime.now
            try await Self.expectShares([captive, witness], scene)
            try await Self.expectWorkers(2, scene)
            parent.measured("what the dead host held was taken over after", seconds(MonotonicTime.now - death))

            scene.journal.note("link down for \(Self.cut)", captive.name)
            try captive.host.cut()
            let healing = MonotonicTime.now + Self.cut
            do {
                try await Self.expectShares([witness], scene)
                try await Self.expectWorkers(1, scene)
                try await Task.sleep(for: max(.zero, healing - MonotonicTime.now))
            } catch {
                try captive.host.join()
                throw error
            }
            try captive.host.join()
            let back = MonotonicTime.now
            try await Self.expectShares([captive, witness], scene)
            parent.measured("the host that was cut off works again after", seconds(MonotonicTime.now - back))

            scene.progress("a host joins")
            let joined = MonotonicTime.now
            hosts.append(try FleetHost(4, in: network, of: scene))
            try await Self.expectShares(hosts.filter { $0 !== doomed }, scene)
            parent.measured("the host that joined works after", seconds(MonotonicTime.now - joined))
            let complete = WallClock.microseconds
            try await scene.underLoad(runs: Self.phase)
            Self.measureShares(hosts.filter { $0 !== doomed }, since: complete, scene, parent)
        }
        try await scene.settled(within: .seconds(120))
        Self.report(hosts, [(doomed, ", which died"), (captive, ", which was cut off"), (hosts[3], ", which joined")], scene, parent)
        for host in hosts where host !== doomed { scene.expectRunning(host.processes) }
        try await Self.check(scene)
    }

    /// Waits until each of the hosts has ended some jobs of each queue, from now on.
    private static func expectShares(_ hosts: [FleetHost], _ scene: Scene) async throws {
        let start = WallClock.microseconds
        var idle: [String] = []
        do {
            try await scene.eventually("they share the work", within: .seconds(60), every: .milliseconds(50)) {
                let counts = Dictionary(grouping: scene.runs.ends.filter { $0.time > start }, by: \.pid).mapValues(\.count)
                idle = hosts.flatMap(\.workers).filter { counts[$0.process.pid] ?? 0 < 10 }.map { $0.process.name }
                return idle.isEmpty
            }
        } catch let error as SelfTestError {
            throw SelfTestError("\(error): \(idle.joined(separator: ", ")) had no share")
        }
    }

    /// Waits until each queue has so many workers left: the others' leases are over, and what they held was taken back.
    private static func expectWorkers(_ count: Int, _ scene: Scene) async throws {
        try await scene.eventually("\(count) workers a queue are left", within: .seconds(30), every: .milliseconds(50)) {
            for broker in scene.brokers.values where try await broker.workers().count != count { return false }
            return true
        }
    }

    /// Who did what once all were there: none may have next to nothing.
    private static func measureShares(_ hosts: [FleetHost], since start: Int64, _ scene: Scene, _ parent: Scene) {
        let ends = Dictionary(grouping: scene.runs.ends.filter { $0.time > start }, by: \.pid).mapValues(\.count)
        let shares = hosts.map { host in host.workers.reduce(0) { $0 + (ends[$1.process.pid] ?? 0) } }
        let total = max(1, shares.reduce(0, +))
        let text = zip(hosts, shares).map { "\($0.name) \($1 * 100 / total) %" }.joined(separator: ", ")
        parent.measured("of \(total) runs after it", text)
        scene.expect(shares.allSatisfy { $0 * 10 > total }, "a host had less than a tenth of the work: \(text)")
    }

    /// How much each host did, and how fast while it was there.
    private static func report(
        _ hosts: [FleetHost], _ fates: [(host: FleetHost, what: String)], _ scene: Scene, _ parent: Scene
    ) {
        let ends = Dictionary(grouping: scene.runs.ends, by: \.pid)
        let total = ends.values.reduce(0) { $0 + $1.count }
        for host in hosts {
            let runs = host.workers.map { (kind: $0.kind, ends: ends[$0.process.pid] ?? []) }
            let times = runs.flatMap { $0.ends.map(\.time) }
            let count = times.count
            let time = Double((times.max() ?? 0) - (times.min() ?? 0)) / 1e6
            parent.measured(
                host.name + (fates.first { $0.host === host }?.what ?? ""),
                "\(count * 100 / max(1, total)) % of the \(total) runs (\(runs.map { "\($0.ends.count) \($0.kind)" }.joined(separator: ", "))), "
                    + "\(time > 0 ? Int(Double(count) / time) : 0) a second between its first and its last")
        }
    }

    private static func check(_ scene: Scene) async throws {
        let jobs = scene.sentJobs.values.map(\.job)
        // Neither the death nor the cut was charged to anybody.
        let failing = jobs.filter { $0.run == "fail" }.map(\.name)
        let wrong = try await scene.count(
            """
            SELECT count(*) FROM work_item
            WHERE failures <> CASE WHEN filename = ANY (\(failing)) THEN 4 WHEN status = 'failed' THEN 1 ELSE 0 END
            """)
        scene.expect(wrong == 0, "\(wrong) jobs with a wrong count of failures")
        // Each was worked on where it was sent.
        for kind in Self.kinds {
            let queue = try scene.broker(of: kind).queue.rawValue
            let sent = jobs.filter { $0.kind == kind }.map(\.name)
            let strayed = try await scene.count("SELECT count(*) FROM work_item WHERE filename = ANY (\(sent)) AND queue <> \(queue)")
            scene.expect(strayed == 0, "\(strayed) messages of \(queue) came out of another queue")
        }
        // Whatever queue a job came from, what follows from it is pushed to the server of the next.
        let pushed = try await scene.client.send(["LRANGE", .text(TestJob.effects.rawValue), "0", "-1"]).array ?? []
        let followed = Set(try pushed.compactMap { try $0.string.map { try Envelope(Array($0.utf8)).filename ?? "?" } })
        let completed = Set(jobs.filter { $0.end == .completed }.map(\.name))
        scene.expect(followed == completed, "\(followed.symmetricDifference(completed).count) follow-ups are missing or too many")
        try await scene.checkCounters()
    }
}

/// A host of the fleet: a worker for each queue, and a scheduler.
private final class FleetHost: Sendable {
    let host: VirtualHost
    let workers: [(kind: QueueKind, process: FleetProcess)]
    private let scheduler: FleetProcess

    init(_ index: Int, in network: VirtualNetwork, of scene: Scene) throws {
        let host = try network.host(index)
        self.host = host
        self.workers = try ScaleOut.kinds.map { kind in
            (kind, try scene.worker(["SELFTEST_QUEUE": kind.rawValue], prefix: host.prefix))
        }
        self.scheduler = try scene.scheduler(prefix: host.prefix)
    }

    var name: String { self.host.name }
    var processes: [FleetProcess] { self.workers.map(\.process) + [self.scheduler] }

    /// What a machine does that loses its power: nobody is told, not even by its kernel.
    func die() throws {
        try self.host.cut()
        for process in self.processes { process.process.kill(SIGKILL) }
    }
}
