internal import Flotilla
internal import PostgresClient
internal import Threading

/// T01: workers killed at random under load, the scheduler among them now and then.
struct WorkerKillStorm: Scenario {
    let id = "T01"
    let title = "SIGKILL storm on workers"
    let promise = "0 lost, every effect once, runs cut off <= kills x slots of a worker"
    let length = ScenarioLength.short

    private static let workers = 4
    private static let slots = 2

    var options: SceneOptions { SceneOptions(environment: ["CONCURRENCY": "\(Self.slots)"]) }

    /// What the message with a number asks for: most are quick, some fail, some sleep, some are none.
    private static func job(_ number: Int) -> TestJob {
        let job = "job\(number / 500 % 10)"
        switch number % 500 {
        case 0..<5: return TestJob("f\(number)", run: "fail", end: .dead(.attemptsSpent), job: job)
        case 5..<10: return TestJob("f\(number)", run: "permanent", end: .dead(.permanent), job: job)
        case 20..<120: return TestJob("f\(number)", run: "sleep", milliseconds: 50, job: job)
        case 120..<140: return TestJob("f\(number)", run: "stages", job: job)
        default: return TestJob("f\(number)", job: job)
        }
    }

    func run(_ scene: Scene) async throws {
        let jobs = scene.jobs(short: 1_500, long: 10_000)
        let kills = scene.setting.isLong ? 60 : 12
        // The whole plan before the first fault.
        let victims = scene.random { generator in (0..<kills).map { _ in Int.random(in: 0...Self.workers, using: &generator) } }
        var fleet = try (0..<Self.workers).map { _ in try scene.worker() } + [scene.scheduler()]
        try await scene.ready(workers: Self.workers)
        let wave = (jobs + kills - 1) / kills
        for (index, victim) in victims.enumerated() {
            try await scene.send((min(index * wave, jobs)..<min((index + 1) * wave, jobs)).map { Self.job($0) })
            try await scene.sendMalformed([Array("{\"filename\": \"wave\(index)\", ".utf8)])
            try await Task.sleep(for: .milliseconds(400))
            scene.kill(fleet[victim])
            fleet[victim] = try scene.restart(fleet[victim])
        }
        try await scene.settled(within: .seconds(120))
        self.checkRepeats(scene, kills: kills)
        try await self.checkAttempts(scene, jobs)
        try await scene.checkCounters()
    }

    /// A death cuts off what is in the worker's slots. Runs that had ended run again too when their results were not committed yet: slots are
    /// free before the commit, so that is up to some batches, and bounded by nothing that a handler sees.
    private func checkRepeats(_ scene: Scene, kills: Int) {
        struct Run: Hashable {
            let name: String
            let attempt: Int
            let pid: Int32
            init(_ line: RunLog.Line) { (self.name, self.attempt, self.pid) = (line.name, line.attempt, line.pid) }
        }
        let log = scene.runs
        let killed = Set(scene.processes.filter { !$0.isRunning }.map(\.pid))
        let ended = Set(log.ends.map { Run($0) })
        let finals = Dictionary(grouping: log.begins, by: { "\($0.name) \($0.attempt)" }).compactMapValues { $0.map(\.time).max() }
        let repeated = log.begins.filter { killed.contains($0.pid) && $0.time < finals["\($0.name) \($0.attempt)"] ?? 0 }
        // A run that failed leaves no end in the log; it is counted with those that had ended.
        let cutOff = repeated.count { run in
            !ended.contains(Run(run)) && !["fail", "permanent"].contains(Self.job(Int(run.name.dropFirst()) ?? 0).run)
        }
        scene.measured("runs cut off and run again", cutOff)
        scene.measured("runs that had ended, uncommitted, and ran again", repeated.count - cutOff)
        scene.expect(cutOff <= kills * Self.slots, "\(cutOff) runs cut off by \(kills) kills")
    }

    /// Deaths of workers burn no attempt: what fails runs under the numbers 1 to 4.
    private func checkAttempts(_ scene: Scene, _ jobs: Int) async throws {
        let begins = Dictionary(grouping: scene.runs.begins, by: \.name)
        for job in (0..<jobs).map({ Self.job($0) }) where job.run == "fail" {
            let attempts = Set(begins[job.name, default: []].map(\.attempt))
            scene.expect(attempts == [1, 2, 3, 4], "\(job.name) ran as attempts \(attempts.sorted())")
        }
        let failing = (0..<jobs).map { Self.job($0) }.filter { $0.run == "fail" }.map(\.name)
        let wrong = try await scene.count(
            """
            SELECT count(*) FROM work_item
            WHERE failures <> CASE WHEN filename = ANY (\(failing)) THEN 4 WHEN status = 'failed' THEN 1 ELSE 0 END
            """)
        scene.expect(wrong == 0, "\(wrong) jobs with a wrong count of failures")
    }
}
