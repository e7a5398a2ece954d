import Flotilla
import Testing

@testable import OperatorCommands

@Suite struct LetterFilterTests {
    private let queue = FakeFleet().queues[0]

    private func entry(_ letter: DeadLetter, tenant: String = "acme") -> DeadLetterEntry {
        let message = "{\"job_id\":\"\(letter.jobID ?? "")\",\"filename\":\"\(letter.filename ?? "")\",\"tenant_id\":\"\(tenant)\"}"
        return DeadLetterEntry(MessageSplice.adding(letter, to: Array(message.utf8)), queue: "document_queue")
    }

    private func matches(_ filter: String, _ letter: DeadLetter) throws -> Bool {
        let entry = self.entry(letter)
        return try LetterFilter(parsing: filter, now: noon).matches(entry, queue: self.queue, time: letter.failureTime)
    }

    @Test(arguments: [
        ("", true), ("reason:permanent", true), ("reason:crash", false), ("reason:crash reason:permanent", true),
        ("-reason:permanent", false),
        ("-reason:crash", true), ("fp:9f2a", true), ("fp:9F2A", true), ("fp:f2a", false), ("queue:document", true),
        ("queue:document_queue", true), ("queue:audio", false), ("job:j1", true), ("job:j", false), ("tenant:acme", true),
        ("file:*.pdf", true),
        ("file:*.PDF", true), ("file:b*", false), ("file:?.pdf", true), ("stage:detect", true), ("id:01ab", true),
        ("text:\"is corrupt\"", true), ("text:nothing", false), ("after:1h", true), ("after:5m", false), ("before:5m", true),
        ("before:1h", false), ("after:2026-11-21T09:00:00Z", true), ("after:2026-11-22", false), ("reason:permanent file:*.docx", false),
        ("text:\"the file\" after:1d -file:*.docx", true), ("filename:a.pdf fingerprint:9f2a since:1h", true),
    ]) func `terms of one key are alternatives, terms of several must all hold`(filter: String, expected: Bool) throws {
        #expect(try self.matches(filter, letter("01ABCDEF")) == expected)
    }

    @Test(arguments: ["reason", "resaon:x", "reason:", "text:\"open", "before:yesterday", ":x", "after:2026-13-01T00:00:00Z"])
    func `a filter that cannot be meant is a usage error`(filter: String) {
        #expect(throws: CommandError.self) { try LetterFilter(parsing: filter, now: noon) }
    }

    @Test func `stars take time in proportion, not without end`() {
        let text = String(repeating: "a", count: 20_000)
        #expect(!Glob.matches(text, "*a*a*a*a*a*b"))
        #expect(Glob.matches("", "*"))
        #expect(!Glob.matches("", "?"))
        #expect(Glob.matches("abc", "a*c*"))
    }

    @Test(arguments: [
        ("10", 10.0), ("10/s", 10.0), ("600/m", 10.0), ("36000/h", 10.0), ("0", nil), ("x", nil), ("5/d", nil), ("-1", nil),
        ("1e-300/h", nil), ("nan", nil), ("0.0416/h", nil),
    ])
    func `rates are a number and a unit`(text: String, expected: Double?) {
        #expect(LetterMover.Pace(text)?.perSecond == expected)
    }

    @Test func `batches grow smaller where removing is slow`() {
        #expect(LetterMover.batchSize(depth: 0) == 100)
        #expect(LetterMover.batchSize(depth: 1_000) == 100)
        #expect(LetterMover.batchSize(depth: 10_000) == 10)
        #expect(LetterMover.batchSize(depth: 1_000_000) == 1)
    }

    @Test func `the slowest rate has a pause that can be waited for`() throws {
        let pace = try #require(LetterMover.Pace("0.042/h"))
        #expect(pace.batch == 1)
        #expect(pace.pause(after: 1) > .seconds(85_000) && pace.pause(after: 1) < .seconds(86_401))
    }
}
