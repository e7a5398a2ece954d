import Glibc
import Synchronization
import Threading

/// Where the log lines of a process go: a file descriptor, a level, a form, and a limit on repetition.
public final class LogOutput: Sendable {
    /// What a line looks like.
    public enum Format: Sendable, Hashable {
        /// One JSON object a line, for programs.
        case json
        /// For people at a terminal, in colour if asked for.
        case text(colour: Bool)

        /// Text on a terminal, JSON elsewhere.
        public static func automatic(descriptor: Int32 = 1) -> Format {
            isatty(descriptor) == 1 ? .text(colour: getenv("NO_COLOR") == nil) : .json
        }
    }

    /// How often one call site may speak.
    public struct RateLimit: Sendable, Hashable {
        /// Lines that may come at once.
        public var burst: Int
        /// Lines a second after that.
        public var perSecond: Int

        public init(burst: Int, perSecond: Int) {
            self.burst = burst
            self.perSecond = perSecond
        }

        /// 500 at once, then 100 a second.
        public static let standard = RateLimit(burst: 500, perSecond: 100)
    }

    private struct State {
        var writer: LineWriter
        var limiter: LineLimiter
    }

    private let format: Format
    private let priorities: Bool
    private let redactor: Redactor
    private let levelValue: Atomic<UInt8>
    private let state: Lock<State>

    /// - Parameters:
    ///   - descriptor: where to write, standard output by default; it stays open and is the caller's.
    ///   - priorities: begins each line with `<3>` … `<7>`, which journald turns into its priority; see ``isJournal(descriptor:)``.
    ///   - rateLimit: nil writes every line.
    public init(
        descriptor: Int32 = 1, level: LogLevel = .info, format: Format = .json, priorities: Bool = false,
        redactor: Redactor = Redactor(), rateLimit: RateLimit? = .standard
    ) {
        self.format = format
        self.priorities = priorities
        self.redactor = redactor
        self.levelValue = Atomic(level.rawValue)
        self.state = Lock(State(writer: LineWriter(descriptor: descriptor), limiter: LineLimiter(rateLimit)))
    }

    /// The lowest level that is written. Changing it takes effect at once in all threads.
    public var level: LogLevel {
        get { LogLevel(rawValue: self.levelValue.load(ordering: .relaxed)) ?? .info }
        set { self.levelValue.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Whether `descriptor` is the stream to journald that systemd told us about.
    public static func isJournal(descriptor: Int32 = 1) -> Bool {
        guard let stream = getenv("JOURNAL_STREAM") else { return false }
        var status = stat()
        return fstat(descriptor, &status) == 0 && String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
    }

    /// Writes what is still counted as suppressed. Call it before the process ends.
    public func flush() {
        self.state.withLock { state in
            for suppressed in state.limiter.drain() { self.report(suppressed, to: &state.writer) }
        }
    }

    func write(level: LogLevel, message: StaticString, label: String, fields: LogFields, site: CallSite) {
        let time = WallClock.microseconds
        // Rendered before the lock is taken, but after the limiter would refuse: a flood must not cost more than its count.
        guard self.state.withLock({ $0.limiter.admit(site, level: level, now: MonotonicTime.now) }) else { return }
        let line = self.render(level: level, message: message.description, label: label, fields: fields, time: time)
        self.state.withLock { state in
            if let suppressed = state.limiter.takeSuppressed(site) { self.report(suppressed, to: &state.writer) }
            if let dropped = state.writer.takeDropped() {
                let fields: LogFields = ["lines": dropped]
                state.writer.write(
                    self.render(
                        level: .warning, message: "log lines were dropped: the reader was too slow", label: "log", fields: fields,
                        time: time))
            }
            state.writer.write(line)
        }
    }

    private func report(_ suppressed: LineLimiter.Suppressed, to writer: inout LineWriter) {
        let fields: LogFields = ["suppressed": suppressed.count, "site": suppressed.site.description]
        writer.write(
            self.render(
                level: suppressed.level, message: "suppressed repeated lines", label: "log", fields: fields, time: WallClock.microseconds))
    }

    private func render(level: LogLevel, message: String, label: String, fields: LogFields, time: Int64) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        if self.priorities { line.append(contentsOf: "<\(level.priority)>".utf8) }
        let entries = LogLine(time: time, level: level, message: message, label: label, fields: fields, redactor: self.redactor)
        switch self.format {
        case .json: entries.appendJSON(to: &line)
        case .text(let colour): entries.appendText(to: &line, colour: colour)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }
}
