/// What ``ScriptedHandler`` notes of its runs, read back.
public struct RunLog: Sendable {
    /// A line of the log.
    public struct Line: Sendable, Hashable {
        public enum Kind: Sendable, Hashable {
            case begin, end
            /// What became of a write under the run's fence: `accepted` or `refused`.
            case write(String)
        }

        public let kind: Kind
        public let name: String
        public let attempt: Int
        public let pid: Int32
        /// Microseconds since 1970, by the worker's clock.
        public let time: Int64

        public var isEnd: Bool { self.kind == .end }

        /// `<name> <attempt> <pid> <time>`, behind `=` for an end, behind `!<word>` for a write.
        init?(_ line: Substring) {
            var words = line.split(separator: " ")
            guard let first = words.first else { return nil }
            if first == "=" {
                self.kind = .end
                words.removeFirst()
            } else if first.hasPrefix("!") {
                self.kind = .write(String(first.dropFirst()))
                words.removeFirst()
            } else {
                self.kind = .begin
            }
            guard words.count == 4, let attempt = Int(words[1]), let pid = Int32(words[2]), let time = Int64(words[3]) else { return nil }
            self.name = String(words[0])
            self.attempt = attempt
            self.pid = pid
            self.time = time
        }
    }

    public let lines: [Line]

    /// Reads the log; a line that a killed worker did not finish is left out. No file is no runs.
    public init(path: String) {
        self.lines = readText(path).split(separator: "\n").compactMap { Line($0) }
    }

    public var begins: [Line] { self.lines.filter { $0.kind == .begin } }
    public var ends: [Line] { self.lines.filter { $0.kind == .end } }
    public var writes: [Line] { self.lines.filter { if case .write = $0.kind { true } else { false } } }
}
