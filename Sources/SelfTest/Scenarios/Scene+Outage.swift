internal import Flotilla
internal import FlotillaRedis
internal import PostgresClient
internal import Threading

extension Scene {
    /// Waits until a run begins that was not begun before. Returns how long that took.
    func resumption(within limit: Duration = .seconds(30)) async throws -> Duration {
        let start = MonotonicTime.now
        let now = WallClock.microseconds
        try await self.eventually("runs begin again", within: limit, every: .milliseconds(20)) {
            self.runs.begins.contains { $0.time > now }
        }
        return MonotonicTime.now - start
    }

    /// Waits until so many more runs have begun.
    func underLoad(runs: Int = 100) async throws {
        let before = self.runs.begins.count
        try await self.eventually("it is under load", within: .seconds(30), every: .milliseconds(50)) {
            self.runs.begins.count >= before + runs
        }
    }

    /// Checks that an outage was nobody's fault: every run was a first attempt, no failure was counted, nothing died.
    func expectNoAttemptBurned() async throws {
        let later = Set(self.runs.begins.filter { $0.attempt > 1 }.map(\.name))
        self.expect(later.isEmpty, "\(later.count) jobs had a second attempt: \(later.sorted().prefix(5))")
        let failed = try await self.count("SELECT count(*) FROM work_item WHERE failures > 0")
        self.expect(failed == 0, "\(failed) jobs with a failure on record")
        let dead = try await self.broker.counts().dead
        self.expect(dead == 0, "\(dead) in the dead-letter queue")
    }

    /// Counts a job as accepted that was sent by other means than ``send(_:)``.
    func note(accepted job: TestJob) {
        let sent = SentJob(job: job, time: WallClock.microseconds)
        self.state.withLock { $0.jobs[job.name] = sent }
    }

    /// Checks that none of the daemons that must run has ended.
    func expectRunning(_ processes: [FleetProcess]) {
        for process in processes where !process.isRunning { self.expect(false, "\(process.name) has ended") }
    }
}

/// A duration for people: `1.24 s`.
func seconds(_ duration: Duration) -> String {
    let hundredths = (duration.inMilliseconds + 5) / 10
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
}
