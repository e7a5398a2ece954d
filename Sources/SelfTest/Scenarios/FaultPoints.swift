internal import Flotilla
internal import FlotillaPostgres
internal import FlotillaRedis
internal import PostgresClient
internal import RedisClient
internal import Threading

/// T04: a process killed between every two calls of a message's way, at each point in a fleet of its own.
struct FaultPoints: Scenario {
    let id = "T04"
    let title = "death at every fault point"
    let promise = "the equation holds at each; none is left out"
    let length = ScenarioLength.short

    var options: SceneOptions {
        // All happens in scenes within.
        var options = SceneOptions()
        options.redis = .none
        options.samplesConservation = false
        return options
    }

    /// Which program passes a point, and what makes it.
    private enum Victim { case worker, scheduler, sweeper, anybody }

    private static func victim(_ point: FaultPoint) -> Victim {
        switch point {
        case .promoteDone: .scheduler
        // What follows is pushed by the worker that committed it, or by the relay if that looks in the same millisecond or the worker died.
        case .quarantineRecorded, .outboxPushing, .outboxPushed: .anybody
        case .deadLetterArchived: .sweeper
        default: .worker
        }
    }

    /// Some the first time, some when things are under way.
    private static let plans: [(point: FaultPoint, times: Int)] = FaultPoint.allCases.flatMap { point -> [(FaultPoint, Int)] in
        switch point {
        case .exchangeSending, .exchangeDone: [(point, 1), (point, 4)]
        case .reclaimDone, .promoteDone: [(point, 4)]
        case .handlerReturned, .recordDone: [(point, 3)]
        default: [(point, 1)]
        }
    }

    func run(_ scene: Scene) async throws {
        let next = Lock(0)
        let met = Lock<Set<FaultPoint>>([])
        // Most of a case is waiting for leases to end.
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    while let (point, times) = next.withLock({ next in
                        defer { next += 1 }
                        return next < Self.plans.count ? Self.plans[next] : nil
                    }) {
                        let victim = Self.victim(point)
                        await scene.child("\(point.rawValue):\(times)", options: Self.options(victim)) { child in
                            try await Self.play(child, point, times, victim)
                            met.withLock { _ = $0.insert(point) }
                        }
                    }
                }
            }
        }
        let uncovered = Set(FaultPoint.allCases).subtracting(met.withLock { $0 }).map(\.rawValue).sorted()
        scene.expect(uncovered.isEmpty, "not covered: \(uncovered.joined(separator: ", "))")
        scene.measured("fault points", Self.plans.map { "\($0.point.rawValue):\($0.times)" }.joined(separator: " "))
    }

    private static func options(_ victim: Victim) -> SceneOptions {
        var options = SceneOptions(environment: ["LEASE_SECONDS": "2", "HEARTBEAT_SECONDS": "500ms", "CONCURRENCY": "2"])
        // No server dies.
        options.redis = .none
        if victim == .sweeper { options.environment["DLQ_RETENTION_DAYS"] = "1s" }
        return options
    }

    private static func play(_ scene: Scene, _ point: FaultPoint, _ times: Int, _ victim: Victim) async throws {
        let fault = ["FLOTILLA_FAULT": "\(point.rawValue):\(times)"]
        try await Self.send(scene, poison: point == .quarantineRecorded)
        var worker = try scene.worker(victim == .worker || victim == .anybody ? fault : [:])
        if victim == .sweeper {
            try await scene.eventually("there are dead letters") { try await scene.broker.counts().dead >= 2 }
            // Old enough for a retention of a second.
            try await Task.sleep(for: .seconds(1.1))
        }
        var scheduler = try scene.scheduler(victim == .worker ? [:] : fault)
        if point == .messageLanded {
            try await scene.ready(workers: 1)
            try await scene.send([TestJob("late")])
        }
        // Whoever ends is started again, as systemd does; with the fault until somebody has met it.
        var isMet = false
        try await scene.eventually("\(point.rawValue) is met", within: .seconds(60), every: .milliseconds(50)) {
            isMet = scene.processes.contains { readText($0.log).contains("FLOTILLA_FAULT: killed at \(point.rawValue)\n") }
            let again = isMet || victim != .anybody ? [:] : fault
            if !worker.isRunning { worker = try scene.worker(again) }
            if !scheduler.isRunning { scheduler = try scene.scheduler(again) }
            return isMet
        }
        scene.journal.note("SIGKILL", "at \(point.rawValue):\(times)")
        try await scene.settled(within: .seconds(60)) {
            if !worker.isRunning { worker = try scene.worker() }
            if !scheduler.isRunning { scheduler = try scene.scheduler() }
        }
        try await Self.check(scene, isSwept: victim == .sweeper)
    }

    private static func send(_ scene: Scene, poison: Bool) async throws {
        var jobs = (0..<20).map { TestJob("ok\($0)") }
        jobs += ["fail0", "fail1"].map { TestJob($0, run: "fail", end: .dead(.attemptsSpent)) }
        jobs.append(TestJob("permanent", run: "permanent", end: .dead(.permanent)))
        jobs += (0..<3).map { TestJob("stages\($0)", run: "stages") }
        if poison { jobs.append(TestJob("die", run: "die", end: .dead(.crash))) }
        try await scene.send(jobs)
        try await scene.sendMalformed([Array("{ malformed".utf8)])
    }

    private static func check(_ scene: Scene, isSwept: Bool) async throws {
        let jobs = scene.sentJobs.values.map(\.job)
        let dead = jobs.count { if case .dead = $0.end { true } else { false } }
        // Follow-ups are pushed once and, with each crash between the push and its mark, once more; never lost. Worker and relay may both have
        // met the fault.
        let effects = try await scene.client.send(["LLEN", .text(TestJob.effects.rawValue)]).int ?? 0
        let completed = jobs.count - dead
        scene.expect((completed...completed * 3).contains(Int(effects)), "\(effects) follow-ups pushed for \(completed) jobs")
        let stages = try await scene.count("SELECT count(*) FROM stage_run WHERE status = 'completed'")
        scene.expect(stages == 6, "\(stages) stages completed instead of 6")
        try await scene.eventually("the history of the dead is complete", within: .seconds(25)) {
            try await scene.count("SELECT count(*) FROM dead_letter") == dead + 1
        }
        if isSwept {
            try await scene.eventually("old letters are gone", within: .seconds(25)) { try await scene.broker.counts().dead == 0 }
            scene.forgetMalformed()
        }
        try await scene.checkCounters()
        for name in ["fail0", "fail1"] {
            let attempts = Set(scene.runs.begins.filter { $0.name == name }.map(\.attempt))
            scene.expect(attempts == [1, 2, 3, 4], "\(name) ran as attempts \(attempts.sorted())")
            let failures = try await scene.count("SELECT failures FROM work_item WHERE filename = \(name)")
            scene.expect(failures == 4, "\(name) has \(failures) failures")
        }
    }
}
