import Threading

/// How much a line matters. A program shows its own level and everything above.
public enum LogLevel: UInt8, Sendable, Hashable, Comparable, CaseIterable {
    case trace, debug, info, notice, warning, error

    /// The name written in logs and configuration.
    public var name: String {
        switch self {
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .notice: "notice"
        case .warning: "warn"
        case .error: "error"
        }
    }

    /// The level named so; `warning` and `warn` are one.
    public init?(name: String) {
        let name = name.lowercased()
        guard let level = Self.allCases.first(where: { $0.name == name }) ?? (name == "warning" ? .warning : nil) else { return nil }
        self = level
    }

    /// The number that journald and syslog understand, 7 (debug) to 3 (error).
    var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One value of a log line.
public enum LogValue: Sendable, Hashable {
    case string(String)
    case integer(Int64)
    case number(Double)
    case bool(Bool)
    /// Left out of the line.
    case absent
}

/// What can be a value in a log line.
public protocol LogValueConvertible: Sendable {
    var logValue: LogValue { get }
}

extension String: LogValueConvertible { public var logValue: LogValue { .string(self) } }
extension Substring: LogValueConvertible { public var logValue: LogValue { .string(String(self)) } }
extension Bool: LogValueConvertible { public var logValue: LogValue { .bool(self) } }
extension Int: LogValueConvertible { public var logValue: LogValue { .integer(Int64(self)) } }
extension Int32: LogValueConvertible { public var logValue: LogValue { .integer(Int64(self)) } }
extension Int64: LogValueConvertible { public var logValue: LogValue { .integer(self) } }
extension UInt64: LogValueConvertible { public var logValue: LogValue { .integer(Int64(clamping: self)) } }
extension Double: LogValueConvertible { public var logValue: LogValue { .number(self) } }
extension QueueName: LogValueConvertible { public var logValue: LogValue { .string(self.rawValue) } }
extension StageName: LogValueConvertible { public var logValue: LogValue { .string(self.rawValue) } }
extension WorkerID: LogValueConvertible { public var logValue: LogValue { .string(self.rawValue) } }
extension LogValue: LogValueConvertible { public var logValue: LogValue { self } }

/// Milliseconds, with three decimals; name the key `…_ms`.
extension Duration: LogValueConvertible {
    public var logValue: LogValue {
        let microseconds = self.inNanoseconds / 1_000
        return microseconds % 1_000 == 0 ? .integer(microseconds / 1_000) : .number(Double(microseconds) / 1_000)
    }
}

/// Nil leaves the key out.
extension Optional: LogValueConvertible where Wrapped: LogValueConvertible {
    public var logValue: LogValue { self?.logValue ?? .absent }
}

/// Keys and values of a log line, in order: `["job_id": id, "attempt": 2]`.
public struct LogFields: Sendable, ExpressibleByDictionaryLiteral {
    var entries: [(key: String, value: LogValue)]

    public init(dictionaryLiteral elements: (String, any LogValueConvertible)...) {
        self.entries = elements.map { ($0.0, $0.1.logValue) }
    }

    /// Sets a key; a later value replaces an earlier one.
    public subscript(key: String) -> LogValue? {
        get { self.entries.last { $0.key == key }?.value }
        set {
            self.entries.removeAll { $0.key == key }
            if let newValue { self.entries.append((key, newValue)) }
        }
    }

    /// These fields and `others`, whose values win.
    public func merging(_ others: LogFields) -> LogFields {
        if others.entries.isEmpty { return self }
        var merged = self
        for entry in others.entries { merged[entry.key] = entry.value }
        return merged
    }
}
