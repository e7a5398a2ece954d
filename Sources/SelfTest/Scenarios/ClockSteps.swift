internal import Flotilla
internal import FlotillaRedis
internal import Glibc
internal import ServerHarness
internal import Threading

/// T15: workers and schedulers whose clocks are wrong: the monotonic one by an hour and a day (a time namespace of the kernel), and, where
/// libfaketime is installed, a wall clock that steps an hour forth and back while retries wait.
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
        let wall = Self.library == nil ? nil : "\(scene.directory.path)/clock"
        var stepping: FleetProcess?
        if let wall, let library = Self.library {
            Self.set(wall, "+0")
            // By way of env: libfaketime adds a variable to the environment of the first process that it is in, which moves the environment,
            // from whose place Swift finds its arguments.
            stepping = try scene.worker(
                [
                    "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": wall, "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                ], prefix: ["env"])
        }
        scene.measured("wall clock stepped", stepping == nil ? "no: libfaketime is not installed" : "yes")
        try await scene.ready(workers: stepping == nil ? 2 : 3)
        let steps = scene.random { generator in ["+3600", "-3600", "+1800", "-7200"].shuffled(using: &generator) }
        for (index, step) in steps.enumerated() {
            let ids = index * 60..<(index + 1) * 60
            try await scene.send(
                ids.map {
                    $0 % 5 == 0
                        ? TestJob("fail\($0)", run: "fail", end: .dead(.attemptsSpent)) : TestJob("f\($0)", run: "sleep", milliseconds: 20)
                })
            if let wall {
                scene.journal.note("wall clock \(step) s", stepping?.name ?? "")
                Self.set(wall, step)
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

    private static func set(_ file: String, _ offset: String) { writeText("\(offset)\n", to: file) }

    private static let library: String? = {
        let directories: [String] = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
        return directories.map { $0 + "/faketime/libfaketimeMT.so.1" }.first { access($0, R_OK) == 0 }
    }()
}
