import Flotilla
import FlotillaTesting
import JSONText
import Testing

@testable import OperatorCommands

@Suite struct QueueVerbTests {
    @Test func `the list of queues looks like this`() async throws {
        let fleet = FakeFleet()
        try await fleet.document.enqueue([Array("{}".utf8), Array("{}".utf8)])
        let result = await run("queue list", fleet: fleet)
        #expect(result.exit == .success)
        #expect(
            result.output == """
                QUEUE           READY  LEASED  SCHEDULED  DEAD  OVERDUE  WORKERS  STATE
                document_queue      2       0          0     0        -        0  running
                audio_queue         0       0          0     0        -        0  running

                """)
        let json = try JSONValue(parsing: await run("queue list --queue document --json", fleet: fleet).output)
        #expect(json["apiVersion"]?.string == "v1")
        #expect(json["kind"]?.string == "QueueList")
        #expect(json["queues"]?.array?.count == 1)
        #expect(json["queues"]?[0]?["ready"]?.integer == 2)
    }

    @Test func `a pause keeps its reason and who gave it, and works without PostgreSQL`() async throws {
        let fleet = FakeFleet()
        let paused = await run(words: ["queue", "pause", "document", "--reason", "moving [it]"], fleet: fleet)
        #expect(paused.exit == .success)
        #expect(paused.error.contains("not noted in the audit log"))
        let note = PauseNote(try #require(try await fleet.document.pauseReason()))
        #expect(note.reason == "moving [it]")
        #expect(note.actor?.contains("@") == true)
        let list = await run("queue list --json", fleet: fleet)
        #expect(try JSONValue(parsing: list.output)["queues"]?[0]?["pause_reason"]?.string == "moving [it]")
        #expect(await run("queue resume document_queue", fleet: fleet).exit == .success)
        #expect(try await !fleet.document.counts().isPaused)
        // A reason that somebody wrote by hand.
        #expect(PauseNote("by hand").reason == "by hand")
        #expect(PauseNote("").text == "no reason given")
        #expect(PauseNote("]").reason == "]")
        #expect(PauseNote("[a ]").actor == "a")
    }

    @Test func `a queue that nobody named is not found`() async {
        let result = await run("queue pause documnet_queue")
        #expect(result.exit == .notFound)
        #expect(result.error.contains("did you mean document_queue"))
    }

    @Test func `errors are JSON for programs`() async throws {
        let result = await run("queue pause nowhere --json")
        let json = try JSONValue(parsing: result.error)
        #expect(json["kind"]?.string == "Error")
        #expect(json["exit_code"]?.integer == 3)
        #expect(result.output.isEmpty)
    }

    @Test func `a broker that is away ends with 6`() async {
        let fleet = FakeFleet()
        fleet.document.failNext(1, with: .unavailable, operation: "counts")
        #expect(await run("queue list", fleet: fleet).exit == .unavailable)
        #expect(await run("job list", fleet: fleet).exit == .unavailable)
    }

    @Test func `a wrong configuration ends with 2 and never shows a secret`() async {
        let result = await run("queue list", environment: ["REDIS_URL": "htp://user:hunter2@host", "MAX_RETRY_ATTEMPTS": "many"])
        #expect(result.exit == .usage)
        #expect(result.error.contains("MAX_RETRY_ATTEMPTS"))
        #expect(!result.error.contains("hunter2"))
        let shown = await run("config show --origin", environment: ["REDIS_URL": "redis://user:hunter2@host"])
        #expect(!shown.output.contains("hunter2"))
        #expect(shown.output.contains("environment"))
    }

    @Test func `retries can be listed, hastened by the beginning of an id, and need --yes in bulk`() async throws {
        let fleet = FakeFleet()
        try await fleet.document.enqueue(Array(#"{"job_id":"j1","filename":"a.pdf"}"#.utf8), after: .seconds(3_600))
        try await fleet.document.enqueue(Array(#"{"job_id":"j2","filename":"b.pdf"}"#.utf8), after: .seconds(7_200))
        let list = try JSONValue(parsing: await run("retry list --json", fleet: fleet).output)
        #expect(list["retries"]?.array?.compactMap { $0["filename"]?.string } == ["a.pdf", "b.pdf"])
        let id = try #require(list["retries"]?[0]?["id"]?.string)
        #expect(await run("retry run --all", fleet: fleet).exit == .conflict)
        #expect(try await fleet.document.counts().overdue == .zero)
        #expect(await run("retry run \(id.prefix(6))", fleet: fleet).exit == .success)
        #expect(try await fleet.document.scheduledMessages(from: 0, limit: 1).first.map { $0.dueIn <= .zero } == true)
        #expect(await run("retry run ffffffffffff", fleet: fleet).exit == .notFound)
        #expect(await run("retry run abc", fleet: fleet).exit == .usage)
        #expect(await run("retry run", fleet: fleet).exit == .usage)
    }

    @Test func `dead letters are listed newest first, filtered, paged and counted by cause`() async throws {
        let fleet = FakeFleet()
        try await fleet.bury([
            (#"{"job_id":"j1","filename":"a.pdf"}"#, letter("01AAA", minutesAgo: 30)),
            (#"{"job_id":"j1","filename":"b.pdf"}"#, letter("01BBB", minutesAgo: 20, filename: "b.pdf")),
            (
                #"{"job_id":"j2","filename":"c.txt"}"#,
                letter("01CCC", reason: .crash, fingerprint: "000000000001", minutesAgo: 10, job: "j2", filename: "c.txt")
            ),
        ])
        func ids(_ line: String) async throws -> [String] {
            try JSONValue(parsing: await run("\(line) --json", fleet: fleet).output)["dead_letters"]?.array?.compactMap { $0["id"]?.string }
                ?? []
        }
        #expect(try await ids("dlq list") == ["01CCC", "01BBB", "01AAA"])
        #expect(try await ids("dlq list --filter reason:permanent") == ["01BBB", "01AAA"])
        #expect(try await ids("dlq list --filter after:15m") == ["01CCC"])
        let first = try JSONValue(parsing: await run("dlq list --limit 1 --json", fleet: fleet).output)
        let cursor = try #require(first["next_cursor"]?.string)
        #expect(try await ids("dlq list --limit 2 --cursor \(cursor)") == ["01BBB", "01AAA"])
        let stats = try JSONValue(parsing: await run("dlq stats --json", fleet: fleet).output)
        #expect(stats["causes"]?[0]?["count"]?.integer == 2)
        #expect(stats["causes"]?[0]?["fingerprint"]?.string == "9f2a41c07b1e")
        let plan = await run("dlq requeue --filter reason:permanent", fleet: fleet)
        #expect(plan.exit == .conflict)
        #expect(plan.output.hasPrefix("2 dead letters match (2 permanent); nothing was done"))
        #expect(await run("dlq purge --dry-run", fleet: fleet).exit == .success)
        #expect(try await fleet.document.counts().dead == 3)
        // Without PostgreSQL, which decides, nothing moves.
        #expect(await run("dlq requeue 01AAA", fleet: fleet).exit == .unavailable)
        #expect(await run("dlq discard 01AAA", fleet: fleet).exit == .unavailable)
        #expect(try await fleet.document.counts().dead == 3)
        let shown = await run("dlq show 01AAA", fleet: fleet)
        #expect(shown.exit == .success)
        #expect(shown.output.contains("the file is corrupt"))
        #expect(await run("dlq show 01ZZZ", fleet: fleet).exit == .notFound)
    }

    @Test func `secrets in errors are not shown`() async throws {
        let fleet = FakeFleet()
        try await fleet.bury([
            (#"{"job_id":"j1"}"#, letter("01AAA", message: "GET https://u:hunter2@host/x?sig=1 failed, password=swordfish"))
        ])
        for line in ["dlq list", "dlq list --json", "dlq show 01AAA", "dlq stats"] {
            let result = await run(line, fleet: fleet)
            #expect(!result.output.contains("hunter2") && !result.output.contains("swordfish"), "\(line)")
        }
    }
}
