internal import Flotilla
internal import FlotillaRedis
internal import ServerHarness
internal import Threading

/// T15: workers and schedulers whose clocks are wrong: the monotonic one by an hour and a day (a time namespace of the kernel), and, where
/// there is a C compiler, a wall clock that steps hours forth and back while retries wait.
struct ClockSteps: Scenario {
    let id = "T15"
    let title = "clocks that are wrong and step"
    let promise = "no retry fires before its time by Redis's clock; leases hold"
    let length = ScenarioLength.short
    let requirements = [Requirement.root, Requirement.timeNamespace]

    private static let backoff = (base: 600, maximum: 1_200)

    var options: SceneOptions {
        SceneOptions(environment: [
            "RETRY_BACKOFF_BASE_SECONDS": "\(Self.backoff.base)ms", "RETRY_BACKOFF_MAX_SECONDS": "\(Self.backoff.maximum)ms",
        ])
    }

    func run(_ scene: Scene) async throws {
        try scene.worker(prefix: Self.monotonic(seconds: 3_600))
        try scene.worker()
        try scene.scheduler(prefix: Self.monotonic(seconds: 86_400))
        scene.journal.note("monotonic clock +1 h", "worker-1")
        scene.journal.note("monotonic clock +24 h", "scheduler-1")
        let clock = SteppingClock.requirement.unmet(in: scene.setting) == nil ? try SteppingClock(in: scene.directory.path) : nil
        let stepping = try clock.map { try scene.worker($0.environment) }
        scene.measured("wall clock stepped", stepping == nil ? "no: needs a C compiler" : "yes")
        try await scene.ready(workers: stepping == nil ? 2 : 3)
        let steps = scene.random { generator in ([3_600, -3_600, 1_800, -7_200] as [Int64]).shuffled(using: &generator) }
        for (index, step) in steps.enumerated() {
            let ids = index * 60..<(index + 1) * 60
            try await scene.send(
                ids.map {
                    $0 % 5 == 0
                        ? TestJob("fail\($0)", run: "fail", end: .dead(.attemptsSpent)) : TestJob("f\($0)", run: "sleep", milliseconds: 20)
                })
            if let clock, let stepping {
                scene.journal.note("wall clock \(step > 0 ? "+" : "")\(step) s", stepping.name)
                clock.step(to: step)
            }
            try await self.watch(scene, for: .milliseconds(700))
        }
        try await scene.settled(within: .seconds(60))
        self.checkWaits(scene, except: stepping)
        let account = try await scene.account()
        scene.expect(account.duplicatesExecuted == 0, "\(account.duplicatesExecuted) runs repeated: leases were lost")
    }

    /// No waiting message is due later than the longest backoff, nor overdue, by Redis's clock.
    private func watch(_ scene: Scene, for time: Duration) async throws {
        let end = MonotonicTime.now + time
        while MonotonicTime.now < end {
            for message in try await scene.broker.scheduledMessages(from: 0, limit: 500) {
                scene.expect(
                    message.dueIn <= .milliseconds(Self.backoff.maximum) && message.dueIn > .seconds(-20),
                    "a retry is due in \(message.dueIn) by Redis's clock")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Between two runs of a job lies at least the shortest backoff: half of what the policy says. Run times of the process whose wall clock
    /// steps say nothing.
    private func checkWaits(_ scene: Scene, except stepping: FleetProcess?) {
        for (name, begins) in Dictionary(grouping: scene.runs.begins, by: \.name) {
            let sorted = begins.sorted { $0.attempt < $1.attempt }
            for (former, latter) in zip(sorted, sorted.dropFirst()) where ![former.pid, latter.pid].contains(stepping?.pid ?? 0) {
                let shortest = min(Self.backoff.base << (former.attempt - 1), Self.backoff.maximum) / 2
                scene.expect(
                    latter.time - former.time >= Int64(shortest) * 1_000,
                    "\(name) ran again after \((latter.time - former.time) / 1_000) ms instead of at least \(shortest)")
            }
        }
    }

    /// unshare stays the parent, since a namespace of time begins with a child; the child dies with it.
    private static func monotonic(seconds: Int) -> [String] {
        ["unshare", "--time", "--monotonic", "\(seconds)", "--boottime", "\(seconds)", "--fork", "--kill-child=SIGKILL"]
    }
}
