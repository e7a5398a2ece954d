import Flotilla
import Foundation
import Glibc
import JSONText
import Testing

@Suite struct LoggerTests {
    /// What a logger wrote to a file, line by line.
    private func lines(
        level: LogLevel = .trace, format: LogOutput.Format = .json, priorities: Bool = false, rateLimit: LogOutput.RateLimit? = nil,
        _ body: (Logger) -> Void
    ) -> [String] {
        var name = Array("/tmp/flotilla-log-XXXXXX".utf8CString)
        let file = mkstemp(&name)
        unlink(name)
        defer { close(file) }
        let output = LogOutput(descriptor: file, level: level, format: format, priorities: priorities, rateLimit: rateLimit)
        body(Logger("test", output: output))
        output.flush()
        lseek(file, 0, SEEK_SET)
        return String(decoding: FileHandle(fileDescriptor: file).readDataToEndOfFile(), as: UTF8.self).split(separator: "\n").map(
            String.init)
    }

    @Test func `the fixed keys come first and in order`() throws {
        let lines = self.lines { logger in
            logger.with(["zebra": 1, "worker": "w1", "queue": QueueName("document_queue")]).info(
                "job finished", ["duration_ms": Duration.milliseconds(1500), "attempt": 2, "job_id": "j", "ok": true, "none": String?.none])
        }
        let line = try #require(lines.first)
        let names = try JSONValue(parsing: line).members?.map(\.name)
        #expect(names == ["ts", "level", "msg", "logger", "job_id", "queue", "attempt", "worker", "duration_ms", "zebra", "ok"])
        let value = try JSONValue(parsing: line)
        #expect(value["duration_ms"]?.number == 1500)
        #expect(value["ts"]?.string?.count == 24)
        #expect(value["level"]?.string == "info")
    }

    @Test func `a line can never break out of its line`() throws {
        let nasty = "a\nb\u{1B}[31m\u{7F}\u{9B}2J\u{202E}\"\\\u{0}é"
        let lines = self.lines { $0.info("m", ["k\n": nasty]) }
        #expect(lines.count == 1)
        #expect(!lines[0].unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E })
        let name = try JSONValue(parsing: lines[0])["k\n"]?.string
        #expect(name?.hasPrefix("a\nb\u{1B}[31m") == true)
        let text = self.lines(format: .text(colour: false)) { $0.info("m", ["k\n": nasty]) }
        #expect(text.count == 1)
        #expect(!text[0].unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    }

    @Test func `fields of a disabled line are never computed`() {
        let lines = self.lines(level: .warning) { logger in
            func explode() -> String {
                Issue.record("computed")
                return ""
            }
            logger.info("quiet", ["x": explode()])
            Logger.disabled.error("quiet", ["x": explode()])
            logger.warning("loud")
        }
        #expect(lines.count == 1)
    }

    @Test func `priorities go before the line`() {
        let lines = self.lines(priorities: true) {
            $0.error("a")
            $0.debug("b")
        }
        #expect(lines.map { $0.prefix(3) } == ["<3>", "<7>"])
    }

    @Test func `a flood from one call site is counted, another site still speaks`() throws {
        let lines = self.lines(rateLimit: .init(burst: 5, perSecond: 1)) { logger in
            for index in 0..<1000 { logger.info("flood", ["index": index]) }
            logger.info("other")
        }
        #expect(lines.filter { $0.contains("\"flood\"") }.count == 5)
        #expect(lines.contains { $0.contains("\"other\"") })
        let note = try JSONValue(parsing: try #require(lines.first { $0.contains("suppressed") }))
        #expect(note["suppressed"]?.integer == 995)
        #expect(note["site"]?.string?.contains("LoggerTests.swift") == true)
    }

    @Test func `secrets do not reach the log`() {
        let lines = self.lines { logger in
            logger.info("connect", ["url": "redis://user:hunter2@host/0", "redis_password": "hunter2", "PGPASSWORD": "hunter2"])
        }
        #expect(lines.count == 1)
        #expect(!lines[0].contains("hunter2"))
    }

    @Test func `a reader that stopped reading cannot stop the program`() {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        defer { for end in ends { close(end) } }
        let output = LogOutput(descriptor: ends[1], rateLimit: nil)
        let logger = Logger("test", output: output)
        let start = ContinuousClock.now
        // 1 MB into a pipe of 64 KB: the first line without room waits two seconds, the others not at all.
        for _ in 0..<2000 { logger.info("m", ["text": String(repeating: "x", count: 500)]) }
        #expect(ContinuousClock.now - start < .seconds(8))
    }

    @Test func `lines of many threads stay whole`() async throws {
        let lines = self.lines { logger in
            DispatchQueue.concurrentPerform(iterations: 8) { thread in
                for index in 0..<200 { logger.info("m", ["thread": thread, "index": index, "text": String(repeating: "y", count: 300)]) }
            }
        }
        #expect(lines.count == 1600)
        for line in lines { #expect(throws: Never.self) { try JSONValue(parsing: line) } }
    }
}
