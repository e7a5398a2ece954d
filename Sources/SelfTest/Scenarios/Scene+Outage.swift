internal import Flotilla
internal import FlotillaPostgres
internal import FlotillaRedis
internal import Glibc
internal import PostgresClient
internal import Threading

extension Scene {
    /// Waits until a run begins that was not begun before. Returns how long that took.
    func resumption(within limit: Duration = .seconds(30)) async throws -> Duration {
        let start = MonotonicTime.now
        let now = WallClock.microseconds
        // Only what is new: reading all of a long log would take longer than what is measured.
        let size = fileSize(self.runLogPath)
        try await self.eventually("runs begin again", within: limit, every: .milliseconds(20)) {
            let text = String(decoding: readBytes(self.runLogPath, from: size), as: UTF8.self)
            return text.split(separator: "\n").contains { line in
                RunLog.Line(line).map { $0.kind == .begin && $0.time > now } ?? false
            }
        }
        return MonotonicTime.now - start
    }

    /// Waits until nothing is left in Redis, whatever PostgreSQL still expects.
    func quiet() async throws {
        try await self.eventually("nothing is left in Redis", within: .seconds(60), every: .milliseconds(100)) {
            // Not there yet is not quiet.
            guard let counts = try? await self.counts() else { return false }
            return counts.ready + counts.leased + counts.scheduled == 0
        }
    }

    /// What `flotilla reconcile --repair` does. Returns how many messages it made anew.
    func repair() async throws -> Int {
        try await self.reconciler().run(repair: true).items.count { $0.isRepaired }
    }

    /// The file names of all work that PostgreSQL has a row for.
    func knownNames() async throws -> [String] {
        try await self.pool.query("SELECT filename FROM work_item WHERE filename IS NOT NULL").map { try $0[0, as: String.self] }
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

/// The size of a file in bytes; 0 when there is none.
func fileSize(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

/// The bytes of a file behind an offset.
func readBytes(_ path: String, from offset: Int) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    lseek(file, off_t(offset), SEEK_SET)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(file, &buffer, buffer.count)
        if count <= 0 { return bytes }
        bytes += buffer[..<count]
    }
}
