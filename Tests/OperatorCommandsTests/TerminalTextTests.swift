import Flotilla
import JSONText
import Testing

@testable import OperatorCommands

/// Things that strangers put into file names and error messages.
private let hostile = [
    "\u{1B}[31mred\u{1B}[0m", "\u{1B}]0;title\u{7}", "\u{9B}2J", "a\rb", "a\u{8}\u{8}b", "x\u{0}y", "\u{7F}", "invoice\u{202E}fdp.exe",
    "\u{2066}a\u{2069}", "zero\u{200B}width", "\u{FEFF}bom", "tag\u{E0041}", "line\u{2028}separator", "\u{1B}P+q\u{1B}\\",
    "\u{90}1;2|\u{9C}", "soft\u{AD}hyphen",
]

@Suite struct TerminalTextTests {
    @Test(arguments: hostile) func `nothing dangerous survives in a line, in lines or in JSON`(text: String) throws {
        for shown in [TerminalText.line(text), TerminalText.lines(text), TerminalText.json(JSONValue.string(text).jsonText)] {
            #expect(!shown.unicodeScalars.contains { TerminalText.isDangerous($0, keepsLines: true) }, "\(shown.debugDescription)")
            #expect(!shown.unicodeScalars.contains("\u{1B}"))
        }
        // For a program the JSON says the same as before.
        #expect(try JSONValue(parsing: TerminalText.json(JSONValue.string(text).jsonText)) == .string(text))
    }

    @Test func `ordinary text of any script stays as it is`() {
        for text in ["Grüße", "日本語", "नमस्ते", "می\u{200C}خواهم", "👩\u{200D}👩\u{200D}👧", "a b\u{301}"] {
            #expect(TerminalText.line(text) == text)
        }
        #expect(TerminalText.lines("a\n\tb") == "a\n\tb")
        #expect(TerminalText.line("a\n\tb") == "a\\n\\tb")
    }

    @Test func `columns line up whatever the width of the letters`() {
        var table = Table([.flexible("NAME"), .right("N")], empty: "none")
        table.rows = [["日本", "1"], ["ab", "22"], ["e\u{301}", "3"]]
        #expect(table.lines(width: nil) == ["NAME   N", "日本   1", "ab    22", "e\u{301}      3"])
        #expect(Table([.left("X")], empty: "none").lines(width: nil) == ["none"])
    }

    @Test func `a narrow terminal cuts flexible columns only`() {
        var table = Table([.left("ID"), .flexible("ERROR")], empty: "")
        table.rows = [["0123456789", String(repeating: "x", count: 80)]]
        let lines = table.lines(width: 40)
        #expect(lines.allSatisfy { TerminalText.width($0) <= 40 })
        #expect(lines[1].hasPrefix("0123456789  xxx"))
        #expect(lines[1].hasSuffix("…"))
    }

    @Test func `hostile data reaches the terminal harmless through a whole command`() async throws {
        let fleet = FakeFleet()
        for (index, text) in hostile.enumerated() {
            let message = JSONValue.object([.init("job_id", .string(text)), .init("filename", .string(text))]).jsonText
            try await fleet.bury([
                (message, letter("01LETTER\(index)", message: text, job: text, filename: text))
            ])
        }
        for line in ["dlq list", "dlq list --json", "dlq stats", "dlq stats --json", "dlq list --filter job:\u{1B}[2J"] {
            let result = await run(line, fleet: fleet, terminal: FakeTerminal(width: 120))
            let all = (result.output + result.error).unicodeScalars
            // Bold headers are our own.
            let data = String(String.UnicodeScalarView(all)).split(separator: "\u{1B}[1m").joined().split(separator: "\u{1B}[0m").joined()
            #expect(!data.unicodeScalars.contains { TerminalText.isDangerous($0, keepsLines: true) }, "\(line)")
        }
        for index in hostile.indices {
            let shown = await run("dlq show 01LETTER\(index)", fleet: fleet)
            #expect(!(shown.output + shown.error).unicodeScalars.contains { TerminalText.isDangerous($0, keepsLines: true) })
        }
    }

    @Test func `times are relative for people and RFC 3339 elsewhere`() {
        let people = HumanTime(now: noon, isRelative: true)
        #expect(people.moment(noon - 192_000_000) == "3m12s ago")
        #expect(people.moment(noon + 7_200_000_000) == "in 2h0m")
        #expect(people.moment(nil) == "-")
        #expect(HumanTime(now: noon, isRelative: false).moment(noon) == "2026-11-21T10:00:00.000Z")
        #expect(people.moment(.min) == Timestamp.text(.min))
        #expect(HumanTime.span(.milliseconds(1_500)) == "1.5s")
        #expect(HumanTime.span(.seconds(Int64.max)) == "ages")
        #expect(HumanTime.bytes(3_565_158) == "3.3 MiB")
    }
}
