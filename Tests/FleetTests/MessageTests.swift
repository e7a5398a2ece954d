import Flotilla
import FlotillaPostgres
import FlotillaRedis
import Glibc
import PostgresClient
import RedisClient
import SelfTest
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// Messages of every kind through the real fleet.
    @Suite struct Messages {
        @Test(.timeLimit(.minutes(2))) func `ten thousand malformed messages cost neither memory nor good ones`() async throws {
            try await Fleet.with { fleet in
                let worker = try fleet.worker()
                _ = try fleet.scheduler()
                try await fleet.send((0..<200).map { "warm\($0)" })
                try await fleet.settled()
                let before = residentBytes(worker.pid)
                let bad = (0..<10_000).map { Array("{\"job_id\": \"j\", \"filename\": \"bad\($0)\", \"x\": ".utf8) }
                for start in stride(from: 0, to: bad.count, by: 500) {
                    try await fleet.broker.enqueue(Array(bad[start..<start + 500]))
                    try await fleet.send(["good\(start)"])
                }
                try await fleet.settled()
                let after = residentBytes(worker.pid)
                print("10,000 malformed: resident memory \(before >> 20) MB before, \(after >> 20) MB after")
                #expect(after < before + 20 << 20)
                let account = try await Account(fleet)
                account.check((0..<200).map { "warm\($0)" } + stride(from: 0, to: 10_000, by: 500).map { "good\($0)" }, malformed: 10_000)
                try await eventually("the history knows each with its reason", within: .seconds(30)) {
                    try await fleet.count("SELECT count(*) FROM dead_letter WHERE reason = 'malformed' AND error_message <> ''") == 10_000
                }
            }
        }

        @Test(.timeLimit(.minutes(2))) func `the producer's bytes come back after five trips through retries and the dead`() async throws {
            try await Fleet.with(["RETRY_BACKOFF_BASE_SECONDS": "20ms", "RETRY_BACKOFF_MAX_SECONDS": "20ms"]) { fleet in
                _ = [try fleet.worker(), try fleet.scheduler()]
                let text =
                    "  { \"run\":\"fail\",\t\"job_id\" : \"j\",\"filename\": \"a\\u0062 \\\"{}\\\".pdf\", \"n\": 1.50e+3, \"é\":[ ], "
                    + "\"note\":\"\\ud83d\\ude00\" }\n"
                let original = Array(text.utf8)
                try await fleet.broker.enqueue([original])
                for trip in 1...5 {
                    try await eventually("trip \(trip) ends among the dead") { try await fleet.broker.counts().dead == 1 }
                    let payload = try await fleet.broker.deadLetters(from: 0, limit: 1)[0]
                    let entry = DeadLetterEntry(payload, queue: fleet.broker.queue)
                    #expect(entry.restored == original)
                    #expect(entry.letter.failureCount == 4)
                    if trip < 5 { #expect(try await fleet.broker.requeue([(payload, entry.restored)]) == [true]) }
                }
                #expect(fleet.runs.count == 20)
                try await fleet.check(processed: 0, failed: 1)
            }
        }

        @Test(.timeLimit(.minutes(2))) func `a message that kills three workers is quarantined, and the others go on`()
            async throws
        {
            try await Fleet.with(["LEASE_SECONDS": "2", "HEARTBEAT_SECONDS": "500ms"]) { fleet in
                _ = try fleet.scheduler()
                var worker = try fleet.worker()
                try await fleet.ready(workers: 1)
                let others = (0..<30).map { "other\($0)" }
                try await fleet.send(Array(others[..<15]), run: "sleep", extra: ", \"ms\": 20")
                try await fleet.send(["poison"], run: "die")
                try await fleet.send(Array(others[15...]), run: "sleep", extra: ", \"ms\": 20")
                var deaths = 0
                try await eventually("the poison is quarantined", within: .seconds(40)) {
                    if !worker.process.isRunning {
                        deaths += 1
                        worker = try fleet.worker()
                    }
                    return try await fleet.broker.counts().dead == 1
                }
                try await fleet.settled()
                #expect(deaths == 3)
                let account = try await Account(fleet)
                account.check(others + ["poison"]) { $0 == "poison" }
                #expect(account.dead["poison"]?.first?.reason == .crash)
                try await eventually("the history knows") {
                    try await fleet.count("SELECT count(*) FROM dead_letter WHERE reason = 'crash' AND filename = 'poison'") == 1
                }
                try await fleet.check(processed: 30, failed: 1)
            }
        }

        @Test(.timeLimit(.minutes(2))) func `plain LPUSH is the way in, and a job ends once, however many serve it`() async throws {
            try await Fleet.with { fleet in
                _ = [try fleet.worker(), try fleet.worker(), try fleet.worker(), try fleet.scheduler(), try fleet.scheduler()]
                _ = try await fleet.pool.query("INSERT INTO processing_job (id, total_files) VALUES ('plain', 103)")
                let plain = (0..<100).map {
                    "{\"job_id\": \"plain\", \"gcs_path\": \"gs://bucket/plain/\($0).pdf\", \"filename\": \"\($0).pdf\"}"
                }
                let failing = (0..<3).map {
                    "{\"job_id\": \"plain\", \"gcs_path\": \"gs://bucket/plain/fail\($0).pdf\", \"filename\": \"fail\($0).pdf\", \"run\": \"fail\"}"
                }
                for _ in 0..<2 {
                    // Twice the same: the second are duplicates.
                    let push = try ChildProcess("redis-cli", ["-s", fleet.redis.socketPath, "LPUSH", Fleet.queue] + plain + failing)
                    #expect(push.wait() == .exited(0))
                }
                try await fleet.settled()
                try await fleet.check(job: "plain", processed: 100, failed: 3)
                let row = try await fleet.pool.query("SELECT status, completed_at IS NOT NULL FROM processing_job WHERE id = 'plain'").one()
                #expect(try row[0, as: String.self] == "completed_with_errors")
                #expect(try row[1, as: Bool.self])
                let account = try await Account(fleet)
                account.check((0..<100).map { "\($0).pdf" } + (0..<3).map { "fail\($0).pdf" }) { $0.hasPrefix("fail") }
                let retried = fleet.runs.filter { !$0.isEnd && $0.name.hasPrefix("fail") }
                #expect(retried.count == 12)
            }
        }
    }
}

/// The resident memory of a process.
func residentBytes(_ pid: Int32) -> Int {
    let words = readText("/proc/\(pid)/statm").split(separator: " ")
    return words.count > 1 ? (Int(words[1]) ?? 0) * 4096 : 0
}
