import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import Glibc
import JSONText
import Testing
import Threading

@testable import OperatorCommands

@Suite struct JobVerbTests {
    @Test func `progress says rate and time left`() {
        var progress = JobProgress()
        let start = MonotonicTime.now
        progress.add(ended: 0, total: 100, at: start)
        #expect(progress.rate == nil)
        progress.add(ended: 20, total: 100, at: start + .seconds(10))
        #expect(progress.rate == 2)
        #expect(progress.left == .seconds(40))
        #expect(progress.line(failed: 3) == "[####--------------------]  20% 20 of 100, 3 failed, 2.0/s, 40s left")
        // What was long ago does not count.
        progress.add(ended: 20, total: 100, at: start + .seconds(40))
        progress.add(ended: 30, total: 100, at: start + .seconds(45))
        progress.add(ended: 60, total: 100, at: start + .seconds(65))
        #expect(progress.rate == 1.6)
        progress.add(ended: 200, total: 100, at: start + .seconds(46))
        #expect(progress.line(failed: 0).contains("100%"))
        var unknown = JobProgress()
        unknown.add(ended: 5, total: nil, at: start)
        #expect(unknown.line(failed: 0) == "5 of ?")
    }

    @Test(arguments: [
        ("a.pdf", "%PDF-1.7", QueueKind.document), ("a.mp3", "", .audio), ("a.MKV", "", .video), ("notes.ts", "import x", .document),
        ("stream.ts", "G@", .video), ("a.pdf", "ID3\u{4}", .audio), ("noname", "RIFF0000WAVE", .audio), ("x.bin", "RIFF0000AVI ", .video),
        ("x.webp", "RIFF0000WEBP", .document), ("photo.heic", "0000ftypheic", .document), ("clip", "0000ftypisom", .video),
        ("song", "0000ftypM4A ", .audio), ("", "", .document), (".", "", .document),
    ]) func `a file's bytes decide before its name`(name: String, head: String, kind: QueueKind) {
        #expect(MediaKind.of(name: name, head: Array(head.utf8)) == kind)
    }

    @Test func `files are found below a folder, in order and once, and only within the root`() throws {
        let base = "/tmp/flotilla-cli-\(ULID.next())"
        func make(_ path: String) {
            mkdir(base, 0o755)
            mkdir("\(base)/root", 0o755)
            mkdir("\(base)/root/sub", 0o755)
            mkdir("\(base)/root/.hidden", 0o755)
            close(open("\(base)/\(path)", O_CREAT | O_WRONLY, 0o644))
        }
        for path in ["root/b.txt", "root/a.txt", "root/sub/c.mp3", "root/.hidden/d", "root/.e", "outside.txt"] { make(path) }
        symlink("\(base)/outside.txt", "\(base)/root/link-out")
        symlink("\(base)/root/a.txt", "\(base)/root/z-link-in")
        symlink("\(base)/root", "\(base)/root/sub/loop")
        defer { _ = system("rm -rf \(base)") }
        var collector = try FileCollector(root: "\(base)/root")
        try collector.add("\(base)/root")
        try collector.add("\(base)/root/a.txt")
        #expect(collector.files.map(\.path) == ["a.txt", "b.txt", "sub/c.mp3"])
        #expect(collector.files.map(\.kind) == [.document, .document, .audio])
        do { try collector.add("\(base)/outside.txt") } catch { #expect(error.exit == .conflict) }
        do { try collector.add("\(base)/nowhere") } catch { #expect(error.exit == .notFound) }
        #expect(collector.files.count == 3)
    }

    @Test(arguments: [
        "job list --status done", "job list --limit 0", "job list --limit 501", "job show", "submit", "submit x --delay soon",
        "submit x --timeout 5s", "submit x --version 0", "job watch j --timeout x", "search", "doctor --role x", "migrate down",
        "completion tcsh", "healthcheck --role x", "bench --jobs 0", "document text u --page 0",
    ]) func `values that cannot be meant end with 2 before anything is asked`(line: String) async {
        let result = await run(line)
        #expect(result.exit == .usage, "\(result.error)")
        #expect(result.output.isEmpty)
    }

    @Test func `completions name the verbs`() async {
        for shell in ["bash", "zsh", "fish"] {
            let script = await run("completion \(shell)").output
            #expect(script.contains("queue") && script.contains("requeue") && script.contains("dry-run"))
        }
    }
}

@Suite struct HealthTests {
    private let good = [
        "redis_version": "7.0.15", "maxmemory_policy": "noeviction", "aof_enabled": "1", "aof_last_write_status": "ok",
        "rdb_last_bgsave_status": "ok", "used_memory": "1000", "maxmemory": "0", "role": "master",
    ]

    private func severities(_ changes: [String: String], appendfsync: String? = "everysec") -> [String: HealthFinding.Severity] {
        let findings = RedisChecks.judge(self.good.merging(changes) { $1 }, appendfsync, allowsEviction: false)
        for finding in findings where finding.severity != .ok { #expect(!finding.fix.isEmpty) }
        return Dictionary(findings.map { ($0.id, $0.severity) }) { first, _ in first }
    }

    @Test func `a good Redis passes, and each fault is named`() {
        #expect(self.severities([:]).values.allSatisfy { $0 == .ok })
        #expect(self.severities(["redis_version": "6.0.9"])["redis.version"] == .failed)
        #expect(self.severities(["maxmemory_policy": "allkeys-lru"])["redis.eviction"] == .failed)
        #expect(self.severities(["aof_enabled": "0"])["redis.persistence"] == .warning)
        #expect(self.severities(["aof_last_write_status": "err"])["redis.persistence"] == .failed)
        #expect(self.severities([:], appendfsync: "no")["redis.persistence"] == .warning)
        #expect(self.severities(["rdb_last_bgsave_status": "err"])["redis.snapshot"] == .failed)
        #expect(self.severities(["used_memory": "900", "maxmemory": "1000"])["redis.memory"] == .warning)
        #expect(self.severities(["role": "slave"])["redis.role"] == .failed)
    }

    @Test func `a queue that waits for nobody fails, and warnings do not`() {
        let queue = FakeFleet().queues[0]
        func judge(_ ready: Int, overdue: Duration = .zero, isPaused: Bool = false, lease: Duration? = .seconds(20)) -> [HealthFinding] {
            QueueChecks.judge(
                queue, QueueCounts(ready: ready, leased: 0, scheduled: 0, dead: 0, overdue: overdue, isPaused: isPaused),
                lease.map { [WorkerStatus(id: WorkerID("w"), leaseLeft: $0, held: 0, info: nil)] } ?? [])
        }
        #expect(judge(5).map(\.severity) == [.ok])
        #expect(judge(5, lease: nil).map(\.severity) == [.failed])
        #expect(judge(0, lease: nil).map(\.severity) == [.warning])
        #expect(judge(5, isPaused: true).map(\.severity) == [.warning])
        #expect(judge(5, overdue: .seconds(30)).map(\.severity) == [.ok, .failed])
        #expect(judge(5, lease: .seconds(-90)).map(\.severity) == [.failed, .warning])
        #expect(Doctor.output(judge(0, lease: nil)).exit == .success)
        #expect(Doctor.output(judge(5, lease: nil)).exit == .failed)
    }

    @Test func `the equation is printed in one line`() {
        var queue = ReconcileReport.Queue(name: "document_queue")
        queue.accepted = 10
        queue.completed = 6
        queue.dead = 2
        queue.queued = 1
        #expect(
            queue.sentence
                == "accepted 10 = completed 6 + cancelled 0 + dead 2 + queued 1 + leased 0 + scheduled 0; unaccounted 1")
    }

    @Test func `files with secrets must not be open to everybody`() {
        let path = "/tmp/flotilla-secret-\(ULID.next())"
        close(open(path, O_CREAT | O_WRONLY, 0o644))
        defer { unlink(path) }
        #expect(MachineChecks.secrets(["REDIS_PASSWORD_FILE": path]).map(\.severity) == [.failed])
        chmod(path, 0o600)
        #expect(MachineChecks.secrets(["REDIS_PASSWORD_FILE": path]).map(\.severity) == [.ok])
    }
}
