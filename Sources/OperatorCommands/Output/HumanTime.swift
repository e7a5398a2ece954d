import Flotilla

/// Times and lengths of time for people. JSON has RFC 3339 and seconds.
struct HumanTime: Sendable {
    /// Microseconds since 1970.
    let now: Int64
    /// Relative to now on a terminal; RFC 3339 elsewhere.
    let isRelative: Bool

    func moment(_ microseconds: Int64?) -> String {
        guard let microseconds else { return "-" }
        guard self.isRelative else { return Timestamp.text(microseconds) }
        let (difference, overflow) = self.now.subtractingReportingOverflow(microseconds)
        if overflow { return Timestamp.text(microseconds) }
        if difference >= 0 { return difference < 1_000_000 ? "just now" : "\(Self.span(.microseconds(difference))) ago" }
        return "in \(Self.span(.microseconds(-max(difference, -.max))))"
    }

    /// `450ms`, `42s`, `3m12s`, `5h20m`, `12d4h`.
    static func span(_ duration: Duration) -> String {
        let milliseconds = duration.components.seconds.multipliedReportingOverflow(by: 1_000)
        if milliseconds.overflow { return "ages" }
        let total = milliseconds.partialValue &+ duration.components.attoseconds / 1_000_000_000_000_000
        if total < 0 { return "-" + self.span(.zero - duration) }
        if total < 1_000 { return "\(total)ms" }
        let seconds = total / 1_000
        switch seconds {
        case ..<10: return "\(seconds).\(total % 1_000 / 100)s"
        case ..<60: return "\(seconds)s"
        case ..<3_600: return "\(seconds / 60)m\(seconds % 60)s"
        case ..<86_400: return "\(seconds / 3_600)h\(seconds % 3_600 / 60)m"
        default: return "\(seconds / 86_400)d\(seconds % 86_400 / 3_600)h"
        }
    }

    /// `512 B`, `3.4 MiB`.
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1_024 { return unit == "B" ? "\(count) B" : "\(Double(Int(value * 10)) / 10) \(unit)" }
            value /= 1_024
        }
        return "\(Double(Int(value * 10)) / 10) TiB"
    }
}
