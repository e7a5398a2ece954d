import JSONText
import Testing
import Threading

@testable import OperatorCommands

private func lines(_ texts: String...) -> [Page.Line] { texts.map { Page.Line(text: $0) } }

@Suite struct LiveScreenTests {
    @Test func `only lines that changed are drawn`() {
        #expect(LiveScreen.update(from: lines("a", "b"), to: lines("a", "b"), hasColor: true).isEmpty)
        #expect(
            LiveScreen.update(from: lines("a", "b", "c"), to: lines("a", "x", "c"), hasColor: true)
                == "\u{1B}[?2026h\u{1B}[2;1H\u{1B}[2Kx\u{1B}[?2026l")
        #expect(
            LiveScreen.update(from: lines("a", "b", "c"), to: lines("a"), hasColor: true) == "\u{1B}[?2026h\u{1B}[2;1H\u{1B}[J\u{1B}[?2026l"
        )
        #expect(LiveScreen.update(from: nil, to: lines("a"), hasColor: true).contains("\u{1B}[2J"))
    }

    @Test func `without colours nothing is lost but colours`() {
        let line = [Page.Line(text: "! full", style: .alarm)]
        #expect(!LiveScreen.update(from: [], to: line, hasColor: false).contains("\u{1B}[1;33m"))
        #expect(LiveScreen.update(from: [], to: line, hasColor: false).contains("! full"))
        #expect(LiveScreen.update(from: [], to: line, hasColor: true).contains("\u{1B}[1;33m! full\u{1B}[0m"))
    }

    @Test func `a page on a terminal ends with the terminal as it was, whatever stops it`() async throws {
        let terminal = FakeTerminal(width: 80, height: 24)
        let task = Task { await run("monitor pipeline", terminal: terminal) }
        try await eventually { terminal.output.contains("PostgreSQL does not answer") }
        // What the end of the process would write, should it come now.
        #expect(terminal.atExit.withLock { $0 } == Array(LiveScreen.leave.utf8))
        task.cancel()
        let result = await task.value
        #expect(result.exit == .success, "\(result.error)")
        #expect(result.output.hasPrefix(LiveScreen.enter))
        #expect(result.output.hasSuffix(LiveScreen.leave))
        #expect(result.output.contains("this test has no Redis"))
        #expect(terminal.atExit.withLock { $0 }.isEmpty)
    }

    @Test func `what is no terminal gets one frame as plain text`() async {
        let result = await run("monitor pipeline")
        #expect(result.exit == .success)
        #expect(!result.output.contains("\u{1B}"))
        #expect(result.output.contains("QUEUES\n! Redis does not answer: this test has no Redis\n"))
        #expect(
            await run("monitor pipeline", terminal: FakeTerminal(width: 80)).output.split(separator: "\n").allSatisfy { $0.count <= 90 })
    }

    @Test func `JSON is a line a frame until it is stopped`() async throws {
        let terminal = FakeTerminal()
        let task = Task { await run("monitor pipeline --json --interval 1s", terminal: terminal) }
        try await eventually { terminal.output.split(separator: "\n").count >= 2 }
        task.cancel()
        #expect(await task.value.exit == .success)
        for line in terminal.output.split(separator: "\n") {
            let frame = try JSONValue(parsing: String(line))
            #expect(frame["kind"]?.string == "PipelineFrame")
            #expect(frame["queues_error"]?.string == "this test has no Redis")
        }
        let once = try JSONValue(parsing: await run("monitor pipeline --json --once").output)
        #expect(once["stages"] == .null)
    }

    @Test(arguments: ["--interval 10ms", "--interval 2h", "--once --interval 5s", "--window 1s", "--window 2d"])
    func `impossible wishes are refused`(options: String) async {
        #expect(await run("monitor pipeline \(options)").exit == .usage)
    }

    /// Waits for an event, some seconds at most.
    private func eventually(_ condition: () -> Bool) async throws {
        let end = MonotonicTime.now + .seconds(10)
        while !condition(), MonotonicTime.now < end { try await Task.sleep(for: .milliseconds(5)) }
        #expect(condition())
    }
}
