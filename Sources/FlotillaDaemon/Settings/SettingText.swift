import Threading

/// The unit of a number without one.
public enum DurationUnit: Sendable {
    case milliseconds, seconds, days

    var word: String {
        switch self {
        case .milliseconds: "milliseconds"
        case .seconds: "seconds"
        case .days: "days"
        }
    }
    static let example = "`500ms`, `90s`, `5m`, `2h`, `7d`"
    fileprivate var milliseconds: Int64 {
        switch self {
        case .milliseconds: 1
        case .seconds: 1_000
        case .days: 86_400_000
        }
    }
}

/// Durations and sizes as people write them.
public enum SettingText {
    /// `60`, `1.5`, `500ms`, `60s`, `5m`, `2h`, `7d`; nil for anything else, for negative ones and above 292 years.
    public static func parseDuration(_ text: String, bare: DurationUnit) -> Duration? {
        let units: [(String, Int64)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        var number = text[...]
        var scale = bare.milliseconds
        if let unit = units.first(where: { text.lowercased().hasSuffix($0.0) }) {
            number = text.dropLast(unit.0.count)
            scale = unit.1
        }
        while number.last == " " { number = number.dropLast() }
        // Beyond this, nanoseconds in 64 bits overflow.
        return Self.scaled(number, by: scale).flatMap { $0 <= Int64.max / 1_000_000 ? .milliseconds($0) : nil }
    }

    /// The shortest exact form: `5m`, `90s`, `500ms`.
    public static func duration(_ duration: Duration) -> String {
        let milliseconds = duration.inMilliseconds
        for (unit, scale) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] as [(String, Int64)]
        where milliseconds >= scale && milliseconds % scale == 0 {
            return "\(milliseconds / scale)\(unit)"
        }
        return milliseconds == 0 ? "0" : "\(milliseconds)ms"
    }

    /// `1048576`, `1024K`, `1M`, `1MiB`, `1MB` (all powers of 1024); nil for anything else.
    public static func parseBytes(_ text: String) -> Int? {
        var number = text.uppercased()[...]
        for suffix in ["IB", "B"] where number.hasSuffix(suffix) {
            number = number.dropLast(suffix.count)
            break
        }
        var scale: Int64 = 1
        for (unit, factor) in [("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30), ("T", 1 << 40)] as [(String, Int64)]
        where number.hasSuffix(unit) {
            number = number.dropLast()
            scale = factor
        }
        while number.last == " " { number = number.dropLast() }
        return Self.scaled(number, by: scale).map { Int($0) }
    }

    /// The shortest exact form: `512M`.
    public static func bytes(_ bytes: Int) -> String {
        for (unit, scale) in [("T", 1 << 40), ("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10)] where bytes >= scale && bytes % scale == 0 {
            return "\(bytes / scale)\(unit)"
        }
        return "\(bytes)"
    }

    /// A non-negative decimal number times `scale`, without overflow.
    private static func scaled(_ number: Substring, by scale: Int64) -> Int64? {
        guard let first = number.utf8.first, (0x30...0x39).contains(first) else { return nil }
        if number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard let whole = Int64(number) else { return nil }
            let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
            return overflow ? nil : product
        }
        guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }), let value = Double(number) else { return nil }
        let product = value * Double(scale)
        return product < 9e15 ? Int64(product) : nil
    }
}
