import Flotilla
import JSONText

/// Writes what verbs return: data to standard output, messages to standard error.
struct Printer: Sendable {
    let terminal: any Terminal
    let isJSON: Bool
    let hasColor: Bool

    func print(_ output: Output) {
        if output.isPrinted { return }
        if self.isJSON {
            self.terminal.writeOutput(Array((TerminalText.json(output.document.jsonText) + "\n").utf8))
        } else {
            var bytes: [UInt8] = []
            for block in output.blocks { self.append(block, to: &bytes) }
            self.terminal.writeOutput(bytes)
        }
        for message in output.messages { self.message(message) }
    }

    /// One line of JSON or text at once, for verbs that watch.
    func printNow(line: String, json: JSONValue) {
        let text = self.isJSON ? TerminalText.json(json.jsonText) : TerminalText.line(line)
        self.terminal.writeOutput(Array((text + "\n").utf8))
    }

    /// Never to standard output.
    func message(_ text: String) {
        self.terminal.writeError(Array((TerminalText.lines(text) + "\n").utf8))
    }

    func report(_ error: CommandError) {
        if self.isJSON {
            let document: JSONValue = [
                "apiVersion": "v1", "kind": "Error", "exit_code": .integer(Int64(error.exit.rawValue)), "message": .string(error.message),
            ]
            self.terminal.writeError(Array((TerminalText.json(document.jsonText) + "\n").utf8))
        } else {
            self.message("flotilla: \(error.message)")
        }
    }

    private func append(_ block: Output.Block, to bytes: inout [UInt8]) {
        switch block {
        case .line(let text): self.append(line: TerminalText.line(text), to: &bytes)
        case .heading(let text): self.append(line: self.bold(TerminalText.line(text)), to: &bytes)
        case .table(let table):
            for (index, line) in table.lines(width: self.terminal.width).enumerated() {
                self.append(line: index == 0 && !table.rows.isEmpty ? self.bold(line) : line, to: &bytes)
            }
        case .fields(let fields):
            let width = fields.map { TerminalText.width($0.0) }.max() ?? 0
            for (name, value) in fields {
                let padding = String(repeating: " ", count: width - TerminalText.width(name))
                self.append(line: "\(name)\(padding)  \(TerminalText.line(value))", to: &bytes)
            }
        case .text(let text):
            let shown = TerminalText.lines(text)
            self.append(line: shown.hasSuffix("\n") ? String(shown.dropLast()) : shown, to: &bytes)
        case .raw(let raw): bytes.append(contentsOf: raw)
        }
    }

    private func append(line: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: line.utf8)
        bytes.append(0x0A)
    }

    private func bold(_ text: String) -> String { self.hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}
