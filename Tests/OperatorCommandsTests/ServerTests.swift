import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import FlotillaRedis
import Glibc
import JSONText
import PostgresClient
import RedisClient
import ServerHarness
import Testing
import Threading

@testable import OperatorCommands

/// One private Redis and PostgreSQL, a storage root with two files, and commands run against them.
private struct Fixture {
    let redis: PrivateRedis
    let postgres: PrivatePostgres
    let root: String

    init() async throws {
        // Starting servers blocks.
        (self.redis, self.postgres) = try await Task { @concurrent in try (PrivateRedis(), PrivatePostgres(.init(fsync: false))) }.value
        self.root = "/tmp/flotilla-cli-\(ULID.next())"
        mkdir(self.root, 0o755)
        for name in ["a.txt", "b.txt"] {
            let descriptor = open("\(self.root)/\(name)", O_CREAT | O_WRONLY, 0o644)
            _ = write(descriptor, "text", 4)
            close(descriptor)
        }
        #expect(await self.run("migrate").exit == .success)
    }

    func run(_ line: String) async -> (exit: ExitCode, output: String, error: String) {
        let terminal = FakeTerminal()
        let environment = [
            "REDIS_URL": self.redis.url, "DATABASE_URL": self.postgres.url(), "STORAGE_ROOT": self.root, "PATH": "/usr/bin:/bin",
        ]
        let command = OperatorCommandLine(environment: environment, terminal: terminal)
        let exit = await command.run(shellWords(line))
        return (exit, terminal.output, terminal.error)
    }

    func json(_ line: String) async throws -> JSONValue { try JSONValue(parsing: await self.run("\(line) --json").output) }

    /// Lets a worker take every message; those called `a.txt` fail for good, the others are done.
    func work() async throws {
        let fleet = try LiveFleet(.init(environment: ["REDIS_URL": self.redis.url, "DATABASE_URL": self.postgres.url()]))
        let store = PostgresJobStore(pool: fleet.database(), countingQueues: ["document_queue"])
        let options = WorkerOptions(
            concurrency: 2,
            info: WorkerInfo(host: "test", processID: 1, role: "test", version: "1", startedAt: 0, concurrency: 2))
        let worker = Worker(
            broker: fleet.redisBroker(fleet.queues[0]), store: store, handler: FailingHandler(), options: options, logger: .disabled)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await worker.run() }
            while true {
                let counts = try await fleet.redisBroker(fleet.queues[0]).counts()
                if counts.ready + counts.leased == 0 { break }
                try await Task.sleep(for: .milliseconds(20))
            }
            worker.drain(within: .seconds(5))
        }
        await fleet.close()
    }
}

private struct FailingHandler: JobHandler {
    func handle(_ job: JobContext) async throws -> JobOutcome {
        if job.message.filename == "a.txt" { throw Corrupt() }
        return .completed()
    }

    private struct Corrupt: FailureClassified {
        var failureClass: FailureClass { .permanent }
        var failureCode: String { "corrupt" }
        var failureMessage: String { "the file is corrupt" }
    }
}

@Suite struct OperatorServerTests {
    @Test func `a job goes in, one file dies, is explained, put back, and everything adds up`() async throws {
        let fixture = try await Fixture()
        let sent = await fixture.run("submit \(fixture.root) --job j1 --tenant acme --language en")
        #expect(sent.exit == .success, "\(sent.error)")
        #expect(await fixture.run("submit \(fixture.root) --job j1").exit == .conflict)
        #expect(await fixture.run("submit /etc/hostname").exit == .conflict)
        #expect(await fixture.run("why j1").output.contains("no worker is alive for document_queue"))
        #expect(await fixture.run("why nobody").exit == .notFound)
        #expect(await fixture.run("job watch j1 --timeout 300ms").exit == .timedOut)
        #expect(await fixture.run("doctor --role operator").exit == .failed)

        try await fixture.work()
        #expect(await fixture.run("job watch j1 --timeout 20s").exit == .partial)
        let letters = try await fixture.json("dlq list")
        #expect(letters["dead_letters"]?.array?.count == 1)
        let id = try #require(letters["dead_letters"]?[0]?["id"]?.string)
        let why = await fixture.run("why j1")
        #expect(why.output.contains("the file is corrupt") && why.output.contains("flotilla dlq requeue \(id)"), "\(why.output)")
        #expect(await fixture.run("reconcile").output.hasPrefix("accepted 2 = completed 1 + cancelled 0 + dead 1 + queued 0"))

        #expect(await fixture.run("dlq requeue --filter reason:permanent").exit == .conflict)
        let requeued = try await fixture.json("dlq requeue --filter reason:permanent --yes")
        #expect(requeued["changed"]?.integer == 1)
        #expect(await fixture.run("dlq requeue \(id)").exit == .notFound)
        let job = try await fixture.json("job show j1")
        #expect(job["job"]?["status"]?.string == "processing")
        #expect(await fixture.run("reconcile").exit == .success)

        try await fixture.work()
        let second = try #require(try await fixture.json("dlq list")["dead_letters"]?[0]?["id"]?.string)
        #expect(second != id)
        #expect(await fixture.run("dlq discard \(second) nonsense").exit == .partial)
        #expect(await fixture.run("dlq show \(second)").output.contains("discarded"))
        let end = try await fixture.json("reconcile")
        #expect(end["balanced"]?.bool == true)
        #expect(await fixture.run("job list --status completed_with_errors").output.contains("j1"))
        #expect(await fixture.run("doctor --role operator").exit == .success)
        #expect(await fixture.run("doctor --role retry-scheduler").exit == .success)
        let audio = await fixture.run("doctor --role audio-processor").output
        #expect(audio.contains("tool.ffprobe") && audio.contains("speech") && !audio.contains("tool.pdftotext"), "\(audio)")
        let graph = await fixture.run("doctor --role graph-processor").output
        #expect(graph.contains("work.directory") && !graph.contains("tool."), "\(graph)")
    }

    @Test func `documents are processed anew, and a repeated or impossible command says so`() async throws {
        let fixture = try await Fixture()
        #expect(await fixture.run("submit \(fixture.root) --job j5").exit == .success)
        let busy = await fixture.run("reprocess --job j5 --yes")
        #expect(busy.exit == .conflict && busy.error.contains("is queued on document_queue"), "\(busy.error)")
        try await fixture.work()

        #expect(await fixture.run("reprocess").exit == .usage)
        #expect(await fixture.run("reprocess --job nobody --yes").exit == .notFound)
        let typo = await fixture.run("reprocess --job j5 --from sumarize --yes")
        #expect(
            typo.exit == .usage && typo.error.contains("did you mean summarize?") && typo.error.contains("extract_entities"),
            "\(typo.error)")
        let audio = await fixture.run("reprocess --job j5 --from transcribe --yes")
        #expect(audio.exit == .usage && audio.error.contains("have no stage 'transcribe'"), "\(audio.error)")
        // Nothing was ever stored of these stages.
        let missing = await fixture.run("reprocess --job j5 --from chunk --yes")
        #expect(missing.exit == .conflict && missing.error.contains("no output of 'detect' in version 1"), "\(missing.error)")

        let plan = await fixture.run("reprocess --job j5")
        #expect(plan.exit == .conflict && plan.output.contains("1 to 2") && plan.output.contains("detect extract_text"), "\(plan.output)")
        #expect(await fixture.run("reprocess --job j5 --dry-run").exit == .success)
        #expect(try await fixture.json("job show j5")["job"]?["total_files"]?.integer == 2)
        let failed = try await fixture.json("reprocess --job j5 --failed --version 4 --yes")
        #expect(failed["messages"]?.integer == 1 && failed["version"]?.integer == 4)
        #expect(await fixture.run("reconcile").exit == .success)
        let again = try await fixture.json("reprocess --job j5 --failed --version 4 --yes")
        #expect(again["messages"] == nil || again["messages"]?.integer == 0)
        try await fixture.work()
        let all = try await fixture.json("reprocess --job j5 --clean --yes")
        #expect(all["messages"]?.integer == 2 && all["version"]?.integer == 5)
        #expect(try await fixture.json("job show j5")["job"]?["total_files"]?.integer == 5)
        #expect(await fixture.run("reconcile").exit == .success)
        #expect(await fixture.run("pipeline diff 1 1 --job j5").exit == .usage)
        #expect(try await fixture.json("pipeline diff 1 2 --job j5")["documents"]?.array?.count == 2)
        #expect(await fixture.run("pipeline diff 1 2 c39937bd-461f-8db4-bc79-aa56e46f0437").exit == .notFound)
    }

    @Test func `what Redis lost is named and made anew`() async throws {
        let fixture = try await Fixture()
        #expect(await fixture.run("submit \(fixture.root) --job j2").exit == .success)
        let fleet = try LiveFleet(.init(environment: ["REDIS_URL": fixture.redis.url, "DATABASE_URL": fixture.postgres.url()]))
        _ = try await fleet.redis().send(["DEL", "document_queue"])
        let lost = await fixture.run("reconcile")
        #expect(lost.exit == .failed)
        #expect(lost.output.contains("unaccounted 2") && lost.output.contains("message missing: a.txt"), "\(lost.output)")
        #expect(await fixture.run("why j2").output.contains("flotilla reconcile --repair"))
        #expect(await fixture.run("reconcile --repair").exit == .success)
        #expect(await fixture.run("reconcile").exit == .success)
        #expect(try await fleet.redis().send(["LLEN", "document_queue"]).int == 2)
        await fleet.close()
    }

    @Test func `many letters are moved by filter, and only those that were dead before`() async throws {
        let fixture = try await Fixture()
        let fleet = try LiveFleet(.init(environment: ["REDIS_URL": fixture.redis.url, "DATABASE_URL": fixture.postgres.url()]))
        // Another program's letters and malformed ones, in one long list.
        for start in stride(from: 0, to: 2_000, by: 500) {
            let payloads = (start..<start + 500).map { number in
                number % 2 == 0 ? "not json \(number)" : "{\"job_id\":\"j\",\"filename\":\"\(number).pdf\"}"
            }
            _ = try await fleet.redis().send(.init("LPUSH", [.text("document_dlq")] + payloads.map { .text($0) }))
        }
        #expect(await fixture.run("dlq requeue --filter file:*.pdf --dry-run").output.hasPrefix("1000 dead letters match"))
        let moved = try await fixture.json("dlq requeue --filter file:*.pdf --yes")
        #expect(moved["changed"]?.integer == 1_000, "\(moved.jsonText.prefix(500))")
        let purged = try await fixture.json("dlq purge --filter reason:malformed --yes")
        #expect(purged["changed"]?.integer == 1_000)
        #expect(try await fleet.redis().send(["LLEN", "document_dlq"]).int == 0)
        #expect(try await fleet.redis().send(["LLEN", "document_queue"]).int == 1_000)
        await fleet.close()
    }

    @Test func `a serving benchmark tells of each job once and buries what carries no time`() async throws {
        let fixture = try await Fixture()
        #expect(await fixture.run("bench --serve bench_queue").exit == .usage)
        let fleet = try LiveFleet(.init(environment: ["REDIS_URL": fixture.redis.url, "DATABASE_URL": fixture.postgres.url()]))
        let sent = MonotonicTime.now.nanoseconds
        let messages = ["7-\(sent)", "8-\(sent)", "no time"].map { RedisArgument.text("{\"filename\": \"\($0)\"}") }
        _ = try await fleet.redis().send(.init("LPUSH", [.text("bench_queue")] + messages))
        let serving = Task { await fixture.run("bench --serve bench_queue --report \(fixture.root) --ledger --durable") }
        let ledger = "\(fixture.root)/ledger-\(getpid())"
        func records() -> [(number: Int64, delay: Int64)] {
            guard let file = fopen(ledger, "re") else { return [] }
            defer { fclose(file) }
            var records: [(Int64, Int64)] = []
            var record = (Int64(0), Int64(0))
            while fread(&record, 16, 1, file) == 1 { records.append(record) }
            return records
        }
        let deadline = MonotonicTime.now + .seconds(20)
        while MonotonicTime.now < deadline {
            if records().count == 2, try await fleet.redis().send(["LLEN", "bench_queue_dlq"]).int == 1 { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        serving.cancel()
        #expect(await serving.value.exit == .success)
        #expect(Set(records().map(\.number)) == [7, 8])
        #expect(records().count == 2)
        #expect(records().allSatisfy { $0.delay > 0 && $0.delay < 20_000_000_000 })
        #expect(try await fleet.redis().send(["LLEN", "bench_queue_dlq"]).int == 1)
        #expect(try await fleet.redis().send(["LLEN", "bench_queue"]).int == 0)
        await fleet.close()
    }

    @Test func `the benchmark leaves nothing behind`() async throws {
        let fixture = try await Fixture()
        let result = await fixture.run("bench --jobs 2000 --durable")
        #expect(result.exit == .success, "\(result.error)")
        let fleet = try LiveFleet(.init(environment: ["REDIS_URL": fixture.redis.url, "DATABASE_URL": fixture.postgres.url()]))
        #expect(try await fleet.redis().send(["DBSIZE"]).int == 0)
        #expect(try await fleet.database().query("SELECT count(*) FROM work_item").one()[0, as: Int.self] == 0)
        await fleet.close()
    }
}
