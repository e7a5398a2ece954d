/// Writes log lines: constant messages with data in keys, bound once or given with the line.
///
/// A value: copying it and binding more fields costs little and changes no other copy. All copies share one ``LogOutput``. A line
/// below the output's level costs one atomic load; its fields are not computed.
public struct Logger: Sendable {
    /// Names the part of the program that speaks: `worker`, `redis`.
    public let label: String
    private let output: LogOutput?
    private var bound: LogFields = [:]

    public init(_ label: String, output: LogOutput) {
        self.label = label
        self.output = output
    }

    private init(label: String, output: LogOutput?, bound: LogFields) {
        self.label = label
        self.output = output
        self.bound = bound
    }

    /// A logger that writes nothing.
    public static let disabled = Logger(label: "", output: nil, bound: [:])

    /// This logger with `fields` added to every line; a field bound before under the same key is replaced.
    public func with(_ fields: LogFields) -> Logger {
        Logger(label: self.label, output: self.output, bound: self.bound.merging(fields))
    }

    /// This logger under another name, with the same fields and output.
    public func labelled(_ label: String) -> Logger { Logger(label: label, output: self.output, bound: self.bound) }

    /// Changes the lowest level that is written, for every logger of the same output.
    public func setLevel(_ level: LogLevel) { self.output?.level = level }

    /// Whether a line at `level` would be written.
    public func isEnabled(_ level: LogLevel) -> Bool { self.output.map { level >= $0.level } ?? false }

    /// Writes one line if `level` is enabled.
    ///
    /// Messages are constant, so that lines can be counted and searched; what varies goes into `fields`. Secrets in string values are
    /// redacted. Lines of one call site that come too fast are counted instead of written.
    public func log(
        _ level: LogLevel, _ message: StaticString, _ fields: @autoclosure () -> LogFields = [:], file: StaticString = #fileID,
        line: UInt = #line
    ) {
        guard let output = self.output, level >= output.level else { return }
        output.write(
            level: level, message: message, label: self.label, fields: self.bound.merging(fields()),
            site: CallSite(file: file, line: line))
    }

    public func trace(
        _ message: StaticString, _ fields: @autoclosure () -> LogFields = [:], file: StaticString = #fileID, line: UInt = #line
    ) { self.log(.trace, message, fields(), file: file, line: line) }

    public func debug(
        _ message: StaticString, _ fields: @autoclosure () -> LogFields = [:], file: StaticString = #fileID, line: UInt = #line
    ) { self.log(.debug, message, fields(), file: file, line: line) }

    public func info(
        _ message: StaticString, _ fields: @autoclosure () -> LogFields = [:], file: StaticString = #fileID, line: UInt = #line
    ) { self.log(.info, message, fields(), file: file, line: line) }

    public func notice(
        _ message: StaticString, _ fields: @autoclosure () -> LogFields = [:], file: StaticString = #fileID, line: UInt = #line
    ) { self.log(.notice, message, fields(), file: file, line: line) }

    public func warning(
        _ message: StaticString, _ fields: @autoclosure () -> LogFields = [:], file: StaticString = #fileID, line: UInt = #line
    ) { self.log(.warning, message, fields(), file: file, line: line) }

    public func error(
        _ message: StaticString, _ fields: @autoclosure () -> LogFields = [:], file: StaticString = #fileID, line: UInt = #line
    ) { self.log(.error, message, fields(), file: file, line: line) }
}

/// Where in the source a line is written.
struct CallSite: Hashable, Sendable {
    let file: StaticString
    let line: UInt

    static func == (left: Self, right: Self) -> Bool { left.line == right.line && left.file.utf8Start == right.file.utf8Start }

    func hash(into hasher: inout Hasher) {
        hasher.combine(self.line)
        hasher.combine(UInt(bitPattern: self.file.utf8Start))
    }

    var description: String { "\(self.file):\(self.line)" }
}
