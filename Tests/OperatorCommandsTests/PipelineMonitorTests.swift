import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import JSONText
import PostgresClient
import RedisClient
import ServerHarness
import Testing
import Threading

@testable import OperatorCommands

private struct MonitorScene {
    let redis: PrivateRedis
    let postgres: PrivatePostgres
    let fleet: LiveFleet

    init() async throws {
        (self.redis, self.postgres) = try await Task { @concurrent in try (PrivateRedis(), PrivatePostgres(.init(fsync: false))) }.value
        self.fleet = try LiveFleet(.init(environment: ["REDIS_URL": self.redis.url, "DATABASE_URL": self.postgres.url()]))
        #expect(await self.run("migrate").exit == .success)
    }

    func run(_ line: String, terminal: FakeTerminal = FakeTerminal()) async -> (exit: ExitCode, output: String, error: String) {
        let environment = ["REDIS_URL": self.redis.url, "DATABASE_URL": self.postgres.url(), "PATH": "/usr/bin:/bin"]
        let exit = await OperatorCommandLine(environment: environment, terminal: terminal).run(shellWords(line))
        return (exit, terminal.output, terminal.error)
    }

    /// A document in one version, with its work and the runs of its stages.
    ///
    /// - Parameters:
    ///   - runs: stage, status, milliseconds, and whether the cache had it.
    ///   - age: seconds since the runs ended, or began.
    func document(
        _ number: Int, version: Int = 1, work status: String = "completed", fence: Int64 = 7, age: Int = 30,
        runs: [(stage: String, status: String, milliseconds: Int32, isCached: Bool)]
    ) async throws {
        let id = PostgresUUID(high: UInt64(version), low: UInt64(number))
        let isOver = status == "completed" || status == "failed"
        let end: Int? = isOver ? age : nil
        try await self.fleet.database().query(
            """
            INSERT INTO work_item (id, document_uuid, processing_version, fence, status, queue, filename, payload, finished_at)
            VALUES (\(id), \(PostgresUUID(high: 0, low: UInt64(number))), \(Int32(version)), \(fence), \(status), 'document_queue',
                \("file\u{1B}[2J-\(number).pdf"), ''::bytea, now() - \(end)::integer * interval '1 second')
            """)
        for run in runs {
            let isRunning = run.status == "running"
            try await self.fleet.database().query(
                """
                INSERT INTO stage_run (
                    document_uuid, stage, processing_version, status, attempt, fence, work_id, worker, engine, started_at, finished_at,
                    duration_ms, from_cache, saved_ms)
                VALUES (
                    \(PostgresUUID(high: 0, low: UInt64(number))), \(run.stage), \(Int32(version)), \(run.status), 1, 7, \(id), 'w', 'e',
                    now() - \(age) * interval '1 second',
                    CASE WHEN \(isRunning) THEN NULL ELSE now() - \(age) * interval '1 second' END,
                    CASE WHEN \(isRunning) THEN NULL ELSE \(run.milliseconds) END, \(run.isCached),
                    CASE WHEN \(run.isCached) THEN 5000 END)
                """)
        }
    }
}

@Suite struct PipelineMonitorTests {
    @Test func `what stages did and do is counted by stage, by version and by queue`() async throws {
        let scene = try await MonitorScene()
        for number in 1...4 {
            try await scene.document(
                number, runs: [("detect", "completed", Int32(number * 100), false), ("text", "completed", 1_000, false)])
        }
        try await scene.document(1, version: 2, runs: [("detect", "completed", 1, true), ("text", "completed", 1, true)])
        try await scene.document(5, work: "failed", runs: [("detect", "completed", 100, false), ("text", "failed", 50, false)])
        try await scene.document(6, work: "processing", age: 90, runs: [("detect", "running", 0, false)])
        // Left of a worker that died: somebody else has the item now, or nobody.
        try await scene.document(7, work: "processing", fence: 8, age: 500, runs: [("detect", "running", 0, false)])
        try await scene.document(8, work: "failed", age: 500, runs: [("text", "running", 0, false)])
        // Before the window.
        try await scene.document(9, age: 4_000, runs: [("detect", "completed", 60_000, false)])
        _ = try await scene.fleet.redis().send(
            ["LPUSH", "document_queue", .text(#"{"job_id":"j","enqueued_at":"2020-01-01T00:00:00Z","filename":"a"}"#)])

        let frame = try JSONValue(parsing: await scene.run("monitor pipeline --once --json").output)
        let detect = frame["stages"]?.array?.first { $0["stage"]?.string == "detect" }
        #expect(detect?["runs"]?.integer == 6)
        #expect(detect?["running"]?.integer == 1)
        #expect(detect?["from_cache"]?.integer == 1)
        #expect(detect?["saved_seconds"]?.number == 5)
        #expect(detect?["p50_seconds"]?.number == 0.2)
        #expect(detect?["max_seconds"]?.number == 0.4)
        let text = frame["stages"]?.array?.first { $0["stage"]?.string == "text" }
        #expect(text?["failed"]?.integer == 1)
        #expect(text?["running"]?.integer == 0)
        let versions = frame["versions"]?.array ?? []
        #expect(versions.compactMap { $0["documents"]?.integer } == [5, 1])
        #expect(versions.compactMap { $0["done"]?.integer } == [4, 1])
        #expect(versions.compactMap { $0["failed"]?.integer } == [1, 0])
        #expect(versions.compactMap { $0["mean_work_seconds"]?.number } == [1.25, 0.002])
        #expect(frame["running"]?.array?.count == 1)
        #expect((80.0...200).contains(frame["running"]?[0]?["running_seconds"]?.number ?? 0))
        let queue = frame["queues"]?.array?.first { $0["name"]?.string == "document_queue" }
        #expect(queue?["ready"]?.integer == 1)
        #expect((queue?["oldest_seconds"]?.number ?? 0) > 1e8)
        // Six items ended half a minute ago.
        #expect(queue?["out_per_second"]?.number == 0.1)
        #expect(queue?["in_per_second"] == .null)
        #expect(frame["instances"]?[0]?["memory"]?["policy"]?.string == "noeviction")

        let page = await scene.run("monitor pipeline --once", terminal: FakeTerminal(width: 100)).output
        #expect(page.contains("document_queue: messages wait and no worker is alive"))
        #expect(page.contains(#"file\u{1B}[2J-6.pdf"#))
        #expect(!page.split(separator: "\u{1B}[").dropFirst().contains { !$0.hasPrefix("1m") && !$0.hasPrefix("0m") })
        #expect(await scene.run("monitor pipeline --once --window 2h").output.contains("1m0s"))
        await scene.fleet.close()
    }

    @Test func `rates come from what changed since the frame before`() async throws {
        let scene = try await MonitorScene()
        let terminal = FakeTerminal()
        let task = Task { await scene.run("monitor pipeline --json --interval 1s", terminal: terminal) }
        func frames() -> [JSONValue] {
            terminal.output.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        }
        func queue(_ frame: JSONValue) -> JSONValue? { frame["queues"]?.array?.first { $0["name"]?.string == "document_queue" } }
        try await eventually { !frames().isEmpty }
        _ = try await scene.fleet.redis().send(["LPUSH", "document_queue", "a", "b", "c"])
        try await scene.document(1, age: 0, runs: [("detect", "completed", 5, false)])
        try await eventually { (frames().last.flatMap { queue($0)?["in_per_second"]?.number } ?? 0) > 0 }
        let last = try #require(frames().last.flatMap(queue))
        #expect((last["out_per_second"]?.number ?? 0) > 0)
        // Three are there more, and one came and went.
        #expect(abs((last["in_per_second"]?.number ?? 0) / (last["out_per_second"]?.number ?? 1) - 4) < 0.001)
        task.cancel()
        #expect(await task.value.exit == .success)
        await scene.fleet.close()
    }

    @Test func `a server that goes away is said to be away, and comes back`() async throws {
        let scene = try await MonitorScene()
        let terminal = FakeTerminal(width: 100, height: 60)
        let task = Task { await scene.run("monitor pipeline --interval 1s", terminal: terminal) }
        func shown(after mark: Int) -> Substring { Substring(String(decoding: Array(terminal.output.utf8).dropFirst(mark), as: UTF8.self)) }
        try await eventually { terminal.output.contains("nothing runs") }
        var mark = terminal.output.utf8.count
        scene.redis.kill9()
        try await eventually { shown(after: mark).contains("! Redis does not answer") }
        // PostgreSQL's part stays.
        #expect(!shown(after: mark).contains("PostgreSQL does not answer"))
        mark = terminal.output.utf8.count
        try await Task { @concurrent in try scene.redis.restart() }.value
        try await eventually { shown(after: mark).contains("document_queue") }
        mark = terminal.output.utf8.count
        await Task { @concurrent in scene.postgres.kill9() }.value
        try await eventually { shown(after: mark).contains("! PostgreSQL does not answer") }
        mark = terminal.output.utf8.count
        try await Task { @concurrent in try scene.postgres.restart() }.value
        try await eventually { shown(after: mark).contains("nothing runs") }
        task.cancel()
        let result = await task.value
        #expect(result.exit == .success)
        #expect(result.output.hasSuffix(LiveScreen.leave))
        await scene.fleet.close()
    }

    private func eventually(_ condition: () -> Bool) async throws {
        let end = MonotonicTime.now + .seconds(30)
        while !condition(), MonotonicTime.now < end { try await Task.sleep(for: .milliseconds(10)) }
        #expect(condition())
    }
}
